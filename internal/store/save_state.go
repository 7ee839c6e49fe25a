package store

import (
	"slices"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// stateArgs are the columns that departures change; profileArgs the others.
func stateArgs(p *org.Person) []any {
	name := org.OriginalUPN(p.ID, p.UPN)
	return []any{
		name, Fold(name), p.AccountEnabled, syncState(p), null(p.Deleted), unix(p.SessionsValidFrom), p.SessionEpoch, p.PasswordHash,
		p.ParkedPasswordHash, p.MustChangePassword, unix(p.LicensesRemoved), len(p.Products()) > 0, hasShared(p),
	}
}

func syncState(p *org.Person) int64 {
	switch {
	case p.Synced:
		return 1
	case p.WasSynced:
		return 2
	}
	return 0
}

func hasShared(p *org.Person) bool { return p.Mailbox != nil && p.Mailbox.Type == org.SharedMailbox }

// stateBatch is people in whose rows the same columns change.
type stateBatch struct {
	cols  []string
	rows  [][]any
	names []string // for the refusal of one that is taken
	// named: somebody gets a name that somebody else may have by now.
	named bool
}

// batch adds a person to the batch of those who change alike. Only columns that
// differ are written: the database would write every index of a column that is
// named, also when the value stays.
func batch(all []*stateBatch, c *offboard.Change) []*stateBatch {
	s := differing(&c.Before, &c.After)
	if c.By != nil { // in the same statement, and not by an index of the journal: each departure would write a page of it
		s.set("departed", itemKey(c.By.Departure, c.By.Ordinal))
	}
	if len(s.args) == 0 {
		return all
	}
	s.set("pk", c.After.Key)
	i := slices.IndexFunc(all, func(b *stateBatch) bool { return slices.Equal(b.cols, s.cols) })
	if i < 0 {
		i, all = len(all), append(all, &stateBatch{cols: s.cols})
	}
	b := all[i]
	b.rows, b.names, b.named = append(b.rows, s.args), append(b.names, c.After.UPN), b.named || s.named
	return all
}

// setting is columns with their new values.
type setting struct {
	cols  []string
	args  []any
	named bool
}

func (s *setting) set(column string, value any) {
	if s.cols == nil {
		s.cols, s.args = make([]string, 0, 10), make([]any, 0, 10)
	}
	s.cols, s.args = append(s.cols, column), append(s.args, value)
}

// differing is what departures change.
func differing(b, a *org.Person) setting {
	var s setting
	if b.UPN != a.UPN {
		if was, is := org.OriginalUPN(b.ID, b.UPN), org.OriginalUPN(a.ID, a.UPN); was != is {
			s.set("upn", is)
			s.set("upn_key", Fold(is))
			s.named = true
		}
	}
	if b.AccountEnabled != a.AccountEnabled {
		s.set("enabled", a.AccountEnabled)
	}
	if was, is := syncState(b), syncState(a); was != is {
		s.set("sync_state", is)
	}
	if !b.Deleted.Equal(a.Deleted) {
		s.set("deleted", null(a.Deleted))
		s.named = s.named || a.Deleted.IsZero() // who comes back takes the name again
	}
	if unix(b.SessionsValidFrom) != unix(a.SessionsValidFrom) {
		s.set("sessions_from", unix(a.SessionsValidFrom))
	}
	if b.SessionEpoch != a.SessionEpoch {
		s.set("session_epoch", a.SessionEpoch)
	}
	if b.PasswordHash != a.PasswordHash {
		s.set("password_hash", a.PasswordHash)
	}
	if b.ParkedPasswordHash != a.ParkedPasswordHash {
		s.set("parked_hash", a.ParkedPasswordHash)
	}
	if b.MustChangePassword != a.MustChangePassword {
		s.set("must_change", a.MustChangePassword)
	}
	if unix(b.LicensesRemoved) != unix(a.LicensesRemoved) {
		s.set("licenses_removed", unix(a.LicensesRemoved))
	}
	if was, is := len(b.Products()) > 0, len(a.Products()) > 0; was != is {
		s.set("licensed", is)
	}
	if was, is := hasShared(b), hasShared(a); was != is {
		s.set("shared", is)
	}
	return s
}
