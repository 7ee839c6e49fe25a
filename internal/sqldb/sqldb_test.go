package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/fstest"

	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
)

func schema() fstest.MapFS {
	return fstest.MapFS{
		"0001_people.sql": {Data: []byte(`-- +goose Up
create table people(
	n {pk}, -- {not a macro}
	id {blob} not null unique,
	name {text} not null unique,
	enabled boolean not null default true,
	born bigint,
	note {json} not null default '{"a":1}'
);
create table roles(person bigint not null references people(n), role {text} not null, primary key(person, role)) {without rowid};
{sqlite create index people_born on people(born);}
{postgres create index people_born on people(born) include (name);}
`)},
		"0002_more.sql": {Data: []byte("-- +goose Up\nalter table people add column seen bigint not null default 0;\n")},
	}
}

func add(ctx context.Context, tx *sqldb.Tx, name string) error {
	_, err := tx.Exec(ctx, "insert into people(id, name) values ($1, $2)", []byte("id of "+name), name)
	return err
}

func names(t *testing.T, q sqldb.Querier) []string {
	t.Helper()
	all, err := sqldb.All(t.Context(), q, sqldb.Value[string], "select name from people order by name")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestUpdate(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		var n int64
		err := db.Update(ctx, func(tx *sqldb.Tx) error {
			return tx.QueryRow(ctx, "insert into people(id, name, born) values ($1, $2, $3) returning n", []byte{1}, "anna", 7).Scan(&n)
		})
		if err != nil || n != 1 {
			t.Fatal(n, err)
		}
		if got := names(t, db); !slices.Equal(got, []string{"anna"}) {
			t.Errorf("names = %v", got)
		}
		boom := errors.New("boom")
		err = db.Update(ctx, func(tx *sqldb.Tx) error {
			if err := add(ctx, tx, "bram"); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Errorf("err = %v", err)
		}
		if got := names(t, db); !slices.Equal(got, []string{"anna"}) {
			t.Errorf("after a failed job: %v", got)
		}
		if s := db.Stats(); s.Commits != 1 || s.Jobs != 1 {
			t.Errorf("stats = %+v", s)
		}
	})
}

func TestConcurrentWriters(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		boom := errors.New("boom")
		var wg sync.WaitGroup
		var mu sync.Mutex
		want := []string{}
		for w := range 16 {
			wg.Go(func() {
				for i := range 20 {
					name := fmt.Sprintf("p%02d.%02d", w, i)
					var fail error
					switch i % 4 {
					case 1:
						fail = boom
					case 3:
						fail = sqldb.ErrDuplicate
					}
					err := db.Update(ctx, func(tx *sqldb.Tx) error {
						if err := add(ctx, tx, name); err != nil {
							return err
						}
						if errors.Is(fail, sqldb.ErrDuplicate) {
							return add(ctx, tx, name)
						}
						return fail
					})
					if !errors.Is(err, fail) {
						t.Errorf("%s: err = %v, want %v", name, err, fail)
					}
					if fail == nil {
						mu.Lock()
						want = append(want, name)
						mu.Unlock()
					}
				}
			})
		}
		wg.Wait()
		slices.Sort(want)
		if got := names(t, db); !slices.Equal(got, want) {
			t.Errorf("got %d names %v, want %d", len(got), got, len(want))
		}
		if s := db.Stats(); s.Jobs != 160 || s.Commits > 160 {
			t.Errorf("stats = %+v", s)
		} else {
			t.Logf("stats = %+v", s)
		}
	})
}

