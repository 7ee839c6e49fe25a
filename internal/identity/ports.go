package identity

import (
	"context"
	"errors"
	"time"
)

// ErrNotFound is what a port answers when what was asked for is not there.
var ErrNotFound = errors.New("not found")

// ErrExists is what Grants.Save answers when the handle is taken.
var ErrExists = errors.New("exists already")

// Directory is where people and apps live. Names are matched without regard to
// case; people and apps that are deleted are not found.
type Directory interface {
	Tenant(ctx context.Context) (Tenant, error)
	App(ctx context.Context, appID string) (App, error)
	PersonByName(ctx context.Context, upn string) (Person, error)
	PersonByID(ctx context.Context, id string) (Person, error)
	// SetPassword stores the hash of a password that the person chose, takes
	// away the duty to choose one, and ends the older sessions.
	SetPassword(ctx context.Context, personID, hash string) error
}

// Grants keeps everything that can be handed in once: codes, device codes,
// refresh tokens, the ids of client assertions. All nodes share it. It holds
// hashes only: who reads the database can't sign in with what stands there.
// Grants past ExpiresAt may be thrown away at any time after it.
type Grants interface {
	// Save adds a grant, or answers ErrExists and changes nothing.
	Save(ctx context.Context, g Grant) error
	// Find answers the grant, spent or not.
	Find(ctx context.Context, handle string) (Grant, error)
	// Spend marks the grant as spent and answers it as it was before, so that
	// of all callers on all nodes exactly one sees SpentAt zero.
	Spend(ctx context.Context, handle string, at time.Time) (Grant, error)
}

// Keys keeps the signing keys. All nodes share it.
type Keys interface {
	List(ctx context.Context) ([]Key, error)
	Add(ctx context.Context, k Key) error
	Remove(ctx context.Context, id string) error
}

// Attempts counts failed sign-ins. All nodes share it. Failures older than a
// day count no more.
type Attempts interface {
	LockedUntil(ctx context.Context, key string) (time.Time, error)
	// Failed counts one more failure and locks the key until now plus what
	// lock says for the number of failures in a row, this one included.
	Failed(ctx context.Context, key string, now time.Time, lock func(failures int) time.Duration) error
	Cleared(ctx context.Context, key string) error
}

// Tenant is the organization.
type Tenant struct {
	ID          string
	Domains     []string
	DisplayName string
}

// App is an app registration together with its service principal.
type App struct {
	ID           string // object id of the service principal
	AppID        string // the client id
	DisplayName  string
	Permissions  []string // application permissions: what the app may do on its own
	Delegated    []string // delegated permissions: the scopes it may ask for in a person's name
	Roles        []string // template ids of the directory roles that it holds
	Secrets      []Secret
	Certificates []string // PEM
	RedirectURIs []string
	PublicClient bool // runs where no secret can be kept
	Enabled      bool
	SessionEpoch int64
}

// Secret is a client secret as it is stored.
type Secret struct {
	Hash      string    // from HashSecret
	ExpiresAt time.Time // zero: never
}

// Person is somebody who can sign in.
type Person struct {
	ID                 string
	UPN                string
	DisplayName        string
	Enabled            bool
	Roles              []string // template ids of the directory roles held
	PasswordHash       string   // empty: can't sign in with a password
	MustChangePassword bool
	SessionEpoch       int64 // goes up when the sessions are revoked
	PreferredLanguage  string
}

// GrantKind says what a grant is for.
type GrantKind string

// The kinds of grants.
const (
	KindCode      GrantKind = "code"
	KindRefresh   GrantKind = "refresh"
	KindDevice    GrantKind = "device"
	KindUserCode  GrantKind = "userCode"
	KindDecision  GrantKind = "decision"  // what the person said to a device
	KindAssertion GrantKind = "assertion" // a client assertion that was seen
	KindRevoked   GrantKind = "revoked"   // a family of tokens that is dead
)

// Grant is one thing that can be handed in.
type Grant struct {
	Handle    string // hash of what the client holds; the key
	Kind      GrantKind
	Family    string // the sign-in that it comes from
	AppID     string
	PersonID  string // empty while nobody has signed in
	ExpiresAt time.Time
	SpentAt   time.Time // zero: not yet
	Details   Details
}

// Details is what else a grant carries. It is stored as one JSON value.
type Details struct {
	Epoch       int64     `json:"epoch,omitempty"`
	Scope       string    `json:"scope,omitempty"` // as it was asked for
	RedirectURI string    `json:"redirectUri,omitempty"`
	Challenge   string    `json:"challenge,omitempty"` // PKCE, S256
	Nonce       string    `json:"nonce,omitempty"`
	Device      string    `json:"device,omitempty"` // handle of the device code that a user code stands for
	Declined    bool      `json:"declined,omitempty"`
	Bound       string    `json:"bound,omitempty"` // the one assertion and address that may use the id again
	SignedInAt  time.Time `json:"signedInAt,omitzero"`
}

// Key is a signing key. It never shows its private part in a log.
type Key struct {
	ID        string
	PKCS8     []byte // the private key, DER
	CreatedAt time.Time
}

// String names the key without showing it.
func (k Key) String() string { return "signing key " + k.ID }

// GoString names the key without showing it.
func (k Key) GoString() string { return k.String() }
