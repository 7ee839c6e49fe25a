package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// lite is a connection to SQLite with its prepared statements, called without
// database/sql and its driver in between. They cost more than most statements of
// ours do: for each one the names and types of all columns, the name of each
// parameter, boxes for all values, and two goroutines that wait for the end of
// the context. The driver still opens and closes the connection.
type lite struct {
	tls   *libc.TLS
	db    uintptr
	stmts map[string]*stmt
	memory
	ctx    context.Context //nolint:containedctx // of the statement that runs
	ended  func(*libc.TLS, uintptr) int32
	gather *gather // of the connection that writes
}

// stmt is a prepared statement.
type stmt struct {
	*lite
	handle  uintptr
	args    []int // for each parameter of SQLite, which argument it takes
	columns int
}

// SQLiteError is what SQLite said was wrong.
type SQLiteError struct {
	Code    int // extended result code
	Message string
}

func (e *SQLiteError) Error() string { return fmt.Sprintf("%s (%d)", e.Message, e.Code) }

// newLite takes over the calls on a connection.
func newLite(conn *sql.Conn) (*lite, error) {
	c := &lite{stmts: map[string]*stmt{}}
	err := conn.Raw(func(driver any) error {
		v := reflect.ValueOf(driver)
		if v.Kind() != reflect.Pointer {
			return errDriver
		}
		db, tls := v.Elem().FieldByName("db"), v.Elem().FieldByName("tls")
		if !db.IsValid() || db.Kind() != reflect.Uintptr || db.Uint() == 0 || !tls.IsValid() || tls.Type() != reflect.TypeFor[*libc.TLS]() || tls.IsNil() {
			return errDriver
		}
		c.db, c.tls = uintptr(db.Uint()), (*libc.TLS)(tls.UnsafePointer())
		return nil
	})
	if err != nil {
		return nil, err
	}
	// The lock that SQLite holds during every call, even for the value of one
	// column, is a third of the time of reading a page of rows. SQLite calls this
	// its multi-thread mode and allows it when a connection is never used by two
	// threads at once, which sessions see to; the one call from outside, the
	// interrupt, needs no lock. The driver has no option for it.
	(*sqlite3.Tsqlite3)(at(c.db)).Fmutex = 0
	c.watch()
	return c, c.memory.open(c.tls)
}

var errDriver = errors.New("the SQLite driver has another form than this program was made for")

// at makes a pointer of an address in SQLite's own memory, which does not move.
func at(address uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&address)) } //nolint:gosec // see above

// fault gives the error behind a result code.
func (c *lite) fault(ctx context.Context, code int32) error {
	if code&0xff == sqlite3.SQLITE_INTERRUPT && ctx.Err() != nil {
		return ctx.Err()
	}
	return &SQLiteError{int(code), libc.GoString(sqlite3.Xsqlite3_errmsg(c.tls, c.db))}
}

// prepare gives the statement for a text, from the store of them if it is there.
func (c *lite) prepare(text string) (*stmt, error) {
	if st := c.stmts[text]; st != nil {
		return st, nil
	}
	if len(c.stmts) >= maxStatements {
		c.forget()
	}
	st, err := c.compile(text)
	if err != nil {
		return nil, err
	}
	c.stmts[text] = st
	return st, nil
}

func (c *lite) compile(text string) (*stmt, error) {
	source, err := libc.CString(text)
	if err != nil {
		return nil, err
	}
	defer libc.Xfree(c.tls, source)
	out := c.tls.Alloc(16) // the statement, and where its text ended
	defer c.tls.Free(16)
	rc := sqlite3.Xsqlite3_prepare_v3(c.tls, c.db, source, int32(len(text)+1), sqlite3.SQLITE_PREPARE_PERSISTENT, out, out+8)
	if rc != sqlite3.SQLITE_OK {
		return nil, c.fault(context.Background(), rc)
	}
	st := &stmt{lite: c, handle: *(*uintptr)(at(out))}
	if st.handle == 0 {
		return nil, errors.New("the statement is empty")
	}
	if rest := text[*(*uintptr)(at(out + 8))-source:]; !blank(rest) {
		sqlite3.Xsqlite3_finalize(c.tls, st.handle)
		return nil, errors.New("more than one statement at a time")
	}
	st.columns = int(sqlite3.Xsqlite3_column_count(c.tls, st.handle))
	return st, st.parameters()
}

