package sqltest

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Server is a PostgreSQL server of one test's own, which it may crash.
type Server struct {
	bin, dir, port, password string
	who                      *attr
	life                     io.Closer // the server runs until this is closed
	ended                    chan struct{}
}

// caretaker runs the server until its standard input ends. The folder goes with
// it, unless the test says that it wants to start the server again.
const caretaker = `"$0" -D "$1/data" -k "$1" -p "$2" >>"$1/log" 2>&1 &
pid=$!
cat >/dev/null
kill -QUIT $pid
wait $pid
test -e "$1/keep" || rm -rf "$1"`

// Own starts a server for one test. It ends with the test, or with the process.
// Where PostgreSQL is missing it does as PostgresURL does.
func Own(t testing.TB) *Server {
	t.Helper()
	bin, err := binaries()
	if errors.Is(err, errNotInstalled) && os.Getenv("CI") == "" && os.Getenv("LEAVER_REQUIRE_POSTGRES") != "1" {
		t.Skip(err)
	}
	s := &Server{bin: bin, password: "test"}
	if err == nil {
		s.dir, err = os.MkdirTemp(memory(), "leaver-pg-")
	}
	if err == nil {
		err = s.init()
	}
	if err == nil {
		err = s.start()
	}
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Errorf("stop PostgreSQL: %v", err)
		}
	})
	return s
}

func (s *Server) init() (err error) {
	if s.who, err = owner(s.dir); err != nil {
		return err
	}
	if s.port, err = freePort(); err != nil {
		return err
	}
	secret := filepath.Join(s.dir, "password")
	if err := os.WriteFile(secret, []byte(s.password), 0o644); err != nil {
		return err
	}
	data := filepath.Join(s.dir, "data")
	out, err := initdb(s.bin, s.dir, s.who, []string{
		"-D", data, "-U", "leaver", "-E", "UTF8", "--no-sync", "--locale=C", "--auth-local=trust", "--auth-host=scram-sha-256", "--pwfile=" + secret,
	})
	if err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return os.WriteFile(filepath.Join(data, "postgresql.auto.conf"), []byte(settings), 0o644)
}

func (s *Server) start() error {
	cmd := exec.Command("sh", "-c", caretaker, filepath.Join(s.bin, "postgres"), s.dir, s.port)
	cmd.Dir, cmd.SysProcAttr = s.dir, s.who
	life, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	s.life, s.ended = life, make(chan struct{})
	go func() {
		defer close(s.ended)
		_ = cmd.Wait() // it is told to end in a hurry
	}()
	admin, err := sql.Open("pgx", s.URL())
	if err != nil {
		return err
	}
	defer admin.Close()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if err = admin.Ping(); err == nil {
			return nil
		}
		select {
		case <-tick.C:
			continue
		case <-s.ended:
			err = errors.New("the server ended")
		case <-deadline.C:
		}
		log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
		return fmt.Errorf("%w\n%s", err, log)
	}
}

// URL is the address of the server's own database.
func (s *Server) URL() string { return s.URLBy("127.0.0.1:" + s.port) }

// URLBy is the same by way of a proxy.
func (s *Server) URLBy(address string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword("leaver", s.password), Host: address, Path: "/postgres", RawQuery: "sslmode=disable"}
	return u.String()
}

// Address is where the server listens.
func (s *Server) Address() string { return net.JoinHostPort("127.0.0.1", s.port) }

// Crash ends the server without letting it tidy up, and starts it again.
func (s *Server) Crash(t testing.TB) {
	t.Helper()
	keep := filepath.Join(s.dir, "keep")
	err := os.WriteFile(keep, nil, 0o600)
	if err == nil {
		err = s.stop()
	}
	if err == nil {
		err = os.Remove(keep)
	}
	if err == nil {
		err = s.start()
	}
	if err != nil {
		t.Fatalf("restart PostgreSQL: %v", err)
	}
}

// stop ends the server at once and waits for it.
func (s *Server) stop() error {
	err := s.life.Close()
	<-s.ended
	return err
}
