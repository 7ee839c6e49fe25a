package identity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Credentials is what somebody types to sign in.
type Credentials struct {
	Name     string
	Password string
	Address  string // of the client
	AppID    string // through which app; empty for the admin center
}

const (
	freeAttempts = 5
	longestLock  = 15 * time.Minute
)

// lockFor is how long an account is locked for an address after so many
// failures in a row: not for the first four, then 2, 4, 8 … seconds.
func lockFor(failures int) time.Duration {
	if failures < freeAttempts {
		return 0
	}
	return min(longestLock, time.Second<<min(failures-freeAttempts+1, 20))
}

// SignIn answers the person whose name and password these are. It refuses with
// ErrBadPassword, ErrLocked, ErrDisabled or ErrMustChangePassword; with the
// last one the person is answered too. An unknown name looks and takes as long
// as a wrong password.
func (s *Server) SignIn(ctx context.Context, with Credentials) (Person, error) {
	person, err := s.signIn(ctx, with)
	event := SignInEvent{PersonID: person.ID, Name: with.Name, AppID: with.AppID, Address: with.Address}
	if why, ok := errors.AsType[*Refusal](err); ok {
		event.Code = why.Code
	} else if err != nil {
		return Person{}, err
	}
	s.heard(ctx, event)
	if err != nil && !errors.Is(err, ErrMustChangePassword) {
		return Person{}, err
	}
	return person, err
}

func (s *Server) signIn(ctx context.Context, with Credentials) (Person, error) {
	name := strings.ToLower(strings.TrimSpace(with.Name))
	person, err := s.cfg.Directory.PersonByName(ctx, name)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Person{}, fmt.Errorf("find person: %w", err)
	}
	// The lock is looked at where no more run than there are processors, so
	// that many guesses at a time get no further than one after the other.
	p := s.cfg.Passwords
	if err := p.enter(ctx); err != nil {
		return Person{}, err
	}
	defer p.leave()
	key := name + "|" + with.Address
	until, err := s.cfg.Attempts.LockedUntil(ctx, key)
	if err != nil {
		return Person{}, fmt.Errorf("read attempts: %w", err)
	}
	now := s.cfg.Now()
	if wait := until.Sub(now); wait > 0 {
		return person, &Refusal{Code: ErrLocked.Code, RetryAfter: wait}
	}
	if !p.matches(person.PasswordHash, with.Password) {
		if err := s.cfg.Attempts.Failed(ctx, key, now, lockFor); err != nil {
			return Person{}, fmt.Errorf("count an attempt: %w", err)
		}
		return person, refuse(50126)
	}
	if err := s.cfg.Attempts.Cleared(ctx, key); err != nil {
		return Person{}, fmt.Errorf("clear attempts: %w", err)
	}
	switch {
	case !person.Enabled:
		return person, refuse(50057)
	case person.MustChangePassword:
		return person, refuse(50055)
	}
	return person, nil
}

// ChangePassword puts a new password in the place of the one in with, which
// may be one that must be changed. It refuses as SignIn does, and with
// ErrWeakPassword.
func (s *Server) ChangePassword(ctx context.Context, with Credentials, password string) (Person, error) {
	person, err := s.SignIn(ctx, with)
	if err != nil && !errors.Is(err, ErrMustChangePassword) {
		return Person{}, err
	}
	if err := CheckPolicy(password, person.UPN); err != nil {
		return Person{}, err
	}
	if password == with.Password {
		return Person{}, refuse(120002)
	}
	hash, err := s.cfg.Passwords.Hash(ctx, password)
	if err != nil {
		return Person{}, err
	}
	if err := s.cfg.Directory.SetPassword(ctx, person.ID, hash); err != nil {
		return Person{}, fmt.Errorf("set the password of %s: %w", person.ID, err)
	}
	person, err = s.cfg.Directory.PersonByID(ctx, person.ID)
	if err != nil {
		return Person{}, fmt.Errorf("find person: %w", err)
	}
	return person, nil
}

// heard tells the audit trail, if there is one.
func (s *Server) heard(ctx context.Context, event SignInEvent) {
	if s.cfg.SignedIn != nil {
		event.At = s.cfg.Now()
		s.cfg.SignedIn(ctx, event)
	}
}
