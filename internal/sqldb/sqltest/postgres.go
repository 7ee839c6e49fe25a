package sqltest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver behind admin

	"leaver/internal/sqldb"
)

var errNotInstalled = errors.New("PostgreSQL is not installed: install it (Debian: apt install postgresql), or set PATH so that initdb is found")

// server is the PostgreSQL of this test process. It is started by the first test
// that wants it and dies with the process: see start.
type server struct {
	admin *sql.DB
	url   url.URL

	mu        sync.Mutex
	templates map[string]string // hash of migrations -> database
	serial    int
}

// shared is one server for all tests of a process: a second would only cost time.
var shared = sync.OnceValues(start)

// PostgresURL gives the address of a fresh database, with the migrations applied.
func PostgresURL(t testing.TB, migrations fs.FS) string {
	t.Helper()
	s, err := shared()
	if errors.Is(err, errNotInstalled) && os.Getenv("CI") == "" && os.Getenv("LEAVER_REQUIRE_POSTGRES") != "1" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	name, err := s.create(migrations)
	if err != nil {
		t.Fatalf("make a database: %v", err)
	}
	t.Cleanup(func() {
		if _, err := s.admin.Exec("drop database if exists " + name + " with (force)"); err != nil {
			t.Errorf("drop database: %v", err)
		}
	})
	return s.address(name)
}

func (s *server) address(database string) string {
	u := s.url
	u.Path = "/" + database
	return u.String()
}

// create makes a database. Migrations run once for each schema, in a template
// that the databases are copies of.
func (s *server) create(migrations fs.FS) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	template, err := s.template(migrations)
	if err != nil {
		return "", err
	}
	s.serial++
	name := fmt.Sprintf("test_%d", s.serial)
	_, err = s.admin.Exec("create database " + name + " template " + template)
	return name, err
}

func (s *server) template(migrations fs.FS) (string, error) {
	if migrations == nil {
		return "template1", nil
	}
	key, err := hash(migrations)
	if err != nil || s.templates[key] != "" {
		return s.templates[key], err
	}
	name := fmt.Sprintf("template_%d", len(s.templates)+1)
	if _, err := s.admin.Exec("create database " + name + " template template1"); err != nil {
		return "", err
	}
	db, err := sqldb.Open(context.Background(), sqldb.Options{URL: s.address(name), Migrations: migrations})
	if err != nil {
		return "", err
	}
	s.templates[key] = name
	return name, db.Close()
}

func hash(files fs.FS) (string, error) {
	h := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(files, path)
		fmt.Fprintf(h, "%s %d\n%s", path, len(b), b)
		return err
	})
	return hex.EncodeToString(h.Sum(nil)), err
}

// watchdog runs a server until it ends by itself, or until the standard input ends,
// which is when the test process does, in whatever way. Then it removes the folder,
// unless a file keep says that the server will be started again, or a file fresh that
// somebody is waiting for its first answer, and will want to know why there was none.
const watchdog = `exec 3<&0
"$0" -D "$1/data" -k "$1" -p "$2" 3<&- >>"$1/log" 2>&1 &
pid=$!
{ cat <&3 >/dev/null; rm -f "$1/fresh"; kill -QUIT $pid; } 2>/dev/null &
dog=$!
exec 3<&-
wait $pid
kill $dog 2>/dev/null
test -e "$1/keep" || test -e "$1/fresh" || rm -rf "$1"`

// inFolder makes a folder for a server and starts that.
func inFolder(start func(dir string) error) error {
	return patiently(func() error {
		dir, err := os.MkdirTemp(memory(), "leaver-pg-")
		if err != nil {
			return err
		}
		fresh := filepath.Join(dir, "fresh")
		if err = os.WriteFile(fresh, nil, 0o600); err == nil {
			err = start(dir)
		}
		if err != nil {
			return errors.Join(err, os.RemoveAll(dir))
		}
		return os.Remove(fresh)
	})
}

