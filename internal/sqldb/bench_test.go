package sqldb_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
)

const benchPeople = 20000

func benchSchema() fstest.MapFS {
	return fstest.MapFS{"0001_bench.sql": {Data: []byte(`-- +goose Up
create table people(
	n {pk}, id {blob} not null unique, upn {text} not null unique, display {text} not null, given {text}, surname {text},
	mail {text}, department {text}, title {text}, enabled boolean not null, created bigint not null, deleted bigint);
create table licenses(person bigint not null, sku bigint not null, released bigint, primary key(person, sku)) {without rowid};
create table mailboxes(n {pk}, state bigint not null, purge_at bigint);
create table drives(n {pk}, state bigint not null, purge_at bigint);
create table audit(seq {pk}, at bigint not null, target bigint not null, detail {text} not null);
`)}}
}

func personID(i int64) []byte { return fmt.Appendf(nil, "%016d", i) }

func benchEach(b *testing.B, f func(b *testing.B, db *sqldb.DB)) {
	b.Run("sqlite", func(b *testing.B) {
		db, err := sqldb.Open(b.Context(), sqldb.Options{Path: filepath.Join(b.TempDir(), "bench.db"), Migrations: benchSchema()})
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		fill(b, db)
		f(b, db)
	})
	b.Run("postgres", func(b *testing.B) {
		db := sqltest.Postgres(b, benchSchema())
		fill(b, db)
		f(b, db)
	})
}

func fill(b *testing.B, db *sqldb.DB) {
	b.Helper()
	ctx := b.Context()
	err := db.Update(ctx, func(tx *sqldb.Tx) error {
		var people, licenses, boxes [][]any
		for i := range int64(benchPeople) {
			s := fmt.Sprintf("person%d@lindeboom.example", i)
			people = append(people, []any{i + 1, personID(i), s, s, s, s, s, s, s, true, i, nil})
			licenses = append(licenses, []any{i + 1, 1, nil}, []any{i + 1, 2, nil})
			boxes = append(boxes, []any{i + 1, 0, nil})
		}
		for _, t := range []struct {
			table string
			cols  []string
			rows  [][]any
		}{
			{"people", []string{"n", "id", "upn", "display", "given", "surname", "mail", "department", "title", "enabled", "created", "deleted"}, people},
			{"licenses", []string{"person", "sku", "released"}, licenses},
			{"mailboxes", []string{"n", "state", "purge_at"}, boxes},
			{"drives", []string{"n", "state", "purge_at"}, boxes},
		} {
			if _, err := tx.InsertRows(ctx, t.table, t.cols, t.rows); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// leave is the change of five rows and more that deleting a person takes.
func leave(ctx context.Context, tx *sqldb.Tx, i, now int64) error {
	var n int64
	if err := tx.QueryRow(ctx, "update people set deleted = $1, enabled = false where id = $2 returning n", now, personID(i)).Scan(&n); err != nil {
		return err
	}
	for _, text := range []string{
		"update licenses set released = $1 where person = $2",
		"update mailboxes set state = 1, purge_at = $1 where n = $2",
		"update drives set state = 1, purge_at = $1 where n = $2",
		`insert into audit(at, target, detail) values ($1, $2, '{"op":"delete","result":"success"}')`,
	} {
		if _, err := tx.Exec(ctx, text, now, n); err != nil {
			return err
		}
	}
	return nil
}

func BenchmarkUpdate(b *testing.B) {
	benchEach(b, func(b *testing.B, db *sqldb.DB) {
		for _, writers := range []int{1, 16} {
			b.Run(fmt.Sprintf("%dwriters", writers), func(b *testing.B) {
				ctx, cancel := context.WithCancel(b.Context())
				defer cancel()
				before := db.Stats()
				var next atomic.Int64
				done := make(chan error)
				for range writers {
					go func() {
						for {
							i := next.Add(1)
							if i > int64(b.N) {
								done <- nil
								return
							}
							if err := db.Update(ctx, func(tx *sqldb.Tx) error { return leave(ctx, tx, i%benchPeople, i) }); err != nil {
								done <- err
								return
							}
						}
					}()
				}
				for range writers {
					if err := <-done; err != nil {
						b.Error(err)
					}
				}
				s := db.Stats()
				b.ReportMetric(float64(s.Jobs-before.Jobs)/float64(s.Commits-before.Commits), "jobs/commit")
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
			})
		}
	})
}

type person struct {
	n                                                     int64
	id                                                    []byte
	upn, display, given, surname, mail, department, title string
	enabled                                               bool
	created                                               int64
}

func scanPerson(r *sqldb.Rows) (p person, err error) {
	err = r.Scan(&p.n, &p.id, &p.upn, &p.display, &p.given, &p.surname, &p.mail, &p.department, &p.title, &p.enabled, &p.created)
	return p, err
}

const personColumns = "n, id, upn, display, given, surname, mail, department, title, enabled, created"

func BenchmarkRead(b *testing.B) {
	benchEach(b, func(b *testing.B, db *sqldb.DB) {
		ctx, cancel := context.WithCancel(b.Context())
		defer cancel()
		b.Run("one", func(b *testing.B) {
			b.ReportAllocs()
			for i := range int64(b.N) {
				if _, err := sqldb.One(ctx, db, scanPerson, "select "+personColumns+" from people where id = $1", personID(i%benchPeople)); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("page", func(b *testing.B) {
			b.ReportAllocs()
			for i := range int64(b.N) {
				all, err := sqldb.All(ctx, db, scanPerson, "select "+personColumns+" from people where n > $1 order by n limit $2", i%(benchPeople-100), 100)
				if err != nil || len(all) != 100 {
					b.Fatal(len(all), err)
				}
			}
		})
		b.Run("view", func(b *testing.B) {
			b.ReportAllocs()
			for i := range int64(b.N) {
				err := db.View(ctx, func(tx *sqldb.Tx) error {
					for k := range int64(3) {
						if _, err := sqldb.One(ctx, tx, scanPerson, "select "+personColumns+" from people where id = $1", personID((i+k)%benchPeople)); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}

func BenchmarkInsertRows(b *testing.B) {
	benchEach(b, func(b *testing.B, db *sqldb.DB) {
		ctx := b.Context()
		rows := make([][]any, 10000)
		for i := range rows {
			rows[i] = []any{int64(i), int64(i), "some detail of this row"}
		}
		for b.Loop() {
			err := db.Update(ctx, func(tx *sqldb.Tx) error {
				_, err := tx.InsertRows(ctx, "audit", []string{"at", "target", "detail"}, rows)
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(rows)*b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}
