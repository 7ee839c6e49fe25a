// Package dirpg is the raw PostgreSQL floor: the same schema and five-row change
// as dirsql, through pgx, one pipelined round trip a delete.
package dirpg

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"leaver/bench/internal/gen"
)

const Schema = `
CREATE TABLE IF NOT EXISTS users(
 n bigint PRIMARY KEY, id uuid NOT NULL UNIQUE, upn text NOT NULL, display text NOT NULL,
 given text, sur text, mail text, dept text, title text, empid text,
 enabled bool NOT NULL DEFAULT true, created bigint NOT NULL, deleted bigint, purge_at bigint);
CREATE UNIQUE INDEX IF NOT EXISTS users_upn ON users(upn) WHERE deleted IS NULL;
CREATE INDEX IF NOT EXISTS users_display ON users(lower(display) text_pattern_ops) WHERE deleted IS NULL;
CREATE INDEX IF NOT EXISTS users_purge ON users(purge_at) WHERE deleted IS NOT NULL;
CREATE TABLE IF NOT EXISTS licences(n bigint NOT NULL, sku int NOT NULL, assigned bigint NOT NULL, released bigint, PRIMARY KEY(n,sku));
CREATE TABLE IF NOT EXISTS mailboxes(n bigint PRIMARY KEY, size bigint, blob text, state int NOT NULL DEFAULT 0, purge_at bigint);
CREATE TABLE IF NOT EXISTS drives(n bigint PRIMARY KEY, size bigint, blob text, state int NOT NULL DEFAULT 0, retain_until bigint);
CREATE TABLE IF NOT EXISTS members(grp int NOT NULL, n bigint NOT NULL, PRIMARY KEY(n,grp));
CREATE INDEX IF NOT EXISTS members_grp ON members(grp,n);
CREATE TABLE IF NOT EXISTS audit(seq bigserial PRIMARY KEY, ts bigint NOT NULL, actor int NOT NULL, action int NOT NULL, target bigint NOT NULL, detail text);
CREATE INDEX IF NOT EXISTS audit_target ON audit(target,seq);
`

type DB struct {
	P   *pgxpool.Pool
	ctx context.Context
}

func Open(ctx context.Context, dsn string, conns int) (*DB, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	cfg.MaxConns = int32(conns)
	p, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if _, err = p.Exec(ctx, Schema); err != nil {
		return nil, err
	}
	return &DB{p, ctx}, nil
}

const day = 86400

func uid(b [16]byte) pgtype.UUID { return pgtype.UUID{Bytes: b, Valid: true} }

// one data-changing CTE = one statement, one round trip, one commit
const delSQL = `WITH u AS (UPDATE users SET deleted=$2,purge_at=$3,enabled=false WHERE id=$1 AND deleted IS NULL RETURNING n),
 l AS (UPDATE licences SET released=$2 WHERE n=(SELECT n FROM u)),
 m AS (UPDATE mailboxes SET state=1,purge_at=$3 WHERE n=(SELECT n FROM u)),
 d AS (UPDATE drives SET state=1,retain_until=$3 WHERE n=(SELECT n FROM u))
 INSERT INTO audit(ts,actor,action,target,detail) SELECT $2,1,2,n,$4 FROM u`
const resSQL = `WITH u AS (UPDATE users SET deleted=NULL,purge_at=NULL,enabled=true WHERE id=$1 AND deleted IS NOT NULL RETURNING n),
 l AS (UPDATE licences SET released=NULL WHERE n=(SELECT n FROM u)),
 m AS (UPDATE mailboxes SET state=0,purge_at=NULL WHERE n=(SELECT n FROM u)),
 d AS (UPDATE drives SET state=0,retain_until=NULL WHERE n=(SELECT n FROM u))
 INSERT INTO audit(ts,actor,action,target,detail) SELECT $2,1,3,n,$3 FROM u`

func (d *DB) Delete(id [16]byte) error {
	now := time.Now().Unix()
	t, err := d.P.Exec(d.ctx, delSQL, uid(id), now, now+30*day, `{"op":"delete","result":"success","ip":"10.0.0.1","licences":2,"retention":"30d"}`)
	if err == nil && t.RowsAffected() != 1 {
		err = fmt.Errorf("not found")
	}
	return err
}

func (d *DB) Restore(id [16]byte) error {
	t, err := d.P.Exec(d.ctx, resSQL, uid(id), time.Now().Unix(), `{"op":"restore","result":"success","ip":"10.0.0.1"}`)
	if err == nil && t.RowsAffected() != 1 {
		err = fmt.Errorf("not found")
	}
	return err
}

// DeleteSet deletes a set of users in one transaction of five set statements.
func (d *DB) DeleteSet(ids [][16]byte) error {
	us := make([]pgtype.UUID, len(ids))
	for i := range ids {
		us[i] = uid(ids[i])
	}
	now := time.Now().Unix()
	_, err := d.P.Exec(d.ctx, `WITH u AS (UPDATE users SET deleted=$2,purge_at=$3,enabled=false WHERE id=ANY($1::uuid[]) AND deleted IS NULL RETURNING n),
 l AS (UPDATE licences SET released=$2 WHERE n IN (SELECT n FROM u)),
 m AS (UPDATE mailboxes SET state=1,purge_at=$3 WHERE n IN (SELECT n FROM u)),
 x AS (UPDATE drives SET state=1,retain_until=$3 WHERE n IN (SELECT n FROM u))
 INSERT INTO audit(ts,actor,action,target,detail) SELECT $2,1,2,n,$4 FROM u`, us, now, now+30*day, `{"op":"delete","result":"success","ip":"10.0.0.1","licences":2,"retention":"30d"}`)
	return err
}

