package graphclient

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"time"
)

// An App is an app registration: a program that signs in as itself.
type App struct {
	ID          string      `json:"id"`
	AppID       string      `json:"appId"`
	DisplayName string      `json:"displayName"`
	Enabled     bool        `json:"enabled"`
	Permissions []string    `json:"permissions"`
	Roles       []AppRole   `json:"roles"`
	Public      bool        `json:"publicClient"`
	Secrets     []AppSecret `json:"secrets"`
	Created     time.Time   `json:"createdDateTime"`
	// Secret is the one just made; nobody answers it a second time.
	Secret string `json:"secret"`
}

// AppRole is a role that an app holds.
type AppRole struct {
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
}

// AppSecret is a secret of an app, without the secret itself.
type AppSecret struct {
	ID      string    `json:"id"`
	Hint    string    `json:"hint"`
	Created time.Time `json:"createdDateTime"`
	Expires time.Time `json:"expiresDateTime"` // the zero time: never
}

// AppChange is what is asked of an app registration; what is nil stays.
type AppChange struct {
	DisplayName   string     `json:"displayName,omitempty"`
	Permissions   []string   `json:"permissions,omitempty"`
	Roles         []string   `json:"roles,omitempty"` // template ids
	AddSecret     *bool      `json:"addSecret,omitempty"`
	SecretExpires *time.Time `json:"secretExpiresDateTime,omitempty"`
	RemoveSecrets []string   `json:"removeSecrets,omitempty"`
}

const appsPath = "/api/v1/apps"

// Apps lists the app registrations.
func (c *Client) Apps(ctx context.Context) iter.Seq2[Answer[App], error] {
	return list[App](ctx, c, request{path: appsPath})
}

// App asks for one, by its client id or its object id.
func (c *Client) App(ctx context.Context, id string) (Answer[App], error) {
	return call[App](ctx, c, request{method: http.MethodGet, path: appsPath + "/" + url.PathEscape(id)})
}

// AddApp registers an app. Its first secret is in the answer.
func (c *Client) AddApp(ctx context.Context, app AppChange) (Answer[App], error) {
	return call[App](ctx, c, request{method: http.MethodPost, path: appsPath, body: app})
}

// ChangeApp changes a registration.
func (c *Client) ChangeApp(ctx context.Context, id string, change AppChange) (Answer[App], error) {
	return call[App](ctx, c, request{method: http.MethodPatch, path: appsPath + "/" + url.PathEscape(id), body: change})
}

// RemoveApp removes a registration; its tokens are worth nothing from then on.
func (c *Client) RemoveApp(ctx context.Context, id string) error {
	return c.do(ctx, request{method: http.MethodDelete, path: appsPath + "/" + url.PathEscape(id)})
}
