package identity

import (
	"container/list"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Why a token is not good. All of them are ErrInvalidToken too.
var (
	ErrInvalidToken = errors.New("the access token is not valid")
	ErrTokenExpired = fmt.Errorf("%w: its lifetime is over", ErrInvalidToken)
	ErrAudience     = fmt.Errorf("%w: it is meant for another resource", ErrInvalidToken)
	ErrSignature    = fmt.Errorf("%w: its signature or form is wrong", ErrInvalidToken)
	ErrIssuer       = fmt.Errorf("%w: another organization issued it", ErrInvalidToken)
)

// maxToken is longer than any token of ours.
const maxToken = 16 << 10

// Claims is what a good access token says. It says nothing about now: whoever
// serves a request asks the database whether the subject is still there and
// enabled, and whether its session epoch is still Epoch. The slices are shared
// between requests; don't change them.
type Claims struct {
	ID          string // of the token
	TenantID    string
	Subject     string // object id of the person, or of the service principal
	IsApp       bool
	AppID       string // client id of the app
	AppName     string
	UPN         string   // empty for apps
	Name        string   // empty for apps
	Scopes      []string // delegated permissions: what the app may do in the person's name
	Permissions []string // application permissions: what the app may do on its own
	Roles       []string // role template ids at the time of signing in
	Epoch       int64    // session epoch of the subject at that time
	Audience    string
	IssuedAt    time.Time
	ExpiresAt   time.Time
}

// verified is a token whose signature was checked.
type verified struct {
	token  string
	keyID  string
	claims Claims
}

// verifyCache remembers the newest verified tokens, so that a busy client
// costs one comparison for each call and not one RSA operation.
type verifyCache struct {
	mu      sync.Mutex
	limit   int
	byToken map[string]*list.Element
	recent  *list.List // of *verified, latest first
}

func newVerifyCache(limit int) *verifyCache {
	return &verifyCache{limit: limit, byToken: make(map[string]*list.Element), recent: list.New()}
}

func (c *verifyCache) get(token string) *verified {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := c.byToken[token]
	if !ok {
		return nil
	}
	c.recent.MoveToFront(at)
	found, _ := at.Value.(*verified)
	return found
}

func (c *verifyCache) put(v *verified) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.byToken[v.token]; ok {
		return
	}
	c.byToken[v.token] = c.recent.PushFront(v)
	if c.recent.Len() > c.limit {
		c.drop(c.recent.Back())
	}
}

func (c *verifyCache) remove(token string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at, ok := c.byToken[token]; ok {
		c.drop(at)
	}
}

func (c *verifyCache) drop(at *list.Element) {
	if old, ok := c.recent.Remove(at).(*verified); ok {
		delete(c.byToken, old.token)
	}
}

// Verify checks an access token: ours, signed by a key that still counts, for
// this organization and a resource that it serves, and not yet over. The
// error is an ErrInvalidToken, or says that the keys could not be read.
func (s *Server) Verify(ctx context.Context, bearer string) (Claims, error) {
	if len(bearer) > maxToken {
		return Claims{}, ErrSignature
	}
	known := s.verified.get(bearer)
	if known == nil {
		fresh, err := s.verifySlowly(ctx, bearer)
		if err != nil {
			return Claims{}, err
		}
		fresh.token = strings.Clone(bearer) // not the request around it
		s.verified.put(fresh)
		return fresh.claims, nil
	}
	if set, err := s.keys.fresh(ctx); err != nil {
		return Claims{}, err
	} else if set.find(known.keyID) == nil {
		s.verified.remove(bearer)
		return Claims{}, ErrSignature
	}
	if !s.cfg.Now().Before(known.claims.ExpiresAt) {
		s.verified.remove(bearer)
		return Claims{}, ErrTokenExpired
	}
	return known.claims, nil
}

func (s *Server) verifySlowly(ctx context.Context, bearer string) (*verified, error) {
	token, err := jose.ParseSignedCompact(bearer, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil || len(token.Signatures) != 1 {
		return nil, ErrSignature
	}
	keyID := token.Signatures[0].Protected.KeyID
	public, err := s.keys.lookup(ctx, keyID)
	if err != nil {
		return nil, err
	}
	if public == nil {
		return nil, ErrSignature
	}
	payload, err := token.Verify(public)
	if err != nil {
		return nil, ErrSignature
	}
	var claims accessClaims
	if err := json.Unmarshal(payload, &claims); err != nil {
		return nil, ErrSignature
	}
	tenant, err := s.cfg.Directory.Tenant(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the organization: %w", err)
	}
	if err := s.accept(tenant, claims); err != nil {
		return nil, err
	}
	return &verified{keyID: keyID, claims: claims.read()}, nil
}

// accept checks the claims of a token that we signed.
func (s *Server) accept(tenant Tenant, claims accessClaims) error {
	now := s.cfg.Now()
	base, ours := strings.CutSuffix(claims.Issuer, "/"+tenant.ID+"/v2.0")
	if fixed := s.fixedBase(); fixed != "" && base != fixed {
		ours = false
	}
	if u, err := url.Parse(base); err != nil || u.Host == "" {
		ours = false
	}
	switch {
	case !ours || claims.TenantID != tenant.ID:
		return ErrIssuer
	case now.Add(clockSkew).Unix() < claims.NotBefore:
		return ErrInvalidToken
	case now.Unix() >= claims.Expiry:
		return ErrTokenExpired
	case claims.ObjectID == "" || claims.Kind != "app" && claims.Kind != "user":
		return ErrSignature // an ID token, not an access token
	}
	if audience, ok := s.audience(base, claims.Audience); !ok || audience != claims.Audience {
		return ErrAudience
	}
	return nil
}

func (a accessClaims) read() Claims {
	return Claims{
		ID: a.ID, TenantID: a.TenantID, Subject: a.ObjectID, IsApp: a.Kind == "app", AppID: a.AppID, AppName: a.AppName,
		UPN: a.UPN, Name: a.Name, Scopes: strings.Fields(a.Scopes), Permissions: a.Permissions, Roles: a.Roles, Epoch: a.Epoch,
		Audience: a.Audience, IssuedAt: time.Unix(a.IssuedAt, 0).UTC(), ExpiresAt: time.Unix(a.Expiry, 0).UTC(),
	}
}
