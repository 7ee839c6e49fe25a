package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// result is what a query gives: rows of SQLite, or those of database/sql.
type result interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close() error
	Columns() ([]string, error)
}

// liteRows are the rows of a statement that runs.
type liteRows struct {
	st    *stmt           // nil after the last row
	ctx   context.Context //nolint:containedctx // of the statement that runs
	ahead bool            // the statement stands on a row that Next has not given yet
	on    bool            // the statement stands on the row that Next gave
	err   error
}

// step goes to the next row and ends the statement behind the last one.
func (r *liteRows) step() bool {
	switch rc := sqlite3.Xsqlite3_step(r.st.tls, r.st.handle); rc {
	case sqlite3.SQLITE_ROW:
		return true
	case sqlite3.SQLITE_DONE:
	default:
		r.err = r.st.fault(r.ctx, rc)
	}
	r.end()
	return false
}

func (r *liteRows) end() {
	st := r.st
	r.st, r.ahead, r.on = nil, false, false
	st.end()
}

// Next goes to the next row.
func (r *liteRows) Next() bool {
	if r.st == nil {
		return false
	}
	if r.ahead {
		r.ahead, r.on = false, true
		return true
	}
	r.on = r.step()
	return r.on
}

// Err gives the error that ended Next, if any.
func (r *liteRows) Err() error { return r.err }

// Close ends the statement.
func (r *liteRows) Close() error {
	if r.st != nil {
		r.end()
	}
	return nil
}

// Columns gives the names of the columns.
func (r *liteRows) Columns() ([]string, error) {
	if r.st == nil {
		return nil, errNoRow
	}
	names := make([]string, r.st.columns)
	for i := range names {
		names[i] = libc.GoString(sqlite3.Xsqlite3_column_name(r.st.tls, r.st.handle, int32(i)))
	}
	return names, nil
}

var errNoRow = errors.New("there is no row: Next comes first")

// Scan copies the columns of the row.
func (r *liteRows) Scan(dest ...any) error {
	if !r.on {
		return errNoRow
	}
	if len(dest) != r.st.columns {
		return fmt.Errorf("%d columns for %d values", r.st.columns, len(dest))
	}
	for i, d := range dest {
		if err := r.st.read(int32(i), d); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}

// read copies one column. What fits without a conversion goes straight there.
func (s *stmt) read(i int32, dest any) error {
	kind := sqlite3.Xsqlite3_column_type(s.tls, s.handle, i)
	switch d := dest.(type) {
	case *string:
		if kind == sqlite3.SQLITE_TEXT {
			*d = string(s.bytes(i))
			return nil
		}
	case *int64:
		if kind == sqlite3.SQLITE_INTEGER {
			*d = sqlite3.Xsqlite3_column_int64(s.tls, s.handle, i)
			return nil
		}
	case *int:
		if kind == sqlite3.SQLITE_INTEGER {
			*d = int(sqlite3.Xsqlite3_column_int64(s.tls, s.handle, i))
			return nil
		}
	case *bool:
		if n := sqlite3.Xsqlite3_column_int64(s.tls, s.handle, i); kind == sqlite3.SQLITE_INTEGER && n>>1 == 0 {
			*d = n == 1
			return nil
		}
	case *any:
		*d = s.value(i, kind)
		return nil
	case *[]byte:
		*d = nil
		if kind != sqlite3.SQLITE_NULL {
			*d = append([]byte{}, s.bytes(i)...)
		}
		return nil
	case sql.Scanner:
		return d.Scan(s.value(i, kind))
	}
	v := reflect.ValueOf(dest)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return fmt.Errorf("a %T can't be written to", dest)
	}
	if kind == sqlite3.SQLITE_TEXT && v.Elem().Kind() == reflect.String {
		v.Elem().SetString(string(s.bytes(i)))
		return nil
	}
	return assign(v.Elem(), s.value(i, kind))
}

// bytes gives a text or blob where SQLite keeps it, until the next row.
func (s *stmt) bytes(i int32) []byte {
	p := sqlite3.Xsqlite3_column_blob(s.tls, s.handle, i) // a text as it is stored, which is UTF-8
	n := int(sqlite3.Xsqlite3_column_bytes(s.tls, s.handle, i))
	if p == 0 || n == 0 {
		return nil
	}
	return bytesAt(p, n)
}

func bytesAt(p uintptr, n int) []byte {
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(at(p)), n) //nolint:gosec // SQLite says that there are so many
}

// value gives a column as database/sql would.
func (s *stmt) value(i, kind int32) driver.Value {
	switch kind {
	case sqlite3.SQLITE_INTEGER:
		return sqlite3.Xsqlite3_column_int64(s.tls, s.handle, i)
	case sqlite3.SQLITE_FLOAT:
		return sqlite3.Xsqlite3_column_double(s.tls, s.handle, i)
	case sqlite3.SQLITE_TEXT:
		return string(s.bytes(i))
	case sqlite3.SQLITE_BLOB:
		return append([]byte{}, s.bytes(i)...)
	}
	return nil
}

// assign converts a value for types of our own, and for what may be null.
func assign(to reflect.Value, value driver.Value) error {
	if to.Kind() == reflect.Pointer {
		if value == nil {
			to.SetZero()
			return nil
		}
		to.Set(reflect.New(to.Type().Elem()))
		return assign(to.Elem(), value)
	}
	text := ""
	switch v := value.(type) {
	case nil:
		return fmt.Errorf("it is null, and a %s can't be", to.Type())
	case string:
		text = v
	case []byte:
		text = string(v)
	case int64:
		text = strconv.FormatInt(v, 10)
	case float64:
		text = strconv.FormatFloat(v, 'g', -1, 64)
	}
	var err error
	switch {
	case to.Kind() == reflect.String:
		to.SetString(text)
	case to.CanInt():
		var n int64
		n, err = strconv.ParseInt(text, 10, to.Type().Bits())
		to.SetInt(n)
	case to.CanFloat():
		var f float64
		f, err = strconv.ParseFloat(text, to.Type().Bits())
		to.SetFloat(f)
	case to.Kind() == reflect.Bool:
		var b bool
		b, err = strconv.ParseBool(text)
		to.SetBool(b)
	default:
		err = fmt.Errorf("%T can't become a %s", value, to.Type())
	}
	return err
}
