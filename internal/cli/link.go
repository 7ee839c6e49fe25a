package cli

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"leaver/internal/graphclient"
)

// DefaultServer is where a server is looked for when nothing says where it is.
const DefaultServer = "http://127.0.0.1:8365"

// The app registration of the practice organization, which everybody may know.
const (
	practiceClient = "11111111-1111-4111-8111-111111111111"
	practiceSecret = "practice-secret"
)

// link is the way to the organization.
type link struct {
	*graphclient.Client
	local bool // in this process
	close func() error
}

// dial finds the organization that the command is about. It is done once.
func (s *session) dial(ctx context.Context) (*link, error) {
	if s.link != nil {
		return s.link, nil
	}
	var err error
	if s.Data != "" || s.Database != "" {
		s.link, err = s.openHere(ctx)
	} else {
		s.link, err = s.connect(ctx)
	}
	return s.link, err
}

// openHere opens the organization in this process.
func (s *session) openHere(ctx context.Context) (*link, error) {
	beside := s.newBodyFolder()
	opened, err := s.Host.Open(ctx, s.where())
	if err != nil {
		return nil, err
	}
	s.tellOfFolder(beside)
	client := s.client(&url.URL{Scheme: "http", Host: "leaver.localhost"}, opened.HTTP)
	return &link{Client: client, local: true, close: opened.Close}, nil
}

// connect finds the server and who we are to it.
func (s *session) connect(ctx context.Context) (*link, error) {
	address, saved, err := s.serverAddress()
	if err != nil {
		return nil, err
	}
	transport, err := s.transport(saved)
	if err != nil {
		return nil, err
	}
	l := &link{Client: s.client(address, transport), close: func() error {
		transport.CloseIdleConnections()
		return nil
	}}
	l.Tokens, err = s.tokens(ctx, l.Client, saved)
	return l, err
}

func (s *session) client(address *url.URL, transport http.RoundTripper) *graphclient.Client {
	return &graphclient.Client{
		Server: address, HTTP: &http.Client{Transport: transport}, Language: string(s.lang), Agent: "leaver/" + s.Version,
		Waiting: func(d time.Duration) { s.tell("cli.waiting", "time", d.Round(time.Second)) },
	}
}

// serverAddress answers where the server is: as the command line says, the
// environment, or the last sign-in. The sign-in that belongs to it comes along.
func (s *session) serverAddress() (*url.URL, *login, error) {
	logins, err := s.readLogins()
	if err != nil {
		return nil, nil, err
	}
	text := firstOf(s.Server, s.Getenv("LEAVER_SERVER"), logins.Current, DefaultServer)
	address, err := parseServer(text)
	if err != nil {
		return nil, nil, err
	}
	return address, logins.Servers[address.String()], nil
}

// parseServer reads the address of a server.
func parseServer(text string) (*url.URL, error) {
	bare := !strings.Contains(text, "://")
	if bare {
		text = "http://" + text
	}
	address, err := url.Parse(strings.TrimRight(text, "/"))
	if bare && err == nil && !isLoopback(address.Hostname()) {
		address.Scheme = "https" // secrets go there
	}
	if err != nil || address.Host == "" || (address.Scheme != "http" && address.Scheme != "https") {
		return nil, usage("badServer", "value", text)
	}
	return address, nil
}

