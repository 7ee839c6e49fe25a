package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"leaver/internal/cli"
	"leaver/internal/locale"
)

// Config is the file of leaver serve. Every key has a value that works when it
// is left out; unknown keys are errors.
type Config struct {
	Listen      string `yaml:"listen"`
	PublicURL   string `yaml:"publicURL"`
	BehindProxy bool   `yaml:"behindProxy"`
	Data        string `yaml:"data"`
	Database    string `yaml:"database"`
	TLS         struct {
		Certificate  string   `yaml:"certificate"`
		Key          string   `yaml:"key"`
		OwnAuthority bool     `yaml:"ownAuthority"`
		Hosts        []string `yaml:"hosts"`
	} `yaml:"tls"`
	PasswordGrant bool          `yaml:"passwordGrant"`
	SweepEvery    time.Duration `yaml:"sweepEvery"`
	MaxBody       int64         `yaml:"maxBody"`
	MaxUpload     int64         `yaml:"maxUpload"`
	GraphUnits    int           `yaml:"graphUnits"`
	GraphWrites   int           `yaml:"graphWrites"`
	Log           struct {
		Level    string `yaml:"level"`
		Format   string `yaml:"format"`
		Requests *bool  `yaml:"requests"`
	} `yaml:"log"`
}

// defaultListen is where leaver serves when nothing says otherwise.
const defaultListen = "127.0.0.1:8365"

// readConfig reads the file of the command line, or none, and puts what the
// command line says over it.
func readConfig(o cli.ServeOptions) (*Config, error) {
	c := &Config{}
	if o.Config != "" {
		text, err := os.ReadFile(o.Config)
		if err == nil {
			err = c.parse(text)
		}
		if err != nil {
			return nil, configFault(o.Config, err)
		}
	}
	c.override(o)
	if err := c.check(); err != nil {
		return nil, configFault(o.Config, err)
	}
	return c, nil
}

// parse reads the text of a configuration file.
func (c *Config) parse(text []byte) error {
	err := yaml.NewDecoder(bytes.NewReader(text), yaml.DisallowUnknownField()).Decode(c)
	if errors.Is(err, io.EOF) { // nothing but comments
		return nil
	}
	if err != nil {
		return errors.New(plainly(strings.TrimSpace(yaml.FormatError(err, false, false))))
	}
	return nil
}

// wrongType is how the parser says that a value doesn't fit its key.
var wrongType = regexp.MustCompile(`cannot unmarshal .+? into Go struct field \S*?\.?([A-Za-z]+) of type (\S+)`)

// plainly says what the parser found without the names of our types.
func plainly(text string) string {
	kinds := map[string]string{"int64": "a whole number", "int": "a whole number", "bool": "true or false", "string": "a text", "[]string": "a list"}
	if m := wrongType.FindStringSubmatch(text); m != nil && kinds[m[2]] != "" {
		key := strings.ToLower(m[1][:1]) + m[1][1:]
		for _, k := range configKeys {
			if name := strings.Trim(k.key, " :"); strings.EqualFold(name, key) {
				key = name
			}
		}
		return strings.Replace(text, m[0], key+" takes "+kinds[m[2]], 1)
	}
	if strings.HasPrefix(text, "time: ") { // there is one duration, and the parser does not say where it stands
		return "sweepEvery takes a time such as 90m or 1h"
	}
	return text
}

// override puts the command line over the file, and defaults under both.
func (c *Config) override(o cli.ServeOptions) {
	if o.Place.Data != "" {
		c.Data = o.Place.Data
	}
	if o.Place.Database != "" {
		c.Database = o.Place.Database
	}
	if o.Listen != "" {
		c.Listen = o.Listen
	}
	if c.Listen == "" {
		c.Listen = defaultListen
	}
	if c.SweepEvery == 0 {
		c.SweepEvery = time.Hour
	}
}

// check finds what can't be meant.
func (c *Config) check() error {
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	if c.PublicURL != "" {
		u, err := url.Parse(c.PublicURL)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return fmt.Errorf("publicURL: %q is not an address such as https://leaver.example.org", c.PublicURL)
		}
	}
	switch {
	case (c.TLS.Certificate == "") != (c.TLS.Key == ""):
		return errors.New("tls: certificate and key go together")
	case c.TLS.OwnAuthority && c.TLS.Certificate != "":
		return errors.New("tls: ownAuthority and certificate don't go together")
	case c.SweepEvery < time.Minute:
		return errors.New("sweepEvery: at least 1m")
	case c.MaxBody < 0 || c.MaxUpload < 0:
		return errors.New("maxBody, maxUpload: at least 0")
	}
	if _, err := c.level(); err != nil {
		return err
	}
	switch c.Log.Format {
	case "", "text", "json":
		return nil
	}
	return fmt.Errorf("log: format: %q is neither text nor json", c.Log.Format)
}

func configFault(file string, err error) error {
	if file == "" {
		file = "-"
	}
	return &cli.Fault{Exit: cli.ExitUsage, Code: "config", Args: []any{"file", file, "cause", strings.Join(strings.Fields(err.Error()), " ")}, Cause: err}
}

// configKeys are the keys of the file in order, with a value as an example. An
// indented key belongs to the one above; a key ending in a colon has others below.
var configKeys = []struct{ key, example, text string }{
	{"listen:", defaultListen, "listen"},
	{"publicURL:", "https://leaver.school.example", "publicURL"},
	{"behindProxy:", "true", "behindProxy"},
	{"data:", "/var/lib/leaver", "data"},
	{"database:", "postgres://leaver@localhost/leaver", "database"},
	{"tls:", "", "tls"},
	{"  certificate:", "/etc/leaver/server.pem", "certificate"},
	{"  key:", "/etc/leaver/server.key", "key"},
	{"  ownAuthority:", "true", "ownAuthority"},
	{"  hosts:", "[leaver.school.example, 192.0.2.10]", "hosts"},
	{"passwordGrant:", "true", "passwordGrant"},
	{"sweepEvery:", "1h", "sweepEvery"},
	{"maxBody:", "4194304", "maxBody"},
	{"maxUpload:", "268435456", "maxUpload"},
	{"graphUnits:", "500000", "graphUnits"},
	{"graphWrites:", "300000", "graphWrites"},
	{"log:", "", "log"},
	{"  level:", "info", "level"},
	{"  format:", "json", "format"},
	{"  requests:", "false", "requests"},
}

// ExampleConfig implements cli.Host: every key with its meaning, as comments.
func (h *host) ExampleConfig(lang locale.Lang) string {
	var b strings.Builder
	for _, k := range configKeys {
		indent := k.key[:len(k.key)-len(strings.TrimLeft(k.key, " "))]
		for line := range strings.SplitSeq(locale.Text(lang, "cli.config."+k.text, nil), "\n") {
			fmt.Fprintf(&b, "%s# %s\n", indent, line)
		}
		fmt.Fprintf(&b, "#%s\n", strings.TrimRight(k.key+" "+k.example, " "))
	}
	return b.String()
}
