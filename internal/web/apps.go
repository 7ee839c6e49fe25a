package web

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"leaver/internal/identity"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

// permissions are the names that our surfaces ask for, for a form to tick. An
// app may have others; they are typed.
func permissions() []string {
	return []string{
		"Application.Read.All", "Application.ReadWrite.All", "AuditLog.Read.All", "Device.Read.All", "Directory.AccessAsUser.All", "Directory.Read.All",
		"Directory.ReadWrite.All", "Domain.Read.All", "Domain.ReadWrite.All", "Files.Read", "Files.Read.All", "Files.ReadWrite", "Files.ReadWrite.All", "Group.Create", "Group.Read.All",
		"Group.ReadWrite.All", "GroupMember.Read.All", "GroupMember.ReadWrite.All", "LicenseAssignment.Read.All", "LicenseAssignment.ReadWrite.All",
		"Mail.Read", "Mail.Read.Shared", "Mail.ReadBasic", "Mail.ReadBasic.All", "Mail.ReadBasic.Shared", "Mail.ReadWrite", "Mail.ReadWrite.Shared", "Mail.Send",
		"Mail.Send.Shared", "MailboxSettings.Read", "MailboxSettings.ReadWrite", "Organization.Read.All", "Organization.ReadWrite.All",
		"RoleManagement.Read.All", "RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory", "SharePointTenantSettings.Read.All",
		"SharePointTenantSettings.ReadWrite.All", "Sites.FullControl.All", "Sites.Read.All", "Sites.ReadWrite.All", "User.DeleteRestore.All", "User.Read",
		"User.Read.All", "User.ReadWrite", "User.ReadWrite.All", "User.RevokeSessions.All",
	}
}

// appsData is the page of app registrations.
type appsData struct {
	All  []offboard.App
	Name string // typed
}

func appsPage(v *visit) error {
	v.done("appRemoved")
	return v.apps("", http.StatusOK)
}

func (v *visit) apps(name string, status int) error {
	v.Section = "settings"
	d := appsData{Name: name}
	var err error
	if d.All, err = v.srv.Desk.ListApps(v.ctx(), v.Actor); err != nil {
		return err
	}
	v.show(status, appsView(v, d))
	return nil
}

// appData is the page of one registration.
type appData struct {
	App    offboard.App
	Off    *org.Refusal // why the reader can't change it
	Secret string       // a new one, shown once
	Was    string
}

func appPage(v *visit) error {
	v.done("app")
	return v.app(v.r.PathValue("id"), nil, "", http.StatusOK)
}

// app shows a registration; typed is it as it was sent, nil at first.
func (v *visit) app(id string, typed *offboard.App, secret string, status int) error {
	v.Section = "settings"
	app, err := v.srv.Desk.FindApp(v.ctx(), v.Actor, id)
	if err != nil {
		return err
	}
	d := appData{App: app, Secret: secret, Was: appPrint(&app), Off: offboard.GateApp(v.Actor, &app)}
	if typed != nil {
		kept := app
		d.App = *typed
		d.App.ID, d.App.AppID, d.App.Secrets = kept.ID, kept.AppID, kept.Secrets
	}
	if secret != "" {
		v.secret()
	}
	v.show(status, appView(v, d))
	return nil
}

// appPrint is the fingerprint of what the form of a registration has.
func appPrint(a *offboard.App) string {
	return fingerprint(a.DisplayName, a.Enabled, a.Roles, a.Permissions, a.Delegated, a.RedirectURIs, a.PublicClient, a.Certificates)
}

// addApp registers an app, with a secret that is shown once.
func addApp(v *visit) error {
	name := v.form("name")
	secret, kept, err := v.newSecret()
	if err != nil {
		return err
	}
	app, err := v.srv.Desk.CreateApp(v.ctx(), v.Actor, offboard.App{DisplayName: name, Enabled: true, AppDetails: offboard.AppDetails{Secrets: []offboard.AppSecret{kept}}})
	if err != nil {
		return v.settle(err, "", "", func(status int) error { return v.apps(name, status) })
	}
	return v.app(app.ID, nil, secret, http.StatusOK)
}

// hintLength is how much of a secret its hint shows.
const hintLength = 3