// transport trusts the CA of --ca-file or LEAVER_CA_FILE, or the one that the
// sign-in was done with, beside those of the system.
func (s *session) transport(saved *login) (*http.Transport, error) {
	t := &http.Transport{
		Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, IdleConnTimeout: time.Minute,
		DialContext: (&net.Dialer{Timeout: 10 * time.Second}).DialContext, TLSHandshakeTimeout: 10 * time.Second,
	}
	file := firstOf(s.CAFile, s.Getenv("LEAVER_CA_FILE"))
	if file == "" && saved != nil {
		file = saved.CAFile
	}
	if file == "" {
		return t, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fileFault(file, err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(text) {
		return nil, usage("badCA", "file", file)
	}
	t.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	return t, nil
}

// tokens decides who we are: what the environment says, or the sign-in that was
// kept, or, with a practice organization on this machine only, its own app.
func (s *session) tokens(ctx context.Context, c *graphclient.Client, saved *login) (graphclient.TokenSource, error) {
	if token := s.Getenv("LEAVER_TOKEN"); token != "" {
		return graphclient.Bearer(token), nil
	}
	authority := s.authority(c)
	id, secret := s.Getenv("LEAVER_CLIENT_ID"), s.Getenv("LEAVER_CLIENT_SECRET")
	switch {
	case id != "" && secret != "":
		return s.secretSession(authority, id, secret), nil
	case id != "" || secret != "": // acting as somebody else than meant would be worse
		return nil, usage("halfClient")
	case saved != nil:
		return s.loginSession(authority, c.Server.String(), saved), nil
	}
	if isLoopback(c.Server.Hostname()) {
		health, err := c.Health(ctx)
		if err != nil {
			return nil, err
		}
		if health.V.Practice {
			if s.Terminal.Err { // a script has asked for nothing but the answer
				s.tell("cli.practiceApp")
			}
			return s.secretSession(authority, practiceClient, practiceSecret), nil
		}
	}
	return nil, fault(ExitDenied, "notSignedIn", "server", c.Server.String())
}

func (s *session) authority(c *graphclient.Client) *graphclient.Authority {
	return &graphclient.Authority{Server: c.Server, HTTP: c.HTTP, Tenant: s.Getenv("LEAVER_TENANT"), Now: s.Now}
}

func (s *session) secretSession(a *graphclient.Authority, id, secret string) *graphclient.Session {
	return &graphclient.Session{Now: s.Now, Renew: func(ctx context.Context, _ graphclient.Grant) (graphclient.Grant, error) {
		return a.Secret(ctx, id, secret)
	}}
}

// loginSession renews the token of a sign-in and keeps the new one. Only one process
// at a time renews it: a token to renew with is good once, and what another process
// got meanwhile serves as well.
func (s *session) loginSession(a *graphclient.Authority, server string, saved *login) *graphclient.Session {
	last := graphclient.Grant{AccessToken: saved.AccessToken, RefreshToken: saved.RefreshToken, Expires: saved.Expires}
	return &graphclient.Session{Now: s.Now, Last: last, Renew: func(ctx context.Context, last graphclient.Grant) (graphclient.Grant, error) {
		grant := last
		err := s.changeLogins(func(all *logins) error {
			kept := *saved
			if now := all.Servers[server]; now != nil && now.Name == saved.Name && now.ClientID == saved.ClientID {
				kept = *now
			}
			if kept.RefreshToken != last.RefreshToken { // another process was faster
				last.RefreshToken = kept.RefreshToken
				if kept.AccessToken != last.AccessToken && s.Now().Before(kept.Expires.Add(-graphclient.Margin)) {
					grant = graphclient.Grant{AccessToken: kept.AccessToken, RefreshToken: kept.RefreshToken, Expires: kept.Expires}
					return nil
				}
			}
			var err error
			if grant, err = a.Refresh(ctx, saved.ClientID, last.RefreshToken); err != nil {
				return err
			}
			kept.AccessToken, kept.RefreshToken, kept.Expires = grant.AccessToken, grant.RefreshToken, grant.Expires
			all.Servers[server] = &kept
			return nil
		})
		var said *graphclient.Error
		if errors.As(err, &said) && said.Status < http.StatusInternalServerError && said.Status != http.StatusTooManyRequests {
			return grant, fault(ExitDenied, "loginOver", "server", server)
		}
		return grant, err
	}}
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// fileFault says that a file could not be used.
func fileFault(name string, err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return &Fault{Exit: ExitUsage, Code: "file", Args: []any{"file", name, "cause", err.Error()}, Cause: err}
}
