package offboard

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"leaver/internal/org"
)

// ListApps lists the app registrations by name.
func (d *Desk) ListApps(ctx context.Context, actor org.Actor) ([]App, error) {
	if r := org.May(actor, org.ManageApps); r != nil {
		return nil, r
	}
	var apps []App
	err := d.Store.Read(ctx, func(tx Tx) (err error) {
		apps, err = tx.Apps(ctx)
		return err
	})
	return apps, err
}

// FindApp finds an app registration by its object id or client id.
func (d *Desk) FindApp(ctx context.Context, actor org.Actor, id string) (App, error) {
	if r := org.May(actor, org.ManageApps); r != nil {
		return App{}, r
	}
	var app App
	err := d.Store.Read(ctx, func(tx Tx) error {
		found, err := oneApp(ctx, tx, id)
		if err == nil {
			app = *found
		}
		return err
	})
	return app, err
}

func oneApp(ctx context.Context, tx Tx, id string) (*App, error) {
	app, err := tx.App(ctx, id)
	if err == nil && app == nil {
		return nil, org.Refuse(org.NotFound, "app.notFound", "", org.Arg{Name: "id", Value: id})
	}
	return app, err
}

// CreateApp registers an app. It gets its ids here.
func (d *Desk) CreateApp(ctx context.Context, actor org.Actor, app App) (App, error) {
	app.ID, app.AppID = d.NewID(), d.NewID()
	err := d.Store.Change(ctx, func(tx Tx) error {
		now, err := d.now(ctx, tx)
		if err != nil {
			return err
		}
		app.Created = now
		return saveApp(ctx, tx, actor, nil, &app, now)
	})
	return app, err
}

// UpdateApp changes a registration: change edits a copy. An app that loses a
// secret, a role, a permission or its being enabled loses its living tokens too.
func (d *Desk) UpdateApp(ctx context.Context, actor org.Actor, id string, change func(*App) error) (App, error) {
	var after App
	err := d.Store.Change(ctx, func(tx Tx) error {
		if r := org.May(actor, org.ManageApps); r != nil {
			return r
		}
		before, err := oneApp(ctx, tx, id)
		if err != nil {
			return err
		}
		now, err := d.now(ctx, tx)
		if err != nil {
			return err
		}
		after = before.clone()
		if err := change(&after); err != nil {
			return err
		}
		if before.losesTo(&after) {
			after.SessionEpoch++
		}
		return saveApp(ctx, tx, actor, before, &after, now)
	})
	return after, err
}

// DeleteApp removes a registration; its tokens are worth nothing from then on.
func (d *Desk) DeleteApp(ctx context.Context, actor org.Actor, id string) error {
	return d.Store.Change(ctx, func(tx Tx) error {
		if r := org.May(actor, org.ManageApps); r != nil {
			return r
		}
		app, err := oneApp(ctx, tx, id)
		if err != nil {
			return err
		}
		if r := GateApp(actor, app); r != nil {
			return r
		}
		now, err := d.now(ctx, tx)
		if err != nil {
			return err
		}
		if _, err := tx.DeleteApp(ctx, app.ID); err != nil {
			return err
		}
		return tx.Audit(ctx, entry(actor, ActApp, app.ref(), now, encode(map[string]any{"deleted": true, "before": app.state()})))
	})
}

func saveApp(ctx context.Context, tx Tx, actor org.Actor, before, after *App, now timeStamp) error {
	for _, app := range []*App{before, after} {
		if app == nil {
			continue
		}
		if r := GateApp(actor, app); r != nil {
			return r
		}
	}
	if r := after.check(); r != nil {
		return r
	}
	if err := tx.SaveApp(ctx, after); err != nil {
		return err
	}
	detail := map[string]any{"after": after.state()}
	if before != nil {
		detail["before"] = before.state()
	}
	return tx.Audit(ctx, entry(actor, ActApp, after.ref(), now, encode(detail)))
}

// GateApp says why the actor can't change an app; nil when they can. Whoever
// holds the keys of an app can do what the app can do: one that holds roles or
// permissions of its own is therefore for those who may give roles away.
func GateApp(actor org.Actor, app *App) *org.Refusal {
	if r := org.May(actor, org.ManageApps); r != nil {
		return r
	}
	if len(app.Roles)+len(app.Permissions) > 0 {
		return org.May(actor, org.ManageRole)
	}
	return nil
}

