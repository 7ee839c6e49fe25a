package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"leaver/internal/catalog"
	"leaver/internal/cli"
	"leaver/internal/identity"
	"leaver/internal/locale"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/practice"
	"leaver/internal/server"
	"leaver/internal/wire"
)

// host implements cli.Host.
type host struct {
	version  string
	stderr   io.Writer
	now      func() time.Time
	operator string
}

// Open implements cli.Host.
func (h *host) Open(ctx context.Context, at cli.Place) (cli.Opened, error) {
	if at.Database == "" {
		if err := present(at.Data); err != nil {
			return cli.Opened{}, err
		}
	}
	s, err := openSite(ctx, siteOptions{place: at, log: h.log(slog.LevelError, ""), now: h.now})
	if err != nil {
		return cli.Opened{}, err
	}
	handler, err := s.operators(h.operator, h.version)
	if err == nil {
		_, _, err = s.desk.Organization(ctx)
	}
	if err != nil {
		return cli.Opened{}, errors.Join(openFault(at, err), s.close()) //nolint:contextcheck // closing takes as long as it takes
	}
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	wait := s.work(working, 0)
	transport := &here{handler: handler}
	return cli.Opened{HTTP: transport, Close: func() error { //nolint:contextcheck // closing takes as long as it takes
		transport.running.Wait()
		stop()
		wait()
		return s.close()
	}}, nil
}

// log writes to standard error.
func (h *host) log(level slog.Level, format string) *slog.Logger {
	return slog.New(records(h.stderr, level, format))
}

func records(out io.Writer, level slog.Level, format string) slog.Handler {
	options := &slog.HandlerOptions{Level: level}
	if format == "json" {
		return slog.NewJSONHandler(out, options)
	}
	return slog.NewTextHandler(out, options)
}

// Init implements cli.Host.
func (h *host) Init(ctx context.Context, o cli.InitOptions) error {
	if err := identity.CheckPolicy(o.Password, o.Admin); err != nil {
		return &cli.Fault{Exit: cli.ExitUsage, Code: "weakPassword", Cause: err}
	}
	s, err := openSite(ctx, siteOptions{place: o.Place, log: h.log(slog.LevelError, ""), now: h.now})
	if err != nil {
		return err
	}
	lang := locale.Choose(locale.English, o.Language)
	settings := org.DefaultSettings()
	settings.DefaultLanguage = string(lang)
	var products org.Products
	for _, offer := range catalog.Offers() {
		products = append(products, offer.Product)
	}
	_, err = s.desk.Init(ctx, offboard.NewOrganization{
		DisplayName: o.Name, Domain: o.Domain, Practice: o.Practice, UsageLocation: o.UsageLocation, Settings: settings, Products: products, Password: o.Password,
		Admin: org.User{UPN: o.Admin, DisplayName: o.AdminName, UsageLocation: o.UsageLocation, PreferredLanguage: o.Language},
	})
	if err == nil {
		err = s.register(ctx, publicClients()...)
	}
	return errors.Join(refusalFault(lang, err), s.close()) //nolint:contextcheck // closing takes as long as it takes
}

// Serve implements cli.Host.
func (h *host) Serve(ctx context.Context, o cli.ServeOptions) error {
	c, err := readConfig(o)
	if err != nil {
		return err
	}
	if c.Data == "" && c.Database == "" {
		return &cli.Fault{Exit: cli.ExitUsage, Code: "noPlace"}
	}
	place := cli.Place{Data: c.Data, Database: c.Database}
	if c.Database == "" {
		if err := present(c.Data); err != nil {
			return err
		}
	}
	level, err := c.level()
	if err != nil {
		return err
	}
	lines := server.NewLines(h.stderr)
	defer lines.Flush()
	s, err := openSite(ctx, siteOptions{place: place, log: slog.New(lines.Handler(records(lines, level, c.Log.Format))), now: h.now})
	if err != nil {
		return err
	}
	return errors.Join(h.serve(ctx, s, c, o), s.close()) //nolint:contextcheck // closing takes as long as it takes
}

