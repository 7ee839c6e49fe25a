package offboard

import (
	"context"
	"time"

	"leaver/internal/org"
)

// Apps keeps app registrations.
type Apps interface {
	// Apps lists them by name.
	Apps(ctx context.Context) ([]App, error)
	// App finds one by its object id or client id; nil when there is none.
	App(ctx context.Context, id string) (*App, error)
	// SaveApp adds a registration or replaces it.
	SaveApp(ctx context.Context, a *App) error
	// DeleteApp is false when there was none.
	DeleteApp(ctx context.Context, id string) (bool, error)
}

// App is an app registration together with its service principal. Its secrets
// are kept as hashes.
type App struct {
	ID           string // object id of the service principal
	AppID        string // the client id
	DisplayName  string
	Roles        []org.RoleID
	Enabled      bool
	SessionEpoch int64 // goes up to end every token that the app has
	Created      time.Time
	AppDetails
}

// AppDetails is what of an app registration nobody searches for.
type AppDetails struct {
	Permissions  []string    `json:"permissions,omitempty"` // application permissions
	Delegated    []string    `json:"delegated,omitempty"`   // scopes it may ask for in a person's name
	RedirectURIs []string    `json:"redirectUris,omitempty"`
	PublicClient bool        `json:"publicClient,omitempty"`
	Certificates []string    `json:"certificates,omitempty"` // PEM
	Secrets      []AppSecret `json:"secrets,omitempty"`
}

// AppSecret is a client secret as it is stored.
type AppSecret struct {
	ID      string    `json:"id"`
	Hint    string    `json:"hint,omitempty"` // its first letters, to tell it from others
	Hash    string    `json:"hash"`
	Created time.Time `json:"created,omitzero"`
	Expires time.Time `json:"expires,omitzero"` // zero: never
}