func (a *App) ref() org.Ref { return org.Ref{ID: a.ID, Name: a.AppID, DisplayName: a.DisplayName} }

func (a *App) clone() App {
	c := *a
	c.Roles, c.Permissions, c.Delegated = slices.Clone(a.Roles), slices.Clone(a.Permissions), slices.Clone(a.Delegated)
	c.RedirectURIs, c.Certificates, c.Secrets = slices.Clone(a.RedirectURIs), slices.Clone(a.Certificates), slices.Clone(a.Secrets)
	return c
}

// losesTo says that something was taken away from the app.
func (a *App) losesTo(after *App) bool {
	gone := func(had, has []string) bool {
		return slices.ContainsFunc(had, func(s string) bool { return !slices.Contains(has, s) })
	}
	return a.Enabled && !after.Enabled || gone(a.Permissions, after.Permissions) || gone(a.Delegated, after.Delegated) ||
		gone(a.Certificates, after.Certificates) ||
		slices.ContainsFunc(a.Roles, func(r org.RoleID) bool { return !slices.Contains(after.Roles, r) }) ||
		slices.ContainsFunc(a.Secrets, func(s AppSecret) bool {
			return !slices.ContainsFunc(after.Secrets, func(x AppSecret) bool { return x.ID == s.ID })
		})
}

// state is what the audit trail says of an app. No secret is in it.
func (a *App) state() map[string]any {
	return map[string]any{
		"displayName": a.DisplayName, "enabled": a.Enabled, "roles": a.Roles, "permissions": a.Permissions, "delegated": a.Delegated,
		"redirectUris": a.RedirectURIs, "publicClient": a.PublicClient, "secrets": len(a.Secrets), "certificates": len(a.Certificates),
	}
}

// maxAppList is how many things of a kind an app may have.
const maxAppList = 100

// check refuses an app that can't be as it is.
func (a *App) check() *org.Refusal {
	name := strings.TrimSpace(a.DisplayName)
	if name == "" || len([]rune(name)) > maxAppName || strings.ContainsFunc(name, unicode.IsControl) {
		return org.Refuse(org.Invalid, "app.badName", "", org.Arg{Name: "limit", Value: maxAppName}).On("displayName")
	}
	for _, l := range []struct {
		field string
		list  []string
		good  func(string) bool
	}{
		{"permissions", a.Permissions, isPermission},
		{"delegatedPermissions", a.Delegated, isPermission},
		{"redirectUris", a.RedirectURIs, isRedirect},
		{"certificates", a.Certificates, isCertificate},
	} {
		if len(l.list) > maxAppList {
			return org.Refuse(org.Invalid, "app.tooMany", "", org.Arg{Name: "limit", Value: maxAppList}).On(l.field)
		}
		for _, x := range l.list {
			if !l.good(x) {
				return org.Refuse(org.Invalid, "app.badValue", "", org.Arg{Name: "value", Value: x[:min(len(x), maxAppList)]}).On(l.field)
			}
		}
	}
	for _, r := range a.Roles {
		if _, known := org.RoleByID(r); !known {
			return org.Refuse(org.Invalid, "role.unknown", "R-ROLE-27", org.Arg{Name: "role", Value: string(r)}).On("roles")
		}
	}
	return nil
}

const maxAppName = 120

// isPermission: User.Read.All and its like.
func isPermission(s string) bool {
	return s != "" && len(s) <= maxAppName && !strings.ContainsFunc(s, func(c rune) bool {
		return c > unicode.MaxASCII || !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("._-", c)
	})
}

// isRedirect: an address of a web page over TLS, one of this machine, or one of
// an app on a device. None that a browser would run as a script.
func isRedirect(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || u.Fragment != "" || u.User != nil {
		return false
	}
	switch strings.ToLower(u.Scheme) {
	case "https":
		return u.Host != ""
	case "http":
		host := u.Hostname()
		return host == "localhost" || host == "127.0.0.1" || host == "::1"
	case "javascript", "data", "vbscript", "file", "blob", "about":
		return false
	}
	return true
}

func isCertificate(s string) bool {
	block, rest := pem.Decode([]byte(s))
	if block == nil || block.Type != "CERTIFICATE" || strings.TrimSpace(string(rest)) != "" {
		return false
	}
	_, err := x509.ParseCertificate(block.Bytes)
	return err == nil
}