func blank(text string) bool {
	for _, r := range text {
		if r != ' ' && r != '\n' && r != '\t' && r != ';' {
			return false
		}
	}
	return true
}

// parameters finds out which argument each parameter is: SQLite counts $2 as the
// first if it comes before $1.
func (s *stmt) parameters() error {
	s.args = make([]int, sqlite3.Xsqlite3_bind_parameter_count(s.tls, s.handle))
	for i := range s.args {
		name := libc.GoString(sqlite3.Xsqlite3_bind_parameter_name(s.tls, s.handle, int32(i+1)))
		n := i + 1
		if name != "" {
			if _, err := fmt.Sscanf(name, "$%d", &n); err != nil || n < 1 {
				sqlite3.Xsqlite3_finalize(s.tls, s.handle)
				return fmt.Errorf("parameter %s is not $1, $2 and so on", name)
			}
		}
		s.args[i] = n - 1
	}
	return nil
}

// forget ends all statements.
func (c *lite) forget() {
	for _, st := range c.stmts {
		sqlite3.Xsqlite3_finalize(c.tls, st.handle)
	}
	clear(c.stmts)
}

func (c *lite) close() {
	c.forget()
	sqlite3.Xsqlite3_progress_handler(c.tls, c.db, 0, 0, 0)
	if c.gather != nil {
		c.gather.close()
	}
	c.memory.close()
}

// steps is how many instructions of SQLite's machine run between two looks at the
// context: some tenths of a millisecond.
const steps = 20_000

// watch has SQLite ask whether the context has ended. Most statements are done
// before it asks for the first time.
func (c *lite) watch() {
	c.ended = func(*libc.TLS, uintptr) int32 {
		if c.ctx != nil && c.ctx.Err() != nil {
			return 1
		}
		return 0
	}
	sqlite3.Xsqlite3_progress_handler(c.tls, c.db, steps, pointer(&c.ended), 0)
}

// begin binds the arguments.
func (c *lite) begin(ctx context.Context, text string, args []any) (*stmt, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	st, err := c.prepare(text)
	if err != nil {
		return nil, err
	}
	if err := st.bind(args); err != nil {
		c.memory.reset()
		return nil, err
	}
	c.ctx = ctx
	return st, nil
}

// end makes the statement ready for its next run.
func (s *stmt) end() {
	sqlite3.Xsqlite3_reset(s.tls, s.handle) // repeats the error of the last step
	s.memory.reset()
	s.ctx = nil
}

// exec runs a statement to its end and gives the number of rows it changed.
func (c *lite) exec(ctx context.Context, text string, args []any) (int64, error) {
	st, err := c.begin(ctx, text, args)
	if err != nil {
		return 0, err
	}
	rc := int32(sqlite3.SQLITE_ROW)
	for rc == sqlite3.SQLITE_ROW {
		rc = sqlite3.Xsqlite3_step(c.tls, st.handle)
	}
	if rc != sqlite3.SQLITE_DONE {
		err = c.fault(ctx, rc)
	}
	st.end()
	return int64(sqlite3.Xsqlite3_changes(c.tls, c.db)), err
}

// query runs a statement up to its first row.
func (c *lite) query(ctx context.Context, text string, args []any) (*liteRows, error) {
	st, err := c.begin(ctx, text, args)
	if err != nil {
		return nil, err
	}
	r := &liteRows{st: st, ctx: ctx}
	r.ahead = r.step()
	return r, r.err
}
