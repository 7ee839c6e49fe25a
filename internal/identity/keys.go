package identity

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/time/rate"
)

const (
	keyBits = 2048
	// keyLead is how long a new key is shown before it signs, so that every
	// node and every client that keeps the key set for a while knows it by then.
	keyLead = 10 * time.Minute
	// keyReload is how long a node trusts its own copy of the keys.
	keyReload = time.Minute
	// keyAfterlife is how long a replaced key stays: longer than any token lives.
	keyAfterlife = 24 * time.Hour
)

// keyring is this node's copy of the signing keys.
type keyring struct {
	store       Keys
	now         func() time.Time
	rotateAfter time.Duration

	mu     sync.Mutex // one load or rotation at a time
	loaded atomic.Pointer[keyset]
	strays *rate.Limiter // reloads for unknown keys: a stranger can't make us read all day
}

// keyset is the keys at one moment, oldest first. It never changes.
type keyset struct {
	keys []signingKey
	at   time.Time
}

type signingKey struct {
	id      string
	created time.Time
	private *rsa.PrivateKey
	signer  jose.Signer
}

func newKeyring(store Keys, now func() time.Time, rotateAfter time.Duration) *keyring {
	return &keyring{store: store, now: now, rotateAfter: rotateAfter, strays: rate.NewLimiter(1, 5)}
}

// current is the key to sign with: the newest that was shown long enough. It
// makes a key where there is none, or where the newest is too old.
func (r *keyring) current(ctx context.Context) (signingKey, error) {
	now := r.now()
	set, err := r.fresh(ctx)
	if err != nil {
		return signingKey{}, err
	}
	if n := len(set.keys); n == 0 || now.Sub(set.keys[n-1].created) > r.rotateAfter {
		if set, err = r.rotate(ctx, len(set.keys)); err != nil {
			return signingKey{}, err
		}
	}
	return set.current(now), nil
}

func (s *keyset) current(now time.Time) signingKey {
	for _, k := range slices.Backward(s.keys) {
		if !k.created.Add(keyLead).After(now) {
			return k
		}
	}
	return s.keys[0]
}

// find answers the key with this id, or nil.
func (s *keyset) find(id string) *rsa.PublicKey {
	for _, k := range s.keys {
		if k.id == id {
			return &k.private.PublicKey
		}
	}
	return nil
}

// fresh answers the keys, at most keyReload old.
func (r *keyring) fresh(ctx context.Context) (*keyset, error) {
	if set := r.loaded.Load(); set != nil && r.now().Sub(set.at).Abs() < keyReload {
		return set, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if set := r.loaded.Load(); set != nil && r.now().Sub(set.at).Abs() < keyReload {
		return set, nil
	}
	return r.load(ctx)
}

// lookup answers the public key with this id, or nil. An id that this node
// doesn't know may be of a key that another node just made.
func (r *keyring) lookup(ctx context.Context, id string) (*rsa.PublicKey, error) {
	set, err := r.fresh(ctx)
	if err != nil {
		return nil, err
	}
	if key := set.find(id); key != nil || !r.strays.AllowN(r.now(), 1) {
		return key, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if set, err = r.load(ctx); err != nil {
		return nil, err
	}
	return set.find(id), nil
}

// load reads the keys again; the caller holds mu.
func (r *keyring) load(ctx context.Context) (*keyset, error) {
	stored, err := r.store.List(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the signing keys: %w", err)
	}
	known := map[string]signingKey{}
	if old := r.loaded.Load(); old != nil {
		for _, k := range old.keys {
			known[k.id] = k
		}
	}
	set := &keyset{at: r.now()}
	for _, k := range stored {
		parsed, ok := known[k.ID]
		if !ok {
			if parsed, err = parseKey(k); err != nil {
				return nil, err
			}
		}
		set.keys = append(set.keys, parsed)
	}
	slices.SortFunc(set.keys, func(a, b signingKey) int {
		return cmp.Or(a.created.Compare(b.created), cmp.Compare(a.id, b.id))
	})
	r.loaded.Store(set)
	return set, nil
}

func parseKey(k Key) (signingKey, error) {
	parsed, err := x509.ParsePKCS8PrivateKey(k.PKCS8)
	if err != nil {
		return signingKey{}, fmt.Errorf("read signing key %s: %w", k.ID, err)
	}
	private, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return signingKey{}, fmt.Errorf("read signing key %s: it is no RSA key", k.ID)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: private, KeyID: k.ID}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return signingKey{}, fmt.Errorf("use signing key %s: %w", k.ID, err)
	}
	return signingKey{id: k.ID, created: k.CreatedAt, private: private, signer: signer}, nil
}

// rotate adds a key and removes those that no living token needs. It does
// nothing where another caller added one since seen keys were counted.
func (r *keyring) rotate(ctx context.Context, seen int) (*keyset, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	set, err := r.load(ctx)
	if err != nil {
		return nil, err
	}
	if len(set.keys) > seen {
		return set, nil
	}
	now := r.now()
	created := now.UTC().Truncate(time.Second)
	if n := len(set.keys); n > 0 && !created.After(set.keys[n-1].created) {
		created = set.keys[n-1].created.Add(time.Second) // the order of the keys must be clear
	}
	key, err := generateKey(created)
	if err != nil {
		return nil, err
	}
	if err := r.store.Add(ctx, key); err != nil {
		return nil, fmt.Errorf("store a signing key: %w", err)
	}
	for i, k := range set.keys[:max(0, len(set.keys)-1)] {
		if now.Sub(set.keys[i+1].created) > keyLead+keyAfterlife {
			if err := r.store.Remove(ctx, k.id); err != nil && !errors.Is(err, ErrNotFound) {
				return nil, fmt.Errorf("remove signing key %s: %w", k.id, err)
			}
		}
	}
	return r.load(ctx)
}

func generateKey(created time.Time) (Key, error) {
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return Key{}, fmt.Errorf("make a signing key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return Key{}, fmt.Errorf("write a signing key: %w", err)
	}
	secret, err := NewSecret(rand.Reader)
	if err != nil {
		return Key{}, err
	}
	return Key{ID: secret[:27], PKCS8: der, CreatedAt: created}, nil
}

// public is the key set that clients read.
func (s *keyset) public() jose.JSONWebKeySet {
	var all jose.JSONWebKeySet
	for _, k := range s.keys {
		all.Keys = append(all.Keys, jose.JSONWebKey{Key: &k.private.PublicKey, KeyID: k.id, Algorithm: string(jose.RS256), Use: "sig"})
	}
	return all
}

// Rotate adds a signing key now. It signs from ten minutes later on; tokens of
// the older keys stay good until they run out.
func (s *Server) Rotate(ctx context.Context) error {
	set, err := s.keys.fresh(ctx)
	if err != nil {
		return err
	}
	_, err = s.keys.rotate(ctx, len(set.keys))
	return err
}
