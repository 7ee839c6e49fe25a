package main

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"leaver/internal/cli"
	"leaver/internal/locale"
)

// TestExampleConfig reads the example with its comments taken off: every key is
// known, every value good, and both languages have the same keys.
func TestExampleConfig(t *testing.T) {
	h := &host{}
	key := regexp.MustCompile(`(?m)^#( *[a-zA-Z]+:.*)$`)
	var texts []string
	for _, lang := range locale.Languages() {
		var live []string
		for _, m := range key.FindAllStringSubmatch(h.ExampleConfig(lang), -1) {
			if m[1] != "  ownAuthority: true" { // doesn't go with a certificate
				live = append(live, m[1])
			}
		}
		texts = append(texts, strings.Join(live, "\n"))
	}
	if texts[0] != texts[1] {
		t.Errorf("the languages differ:\n%s\n\n%s", texts[0], texts[1])
	}
	file := filepath.Join(t.TempDir(), "leaver.yaml")
	if err := os.WriteFile(file, []byte(texts[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := readConfig(cli.ServeOptions{Config: file})
	if err != nil {
		t.Fatalf("%v\n%s", err, texts[0])
	}
	if c.Data != "/var/lib/leaver" || c.SweepEvery != time.Hour || len(c.TLS.Hosts) != 2 || c.Log.Requests == nil || *c.Log.Requests {
		t.Errorf("the example reads as %+v", c)
	}
}

func TestReadConfig(t *testing.T) {
	tests := []struct {
		name, text string
		over       cli.ServeOptions
		want       string // a piece of the cause; empty: it is good
	}{
		{"nothing", "", cli.ServeOptions{}, ""},
		{"only comments", "# listen: x\n", cli.ServeOptions{}, ""},
		{"the command line counts", "listen: nonsense\n", cli.ServeOptions{Listen: "127.0.0.1:1"}, ""},
		{"an unknown key", "lissen: a\n", cli.ServeOptions{}, "lissen"},
		{"an unknown key below", "log:\n  colour: red\n", cli.ServeOptions{}, "colour"},
		{"no port", "listen: localhost\n", cli.ServeOptions{}, "missing port"},
		{"a public address without a scheme", "publicURL: leaver.example\n", cli.ServeOptions{}, "publicURL"},
		{"half a certificate", "tls:\n  key: a\n", cli.ServeOptions{}, "go together"},
		{"two certificates", "tls:\n  key: a\n  certificate: b\n  ownAuthority: true\n", cli.ServeOptions{}, "don't go together"},
		{"sweeping without end", "sweepEvery: 1s\n", cli.ServeOptions{}, "at least 1m"},
		{"a level that isn't there", "log:\n  level: loud\n", cli.ServeOptions{}, "loud"},
		{"a format that isn't there", "log:\n  format: xml\n", cli.ServeOptions{}, "xml"},
		{"a text for a number", "maxBody: 4MB\n", cli.ServeOptions{}, "maxBody takes a whole number"},
		{"a list for a text", "data: [a]\n", cli.ServeOptions{}, "data takes a text"},
		{"a map for a number", "graphUnits: {a: b}\n", cli.ServeOptions{}, "graphUnits takes a whole number"},
		{"no duration", "sweepEvery: hourly\n", cli.ServeOptions{}, "sweepEvery takes a time"},
		{"not YAML", "listen: [\n", cli.ServeOptions{}, "["},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := tt.over
			o.Config = filepath.Join(t.TempDir(), "leaver.yaml")
			if err := os.WriteFile(o.Config, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := readConfig(o)
			var f *cli.Fault
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("got %v, want it to be good", err)
			case tt.want != "" && (!errors.As(err, &f) || f.Exit != cli.ExitUsage || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got %v, want wrong usage that says %q", err, tt.want)
			}
		})
	}
}
