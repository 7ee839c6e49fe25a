package api

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"time"

	"leaver/internal/identity"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

// appView is an app registration. A secret is answered once, when it is made.
type appView struct {
	ID           string       `json:"id" doc:"Object id of the service principal."`
	AppID        string       `json:"appId" doc:"The client id."`
	DisplayName  string       `json:"displayName"`
	Enabled      bool         `json:"enabled"`
	Permissions  []string     `json:"permissions" doc:"What the app may do on its own."`
	Delegated    []string     `json:"delegatedPermissions" doc:"What the app may ask for in a person's name."`
	Roles        []roleView   `json:"roles"`
	RedirectURIs []string     `json:"redirectUris"`
	PublicClient bool         `json:"publicClient" doc:"Runs where no secret can be kept."`
	Certificates []string     `json:"certificates" doc:"PEM."`
	Secrets      []secretView `json:"secrets"`
	Created      *time.Time   `json:"createdDateTime"`
	Secret       string       `json:"secret,omitempty" doc:"The secret just made; it is shown this once."`
}

type secretView struct {
	ID      string     `json:"id"`
	Hint    string     `json:"hint" doc:"Its first letters."`
	Created *time.Time `json:"createdDateTime"`
	Expires *time.Time `json:"expiresDateTime" doc:"Null: never."`
}

func appOf(app *offboard.App) appView {
	out := appView{
		ID: app.ID, AppID: app.AppID, DisplayName: app.DisplayName, Enabled: app.Enabled, Permissions: some(app.Permissions), Delegated: some(app.Delegated),
		Roles: []roleView{}, RedirectURIs: some(app.RedirectURIs), PublicClient: app.PublicClient, Certificates: some(app.Certificates),
		Secrets: make([]secretView, len(app.Secrets)), Created: orNull(app.Created),
	}
	for _, r := range app.Roles {
		out.Roles = append(out.Roles, roleView{r, r.Name(), false})
	}
	for i, s := range app.Secrets {
		out.Secrets[i] = secretView{s.ID, s.Hint, orNull(s.Created), orNull(s.Expires)}
	}
	return out
}

// appRequest registers an app or changes it; what is absent stays.
type appRequest struct {
	DisplayName   *string       `json:"displayName,omitempty"`
	Enabled       *bool         `json:"enabled,omitempty"`
	Permissions   *[]string     `json:"permissions,omitempty"`
	Delegated     *[]string     `json:"delegatedPermissions,omitempty"`
	Roles         *[]org.RoleID `json:"roles,omitempty" doc:"Template ids."`
	RedirectURIs  *[]string     `json:"redirectUris,omitempty"`
	PublicClient  *bool         `json:"publicClient,omitempty"`
	Certificates  *[]string     `json:"certificates,omitempty" doc:"PEM."`
	AddSecret     *bool         `json:"addSecret,omitempty" doc:"Make a secret. When an app is registered: yes unless it is a public client."`
	SecretExpires time.Time     `json:"secretExpiresDateTime,omitzero"`
	RemoveSecrets []string      `json:"removeSecrets,omitempty" doc:"Ids of secrets."`
}

