package sqldb_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"sync"
	"testing"
	"testing/fstest"

	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
)

func openURL(t *testing.T, address string, migrations fstest.MapFS) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), sqldb.Options{URL: address, Migrations: migrations})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestConcurrentMigration(t *testing.T) {
	address := sqltest.PostgresURL(t, nil)
	slow := schema()
	slow["0003_slow.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\nselect pg_sleep(0.2);\ninsert into people(id, name) values ('\\x01', 'once');\n")}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			db, err := sqldb.Open(t.Context(), sqldb.Options{URL: address, Migrations: slow})
			if err != nil {
				t.Error(err)
				return
			}
			defer db.Close()
			if got := names(t, db); !slices.Equal(got, []string{"once"}) {
				t.Errorf("names = %v", got)
			}
		})
	}
	wg.Wait()
}

func TestPostgresSchemaVersions(t *testing.T) {
	address := sqltest.PostgresURL(t, newer())
	for _, readOnly := range []bool{false, true} {
		_, err := sqldb.Open(t.Context(), sqldb.Options{URL: address, Migrations: schema(), ReadOnly: readOnly})
		if !errors.Is(err, sqldb.ErrNewerSchema) {
			t.Errorf("read only %v: %v", readOnly, err)
		}
	}
	_, err := sqldb.Open(t.Context(), sqldb.Options{URL: sqltest.PostgresURL(t, nil), Migrations: schema(), ReadOnly: true})
	if !errors.Is(err, sqldb.ErrEmpty) || !errors.Is(err, sqldb.ErrOlderSchema) {
		t.Errorf("err = %v", err)
	}
	for _, wrong := range []string{"postgres://nobody:wrong@127.0.0.1:1/none?sslmode=disable", proxied(t, address, "127.0.0.1:1")} {
		if _, err := sqldb.Open(t.Context(), sqldb.Options{URL: wrong, Migrations: schema()}); !errors.Is(err, sqldb.ErrUnavailable) {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

// TestTwoNodes keeps a chain, in which each link needs the one before, with two
// nodes on one database.
func TestTwoNodes(t *testing.T) {
	address := sqltest.PostgresURL(t, schema())
	ctx := t.Context()
	var wg sync.WaitGroup
	for node := range 2 {
		db := openURL(t, address, schema())
		for w := range 4 {
			wg.Go(func() {
				for i := range 10 {
					err := db.Update(ctx, func(tx *sqldb.Tx) error {
						var last int64
						if err := tx.QueryRow(ctx, "select coalesce(max(born), 0) from people").Scan(&last); err != nil {
							return err
						}
						_, err := tx.Exec(ctx, "insert into people(id, name, born) values ($1, $2, $3)",
							fmt.Appendf(nil, "%d %d %d", node, w, i), fmt.Sprintf("%d %d %d", node, w, i), last+1)
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
	got, err := sqldb.All(ctx, openURL(t, address, schema()), sqldb.Value[int64], "select born from people order by born")
	if err != nil || len(got) != 80 {
		t.Fatal(len(got), err)
	}
	for i, n := range got {
		if n != int64(i)+1 {
			t.Fatalf("link %d has number %d", i+1, n)
		}
	}
}

// proxy stands between the program and the server and can cut the line.
type proxy struct {
	server string
	listen net.Listener
	mu     sync.Mutex
	conns  []net.Conn
	down   bool
	// before and after are called with what a client sends, before it reaches the
	// server and after the server has answered it; true cuts the line.
	before, after func(sent []byte) bool
}

func proxied(t *testing.T, address, host string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.Host = host
	return u.String()
}

func newProxy(t *testing.T, address string) (p *proxy, through string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	p = &proxy{server: u.Host}
	if p.listen, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.listen.Close()
		p.cut(true)
	})
	go p.serve()
	return p, proxied(t, address, p.listen.Addr().String())
}

func (p *proxy) serve() {
	for {
		client, err := p.listen.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.server)
		p.mu.Lock()
		if err != nil || p.down {
			client.Close()
		} else {
			p.conns = append(p.conns, client, server)
			go p.pass(client, server)
		}
		p.mu.Unlock()
	}
}

// pass carries one connection. The protocol is question and answer, so that what
// comes back after a question belongs to it.
func (p *proxy) pass(client, server net.Conn) {
	var mu sync.Mutex
	var last []byte
	go func() {
		b := make([]byte, 64<<10)
		for {
			n, err := server.Read(b)
			mu.Lock()
			cut := p.hook(&p.after, last)
			mu.Unlock()
			if err != nil || cut {
				client.Close()
				server.Close()
				return
			}
			_, _ = client.Write(b[:n])
		}
	}()
	b := make([]byte, 64<<10)
	for {
		n, err := client.Read(b)
		if err != nil || p.hook(&p.before, b[:n]) {
			client.Close()
			server.Close()
			return
		}
		mu.Lock()
		last = bytes.Clone(b[:n])
		mu.Unlock()
		_, _ = io.Copy(server, bytes.NewReader(b[:n]))
	}
}

func (p *proxy) hook(f *func([]byte) bool, sent []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return *f != nil && (*f)(sent)
}

// cut ends all connections; while down, new ones end at once.
func (p *proxy) cut(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
	for _, c := range p.conns {
		c.Close()
	}
	p.conns = nil
}

// once cuts the line the first time that text is sent.
func once(text string, then func()) func([]byte) bool {
	hit := false
	return func(sent []byte) bool {
		if hit || !bytes.Contains(sent, []byte(text)) {
			return false
		}
		hit = true
		if then != nil {
			then()
		}
		return true
	}
}

func TestLostConnection(t *testing.T) {
	for _, c := range []struct {
		name string
		arm  func(p *proxy)
		runs int
		want error
	}{
		{"in a statement", func(p *proxy) { p.before = once("id of second", nil) }, 2, nil},
		{"before the commit arrives", func(p *proxy) { p.before = once("commit\x00", nil) }, 2, nil},
		{"after the commit", func(p *proxy) { p.after = once("commit\x00", nil) }, 1, nil},
		{"after the commit, for good", func(p *proxy) { p.after = once("commit\x00", func() { p.down = true }) }, 1, sqldb.ErrUnavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			address := sqltest.PostgresURL(t, schema())
			p, through := newProxy(t, address)
			db := openURL(t, through, schema())
			ctx := t.Context()
			addAll(t, db, "first")
			p.mu.Lock()
			c.arm(p)
			p.mu.Unlock()
			runs := 0
			err := db.Update(ctx, func(tx *sqldb.Tx) error {
				runs++
				return add(ctx, tx, "second")
			})
			if !errors.Is(err, c.want) || runs != c.runs {
				t.Errorf("after %d runs: %v; want %d, %v", runs, err, c.runs, c.want)
			}
			p.cut(false)
			addAll(t, db, "third")
			if got := names(t, db); !slices.Equal(got, []string{"first", "second", "third"}) {
				t.Errorf("names = %v", got)
			}
		})
	}
}

func TestServerGoesAndComesBack(t *testing.T) {
	t.Parallel()
	p, through := newProxy(t, sqltest.PostgresURL(t, schema()))
	db := openURL(t, through, schema())
	ctx := t.Context()
	addAll(t, db, "anna")
	// Several idle readers, which will all have lost their server.
	err := db.View(ctx, func(*sqldb.Tx) error {
		return db.View(ctx, func(tx *sqldb.Tx) error { return db.Ping(ctx) })
	})
	if err != nil {
		t.Fatal(err)
	}
	p.cut(true)
	if err := db.Ping(ctx); !errors.Is(err, sqldb.ErrUnavailable) {
		t.Errorf("ping: %v", err)
	}
	if err := db.View(ctx, func(*sqldb.Tx) error { return nil }); !errors.Is(err, sqldb.ErrUnavailable) {
		t.Errorf("view: %v", err)
	}
	if err := db.Update(ctx, func(tx *sqldb.Tx) error { return add(ctx, tx, "bram") }); !errors.Is(err, sqldb.ErrUnavailable) {
		t.Errorf("update: %v", err)
	}
	p.cut(false)
	addAll(t, db, "carla")
	if got := names(t, db); !slices.Equal(got, []string{"anna", "carla"}) {
		t.Errorf("names = %v", got)
	}
	p.cut(false) // only the idle connections: nobody notices
	if err := db.View(ctx, func(tx *sqldb.Tx) error { return nil }); err != nil {
		t.Errorf("view: %v", err)
	}
	p.cut(false)
	if got := names(t, db); len(got) != 2 {
		t.Errorf("names = %v", got)
	}
}
