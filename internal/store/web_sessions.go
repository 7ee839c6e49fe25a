package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

const webSessionColumns = "handle, id, person_id, epoch, created, seen, expires, address, agent, pending, challenge"

func scanWebSession(r *sqldb.Rows) (offboard.WebSession, error) {
	var s offboard.WebSession
	var created, seen, expires int64
	err := r.Scan(&s.Handle, &s.ID, &s.PersonID, &s.Epoch, &created, &seen, &expires, &s.Address, &s.Agent, &s.Pending, &s.Challenge)
	s.Created, s.Seen, s.Expires = at(created), at(seen), at(expires)
	return s, err
}

// WebSession finds a session of the admin centre by the hash of its token; nil
// when there is none.
func (s *Store) WebSession(ctx context.Context, handle string) (*offboard.WebSession, error) {
	found, err := sqldb.One(ctx, s.db, scanWebSession, "select "+webSessionColumns+" from web_sessions where handle = $1", handle)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, outage(fmt.Errorf("find a session: %w", err))
	}
	return &found, nil
}

// WebSessions lists the sessions of one person, the newest first.
func (s *Store) WebSessions(ctx context.Context, person org.UserID) ([]offboard.WebSession, error) {
	all, err := sqldb.All(ctx, s.db, scanWebSession, "select "+webSessionColumns+" from web_sessions where person_id = $1 order by created desc, id", string(person))
	return all, outage(err)
}

// SaveWebSession adds a session, or changes what may change about one. Those
// that are over by then are thrown away.
func (s *Store) SaveWebSession(ctx context.Context, x offboard.WebSession, now time.Time) error {
	return outage(s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(ctx, "delete from web_sessions where expires < $1", now.Unix()); err != nil {
			return fmt.Errorf("forget old sessions: %w", err)
		}
		_, err := tx.Exec(ctx, "insert into web_sessions ("+webSessionColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
 on conflict (handle) do update set epoch = excluded.epoch, seen = excluded.seen, expires = excluded.expires, pending = excluded.pending,
 challenge = excluded.challenge`, x.Handle, x.ID, string(x.PersonID), x.Epoch, unix(x.Created), unix(x.Seen), unix(x.Expires), x.Address, x.Agent,
			x.Pending, x.Challenge)
		if err != nil {
			return fmt.Errorf("save a session: %w", err)
		}
		return nil
	}))
}

// EndWebSessions ends sessions of one person: the one with an id, or all but the
// one with the handle keep when id is empty.
func (s *Store) EndWebSessions(ctx context.Context, person org.UserID, id, keep string) error {
	return outage(s.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, "delete from web_sessions where person_id = $1 and ($2 = '' or id = $2) and ($2 <> '' or handle <> $3)", string(person), id, keep)
		return err
	}))
}

// Passkeys lists the passkeys of one person.
func (s *Store) Passkeys(ctx context.Context, person org.UserID) ([]offboard.Passkey, error) {
	all, err := sqldb.All(ctx, s.db, func(r *sqldb.Rows) (offboard.Passkey, error) {
		var k offboard.Passkey
		var created, used int64
		err := r.Scan(&k.ID, &k.PersonID, &k.Name, &k.Credential, &created, &used)
		k.Created, k.Used = at(created), at(used)
		return k, err
	}, "select id, person_id, name, credential, created, used from passkeys where person_id = $1 order by created, id", string(person))
	return all, outage(err)
}

// SavePasskey adds a passkey, or notes that it was used.
func (s *Store) SavePasskey(ctx context.Context, k offboard.Passkey) error {
	return outage(s.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `insert into passkeys (id, person_id, name, credential, created, used) values ($1, $2, $3, $4, $5, $6)
 on conflict (id) do update set credential = excluded.credential, used = excluded.used`,
			k.ID, string(k.PersonID), k.Name, k.Credential, unix(k.Created), unix(k.Used))
		return err
	}))
}

// RemovePasskey takes a passkey away from its person.
func (s *Store) RemovePasskey(ctx context.Context, person org.UserID, id string) error {
	return outage(s.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, "delete from passkeys where person_id = $1 and id = $2", string(person), id)
		return err
	}))
}
