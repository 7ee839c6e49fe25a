package sqltest

import (
	"crypto/rand"
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
)

// Server is a PostgreSQL server of one test's own, which it may crash.
type Server struct {
	bin, dir, port, password string
	who                      *attr
	life                     io.Closer // the server runs until this is closed
	ended                    <-chan struct{}
}

// Own starts a server for one test. It ends with the test, or with the process.
// Where PostgreSQL is missing it does as PostgresURL does.
func Own(t testing.TB) *Server {
	t.Helper()
	bin, err := binaries()
	if errors.Is(err, errNotInstalled) && os.Getenv("CI") == "" && os.Getenv("LEAVER_REQUIRE_POSTGRES") != "1" {
		t.Skip(err)
	}
	s := &Server{bin: bin, password: rand.Text()}
	if err == nil {
		err = inFolder(s.begin)
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

// begin starts the server in a new folder.
func (s *Server) begin(dir string) error {
	s.dir = dir
	if err := s.init(); err != nil {
		return err
	}
	return s.start()
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

// start returns when the server answers.
func (s *Server) start() error {
	cmd := exec.Command("sh", "-c", watchdog, filepath.Join(s.bin, "postgres"), s.dir, s.port)
	cmd.Dir, cmd.SysProcAttr = s.dir, s.who
	life, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	s.life, s.ended = life, ends(cmd)
	admin, err := sql.Open("pgx", s.URL())
	if err != nil {
		return err
	}
	defer admin.Close()
	return answers(admin, s.dir, s.ended)
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
		err = patiently(s.start)
	}
	if err == nil {
		err = os.Remove(keep)
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
