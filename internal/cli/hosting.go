package cli

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

type demoCommand struct {
	Listen string `default:"127.0.0.1:8365" placeholder:"ADDRESS"`
	Users  int    `default:"250" placeholder:"N"`
}

// Run serves the practice organization until it is interrupted.
func (c *demoCommand) Run(ctx context.Context, s *session) error {
	if c.Users < 0 || c.Users > 5_000_000 {
		return usage("badUsers", "value", c.Users)
	}
	bar := s.bar()
	return s.Host.Demo(ctx, DemoOptions{
		Listen: c.Listen, Place: s.where(), Users: c.Users, Lang: s.lang, JSON: s.JSON, Out: s.Stdout,
		Progress: func(done, total int) {
			if bar.draw(done, total); done == total {
				bar.clear()
			}
		},
	})
}

// where is where the flags say the organization is.
func (s *session) where() Place { return Place{Data: s.Data, Database: s.Database} }

// BodyFolder is where bodies and certificates are kept when only a database is
// named: they are files, and every node needs the same ones.
const BodyFolder = "leaver-data"

// newBodyFolder is that folder, when a command is about to make it.
func (s *session) newBodyFolder() string {
	if s.Database == "" || s.Data != "" {
		return ""
	}
	dir, err := filepath.Abs(BodyFolder)
	if err != nil {
		return ""
	}
	if _, err := os.Stat(dir); err == nil {
		return ""
	}
	return dir
}

// tellOfFolder says that it is there now: nobody named it.
func (s *session) tellOfFolder(dir string) {
	if dir != "" {
		s.tell("cli.bodiesMade", "dir", dir)
	}
}

type initCommand struct {
	Name          string `placeholder:"TEXT"`
	Domain        string `placeholder:"DOMAIN"`
	Admin         string `placeholder:"UPN"`
	AdminName     string `placeholder:"TEXT"`
	UsageLocation string `placeholder:"NL" default:"NL"`
	Practice      bool
	PasswordFile  string `placeholder:"FILE"`
}

// Run makes a new, empty organization. What isn't given is asked for.
func (c *initCommand) Run(ctx context.Context, s *session) error {
	if s.Data == "" && s.Database == "" {
		return usage("initNeedsPlace")
	}
	for _, question := range []struct {
		value *string
		key   string
		flag  string
	}{{&c.Name, "cli.ask.name", "--name"}, {&c.Domain, "cli.ask.domain", "--domain"}, {&c.Admin, "cli.ask.admin", "--admin"}} {
		if err := s.askFor(ctx, question.value, question.key, question.flag); err != nil {
			return err
		}
	}
	c.Domain = strings.ToLower(c.Domain)
	if !strings.Contains(c.Admin, "@") {
		c.Admin += "@" + c.Domain
	}
	password, err := s.newPassword(c.PasswordFile)
	if err != nil {
		return err
	}
	beside := s.newBodyFolder()
	err = s.Host.Init(ctx, InitOptions{
		Place: s.where(), Name: c.Name, Domain: c.Domain, Admin: c.Admin, AdminName: firstOf(c.AdminName, c.Admin),
		Password: password, UsageLocation: strings.ToUpper(c.UsageLocation), Language: string(s.lang), Practice: c.Practice,
	})
	if err != nil {
		return err
	}
	s.tellOfFolder(beside)
	if s.JSON {
		return s.json(map[string]string{"organization": c.Name, "domain": c.Domain, "userPrincipalName": c.Admin})
	}
	words := []string{"leaver", "serve", "--data", s.Data}
	if s.Database != "" {
		words = []string{"leaver", "serve", "--database", "…"} // it may hold a password
	}
	s.tell("cli.init.done", "name", c.Name, "user", c.Admin, "command", quote(words))
	return nil
}

// askFor fills in a value that the command line left open.
func (s *session) askFor(ctx context.Context, value *string, key, flag string) error {
	if *value != "" {
		return nil
	}
	if !s.Terminal.In {
		return usage("flagNeeded", "flag", flag)
	}
	return s.confirm(ctx, s.text(key), func(answer string) bool {
		*value = answer
		return answer != ""
	})
}

// newPassword asks for a password twice, unless a file has it.
func (s *session) newPassword(file string) (string, error) {
	password, err := s.password(file, "cli.ask.newPassword")
	if err != nil || file != "" {
		return password, err
	}
	again, err := s.password("", "cli.ask.passwordAgain")
	if err == nil && again != password {
		err = usage("passwordsDiffer")
	}
	return password, err
}

type serveCommand struct {
	Config string `placeholder:"FILE"`
	Listen string `placeholder:"ADDRESS"`
}

// Run serves the organization until it is interrupted.
func (c *serveCommand) Run(ctx context.Context, s *session) error {
	return s.Host.Serve(ctx, ServeOptions{Config: c.Config, Place: s.where(), Listen: c.Listen, Lang: s.lang, Out: s.Stdout})
}

type configExample struct{}

// Run writes an annotated configuration file.
func (c *configExample) Run(s *session) error {
	s.printf("%s", s.Host.ExampleConfig(s.lang))
	return nil
}

type versionCommand struct{}

// Run writes the version.
func (c *versionCommand) Run(s *session) error {
	if s.JSON {
		return s.json(map[string]string{"version": s.Version, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH})
	}
	s.printf("leaver %s (%s, %s/%s)\n", s.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}
