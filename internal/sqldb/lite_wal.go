package sqldb

import (
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// gatherSize is how much of one commit goes to the log with one call. SQLite
// writes no more than 128 KiB at a time.
const gatherSize = 120 << 10

// gather sits between SQLite and its write-ahead log. SQLite writes the head and
// the body of each page by themselves, some thirty calls for the smallest change;
// gather makes one of them, when SQLite asks for the log to be synced. Nobody
// looks at a page in the log before that: SQLite tells others of it afterwards.
// Its own reads come through here as well.
type gather struct {
	tls     *libc.TLS
	file    uintptr // SQLite's sqlite3_file of the log
	before  *sqlite3.Tsqlite3_io_methods
	was     uintptr // address of before
	methods uintptr // ours
	block   uintptr
	begin   int64 // where in the log the gathered bytes belong
	end     int64 // where those ended that were written last
	used    int32
	// The functions that methods points to, which the garbage collector would not
	// see there.
	read     func(*libc.TLS, uintptr, uintptr, int32, int64) int32
	write    func(*libc.TLS, uintptr, uintptr, int32, int64) int32
	truncate func(*libc.TLS, uintptr, int64) int32
	sync     func(*libc.TLS, uintptr, int32) int32
	size     func(*libc.TLS, uintptr, uintptr) int32
}

// newGather takes over the log of a connection, which must be open by now; nil
// when there is none.
func newGather(c *lite) *gather {
	out := c.tls.Alloc(8)
	defer c.tls.Free(8)
	*(*uintptr)(at(out)) = 0
	name, err := libc.CString("main")
	if err != nil {
		return nil
	}
	defer libc.Xfree(c.tls, name)
	rc := sqlite3.Xsqlite3_file_control(c.tls, c.db, name, sqlite3.SQLITE_FCNTL_JOURNAL_POINTER, out)
	file := *(*uintptr)(at(out))
	if rc != sqlite3.SQLITE_OK || file == 0 || (*sqlite3.Tsqlite3_file)(at(file)).FpMethods == 0 {
		return nil
	}
	g := &gather{tls: c.tls, file: file, was: (*sqlite3.Tsqlite3_file)(at(file)).FpMethods}
	g.before = (*sqlite3.Tsqlite3_io_methods)(at(g.was))
	g.methods = libc.Xmalloc(c.tls, libc.Tsize_t(unsafe.Sizeof(*g.before)))
	g.block = libc.Xmalloc(c.tls, gatherSize)
	if g.methods == 0 || g.block == 0 {
		g.free()
		return nil
	}
	g.install()
	return g
}

func (g *gather) install() {
	m := (*sqlite3.Tsqlite3_io_methods)(at(g.methods))
	*m = *g.before
	g.read, g.write, g.truncate, g.sync, g.size = g.xRead, g.xWrite, g.xTruncate, g.xSync, g.xFileSize
	m.FxRead, m.FxWrite, m.FxTruncate, m.FxSync, m.FxFileSize = pointer(&g.read), pointer(&g.write), pointer(&g.truncate), pointer(&g.sync), pointer(&g.size)
	(*sqlite3.Tsqlite3_file)(at(g.file)).FpMethods = g.methods
}

// pointer is a function as the translated SQLite calls it; function is the way back.
func pointer[F any](f *F) uintptr { return *(*uintptr)(unsafe.Pointer(f)) } //nolint:gosec // a function is a pointer

func function[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&p)) } //nolint:gosec // see pointer

// close leaves the log to SQLite alone.
func (g *gather) close() {
	g.flush(g.tls)
	(*sqlite3.Tsqlite3_file)(at(g.file)).FpMethods = g.was
	g.free()
}

func (g *gather) free() {
	libc.Xfree(g.tls, g.methods)
	libc.Xfree(g.tls, g.block)
}

// flush writes what was gathered. What cannot be written is lost, as it is when
// SQLite cannot write: it gets the error and takes the change back.
func (g *gather) flush(tls *libc.TLS) int32 {
	n := g.used
	if n == 0 {
		return sqlite3.SQLITE_OK
	}
	g.used, g.end = 0, g.begin+int64(n)
	return function[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](g.before.FxWrite)(tls, g.file, g.block, n, g.begin)
}

func (g *gather) xWrite(tls *libc.TLS, file, from uintptr, n int32, offset int64) int32 {
	if g.used > 0 && (offset != g.begin+int64(g.used) || g.used+n > gatherSize) {
		if rc := g.flush(tls); rc != sqlite3.SQLITE_OK {
			return rc
		}
	}
	if n > gatherSize {
		return function[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](g.before.FxWrite)(tls, file, from, n, offset)
	}
	if g.used == 0 {
		g.begin = offset
	}
	copy(bytesAt(g.block+uintptr(g.used), int(n)), bytesAt(from, int(n)))
	g.used += n
	return sqlite3.SQLITE_OK
}

func (g *gather) xSync(tls *libc.TLS, file uintptr, flags int32) int32 {
	if rc := g.flush(tls); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return function[func(*libc.TLS, uintptr, int32) int32](g.before.FxSync)(tls, file, flags)
}

func (g *gather) xRead(tls *libc.TLS, file, to uintptr, n int32, offset int64) int32 {
	if rc := g.flush(tls); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return function[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](g.before.FxRead)(tls, file, to, n, offset)
}

func (g *gather) xTruncate(tls *libc.TLS, file uintptr, size int64) int32 {
	if rc := g.flush(tls); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return function[func(*libc.TLS, uintptr, int64) int32](g.before.FxTruncate)(tls, file, size)
}

func (g *gather) xFileSize(tls *libc.TLS, file, out uintptr) int32 {
	if rc := g.flush(tls); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return function[func(*libc.TLS, uintptr, uintptr) int32](g.before.FxFileSize)(tls, file, out)
}
