package sqldb

import (
	"database/sql"
	"errors"
	"reflect"
	"unsafe"

	sqlite3 "modernc.org/sqlite/lib"
)

// dropMutex takes the lock away that SQLite holds during every call on a
// connection, even for the value of one column: a third of the time of reading a
// page of rows. SQLite calls this its multi-thread mode and allows it when a
// connection is never used by two threads at once, which sessions see to; the one
// call from outside, the interrupt, needs no lock. The driver always opens
// connections with the lock and has no option for it, so it is reached into.
func dropMutex(conn *sql.Conn) error {
	return conn.Raw(func(c any) error {
		db, err := handle(c)
		if err == nil {
			db.Fmutex = 0
		}
		return err
	})
}

// handle gives the connection as SQLite itself knows it.
func handle(c any) (*sqlite3.Tsqlite3, error) {
	v := reflect.ValueOf(c)
	if v.Kind() == reflect.Pointer {
		if f := v.Elem().FieldByName("db"); f.IsValid() && f.Kind() == reflect.Uintptr && f.Uint() != 0 {
			db := uintptr(f.Uint())
			return *(**sqlite3.Tsqlite3)(unsafe.Pointer(&db)), nil //nolint:gosec // see dropMutex
		}
	}
	return nil, errors.New("the SQLite driver has another form than this program was made for")
}