// PurgeSet removes the k oldest expired users in one transaction.
func (d *DB) PurgeSet(now int64, k int) (int64, error) {
	t, err := d.P.Exec(d.ctx, `WITH p AS (SELECT n FROM users WHERE deleted IS NOT NULL AND purge_at<=$1 ORDER BY purge_at LIMIT $2 FOR UPDATE SKIP LOCKED),
 u AS (DELETE FROM users USING p WHERE users.n=p.n RETURNING users.n),
 l AS (DELETE FROM licences USING p WHERE licences.n=p.n),
 m AS (DELETE FROM mailboxes USING p WHERE mailboxes.n=p.n),
 x AS (DELETE FROM drives USING p WHERE drives.n=p.n),
 g AS (DELETE FROM members USING p WHERE members.n=p.n)
 INSERT INTO audit(ts,actor,action,target,detail) SELECT $1,1,4,n,'{"op":"purge"}' FROM u`, now, k)
	return t.RowsAffected(), err
}

func (d *DB) Insert(u gen.User) error {
	now := time.Now().Unix()
	n := int64(u.I) + 1
	b := &pgx.Batch{}
	b.Queue("INSERT INTO users(n,id,upn,display,given,sur,mail,dept,title,empid,created) VALUES($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)", n, uid(u.ID), u.UPN, u.Display, u.Given, u.Sur, u.Mail, u.Dept, u.Title, u.EmpID, now)
	b.Queue("INSERT INTO licences(n,sku,assigned) VALUES($1,$2,$4),($1,$3,$4)", n, u.I%3, u.I%3+1, now)
	b.Queue("INSERT INTO mailboxes(n,size,blob) VALUES($1,1048576,$2)", n, "mb/"+u.EmpID)
	b.Queue("INSERT INTO drives(n,size,blob) VALUES($1,1048576,$2)", n, "dr/"+u.EmpID)
	b.Queue("INSERT INTO members(grp,n) VALUES($2,$1),($3,$1),($4,$1)", n, (u.I*7)%1000, (u.I*7+131)%1000, (u.I*7+262)%1000)
	b.Queue("INSERT INTO audit(ts,actor,action,target,detail) VALUES($1,1,1,$2,$3)", now, n, `{"op":"create","result":"success","ip":"10.0.0.1"}`)
	return d.P.SendBatch(d.ctx, b).Close()
}

// Load copies users and their rows in one transaction.
func (d *DB) Load(us []gen.User) error {
	tx, err := d.P.Begin(d.ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(d.ctx)
	now := time.Now().Unix()
	cp := func(tab string, cols []string, per int, row func(i, k int) []any) {
		if err != nil {
			return
		}
		_, err = tx.CopyFrom(d.ctx, pgx.Identifier{tab}, cols, pgx.CopyFromSlice(len(us)*per, func(j int) ([]any, error) { return row(j/per, j%per), nil }))
	}
	N := func(i int) int64 { return int64(us[i].I) + 1 }
	cp("users", []string{"n", "id", "upn", "display", "given", "sur", "mail", "dept", "title", "empid", "created"}, 1, func(i, k int) []any {
		u := us[i]
		return []any{N(i), uid(u.ID), u.UPN, u.Display, u.Given, u.Sur, u.Mail, u.Dept, u.Title, u.EmpID, now}
	})
	cp("licences", []string{"n", "sku", "assigned"}, 2, func(i, k int) []any { return []any{N(i), us[i].I%3 + k, now} })
	cp("mailboxes", []string{"n", "size", "blob"}, 1, func(i, k int) []any { return []any{N(i), 1 << 20, "mb/" + us[i].EmpID} })
	cp("drives", []string{"n", "size", "blob"}, 1, func(i, k int) []any { return []any{N(i), 1 << 20, "dr/" + us[i].EmpID} })
	cp("members", []string{"grp", "n"}, 3, func(i, k int) []any { return []any{(us[i].I*7 + k*131) % 1000, N(i)} })
	cp("audit", []string{"ts", "actor", "action", "target", "detail"}, 1, func(i, k int) []any {
		return []any{now, 1, 1, N(i), `{"op":"create","result":"success","ip":"10.0.0.1"}`}
	})
	if err != nil {
		return err
	}
	return tx.Commit(d.ctx)
}

func (d *DB) drain(q string, a ...any) error {
	rs, err := d.P.Query(d.ctx, q, a...)
	if err != nil {
		return err
	}
	for rs.Next() {
		if _, err := rs.Values(); err != nil {
			return err
		}
	}
	return rs.Err()
}

const cols = "n,id,upn,display,given,sur,mail,dept,title,empid,enabled,created"

func (d *DB) Get(id [16]byte) error {
	return d.drain("SELECT "+cols+" FROM users WHERE id=$1 AND deleted IS NULL", uid(id))
}
func (d *DB) List(after, top int) error {
	return d.drain("SELECT "+cols+" FROM users WHERE n>$1 AND deleted IS NULL ORDER BY n LIMIT $2", after, top)
}
func (d *DB) Offset(off, top int) error {
	return d.drain("SELECT "+cols+" FROM users WHERE deleted IS NULL ORDER BY n OFFSET $1 LIMIT $2", off, top)
}
func (d *DB) Search(p string, top int) error {
	return d.drain("SELECT "+cols+" FROM users WHERE lower(display) LIKE lower($1)||'%' AND deleted IS NULL ORDER BY lower(display) USING ~<~ LIMIT $2", p, top)
}
