package store

import (
	"slices"
	"strconv"

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
	text  string
	rows  [][]any
	names []string // for the refusal of one that is taken
}

// batch adds a person to the batch of those who change alike. Only columns that
// differ stand in its statement: the database would write every index of a column
// that is named, also when the value stays.
func batch(all []*stateBatch, c *offboard.Change) []*stateBatch {
	s := differing(&c.Before, &c.After)
	if len(s.args) == 0 {
		return all
	}
	text := string(strconv.AppendInt(append(s.text, " where pk = $"...), int64(len(s.args)+1), 10))
	i := slices.IndexFunc(all, func(b *stateBatch) bool { return b.text == text })
	if i < 0 {
		i, all = len(all), append(all, &stateBatch{text: text})
	}
	b := all[i]
	b.rows, b.names = append(b.rows, append(s.args, c.After.Key)), append(b.names, c.After.UPN)
	return all
}

// setting is an update with its arguments.
type setting struct {
	text []byte
	args []any
}

func (s *setting) set(column string, value any) {
	if s.text == nil {
		s.text, s.args = append(make([]byte, 0, 256), "update users set "...), make([]any, 0, 8)
	} else {
		s.text = append(s.text, ", "...)
	}
	s.args = append(s.args, value)
	s.text = strconv.AppendInt(append(append(s.text, column...), " = $"...), int64(len(s.args)), 10)
}

// differing is the update of what departures change.
func differing(b, a *org.Person) setting {
	var s setting
	if b.UPN != a.UPN {
		if was, is := org.OriginalUPN(b.ID, b.UPN), org.OriginalUPN(a.ID, a.UPN); was != is {
			s.set("upn", is)
			s.set("upn_key", Fold(is))
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