func start() (s *server, err error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	err = inFolder(func(dir string) (err error) {
		s, err = startIn(bin, dir)
		return err
	})
	return s, err
}

// errEnded is what is said of a server that ended by itself: most likely somebody
// else took its port, which was free just before.
var errEnded = errors.New("the server ended")

// patiently starts a server again that ended.
func patiently(start func() error) (err error) {
	for range 5 {
		if err = start(); !errors.Is(err, errEnded) {
			return err
		}
	}
	return err
}

func startIn(bin, dir string) (*server, error) {
	who, err := owner(dir)
	if err != nil {
		return nil, err
	}
	password := rand.Text()
	secret := filepath.Join(dir, "password")
	if err := os.WriteFile(secret, []byte(password), 0o644); err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	args := []string{"-D", data, "-U", "leaver", "-E", "UTF8", "--no-sync", "--locale=C", "--auth-local=trust", "--auth-host=scram-sha-256", "--pwfile=" + secret}
	// A linguistic collation, as servers in the field have it, brings mistakes in
	// the order of text to light. Before version 15 there is no such option.
	out, err := initdb(bin, dir, who, append(args, "--locale-provider=icu", "--icu-locale=en"))
	if err != nil {
		if err := os.RemoveAll(data); err != nil {
			return nil, err
		}
		out, err = initdb(bin, dir, who, args)
	}
	if err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(data, "postgresql.auto.conf"), []byte(settings), 0o644); err != nil {
		return nil, err
	}
	return launch(bin, dir, password, who)
}

// settings make a server that need not survive anything.
const settings = `fsync = off
full_page_writes = off
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
max_connections = 400
shared_buffers = 64MB
listen_addresses = '127.0.0.1'
`

func initdb(bin, dir string, who *attr, args []string) ([]byte, error) {
	cmd := exec.Command(filepath.Join(bin, "initdb"), args...)
	cmd.Dir, cmd.SysProcAttr = dir, who
	return cmd.CombinedOutput()
}

// launch runs the server on a free port.
func launch(bin, dir, password string, who *attr) (*server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("sh", "-c", watchdog, filepath.Join(bin, "postgres"), dir, port)
	cmd.Dir, cmd.SysProcAttr = dir, who
	// The pipe is never closed by us: the kernel does it when this process ends.
	if _, err := cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{templates: map[string]string{}, url: url.URL{
		Scheme: "postgres", User: url.UserPassword("leaver", password), Host: "127.0.0.1:" + port, RawQuery: "sslmode=disable&connect_timeout=300",
	}}
	if s.admin, err = sql.Open("pgx", s.address("postgres")); err != nil {
		return nil, err
	}
	return s, answers(s.admin, dir, ends(cmd))
}

// ends tells when a process has ended.
func ends(cmd *exec.Cmd) <-chan struct{} {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // what it has to say is in its log
	}()
	return ended
}

// answers returns when the server in a folder answers, or has ended. The deadline is
// for one that hangs: on a busy machine the first answer may take a minute.
func answers(admin *sql.DB, dir string, ended <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	go func() {
		defer cancel() // whoever has the port instead may keep us waiting
		select {
		case <-ended:
		case <-ctx.Done():
		}
	}()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := admin.PingContext(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
			continue
		}
		select {
		case <-ended:
			err = errEnded
		default:
		}
		log, _ := os.ReadFile(filepath.Join(dir, "log"))
		return fmt.Errorf("%w\n%s", err, log)
	}
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = l.Close() }()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

// binaries gives the folder that holds initdb and postgres.
func binaries() (string, error) {
	var dirs []string
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	installed, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	slices.Reverse(installed) // the newest first
	dirs = append(dirs, installed...)
	dirs = append(dirs, filepath.SplitList(os.Getenv("PATH"))...)
	for _, dir := range dirs {
		_, err1 := os.Stat(filepath.Join(dir, "initdb"))
		_, err2 := os.Stat(filepath.Join(dir, "postgres"))
		if err1 == nil && err2 == nil {
			return dir, nil
		}
	}
	return "", errNotInstalled
}
