package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"leaver/internal/identity"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// Identity is what signing in needs of a store; it implements the ports of
// package identity.
type Identity struct {
	store *Store
	now   func() time.Time
}

// Identity gives the ports of package identity. now is the real clock; the
// offset of a practice organization is added to it where the directory is changed.
func (s *Store) Identity(now func() time.Time) *Identity { return &Identity{s, now} }

// Tenant implements identity.Directory.
func (i *Identity) Tenant(ctx context.Context) (identity.Tenant, error) {
	var t identity.Tenant
	err := i.store.db.View(ctx, func(tx *sqldb.Tx) error {
		if err := tx.QueryRow(ctx, "select id, display_name from organization").Scan(&t.ID, &t.DisplayName); err != nil {
			return err
		}
		var err error
		t.Domains, err = sqldb.All(ctx, tx, sqldb.Value[string], "select name from domains order by ordinal")
		return err
	})
	return t, missing(err)
}

// missing words the absence of a row as package identity does.
func missing(err error) error {
	if errors.Is(err, sqldb.ErrNoRows) {
		return identity.ErrNotFound
	}
	return outage(err)
}

// App implements identity.Directory.
func (i *Identity) App(ctx context.Context, appID string) (identity.App, error) {
	a, err := sqldb.One(ctx, i.store.db, scanApp, "select "+appColumns+" from apps where app_id = $1", Fold(appID))
	if err != nil {
		return identity.App{}, missing(err)
	}
	out := identity.App{
		ID: a.ID, AppID: a.AppID, DisplayName: a.DisplayName, Permissions: a.Permissions, Delegated: a.Delegated, Certificates: a.Certificates,
		RedirectURIs: a.RedirectURIs, PublicClient: a.PublicClient, Enabled: a.Enabled, SessionEpoch: a.SessionEpoch,
	}
	for _, r := range a.Roles {
		out.Roles = append(out.Roles, string(r))
	}
	for _, s := range a.Secrets {
		out.Secrets = append(out.Secrets, identity.Secret{Hash: s.Hash, ExpiresAt: s.Expires})
	}
	return out, nil
}

// PersonByName implements identity.Directory.
func (i *Identity) PersonByName(ctx context.Context, upn string) (identity.Person, error) {
	return i.person(ctx, "u.upn_key = $1", Fold(upn))
}

// PersonByID implements identity.Directory.
func (i *Identity) PersonByID(ctx context.Context, id string) (identity.Person, error) {
	return i.person(ctx, "u.id = $1", Fold(id))
}

func (i *Identity) person(ctx context.Context, condition, arg string) (identity.Person, error) {
	var p identity.Person
	var roles string
	err := i.store.db.QueryRow(ctx, "select u.id, u.upn, u.display_name, u.enabled, u.password_hash, u.must_change, u.session_epoch, u.preferred_language, "+
		rolesOf+" from users u where u.deleted is null and "+condition, arg).
		Scan(&p.ID, &p.UPN, &p.DisplayName, &p.Enabled, &p.PasswordHash, &p.MustChangePassword, &p.SessionEpoch, &p.PreferredLanguage, &roles)
	p.Roles = strings.Fields(roles)
	if p.PasswordHash == org.NoPassword {
		p.PasswordHash = ""
	}
	return p, missing(err)
}

// SetPassword implements identity.Directory.
func (i *Identity) SetPassword(ctx context.Context, personID, hash string) error {
	return i.store.Change(ctx, func(tx offboard.Tx) error {
		people, err := tx.People(ctx, []string{personID})
		if err != nil {
			return err
		}
		p := people[0]
		if p == nil || !p.Active() {
			return identity.ErrNotFound
		}
		offset, err := tx.Clock(ctx)
		if err != nil {
			return err
		}
		now := i.now().Add(offset).UTC().Truncate(time.Second)
		after := p.Clone()
		after.PasswordHash, after.MustChangePassword, after.SessionsValidFrom = hash, false, now
		after.SessionEpoch++ // R-API-22
		if err := tx.Save(ctx, []offboard.Change{{Before: *p, After: after}}); err != nil {
			return err
		}
		return tx.Audit(ctx, offboard.Entry{
			At: now, Actor: org.Actor{ID: p.ID, Name: p.UPN}, Action: offboard.ActPassword, Target: p.Ref(), Result: "success",
		})
	})
}

// List implements identity.Keys.
func (i *Identity) List(ctx context.Context) ([]identity.Key, error) {
	keys, err := sqldb.All(ctx, i.store.db, func(r *sqldb.Rows) (identity.Key, error) {
		var k identity.Key
		return k, r.Scan(&k.ID, &k.PKCS8, seconds{&k.CreatedAt})
	}, "select id, pkcs8, created from signing_keys order by created, id")
	return keys, outage(err)
}

// Add implements identity.Keys.
func (i *Identity) Add(ctx context.Context, k identity.Key) error {
	return i.update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, "insert into signing_keys (id, pkcs8, created) values ($1, $2, $3)", k.ID, k.PKCS8, unix(k.CreatedAt))
		return err
	})
}

// Remove implements identity.Keys.
func (i *Identity) Remove(ctx context.Context, id string) error {
	return i.update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, "delete from signing_keys where id = $1", id)
		return err
	})
}

func (i *Identity) update(ctx context.Context, f func(*sqldb.Tx) error) error {
	return outage(i.store.db.Update(ctx, f))
}

// day is how long failed attempts count.
const day = 24 * 60 * 60

// Forget throws away grants and failed attempts that are of no use any more.
func (i *Identity) Forget(ctx context.Context) error {
	now := i.now().Unix()
	err := i.update(ctx, func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(ctx, "delete from grants where expires < $1", now); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "delete from sign_in_attempts where last < $1 and locked_until < $2", now-day, now)
		return err
	})
	if err != nil {
		return fmt.Errorf("forget expired grants: %w", err)
	}
	return nil
}
