package sqldb

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// memory holds the texts of the arguments of the one statement that runs, where
// SQLite can read them.
type memory struct {
	tls   *libc.TLS
	block uintptr
	used  int
	large []uintptr // what did not fit in
}

const blockSize = 16 << 10

var errMemory = errors.New("out of memory")

func (m *memory) open(tls *libc.TLS) error {
	m.tls = tls
	if m.block = libc.Xmalloc(tls, blockSize); m.block == 0 {
		return errMemory
	}
	return nil
}

func (m *memory) close() {
	m.reset()
	libc.Xfree(m.tls, m.block)
	m.block = 0
}

// reset forgets what was put. Statements keep addresses in it, but do not look
// at them before they get new ones.
func (m *memory) reset() {
	m.used = 0
	for _, p := range m.large {
		libc.Xfree(m.tls, p)
	}
	m.large = m.large[:0]
}

// put copies a text.
func (m *memory) put(text string) (uintptr, error) {
	if len(text) > math.MaxInt32 {
		return 0, errMemory
	}
	p := m.block + uintptr(m.used)
	if len(text) <= blockSize-m.used {
		m.used += len(text)
	} else {
		if p = libc.Xmalloc(m.tls, libc.Tsize_t(len(text))); p == 0 {
			return 0, errMemory
		}
		m.large = append(m.large, p)
	}
	copy(bytesAt(p, len(text)), text)
	return p, nil
}

// bind gives every parameter its argument.
func (s *stmt) bind(args []any) error {
	for i, n := range s.args {
		if n >= len(args) {
			return fmt.Errorf("argument $%d is missing", n+1)
		}
		rc, err := s.bindOne(int32(i+1), args[n])
		if err != nil {
			return fmt.Errorf("argument $%d: %w", n+1, err)
		}
		if rc != sqlite3.SQLITE_OK {
			return &SQLiteError{int(rc), libc.GoString(sqlite3.Xsqlite3_errmsg(s.tls, s.db))}
		}
	}
	return nil
}

func (s *stmt) bindOne(i int32, value any) (int32, error) {
	switch v := value.(type) {
	case nil:
		return sqlite3.Xsqlite3_bind_null(s.tls, s.handle, i), nil
	case string:
		p, err := s.put(v)
		if err != nil {
			return 0, err
		}
		return sqlite3.Xsqlite3_bind_text(s.tls, s.handle, i, p, int32(len(v)), static), nil
	case int64:
		return sqlite3.Xsqlite3_bind_int64(s.tls, s.handle, i, v), nil
	case int:
		return sqlite3.Xsqlite3_bind_int64(s.tls, s.handle, i, int64(v)), nil
	case bool:
		n := int32(0)
		if v {
			n = 1
		}
		return sqlite3.Xsqlite3_bind_int(s.tls, s.handle, i, n), nil
	case float64:
		return sqlite3.Xsqlite3_bind_double(s.tls, s.handle, i, v), nil
	case []byte:
		if v == nil {
			return sqlite3.Xsqlite3_bind_null(s.tls, s.handle, i), nil
		}
		p, err := s.put(string(v))
		if err != nil {
			return 0, err
		}
		return sqlite3.Xsqlite3_bind_blob(s.tls, s.handle, i, p, int32(len(v)), static), nil
	}
	// Types of our own, numbers of other sizes, pointers, values that convert
	// themselves: as database/sql does it.
	plain, err := driver.DefaultParameterConverter.ConvertValue(value)
	if err != nil {
		return 0, err
	}
	switch plain.(type) {
	case nil, string, int64, bool, float64, []byte:
		return s.bindOne(i, plain)
	}
	return 0, fmt.Errorf("a %T can't be stored", value)
}

// static says that the text stays where it is until the statement has ended.
const static = uintptr(0)
