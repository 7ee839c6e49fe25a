package server

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestOwnAuthority has a client that trusts ca.pem shake hands with the server.
func TestOwnAuthority(t *testing.T) {
	dir, now := filepath.Join(t.TempDir(), "tls"), time.Now()
	config, err := OwnAuthority(dir, []string{"leaver.example", "127.0.0.1"}, now)
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

	again, err := OwnAuthority(dir, []string{"127.0.0.1", "leaver.example"}, now.Add(time.Hour))
	if err != nil || !again.Certificates[0].Leaf.Equal(config.Certificates[0].Leaf) {
		t.Errorf("a start an hour later makes another certificate: %v", err)
	}
	for what, later := range map[string]struct {
		hosts []string
		at    time.Time
	}{
		"other hosts":   {[]string{"new.example"}, now},
		"nearly a year": {[]string{"leaver.example", "127.0.0.1"}, now.Add(380 * 24 * time.Hour)},
	} {
		renewed, err := OwnAuthority(dir, later.hosts, later.at)
		if err != nil || renewed.Certificates[0].Leaf.Equal(config.Certificates[0].Leaf) {
			t.Errorf("%s: the certificate is still the old one: %v", what, err)
		}
		if kept, err := os.ReadFile(filepath.Join(dir, "ca.pem")); err != nil || string(kept) != string(ca) {
			t.Errorf("%s: the authority has changed, so every client would have to trust it anew", what)
		}
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
	dialer := &tls.Dialer{NetDialer: &net.Dialer{Timeout: 10 * time.Second}, Config: &tls.Config{RootCAs: pool, ServerName: name}}
	c, err := dialer.Dial("tcp", l.Addr().String()) //nolint:noctx // has a timeout
	if err == nil {
		err = c.Close()
	}
	return err
}