// serve serves an open site until ctx ends.
func (h *host) serve(ctx context.Context, s *site, c *Config, o cli.ServeOptions) error {
	organization, _, err := s.desk.Organization(ctx)
	if err != nil {
		return openFault(s.place, err)
	}
	if err := s.register(ctx, publicClients()...); err != nil { // those that a newer version knows
		return err
	}
	public := strings.TrimRight(c.PublicURL, "/")
	s.desk.WriteLetter = writer{public}.letter
	front, err := s.network(serving{
		version: h.version, practice: organization.Practice, publicURL: public, behindProxy: c.BehindProxy,
		limits:        wire.Limits{Units: c.GraphUnits, Writes: c.GraphWrites},
		passwordGrant: c.PasswordGrant, quiet: c.Log.Requests != nil && !*c.Log.Requests, maxBody: c.MaxBody, maxUpload: c.MaxUpload,
	})
	if err != nil {
		return err
	}
	secure, err := h.certificates(s.dir, c, s.log)
	if err != nil {
		return configFault(o.Config, err)
	}
	listener, err := listen(ctx, c.Listen, secure)
	if err != nil {
		return err
	}
	scheme := "http://"
	if secure != nil {
		scheme = "https://"
	} else if !loopback(c.Listen) && !c.BehindProxy {
		s.log.Warn("passwords travel unencrypted: configure tls, or behindProxy when a proxy of yours does that")
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) { // a terminal that is closed ends what runs in it
		defer stayUp(s.log)()
	}
	address := scheme + listener.Addr().String()
	s.log.Info("serving", "organization", organization.DisplayName, "address", address+"/", "version", h.version, "data", whole(s.dir))
	return s.run(ctx, front, listener, address, c.SweepEvery)
}

// run serves and works until ctx ends, and then lets both come to an end.
func (s *site) run(ctx context.Context, front *server.Server, l net.Listener, address string, sweepEvery time.Duration) error {
	forget, err := noteAddress(s.dir, address)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer forget()
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	wait := s.work(working, sweepEvery)
	defer context.AfterFunc(ctx, func() { s.log.Info("stopping: what is being answered comes to its end") })()
	err = front.Serve(ctx, l)
	stop() // after the last request: a departure goes on when the server starts again
	wait()
	s.log.Info("stopped")
	return err
}

// certificates answers what TLS needs, or nil without TLS.
func (h *host) certificates(dir string, c *Config, log *slog.Logger) (*tls.Config, error) {
	switch {
	case c.TLS.Certificate != "":
		return server.Certificates(c.TLS.Certificate, c.TLS.Key, h.now, log)
	case c.TLS.OwnAuthority:
		hosts := c.TLS.Hosts
		if len(hosts) == 0 {
			hosts = []string{"localhost", "127.0.0.1", "::1"}
		}
		return server.OwnAuthority(filepath.Join(dir, "tls"), hosts, h.now, log)
	}
	return nil, nil
}

// level is what of the log is written.
func (c *Config) level() (slog.Level, error) {
	level := slog.LevelInfo
	if c.Log.Level != "" {
		if err := level.UnmarshalText([]byte(c.Log.Level)); err != nil {
			return level, fmt.Errorf("log: level: %q is none of debug, info, warn, error", c.Log.Level)
		}
	}
	return level, nil
}

func listen(ctx context.Context, address string, secure *tls.Config) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, listenFault(address, err)
	}
	l = server.Coarse(l, time.Now)
	if secure != nil {
		secure.NextProtos = []string{"h2", "http/1.1"}
		l = tls.NewListener(l, secure)
	}
	return l, nil
}

// loopback tells whether an address can be reached from this machine only.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Demo implements cli.Host.
func (h *host) Demo(ctx context.Context, o cli.DemoOptions) error {
	if !loopback(o.Listen) {
		return &cli.Fault{Exit: cli.ExitUsage, Code: "demoLoopback", Args: []any{"address", o.Listen}}
	}
	listener, err := listen(ctx, o.Listen, nil) // before the work of making people
	if err != nil {
		return err
	}
	defer listener.Close() //nolint:errcheck // the server closes it; this is for when there is none
	throwaway := o.Place == cli.Place{}
	if throwaway {
		dir, err := os.MkdirTemp("", "leaver-demo-")
		if err != nil {
			return fmt.Errorf("temporary folder: %w", err)
		}
		defer os.RemoveAll(dir) //nolint:errcheck // what is left is in the folder for temporary files
		o.Place.Data = dir
	}
	s, err := openSite(ctx, siteOptions{place: o.Place, log: h.log(slog.LevelWarn, ""), now: h.now, throwaway: throwaway})
	if err != nil {
		return err
	}
	return errors.Join(h.demo(ctx, s, o, listener, throwaway), s.close()) //nolint:contextcheck // closing takes as long as it takes
}

