// Package dirsql is the raw SQLite floor: the smallest schema that can hold the
// five-row change of a user delete, and that change, with nothing around it.
package dirsql

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"leaver/bench/internal/gen"
)

// Schema of the floor database.
const Schema = `
CREATE TABLE IF NOT EXISTS users(
 n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, upn TEXT NOT NULL, display TEXT NOT NULL,
 given TEXT, sur TEXT, mail TEXT, dept TEXT, title TEXT, empid TEXT,
 enabled INT NOT NULL DEFAULT 1, created INT NOT NULL, deleted INT, purge_at INT);
CREATE UNIQUE INDEX IF NOT EXISTS users_upn ON users(upn) WHERE deleted IS NULL;
CREATE INDEX IF NOT EXISTS users_display ON users(display COLLATE NOCASE) WHERE deleted IS NULL;
CREATE INDEX IF NOT EXISTS users_purge ON users(purge_at) WHERE deleted IS NOT NULL;
CREATE TABLE IF NOT EXISTS licences(n INT NOT NULL, sku INT NOT NULL, assigned INT NOT NULL, released INT, PRIMARY KEY(n,sku)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mailboxes(n INTEGER PRIMARY KEY, size INT, blob TEXT, state INT NOT NULL DEFAULT 0, purge_at INT);
CREATE TABLE IF NOT EXISTS drives(n INTEGER PRIMARY KEY, size INT, blob TEXT, state INT NOT NULL DEFAULT 0, retain_until INT);
CREATE TABLE IF NOT EXISTS members(grp INT NOT NULL, n INT NOT NULL, PRIMARY KEY(n,grp)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS members_grp ON members(grp,n);
CREATE TABLE IF NOT EXISTS audit(seq INTEGER PRIMARY KEY, ts INT NOT NULL, actor INT NOT NULL, action INT NOT NULL, target INT NOT NULL, detail TEXT);
CREATE INDEX IF NOT EXISTS audit_target ON audit(target,seq);
`

// DSNs by driver name.
func DSN(driver, path, sync string, ro bool) (drv, dsn string) {
	switch driver {
	case "mattn":
		return "sqlite3", "file:" + path + "?_journal_mode=WAL&_synchronous=" + sync + "&_busy_timeout=10000&_cache_size=-65536&_foreign_keys=0"
	case "modernc":
		return "sqlite", "file:" + path + "?_pragma=journal_mode(WAL)&_pragma=synchronous(" + sync + ")&_pragma=busy_timeout(10000)&_pragma=cache_size(-65536)"
	case "ncruces":
		return "ncruces", "file:" + path + "?_pragma=journal_mode(WAL)&_pragma=synchronous(" + sync + ")&_pragma=busy_timeout(10000)&_pragma=cache_size(-65536)"
	}
	panic("unknown driver " + driver)
}

// W is a single-connection writer with prepared statements.
type W struct {
	DB   *sql.DB
	C    *sql.Conn
	s    map[string]*sql.Stmt
	txFn *sql.Stmt
}

var stmts = map[string]string{
	"begin": "BEGIN IMMEDIATE", "commit": "COMMIT", "rollback": "ROLLBACK",
	"iu":   "INSERT INTO users(n,id,upn,display,given,sur,mail,dept,title,empid,created) VALUES(?,?,?,?,?,?,?,?,?,?,?)",
	"il":   "INSERT INTO licences(n,sku,assigned) VALUES(?,?,?)",
	"im":   "INSERT INTO mailboxes(n,size,blob) VALUES(?,?,?)",
	"id":   "INSERT INTO drives(n,size,blob) VALUES(?,?,?)",
	"ig":   "INSERT INTO members(grp,n) VALUES(?,?)",
	"ia":   "INSERT INTO audit(ts,actor,action,target,detail) VALUES(?,?,?,?,?)",
	"find": "SELECT n FROM users WHERE id=? AND deleted IS NULL",
	"du":   "UPDATE users SET deleted=?,purge_at=?,enabled=0 WHERE id=? AND deleted IS NULL RETURNING n",
	"dl":   "UPDATE licences SET released=? WHERE n=?",
	"dm":   "UPDATE mailboxes SET state=1,purge_at=? WHERE n=?",
	"dd":   "UPDATE drives SET state=1,retain_until=? WHERE n=?",
	"ru":   "UPDATE users SET deleted=NULL,purge_at=NULL,enabled=1 WHERE id=? AND deleted IS NOT NULL RETURNING n",
	"rl":   "UPDATE licences SET released=NULL WHERE n=?",
	"rm":   "UPDATE mailboxes SET state=0,purge_at=NULL WHERE n=?",
	"rd":   "UPDATE drives SET state=0,retain_until=NULL WHERE n=?",
	"pu":   "DELETE FROM users WHERE id=? AND deleted IS NOT NULL RETURNING n",
	"pl":   "DELETE FROM licences WHERE n=?", "pm": "DELETE FROM mailboxes WHERE n=?", "pd": "DELETE FROM drives WHERE n=?", "pg": "DELETE FROM members WHERE n=?",
}