// newSecret makes a secret that lasts as long as was chosen, and what is kept of it.
func (v *visit) newSecret() (string, offboard.AppSecret, error) {
	now := v.srv.Now().UTC().Truncate(time.Second)
	kept := offboard.AppSecret{ID: v.srv.NewID(), Created: now}
	if months, err := strconv.Atoi(v.form("months")); err == nil && slices.Contains(secretMonths(), months) {
		kept.Expires = now.AddDate(0, months, 0)
	} else {
		kept.Expires = now.AddDate(0, secretMonths()[0], 0)
	}
	secret, err := identity.NewSecret(rand.Reader)
	if err != nil {
		return "", kept, err
	}
	kept.Hint = secret[:hintLength]
	kept.Hash, err = identity.HashSecret(secret)
	return secret, kept, err
}

// secretMonths is how long a secret can last, the usual first.
func secretMonths() []int { return []int{6, 12, 24} }

// saveApp carries out one of the forms of a registration.
func saveApp(v *visit) error {
	id := v.r.PathValue("id")
	to := "/settings/apps/" + id
	again := func(status int) error { return v.app(id, nil, "", status) }
	change := func(f func(*offboard.App) error) error {
		_, err := v.srv.Desk.UpdateApp(v.ctx(), v.Actor, id, f)
		return err
	}
	switch v.form("do") {
	case "secret":
		secret, kept, err := v.newSecret()
		if err != nil {
			return err
		}
		if err := change(func(a *offboard.App) error { a.Secrets = append(a.Secrets, kept); return nil }); err != nil {
			return v.settle(err, "", "", again)
		}
		return v.app(id, nil, secret, http.StatusOK)
	case "forget":
		gone := v.form("secret")
		err := change(func(a *offboard.App) error {
			a.Secrets = slices.DeleteFunc(a.Secrets, func(s offboard.AppSecret) bool { return s.ID == gone })
			return nil
		})
		return v.settle(err, to, "app", again)
	case "remove":
		if v.form("sure") != "yes" {
			v.say("critical", v.T("web.tickFirst"))
			return again(http.StatusUnprocessableEntity)
		}
		return v.settle(v.srv.Desk.DeleteApp(v.ctx(), v.Actor, id), "/settings/apps", "appRemoved", again)
	}
	typed := v.typedApp()
	err := change(func(a *offboard.App) error {
		if v.form("was") != appPrint(a) {
			return errMoved
		}
		kept := *a
		*a = typed
		a.ID, a.AppID, a.Created, a.SessionEpoch, a.Secrets = kept.ID, kept.AppID, kept.Created, kept.SessionEpoch, kept.Secrets
		return nil
	})
	return v.settle(err, to, "app", func(status int) error { return v.app(id, &typed, "", status) })
}

// typedApp is a registration as it was sent.
func (v *visit) typedApp() offboard.App {
	a := offboard.App{DisplayName: v.form("name"), Enabled: v.form("enabled") == "yes"}
	a.PublicClient = v.form("public") == "yes"
	a.Permissions = ticked(v.r.PostForm["permission"], v.form("otherPermissions"))
	a.Delegated = ticked(v.r.PostForm["delegated"], v.form("otherDelegated"))
	a.RedirectURIs = strings.Fields(v.form("redirects"))
	for _, r := range v.r.PostForm["role"] {
		a.Roles = append(a.Roles, org.RoleID(r))
	}
	const end = "-----END CERTIFICATE-----"
	for pem := range strings.SplitSeq(lines(v.form("certificates")), end) {
		if pem = strings.TrimSpace(pem); pem != "" {
			a.Certificates = append(a.Certificates, pem+"\n"+end+"\n")
		}
	}
	return a
}

// ticked are the names that were ticked and those that were typed, each once.
func ticked(boxes []string, typed string) []string {
	all := append(slices.Clone(boxes), strings.Fields(typed)...)
	slices.Sort(all)
	return slices.Compact(all)
}

// others are the names of an app that the form has no box for.
func others(all []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(all), func(s string) bool { return has(permissions(), s) }), "\n")
}

func hasRole(all []org.RoleID, role org.RoleID) bool { return slices.Contains(all, role) }