// demo makes the practice organization where it isn't there yet, and serves it.
func (h *host) demo(ctx context.Context, s *site, o cli.DemoOptions, l net.Listener, throwaway bool) error {
	if err := h.makePractice(ctx, s, o.Users, o.Progress); err != nil {
		return err
	}
	front, err := s.network(serving{version: h.version, practice: true, passwordGrant: true, quiet: true})
	if err != nil {
		return err
	}
	address := "http://" + l.Addr().String()
	if o.Place.Data == "" {
		o.Place.Data = whole(s.dir)
	}
	if err := announce(o, address+"/", throwaway); err != nil {
		return err
	}
	return s.run(ctx, front, l, address, time.Hour)
}

func (h *host) makePractice(ctx context.Context, s *site, users int, progress func(done, total int)) error {
	made, err := practice.Made(ctx, s.store)
	if err != nil {
		return openFault(s.place, err)
	}
	if made {
		organization, _, err := s.desk.Organization(ctx)
		if err == nil && !organization.Practice {
			err = &cli.Fault{Exit: cli.ExitUsage, Code: "notPractice", Args: []any{"place", nameOf(s.place)}}
		}
		return err
	}
	hash, err := s.passwords.Hash(ctx, practice.Password)
	if err != nil {
		return fmt.Errorf("hash the password: %w", err)
	}
	deps := practice.Deps{Store: s.store, Bodies: s.bodies, PasswordHash: hash, Now: h.now()}
	if err := practice.Make(ctx, deps, users, progress); err != nil {
		return err
	}
	scripts, err := practiceApp()
	if err != nil {
		return err
	}
	return s.register(ctx, append(publicClients(), scripts)...)
}

// whole is where a folder is, from wherever the reader is.
func whole(dir string) string {
	if full, err := filepath.Abs(dir); err == nil {
		return full
	}
	return dir
}

// accounts are the administrators that the demo names.
var accounts = []string{"admin", "admin2", "useradmin", "billing", "license", "exchange", "sharepoint", "helpdesk", "reader"}

// announce says where the practice organization is and how to sign in.
func announce(o cli.DemoOptions, url string, throwaway bool) error {
	app := practice.App()
	if o.JSON {
		names := make([]string, len(accounts))
		for i, a := range accounts {
			names[i] = a + "@" + practice.Domain
		}
		return json.NewEncoder(o.Out).Encode(map[string]any{
			"url": url, "organization": practice.Name, "accounts": names, "password": practice.Password,
			"clientId": app.ClientID, "clientSecret": app.Secret, "data": o.Place.Data,
		})
	}
	var b strings.Builder
	say := func(key string, args map[string]any) { b.WriteString(locale.Text(o.Lang, key, args) + "\n") }
	say("cli.demo.title", map[string]any{"name": practice.Name})
	say("cli.demo.address", map[string]any{"url": url})
	b.WriteString("\n")
	say("cli.demo.accounts", map[string]any{"password": practice.Password})
	for _, a := range accounts {
		fmt.Fprintf(&b, "  %-30s %s\n", a+"@"+practice.Domain, locale.Text(o.Lang, "cli.demo.role."+a, nil))
	}
	b.WriteString("\n")
	say("cli.demo.app", map[string]any{"id": app.ClientID, "secret": app.Secret})
	where := "cli.demo.kept"
	switch {
	case throwaway:
		where = "cli.demo.temporary"
	case o.Place.Database != "":
		where = "cli.demo.database"
	}
	say(where, map[string]any{"dir": o.Place.Data})
	say("cli.demo.stop", nil)
	_, err := io.WriteString(o.Out, b.String())
	return err
}