// apply changes an app as asked.
func (b *appRequest) apply(app *offboard.App) {
	set(&app.DisplayName, b.DisplayName)
	set(&app.Enabled, b.Enabled)
	set(&app.Permissions, b.Permissions)
	set(&app.Delegated, b.Delegated)
	set(&app.Roles, b.Roles)
	set(&app.RedirectURIs, b.RedirectURIs)
	set(&app.PublicClient, b.PublicClient)
	set(&app.Certificates, b.Certificates)
	app.Secrets = slices.DeleteFunc(app.Secrets, func(s offboard.AppSecret) bool { return slices.Contains(b.RemoveSecrets, s.ID) })
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// hintLength is how much of a secret its hint shows.
const hintLength = 3

// secretFor makes a secret for an app when one is asked for, and what is kept of it.
func (a *API) secretFor(c *call, b *appRequest, otherwise bool) (secret string, kept []offboard.AppSecret, err error) {
	adds := otherwise
	set(&adds, b.AddSecret)
	switch {
	case adds:
		made, one, err := a.newSecret(c, b.SecretExpires)
		return made, []offboard.AppSecret{one}, err
	case !b.SecretExpires.IsZero(): // of which one?
		return "", nil, wrong(c.r, "request.missing", "addSecret", "field", "addSecret")
	}
	return "", nil, nil
}

func (a *API) newSecret(c *call, expires time.Time) (string, offboard.AppSecret, error) {
	if !expires.IsZero() && !expires.After(a.Now()) {
		return "", offboard.AppSecret{}, wrong(c.r, "request.past", "secretExpiresDateTime", "field", "secretExpiresDateTime")
	}
	secret, err := identity.NewSecret(rand.Reader)
	if err != nil {
		return "", offboard.AppSecret{}, err
	}
	hash, err := identity.HashSecret(secret)
	return secret, offboard.AppSecret{
		ID: a.NewID(), Hint: secret[:hintLength], Hash: hash, Created: a.Now().UTC().Truncate(time.Second), Expires: expires.UTC().Truncate(time.Second),
	}, err
}

// apps serves GET apps.
func (a *API) apps(c *call) error {
	all, err := a.Desk.ListApps(c.ctx(), c.actor)
	if err != nil {
		return err
	}
	out := list[appView]{Value: make([]appView, len(all))}
	for i := range all {
		out.Value[i] = appOf(&all[i])
	}
	return c.answer(http.StatusOK, out)
}

// app serves GET apps/{id}.
func (a *API) app(c *call) error {
	app, err := a.Desk.FindApp(c.ctx(), c.actor, c.r.PathValue("id"))
	if err != nil {
		return err
	}
	return c.answer(http.StatusOK, appOf(&app))
}

// addApp serves POST apps.
func (a *API) addApp(c *call) error {
	var body appRequest
	if err := c.decode(&body, smallBody, false); err != nil {
		return err
	}
	app := offboard.App{Enabled: true}
	body.apply(&app)
	secret, kept, err := a.secretFor(c, &body, !app.PublicClient)
	if err != nil {
		return err
	}
	app.Secrets = kept
	app, err = a.Desk.CreateApp(c.ctx(), c.actor, app)
	if err != nil {
		return err
	}
	out := appOf(&app)
	out.Secret = secret
	c.w.Header().Set("Location", a.link(c, "apps/"+url.PathEscape(app.ID)))
	return c.answer(http.StatusCreated, out)
}

// changeApp serves PATCH apps/{id}.
func (a *API) changeApp(c *call) error {
	var body appRequest
	if err := c.decode(&body, smallBody, false); err != nil {
		return err
	}
	secret, kept, err := a.secretFor(c, &body, false)
	if err != nil {
		return err
	}
	app, err := a.Desk.UpdateApp(c.ctx(), c.actor, c.r.PathValue("id"), func(app *offboard.App) error {
		body.apply(app)
		app.Secrets = append(app.Secrets, kept...)
		return nil
	})
	if err != nil {
		return err
	}
	out := appOf(&app)
	out.Secret = secret
	return c.answer(http.StatusOK, out)
}

// deleteApp serves DELETE apps/{id}.
func (a *API) deleteApp(c *call) error {
	if err := a.Desk.DeleteApp(c.ctx(), c.actor, c.r.PathValue("id")); err != nil {
		return err
	}
	return c.done()
}

func appRoutes() []route {
	missing := []int{http.StatusNotFound}
	return []route{
		{
			method: http.MethodGet, path: "apps", id: "listApps", tag: "apps", summary: "App registrations",
			scopes: readApps, answer: list[appView]{}, serve: (*API).apps,
		},
		{
			method: http.MethodPost, path: "apps", id: "addApp", tag: "apps", summary: "Register an app; its secret is answered once",
			about:  "An app with roles or permissions of its own is for those who may give roles away.",
			scopes: writeApps, body: appRequest{}, example: `{"displayName":"HR leavers","permissions":["User.ReadWrite.All"]}`,
			status: http.StatusCreated, answer: appView{}, serve: (*API).addApp,
		},
		{
			method: http.MethodGet, path: "apps/{id}", id: "getApp", tag: "apps", summary: "One app registration, by object id or client id",
			scopes: readApps, answer: appView{}, refuses: missing, serve: (*API).app,
		},
		{
			method: http.MethodPatch, path: "apps/{id}", id: "changeApp", tag: "apps", summary: "Change a registration, add or remove secrets",
			scopes: writeApps, body: appRequest{}, example: `{"addSecret":true}`, answer: appView{}, refuses: missing, serve: (*API).changeApp,
		},
		{
			method: http.MethodDelete, path: "apps/{id}", id: "deleteApp", tag: "apps", summary: "Remove a registration and end its tokens",
			scopes: writeApps, status: http.StatusNoContent, refuses: missing, serve: (*API).deleteApp,
		},
	}
}
