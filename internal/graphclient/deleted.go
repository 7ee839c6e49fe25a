package graphclient

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"time"
)

// A DeletedUser is somebody in Deleted users.
type DeletedUser struct {
	ID                string    `json:"id"`
	UserPrincipalName string    `json:"userPrincipalName"`
	DisplayName       string    `json:"displayName"`
	Deleted           time.Time `json:"deletedDateTime"`
	DaysLeft          int       `json:"daysLeft"`
	Clocks            Clocks    `json:"clocks"`
}

// Deleted lists Deleted users.
func (c *Client) Deleted(ctx context.Context, search string, top int) iter.Seq2[Answer[DeletedUser], error] {
	q := url.Values{}
	set(q, "search", search)
	setTop(q, top)
	return list[DeletedUser](ctx, c, request{path: "/api/v1/deleted", query: q})
}

// Restoring says how to bring somebody back.
type Restoring struct {
	NewUserPrincipalName string `json:"newUserPrincipalName,omitempty"`
	Password             string `json:"password,omitempty"`
	GeneratePassword     *bool  `json:"generatePassword,omitempty"`
}

// Restored is somebody brought back.
type Restored struct {
	User     Person `json:"user"`
	Notes    []Note `json:"notes"`
	Password string `json:"password"`
}

func deletedPath(user string) string { return "/api/v1/deleted/" + url.PathEscape(user) }

// Restore brings somebody back from Deleted users.
func (c *Client) Restore(ctx context.Context, user string, how Restoring) (Answer[Restored], error) {
	return call[Restored](ctx, c, request{method: http.MethodPost, path: deletedPath(user) + "/restore", body: how})
}

// A Result is what became of one person of many.
type Result struct {
	User     string `json:"user"`
	Outcome  string `json:"outcome"`
	Code     string `json:"code"`
	Rule     string `json:"rule"`
	Message  string `json:"message"`
	Notes    []Note `json:"notes"`
	Password string `json:"password"`
}

// Results are what became of many.
type Results struct {
	Value []Result `json:"value"`
}

// RestoreMany brings people back.
func (c *Client) RestoreMany(ctx context.Context, users []string, generatePassword bool) (Answer[Results], error) {
	return call[Results](ctx, c, request{
		method: http.MethodPost, path: "/api/v1/deleted/restore",
		body: map[string]any{"users": users, "generatePassword": generatePassword},
	})
}

// PurgeMany deletes people for good.
func (c *Client) PurgeMany(ctx context.Context, users []string) (Answer[Results], error) {
	return call[Results](ctx, c, request{
		method: http.MethodPost, path: "/api/v1/deleted/purge", body: map[string]any{"users": users},
	})
}

// Purge deletes somebody for good.
func (c *Client) Purge(ctx context.Context, user string) error {
	return c.do(ctx, request{method: http.MethodDelete, path: deletedPath(user)})
}

// Swept says what a sweep did.
type Swept struct {
	People        int `json:"people"`
	Mailboxes     int `json:"mailboxes"`
	Drives        int `json:"drives"`
	Subscriptions int `json:"subscriptions"`
	Delegated     int `json:"delegated"`
	Reminders     int `json:"reminders"`
	Bodies        int `json:"bodies"`
}

// Sweep does everything whose date has come.
func (c *Client) Sweep(ctx context.Context) (Answer[Swept], error) {
	return call[Swept](ctx, c, request{method: http.MethodPost, path: "/api/v1/sweep", body: struct{}{}})
}