// Open opens the writer and creates the schema.
func Open(driver, path, sync string) (*W, error) {
	d, dsn := DSN(driver, path, sync, false)
	db, err := sql.Open(d, dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	ctx := context.Background()
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err = c.ExecContext(ctx, Schema); err != nil {
		return nil, err
	}
	w := &W{DB: db, C: c, s: map[string]*sql.Stmt{}}
	for k, q := range stmts {
		if w.s[k], err = c.PrepareContext(ctx, q); err != nil {
			return nil, fmt.Errorf("%s: %w", k, err)
		}
	}
	return w, nil
}

func (w *W) Close() { w.C.Close(); w.DB.Close() }
func (w *W) x(k string, a ...any) error {
	_, err := w.s[k].Exec(a...)
	return err
}
func (w *W) Begin() error  { return w.x("begin") }
func (w *W) Commit() error { return w.x("commit") }

const day = 86400

// Insert adds one user with 2 licences, mailbox, drive, 3 memberships and an audit row (9 rows).
func (w *W) Insert(u gen.User) error {
	now := time.Now().Unix()
	n := int64(u.I) + 1
	if err := w.x("iu", n, u.ID[:], u.UPN, u.Display, u.Given, u.Sur, u.Mail, u.Dept, u.Title, u.EmpID, now); err != nil {
		return err
	}
	for k := 0; k < 2; k++ {
		if err := w.x("il", n, k+u.I%3, now); err != nil {
			return err
		}
	}
	if err := w.x("im", n, 1<<20, "mb/"+u.EmpID); err != nil {
		return err
	}
	if err := w.x("id", n, 1<<20, "dr/"+u.EmpID); err != nil {
		return err
	}
	for k := 0; k < 3; k++ {
		if err := w.x("ig", (u.I*7+k*131)%1000, n); err != nil {
			return err
		}
	}
	return w.x("ia", now, 1, 1, n, `{"op":"create","result":"success","ip":"10.0.0.1"}`)
}

func (w *W) q1(k string, a ...any) (n int64, err error) {
	err = w.s[k].QueryRow(a...).Scan(&n)
	return
}

// Delete is the five-row change, without the transaction around it.
func (w *W) Delete(id [16]byte) error {
	now := time.Now().Unix()
	n, err := w.q1("du", now, now+30*day, id[:])
	if err != nil {
		return err
	}
	if err = w.x("dl", now, n); err != nil {
		return err
	}
	if err = w.x("dm", now+30*day, n); err != nil {
		return err
	}
	if err = w.x("dd", now+30*day, n); err != nil {
		return err
	}
	return w.x("ia", now, 1, 2, n, `{"op":"delete","result":"success","ip":"10.0.0.1","licences":2,"retention":"30d"}`)
}

// Restore undoes Delete and writes an audit row.
func (w *W) Restore(id [16]byte) error {
	now := time.Now().Unix()
	n, err := w.q1("ru", id[:])
	if err != nil {
		return err
	}
	for _, k := range []string{"rl", "rm", "rd"} {
		if err = w.x(k, n); err != nil {
			return err
		}
	}
	return w.x("ia", now, 1, 3, n, `{"op":"restore","result":"success","ip":"10.0.0.1"}`)
}

// Purge removes a deleted user for good and writes an audit row.
func (w *W) Purge(id [16]byte) error {
	now := time.Now().Unix()
	n, err := w.q1("pu", id[:])
	if err != nil {
		return err
	}
	for _, k := range []string{"pl", "pm", "pd", "pg"} {
		if err = w.x(k, n); err != nil {
			return err
		}
	}
	return w.x("ia", now, 1, 4, n, `{"op":"purge","result":"success","ip":"10.0.0.1"}`)
}

// Set statements: the ids of a bulk change go through a temporary table.
var setPrep = "CREATE TEMP TABLE IF NOT EXISTS s(n INTEGER PRIMARY KEY); DELETE FROM temp.s"

func (w *W) exec(q string, a ...any) error {
	_, err := w.C.ExecContext(context.Background(), q, a...)
	return err
}

// DeleteSet is the five-row change for many users as five set statements (no transaction around it).
func (w *W) DeleteSet(ids [][16]byte) error {
	if err := w.exec(setPrep); err != nil {
		return err
	}
	st, err := w.C.PrepareContext(context.Background(), "INSERT INTO temp.s SELECT n FROM users WHERE id=? AND deleted IS NULL")
	if err != nil {
		return err
	}
	defer st.Close()
	for i := range ids {
		if _, err := st.Exec(ids[i][:]); err != nil {
			return err
		}
	}
	now := time.Now().Unix()
	for _, q := range []string{
		"UPDATE users SET deleted=?1,purge_at=?2,enabled=0 WHERE n IN temp.s",
		"UPDATE licences SET released=?1+0*?2 WHERE n IN temp.s",
		"UPDATE mailboxes SET state=1,purge_at=?2+0*?1 WHERE n IN temp.s",
		"UPDATE drives SET state=1,retain_until=?2+0*?1 WHERE n IN temp.s",
		`INSERT INTO audit(ts,actor,action,target,detail) SELECT ?1+0*?2,1,2,n,'{"op":"delete","result":"success","ip":"10.0.0.1","licences":2,"retention":"30d"}' FROM temp.s`,
	} {
		if err := w.exec(q, now, now+30*day); err != nil {
			return err
		}
	}
	return nil
}

// PurgeSet removes up to k users whose time has come and returns how many.
func (w *W) PurgeSet(now int64, k int) (int64, error) {
	if err := w.exec(setPrep); err != nil {
		return 0, err
	}
	rs, err := w.C.ExecContext(context.Background(), "INSERT INTO temp.s SELECT n FROM users WHERE deleted IS NOT NULL AND purge_at<=? ORDER BY purge_at LIMIT ?", now, k)
	if err != nil {
		return 0, err
	}
	got, _ := rs.RowsAffected()
	for _, q := range []string{
		`INSERT INTO audit(ts,actor,action,target,detail) SELECT ?1,1,4,n,'{"op":"purge","result":"success","ip":"10.0.0.1"}' FROM temp.s`,
		"DELETE FROM licences WHERE ?1>0 AND n IN temp.s", "DELETE FROM mailboxes WHERE ?1>0 AND n IN temp.s",
		"DELETE FROM drives WHERE ?1>0 AND n IN temp.s", "DELETE FROM members WHERE ?1>0 AND n IN temp.s", "DELETE FROM users WHERE ?1>0 AND n IN temp.s",
	} {
		if err := w.exec(q, now); err != nil {
			return 0, err
		}
	}
	return got, nil
}

// Tx runs f in one transaction.
func (w *W) Tx(f func() error) error {
	if err := w.Begin(); err != nil {
		return err
	}
	if err := f(); err != nil {
		w.x("rollback")
		return err
	}
	return w.Commit()
}

// R is a pool of readers.
type R struct {
	DB                    *sql.DB
	get, list, srch, offs *sql.Stmt
}

func OpenR(driver, path string, conns int) (*R, error) {
	d, dsn := DSN(driver, path, "NORMAL", true)
	db, err := sql.Open(d, dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	r := &R{DB: db}
	cols := "n,id,upn,display,given,sur,mail,dept,title,empid,enabled,created"
	for _, p := range []struct {
		s **sql.Stmt
		q string
	}{
		{&r.get, "SELECT " + cols + " FROM users WHERE id=? AND deleted IS NULL"},
		{&r.list, "SELECT " + cols + " FROM users WHERE n>? AND deleted IS NULL ORDER BY n LIMIT ?"},
		{&r.offs, "SELECT " + cols + " FROM users WHERE deleted IS NULL ORDER BY n LIMIT ? OFFSET ?"},
		{&r.srch, "SELECT " + cols + " FROM users WHERE display>=? COLLATE NOCASE AND display<? COLLATE NOCASE AND deleted IS NULL ORDER BY display COLLATE NOCASE LIMIT ?"},
	} {
		if *p.s, err = db.Prepare(p.q); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Row is a user as read back.
type Row struct {
	N                                                  int64
	ID                                                 []byte
	UPN, Display, Given, Sur, Mail, Dept, Title, EmpID string
	Enabled                                            bool
	Created                                            int64
}

func scan(rs *sql.Rows) (out []Row, err error) {
	defer rs.Close()
	for rs.Next() {
		var r Row
		if err = rs.Scan(&r.N, &r.ID, &r.UPN, &r.Display, &r.Given, &r.Sur, &r.Mail, &r.Dept, &r.Title, &r.EmpID, &r.Enabled, &r.Created); err != nil {
			return
		}
		out = append(out, r)
	}
	return out, rs.Err()
}

func (r *R) q(s *sql.Stmt, a ...any) ([]Row, error) {
	rs, err := s.Query(a...)
	if err != nil {
		return nil, err
	}
	return scan(rs)
}
func (r *R) Get(id []byte) ([]Row, error)             { return r.q(r.get, id) }
func (r *R) List(after int64, top int) ([]Row, error) { return r.q(r.list, after, top) }
func (r *R) Offset(off, top int) ([]Row, error)       { return r.q(r.offs, top, off) }
func (r *R) Search(p string, top int) ([]Row, error)  { return r.q(r.srch, p, p+"\uffff", top) }