// TestGroup makes one group of known jobs: the writer is held until all wait.
func TestGroup(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		boom := errors.New("boom")
		running, release := make(chan bool), make(chan bool)
		ran := false
		hold := func(tx *sqldb.Tx) error {
			if !ran {
				ran = true
				running <- true
				<-release
			}
			return add(ctx, tx, "first")
		}
		jobs := []struct {
			f    func(tx *sqldb.Tx) error
			want error
		}{
			{hold, nil},
			{func(tx *sqldb.Tx) error { return add(ctx, tx, "second") }, nil},
			{func(tx *sqldb.Tx) error { return errors.Join(add(ctx, tx, "third"), boom) }, boom},
			{func(tx *sqldb.Tx) error { return add(ctx, tx, "second") }, sqldb.ErrDuplicate},
			{func(tx *sqldb.Tx) error { return add(ctx, tx, "fifth") }, nil},
		}
		errs := make([]error, len(jobs))
		var wg sync.WaitGroup
		for i, j := range jobs {
			wg.Go(func() { errs[i] = db.Update(ctx, j.f) })
			if i == 0 {
				<-running
			}
			for db.Stats().Waiting < int64(i) {
				runtime.Gosched()
			}
		}
		release <- true
		wg.Wait()
		for i, j := range jobs {
			if !errors.Is(errs[i], j.want) {
				t.Errorf("job %d: %v, want %v", i, errs[i], j.want)
			}
		}
		if got := names(t, db); !slices.Equal(got, []string{"fifth", "first", "second"}) {
			t.Errorf("names = %v", got)
		}
		if s := db.Stats(); s.Commits != 1 || s.Jobs != 3 {
			t.Errorf("stats = %+v, want one commit for three jobs", s)
		}
	})
}

// TestFirstJobFails has no savepoint to go back to.
func TestFirstJobFails(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		boom := errors.New("boom")
		running, release := make(chan bool), make(chan bool)
		first, second := make(chan error, 1), make(chan error, 1)
		go func() {
			first <- db.Update(ctx, func(tx *sqldb.Tx) error {
				running <- true
				<-release
				return errors.Join(add(ctx, tx, "anna"), boom)
			})
		}()
		<-running
		go func() { second <- db.Update(ctx, func(tx *sqldb.Tx) error { return add(ctx, tx, "bram") }) }()
		for db.Stats().Waiting == 0 {
			runtime.Gosched()
		}
		release <- true
		if err := <-first; !errors.Is(err, boom) {
			t.Errorf("first: %v", err)
		}
		if err := <-second; err != nil {
			t.Errorf("second: %v", err)
		}
		if got := names(t, db); !slices.Equal(got, []string{"bram"}) {
			t.Errorf("names = %v", got)
		}
	})
}

// TestVersion holds an Update to what it sees of the others in its commit.
func TestVersion(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		if db.Dialect() == sqldb.Postgres {
			return // which has a test of its own
		}
		ctx := t.Context()
		look := func(tx *sqldb.Tx) int64 {
			n, known := tx.Version(ctx)
			if !known {
				t.Error("the version is not known")
			}
			return n
		}
		commits := db.Stats().Commits
		if err := db.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := sqldb.All(ctx, tx, sqldb.Value[string], "select name from people")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if n, _ := db.Version(); n != 0 || db.Stats().Commits != commits {
			t.Errorf("an Update that only looks: version %d, %d commits", n, db.Stats().Commits-commits)
		}
		running, release := make(chan bool), make(chan bool)
		var seen [3]int64
		var wg sync.WaitGroup
		for i := range seen {
			wg.Go(func() {
				if err := db.Update(ctx, func(tx *sqldb.Tx) error {
					if i == 0 {
						running <- true
						<-release
					}
					seen[i] = look(tx)
					return add(ctx, tx, fmt.Sprint("p", i))
				}); err != nil {
					t.Error(err)
				}
			})
			if i == 0 {
				<-running
			}
			for db.Stats().Waiting < int64(i) {
				runtime.Gosched()
			}
		}
		release <- true
		wg.Wait()
		if seen != [3]int64{0, 1, 2} {
			t.Errorf("three jobs of one commit saw %v", seen)
		}
		if n, _ := db.Version(); n != 3 {
			t.Errorf("version %d after them", n)
		}
		if err := db.View(ctx, func(tx *sqldb.Tx) error {
			if n := look(tx); n != 3 {
				t.Errorf("a snapshot of version %d", n)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}
