package server

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"testing"
	"time"
)

// connected is a connection of a coarse listener and the other end of it. The ticks are
// those that a test gives.
func connected(t *testing.T, now time.Time) (*coarse, net.Conn, net.Conn) {
	t.Helper()
	var config net.ListenConfig
	tcp, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := Coarse(tcp, func() time.Time { return now }).(*coarse)
	l.ticker.Stop()
	other, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", tcp.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	mine, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		other.Close()
		mine.Close()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l, mine, other
}

func TestCoarseDeadlines(t *testing.T) {
	now := time.Now()
	l, mine, other := connected(t, now)
	expect := func(what string, want error) {
		t.Helper()
		if want == nil {
			if _, err := other.Write([]byte{1}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := mine.Read(make([]byte, 1)); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", what, err, want)
		}
	}
	set := func(at time.Time) {
		t.Helper()
		if err := mine.SetReadDeadline(at); err != nil {
			t.Fatal(err)
		}
	}
	set(now.Add(time.Minute))
	l.check(now.Add(59 * time.Second))
	expect("before it", nil)
	set(now.Add(2 * time.Minute))
	l.check(now.Add(61 * time.Second))
	expect("moved before it came", nil)
	waited := make(chan error, 1)
	go func() {
		_, err := mine.Read(make([]byte, 1))
		waited <- err
	}()
	l.check(now.Add(2 * time.Minute))
	if err := <-waited; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("who waits when it comes got %v", err)
	}
	expect("behind it", os.ErrDeadlineExceeded)
	set(now.Add(3 * time.Minute))
	expect("with a new one", nil)
	set(time.Unix(1, 0))
	expect("long ago, as net/http says now", os.ErrDeadlineExceeded)
	set(time.Time{})
	expect("without any", nil)
	if err := mine.SetWriteDeadline(now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	l.check(now.Add(time.Hour))
	if _, err := mine.Write([]byte{1}); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a write behind its deadline: %v", err)
	}
	expect("of reading, when that of writing has come", nil)
	if err := mine.SetDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	if _, err := mine.Write([]byte{1}); err != nil {
		t.Errorf("a write without a deadline: %v", err)
	}
}

// TestCoarseForgets sees the listener end with its last connection.
func TestCoarseForgets(t *testing.T) {
	now := time.Now()
	l, mine, _ := connected(t, now)
	if n := l.check(now); n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
	mine.Close()
	if n := l.check(now); n != 0 {
		t.Errorf("%d connections, want none", n)
	}
}

// TestCoarseServer lets net/http close a connection on which nothing comes.
func TestCoarseServer(t *testing.T) {
	var config net.ListenConfig
	tcp, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := Coarse(tcp, time.Now)
	l.(*coarse).ticker.Reset(10 * time.Millisecond)
	server := &http.Server{ReadHeaderTimeout: 50 * time.Millisecond, Handler: http.NotFoundHandler()}
	t.Cleanup(func() { server.Close() })
	go func() { _ = server.Serve(l) }()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", tcp.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n"); err != nil { // and never the end of it
		t.Fatal(err)
	}
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(conn); err != nil {
		t.Errorf("the server held on to it: %v", err)
	}
}
