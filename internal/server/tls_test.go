package server

import (
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestOwnAuthority has a client that trusts ca.pem shake hands with the server.
func TestOwnAuthority(t *testing.T) {
	dir, now := filepath.Join(t.TempDir(), "tls"), time.Now()
	hosts := []string{"leaver.example", "127.0.0.1"}
	config, err := OwnAuthority(dir, hosts, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	first, err := ownCertificate(dir, hosts, now)
	if err != nil {
		t.Fatal(err)
	}
	ca, err := os.ReadFile(filepath.Join(dir, "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"leaver.example": true, "127.0.0.1": true, "other.example": false} {
		if err := shake(config, ca, name); (err == nil) != want {
			t.Errorf("handshake as %s: %v, want good %t", name, err, want)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "ca.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the authority's key has mode %v, %v, want 0600", info.Mode(), err)
	}

	again, err := ownCertificate(dir, []string{"127.0.0.1", "leaver.example"}, now.Add(time.Hour))
	if err != nil || !again.Leaf.Equal(first.Leaf) {
		t.Errorf("a start an hour later makes another certificate: %v", err)
	}
	for what, later := range map[string]struct {
		hosts []string
		at    time.Time
	}{
		"other hosts":   {[]string{"new.example"}, now},
		"nearly a year": {[]string{"leaver.example", "127.0.0.1"}, now.Add(380 * 24 * time.Hour)},
	} {
		renewed, err := ownCertificate(dir, later.hosts, later.at)
		if err != nil || renewed.Leaf.Equal(first.Leaf) {
			t.Errorf("%s: the certificate is still the old one: %v", what, err)
		}
		if kept, err := os.ReadFile(filepath.Join(dir, "ca.pem")); err != nil || string(kept) != string(ca) {
			t.Errorf("%s: the authority has changed, so every client would have to trust it anew", what)
		}
	}
}

// TestACertificateIsReplaced: a server that runs for years serves the certificate
// that lies there now, and keeps the old one while what lies there is broken.
func TestACertificateIsReplaced(t *testing.T) {
	dir := t.TempDir()
	at, log := time.Now(), &lines{}
	old, err := ownCertificate(dir, []string{"a.example"}, at)
	if err != nil {
		t.Fatal(err)
	}
	pem, key := filepath.Join(dir, "server.pem"), filepath.Join(dir, "server.key")
	config, err := Certificates(pem, key, func() time.Time { return at }, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	serves := func(want *tls.Certificate) {
		t.Helper()
		got, err := config.GetCertificate(nil)
		if err != nil || !got.Leaf.Equal(want.Leaf) {
			t.Errorf("got the certificate of %v, %v, want %v", got.Leaf.DNSNames, err, want.Leaf.DNSNames)
		}
	}
	next, err := ownCertificate(dir, []string{"b.example"}, at)
	if err != nil {
		t.Fatal(err)
	}
	serves(old) // it was read just now
	at = at.Add(lookAgain)
	serves(next)
	if err := os.WriteFile(pem, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	at = at.Add(lookAgain)
	serves(next)
	if !strings.Contains(log.String(), "level=ERROR") {
		t.Error("nobody is told")
	}
	if _, err := Certificates(pem, key, time.Now, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a server starts with a certificate that can't be read")
	}
}

// shake connects a client that trusts ca to a server.
func shake(config *tls.Config, ca []byte, name string) error {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		return err
	}
	defer l.Close()
	go func() {
		if c, err := l.Accept(); err == nil {
			_ = c.(*tls.Conn).Handshake() // the client tells how it went
			_ = c.Close()
		}
	}()
	dialer := &tls.Dialer{NetDialer: &net.Dialer{Timeout: tooLong}, Config: &tls.Config{RootCAs: pool, ServerName: name}}
	c, err := dialer.Dial("tcp", l.Addr().String()) //nolint:noctx // has a timeout
	if err == nil {
		err = c.Close()
	}
	return err
}
