package graphclient

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"
)

// An Address is an e-mail address of somebody. The server may name it as text.
type Address struct {
	Value   string `json:"value"`
	Primary bool   `json:"primary"`
}

// Clocks are the dates on which something becomes irreversible. The zero time:
// that clock doesn't run.
type Clocks struct {
	User      time.Time `json:"user"`
	Mailbox   time.Time `json:"mailbox"`
	Drive     time.Time `json:"drive"`
	DriveGone time.Time `json:"driveGone"`
}

// A Withheld says why fields are left out of an answer.
type Withheld struct {
	Fields  []string `json:"fields"`
	Message string   `json:"message"`
}

// A Mailbox is the mailbox of one person.
type Mailbox struct {
	User             string            `json:"userPrincipalName"`
	Type             string            `json:"type"`
	State            string            `json:"state"`
	ForwardTo        string            `json:"forwardTo"`
	KeepCopy         bool              `json:"keepCopy"`
	Aliases          []string          `json:"aliases"`
	LitigationHold   bool              `json:"litigationHold"`
	Holds            []string          `json:"holds"`
	Archive          bool              `json:"archive"`
	Size             int64             `json:"size"`
	Permissions      []Permission      `json:"permissions"`
	AutomaticReplies *AutomaticReplies `json:"automaticReplies"`
	Withheld         []Withheld        `json:"withheld"`
}

// A Permission gives one person rights in a mailbox.
type Permission struct {
	Who    Named    `json:"who"`
	Rights []string `json:"rights"`
}

// AutomaticReplies are the automatic replies, in Graph's words.
type AutomaticReplies struct {
	Status               string     `json:"status"`
	ExternalAudience     string     `json:"externalAudience,omitempty"`
	InternalReplyMessage string     `json:"internalReplyMessage,omitempty"`
	ExternalReplyMessage string     `json:"externalReplyMessage,omitempty"`
	Start                *time.Time `json:"scheduledStartDateTime,omitempty"`
	End                  *time.Time `json:"scheduledEndDateTime,omitempty"`
}

func mailboxPath(user string) string { return "/api/v1/mailboxes/" + url.PathEscape(user) }

// Mailbox asks for a mailbox.
func (c *Client) Mailbox(ctx context.Context, user string) (Answer[Mailbox], error) {
	return call[Mailbox](ctx, c, request{method: http.MethodGet, path: mailboxPath(user)})
}

// ChangeMailbox changes the fields of a mailbox that are in changes.
func (c *Client) ChangeMailbox(ctx context.Context, user string, changes map[string]any) (Answer[Mailbox], error) {
	return call[Mailbox](ctx, c, request{method: http.MethodPatch, path: mailboxPath(user), body: changes})
}

// GrantMailbox gives who rights in a mailbox.
func (c *Client) GrantMailbox(ctx context.Context, user, who string, rights []string) (json.RawMessage, error) {
	answer, err := call[Raw](ctx, c, request{
		method: http.MethodPut, path: mailboxPath(user) + "/permissions/" + url.PathEscape(who), body: map[string]any{"rights": rights},
	})
	return answer.JSON, err
}

// RevokeMailbox takes every right in a mailbox away from who.
func (c *Client) RevokeMailbox(ctx context.Context, user, who string) error {
	return c.do(ctx, request{method: http.MethodDelete, path: mailboxPath(user) + "/permissions/" + url.PathEscape(who)})
}

// A Drive is the file store of one person.
type Drive struct {
	ID         string     `json:"id"`
	Size       int64      `json:"size"`
	Items      int        `json:"items"`
	State      string     `json:"state"`
	Grants     []Named    `json:"grants"`
	Devices    []Computer `json:"devices"`
	SharedWith []Named    `json:"sharedWith"`
	Withheld   []Withheld `json:"withheld"`
}

// A Computer is one that synchronised a drive. The server may name it as text.
type Computer struct {
	Name string
}

// UnmarshalJSON reads a name, or an object that has one.
func (d *Computer) UnmarshalJSON(text []byte) error {
	if json.Unmarshal(text, &d.Name) == nil {
		return nil
	}
	var named struct {
		Name        string `json:"name"`
		DisplayName string `json:"displayName"`
	}
	if err := json.Unmarshal(text, &named); err != nil {
		return err
	}
	d.Name = named.Name
	if d.Name == "" {
		d.Name = named.DisplayName
	}
	return nil
}

func drivePath(user string) string { return "/api/v1/drives/" + url.PathEscape(user) }

// Drive asks for a drive.
func (c *Client) Drive(ctx context.Context, user string) (Answer[Drive], error) {
	return call[Drive](ctx, c, request{method: http.MethodGet, path: drivePath(user)})
}

// GrantDrive gives who access to a whole drive.
func (c *Client) GrantDrive(ctx context.Context, user, who string) (json.RawMessage, error) {
	answer, err := call[Raw](ctx, c, request{method: http.MethodPut, path: drivePath(user) + "/grants/" + url.PathEscape(who)})
	return answer.JSON, err
}

// RevokeDrive takes access to a drive away from who.
func (c *Client) RevokeDrive(ctx context.Context, user, who string) error {
	return c.do(ctx, request{method: http.MethodDelete, path: drivePath(user) + "/grants/" + url.PathEscape(who)})
}

// A LeftDrive is a drive that outlived its owner's account.
type LeftDrive struct {
	ID    string `json:"id"`
	Owner string `json:"ownerUserPrincipalName"`
	Size  int64  `json:"size"`
	Items int    `json:"items"`
	Held  bool   `json:"held"`
}

// RestoreDrive takes the drive of a purged person out of the recycle bin and
// gives somebody access.
func (c *Client) RestoreDrive(ctx context.Context, ref, to string) (Answer[LeftDrive], error) {
	return call[LeftDrive](ctx, c, request{method: http.MethodPost, path: drivePath(ref) + "/restore", body: map[string]string{"to": to}})
}

// ReleaseDrive lets go of the drive of a purged person.
func (c *Client) ReleaseDrive(ctx context.Context, ref string) error {
	return c.do(ctx, request{method: http.MethodPost, path: drivePath(ref) + "/release"})
}

// ReleaseMailbox lifts the holds of the mailbox of a purged person.
func (c *Client) ReleaseMailbox(ctx context.Context, ref string) error {
	return c.do(ctx, request{method: http.MethodPost, path: mailboxPath(ref) + "/release"})
}
