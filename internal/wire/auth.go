package wire

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"leaver/internal/identity"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

// Tokens checks access tokens.
type Tokens interface {
	Verify(ctx context.Context, bearer string) (identity.Claims, error)
}

// Subjects says how people and apps stand now.
type Subjects interface {
	// Subject looks up a person or app by object id. Not found is no error.
	Subject(ctx context.Context, id string, app bool) (offboard.Subject, error)
	// Presume gives how they stood last, and a context in which nothing is answered
	// before it is known that they still do; settle makes sure of it. What finds
	// that they don't gives offboard.ErrSubjectChanged. settle may be nil: then
	// nothing is presumed.
	Presume(ctx context.Context, id string, app bool) (was offboard.Subject, presuming context.Context, settle func() error)
}

// Auth knows who a request comes from.
type Auth struct {
	Tokens   Tokens
	Subjects Subjects
}

// Caller is who a request comes from.
type Caller struct {
	org.Actor
	AppID    string // client id of the app that they use, or are
	TenantID string
}

// Caller finds out who a request comes from, or refuses with 401. The token is
// checked once and remembered; whether its subject is still there, enabled and
// in the same session is asked of the database every time, so that nobody who
// was deleted or blocked gets any further. R-DEL-12 R-API-01 R-API-22
func (a *Auth) Caller(r *http.Request) (Caller, error) {
	claims, err := a.claims(r)
	if err != nil {
		return Caller{}, err
	}
	now, err := a.Subjects.Subject(r.Context(), claims.Subject, claims.IsApp)
	if err != nil {
		return Caller{}, err
	}
	return callerOf(r, &claims, now)
}

// claims are those of the token of a request, which is checked.
func (a *Auth) claims(r *http.Request) (identity.Claims, error) {
	bearer, err := bearerOf(r)
	if err != nil {
		return identity.Claims{}, err
	}
	claims, err := a.Tokens.Verify(r.Context(), bearer)
	if err != nil {
		return identity.Claims{}, tokenFault(err)
	}
	return claims, nil
}

// callerOf is who holds a token, if they still stand as they did when they got it.
func callerOf(r *http.Request, claims *identity.Claims, now offboard.Subject) (Caller, error) {
	switch {
	case !now.Found || now.Deleted || !now.Enabled:
		return Caller{}, Unauthorized("The identity of the calling principal could not be found or is disabled.")
	case now.Epoch != claims.Epoch:
		return Caller{}, Unauthorized("Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp")
	}
	c := Caller{AppID: claims.AppID, TenantID: claims.TenantID}
	c.Actor = org.Actor{ID: org.UserID(claims.Subject), Name: claims.UPN, App: claims.IsApp, Roles: now.Roles, RequestID: RequestID(r), Scopes: claims.Scopes}
	if claims.IsApp {
		c.Name, c.Scopes = claims.AppName, claims.Permissions
	}
	if c.Scopes == nil {
		c.Scopes = []string{} // nil would mean: not limited
	}
	return c, nil
}

func bearerOf(r *http.Request) (string, error) {
	scheme, token, _ := strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return "", Unauthorized("Access token is empty.")
	}
	return token, nil
}

// tokenFault words what is wrong with a token as Graph does.
func tokenFault(err error) error {
	switch {
	case errors.Is(err, identity.ErrTokenExpired):
		return Unauthorized("Lifetime validation failed, the token is expired.")
	case errors.Is(err, identity.ErrAudience):
		return Unauthorized("Access token validation failure. Invalid audience.")
	case errors.Is(err, identity.ErrIssuer):
		return Unauthorized("Access token validation failure. Invalid issuer.")
	case errors.Is(err, identity.ErrInvalidToken):
		return Unauthorized("CompactToken validation failed with reason code: 80049228.")
	}
	return err
}

// Unauthorized is the answer to a request without a good token. R-API-01
func Unauthorized(message string) *Fault {
	return &Fault{
		Status: http.StatusUnauthorized, Code: "InvalidAuthenticationToken", Message: message,
		Header: http.Header{"WWW-Authenticate": {`Bearer realm="", client_id="00000003-0000-0000-c000-000000000000"`}},
	}
}
