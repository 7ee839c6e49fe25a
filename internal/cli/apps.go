package cli

import (
	"context"
	"strings"
	"time"

	"leaver/internal/graphclient"
	"leaver/internal/org"
)

type appList struct{}

// Run lists the app registrations.
func (c *appList) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	all := l.Apps(ctx)
	if s.JSON {
		return jsonList(s, all, 0)
	}
	t := s.table(s.text("cli.column.clientId"), s.text("cli.column.name"), s.text("cli.label.roles"), s.text("cli.column.secrets"),
		s.text("cli.column.created")).numbers(3).dispensable(4, 2)
	_, err = each(all, 0, func(app graphclient.App) {
		t.row(app.AppID, app.DisplayName, roleNames(&app), s.number(len(app.Secrets)), s.date(app.Created))
	})
	t.end()
	return err
}

func roleNames(app *graphclient.App) string {
	names := make([]string, len(app.Roles))
	for i, r := range app.Roles {
		names[i] = r.DisplayName
	}
	return strings.Join(names, ", ")
}

type appShow struct {
	App string `arg:"" name:"app"`
}

// Run shows an app registration.
func (c *appShow) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	app, err := l.App(ctx, c.App)
	if err != nil {
		return err
	}
	return s.appResult(app)
}

// appResult writes an app, with the secret just made where there is one.
func (s *session) appResult(answer graphclient.Answer[graphclient.App]) error {
	if s.JSON {
		return s.json(answer)
	}
	app := &answer.V
	s.field(s.text("cli.column.name"), app.DisplayName)
	s.field(s.text("cli.column.clientId"), app.AppID)
	if app.Secret != "" {
		s.field(s.text("cli.label.secret"), app.Secret)
	}
	s.field(s.text("cli.label.roles"), roleNames(app))
	s.field(s.text("cli.label.permissions"), strings.Join(app.Permissions, ", "))
	if !app.Enabled {
		s.field(s.text("cli.label.state"), s.text("cli.signIn.blocked"))
	}
	for _, secret := range app.Secrets {
		until := s.text("cli.app.forever")
		if !secret.Expires.IsZero() {
			until = s.text("cli.app.until", "date", secret.Expires)
		}
		s.field(s.text("cli.column.secrets"), secret.ID+" ("+secret.Hint+"…, "+until+")")
	}
	if app.Secret != "" {
		s.tell("cli.app.secretOnce")
	}
	return nil
}

type appAdd struct {
	Name       string   `arg:"" name:"app-name"`
	Role       []string `placeholder:"ROLE"`
	Permission []string `placeholder:"PERMISSION"`
	Expires    string   `placeholder:"2027-01-31"`
}

// scriptPermissions are what the commands here need of an app. What it may do is
// limited further by the roles that it holds. R-API-19
func scriptPermissions() []string {
	return []string{
		"AuditLog.Read.All", "Directory.ReadWrite.All", "Files.ReadWrite.All", "LicenseAssignment.ReadWrite.All", "MailboxSettings.ReadWrite",
		"Organization.ReadWrite.All", "User.DeleteRestore.All", "User.ReadWrite.All",
	}
}

// Run registers an app for scripts.
func (c *appAdd) Run(ctx context.Context, s *session) error {
	ask := graphclient.AppChange{DisplayName: c.Name, Permissions: c.Permission}
	if len(ask.Permissions) == 0 {
		ask.Permissions = scriptPermissions()
	}
	for _, name := range c.Role {
		id, err := s.roleNamed(name)
		if err != nil {
			return err
		}
		ask.Roles = append(ask.Roles, id)
	}
	var err error
	if ask.SecretExpires, err = expiry(c.Expires); err != nil {
		return err
	}
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	added, err := l.AddApp(ctx, ask)
	if err != nil {
		return err
	}
	return s.appResult(added)
}

// roleNamed finds a role by its template id, or by its name in English or in the
// language of the run.
func (s *session) roleNamed(name string) (string, error) {
	for _, r := range org.RoleDefinitions() {
		id := string(r.ID)
		if strings.EqualFold(name, id) || strings.EqualFold(name, r.DisplayName) || strings.EqualFold(name, s.text("role."+id)) {
			return id, nil
		}
	}
	return "", usage("noRole", "value", name)
}

// expiry reads a day or a moment; nothing is never.
func expiry(text string) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			return &at, nil
		}
	}
	return nil, usage("badDate", "value", text)
}

type appSecret struct {
	App     string `arg:"" name:"app"`
	Expires string `placeholder:"2027-01-31" xor:"secret"`
	Remove  string `placeholder:"ID" xor:"secret"`
}

// Run makes a secret for an app, or removes one.
func (c *appSecret) Run(ctx context.Context, s *session) error {
	ask := graphclient.AppChange{}
	var err error
	if ask.SecretExpires, err = expiry(c.Expires); err != nil {
		return err
	}
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	if c.Remove != "" {
		if err := hasSecret(ctx, l, c.App, c.Remove); err != nil {
			return err
		}
		ask.RemoveSecrets = []string{c.Remove}
	} else {
		yes := true
		ask.AddSecret = &yes
	}
	changed, err := l.ChangeApp(ctx, c.App, ask)
	if err != nil {
		return err
	}
	return s.appResult(changed)
}

// hasSecret refuses to remove a secret that isn't there: whoever mistypes it
// would think that it is gone.
func hasSecret(ctx context.Context, l *link, app, id string) error {
	found, err := l.App(ctx, app)
	if err != nil {
		return err
	}
	for _, secret := range found.V.Secrets {
		if secret.ID == id {
			return nil
		}
	}
	return fault(ExitNotFound, "noSecret", "id", id, "app", found.V.DisplayName)
}

type appRemove struct {
	App string `arg:"" name:"app"`
	Yes bool   `short:"y"`
}

// Run removes an app registration.
func (c *appRemove) Run(ctx context.Context, s *session) error {
	if err := s.confirmable(c.Yes); err != nil {
		return err
	}
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	app, err := l.App(ctx, c.App)
	if err != nil {
		return err
	}
	if !c.Yes {
		if err := s.confirm(ctx, s.text("cli.ask.removeApp", "app", app.V.DisplayName), s.isYes); err != nil {
			return err
		}
	}
	if err := l.RemoveApp(ctx, c.App); err != nil {
		return err
	}
	s.tell("cli.app.removed", "app", app.V.DisplayName)
	return nil
}
