package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Certificates answers the TLS configuration of a certificate that was bought
// or made elsewhere. When its files are replaced, connections from then on get
// the new one; while they can't be read, the old one.
func Certificates(certFile, keyFile string, now func() time.Time, log *slog.Logger) (*tls.Config, error) {
	return serving(now, log, func() (*tls.Certificate, error) {
		pair, err := tls.LoadX509KeyPair(certFile, keyFile)
		if err != nil {
			return nil, fmt.Errorf("certificate %s: %w", certFile, err)
		}
		return &pair, nil
	})
}

// lookAgain is how long a certificate is served before its files are read again.
const lookAgain = time.Minute

// current is a certificate that can be replaced while it is served.
type current struct {
	load func() (*tls.Certificate, error)
	now  func() time.Time
	log  *slog.Logger
	mu   sync.Mutex
	pair *tls.Certificate
	read time.Time
}

// serving answers the TLS configuration of a certificate that load gives.
func serving(now func() time.Time, log *slog.Logger, load func() (*tls.Certificate, error)) (*tls.Config, error) {
	pair, err := load()
	if err != nil {
		return nil, err
	}
	c := &current{load: load, now: now, log: log, pair: pair, read: now()}
	return &tls.Config{GetCertificate: c.certificate, MinVersion: tls.VersionTLS12}, nil
}

func (c *current) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.now()
	if waited := at.Sub(c.read); waited >= 0 && waited < lookAgain {
		return c.pair, nil
	}
	c.read = at
	pair, err := c.load()
	switch {
	case err != nil:
		c.log.Error("the certificate can't be read again; the one from before is served", "error", err.Error())
	case !pair.Leaf.Equal(c.pair.Leaf):
		c.log.Info("another certificate is served", "until", pair.Leaf.NotAfter)
		c.pair = pair
	}
	return c.pair, nil
}

// How long the certificates that we make ourselves are good. Clients refuse
// longer ones for servers.
const (
	authorityLife = 10 * 365 * 24 * time.Hour
	serverLife    = 397 * 24 * time.Hour
	renewBefore   = 30 * 24 * time.Hour
)

// OwnAuthority answers the TLS configuration of a certificate for hosts that an
// authority of our own has signed. Both are kept in dir: ca.pem is what clients
// are to trust. The certificate is made anew when it is nearly over or when the
// hosts have changed; the authority stays.
func OwnAuthority(dir string, hosts []string, now func() time.Time, log *slog.Logger) (*tls.Config, error) {
	return serving(now, log, func() (*tls.Certificate, error) { return ownCertificate(dir, hosts, now()) })
}

func ownCertificate(dir string, hosts []string, now time.Time) (*tls.Certificate, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("folder for certificates: %w", err)
	}
	authority, err := loadPair(dir, "ca")
	if errors.Is(err, fs.ErrNotExist) {
		authority, err = makePair(dir, "ca", authorityTemplate(now), nil)
	}
	if err != nil {
		return nil, err
	}
	server, err := loadPair(dir, "server")
	if errors.Is(err, fs.ErrNotExist) || err == nil && !good(server, authority, hosts, now) {
		server, err = makePair(dir, "server", serverTemplate(hosts, now), authority)
	}
	return server, err
}

// good tells whether a server certificate can still be used.
func good(server, authority *tls.Certificate, hosts []string, now time.Time) bool {
	if now.Before(server.Leaf.NotBefore) || now.Add(renewBefore).After(server.Leaf.NotAfter) {
		return false
	}
	names := slices.Clone(server.Leaf.DNSNames)
	for _, ip := range server.Leaf.IPAddresses {
		names = append(names, ip.String())
	}
	wanted := slices.Clone(hosts)
	slices.Sort(names)
	slices.Sort(wanted)
	return slices.Equal(names, slices.Compact(wanted)) && server.Leaf.CheckSignatureFrom(authority.Leaf) == nil
}

func authorityTemplate(now time.Time) *x509.Certificate {
	return &x509.Certificate{
		Subject: pkix.Name{CommonName: "Leaver's own authority"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(authorityLife),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
}

func serverTemplate(hosts []string, now time.Time) *x509.Certificate {
	t := &x509.Certificate{
		Subject: pkix.Name{CommonName: "Leaver"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(serverLife),
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, host)
		}
	}
	return t
}

// makePair makes a key and a certificate for it, signed by parent or by itself,
// and writes both down.
func makePair(dir, name string, template *x509.Certificate, parent *tls.Certificate) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)); err != nil {
		return nil, fmt.Errorf("make a serial number: %w", err)
	}
	signer, signerKey := template, any(key)
	if parent != nil {
		signer, signerKey = parent.Leaf, parent.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signer, &key.PublicKey, signerKey)
	if err != nil {
		return nil, fmt.Errorf("make a certificate: %w", err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("write down a key: %w", err)
	}
	// The key first: a certificate without its key would be taken for a whole pair.
	if err := writePEM(filepath.Join(dir, name+".key"), "PRIVATE KEY", secret, 0o600); err != nil {
		return nil, err
	}
	if err := writePEM(filepath.Join(dir, name+".pem"), "CERTIFICATE", der, 0o644); err != nil {
		return nil, err
	}
	return loadPair(dir, name)
}

func writePEM(file, kind string, der []byte, mode os.FileMode) error {
	text := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	if err := os.WriteFile(file+".new", text, mode); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}

func loadPair(dir, name string) (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, name+".pem"), filepath.Join(dir, name+".key"))
	if err != nil {
		return nil, fmt.Errorf("certificate in %s: %w", dir, err)
	}
	return &pair, nil
}
