package org

import (
	"reflect"
	"slices"
	"strings"
	"time"
)

// World is what putting somebody back has to know about everybody else.
type World struct {
	Settings Settings
	Products Products
	// UPNTaken says that an active account carries the name now.
	UPNTaken bool
	// Taken are the addresses, lower case, that belong to somebody else now.
	Taken map[string]Ref
	// People are those of the people named in before (heirs, delegates,
	// manager) who still exist.
	People map[UserID]bool
}

// RestoreOptions are what an administrator can ask for with a restore. R-RES-11
type RestoreOptions struct {
	NewUPN string
	// Reconcile drops addresses that belong to somebody else meanwhile. The
	// admin centre and the command line always do (R-RES-09), Graph when asked.
	Reconcile bool
}

// Note says something about a person put back: what could not be, and why.
type Note struct {
	Key      string   `json:"key"` // "note."+Key in the catalogue
	Rule     string   `json:"rule,omitempty"`
	Severity Severity `json:"severity"`
	Args     Args     `json:"args,omitempty"`
}

// PutBack undoes a departure: current is the person as found, before as it was,
// steps what the run did. What somebody changed since the run is left as they
// made it. It is used by restore (a deleted account) and by undo (either end
// state) alike, and refuses only what R-SM-13 refuses.
func PutBack(current, before Person, steps []Step, ranAt time.Time, w World, opt RestoreOptions, now time.Time) (Person, []Note, error) {
	b := &back{current: current.Clone(), before: before, after: Depart(before, steps, ranAt), w: w, opt: opt, now: now}
	b.after.ParkedPasswordHash, b.after.PasswordHash = current.ParkedPasswordHash, current.PasswordHash
	if !current.Active() {
		if err := b.account(); err != nil {
			return current, nil, err
		}
	}
	for i := range steps {
		b.step(&steps[i])
	}
	b.roles()
	if err := b.addresses(); err != nil {
		return current, nil, err
	}
	b.mailbox()
	b.licenses()
	return b.current, b.notes, nil
}

// back carries one person on the way back.
type back struct {
	current, before, after Person
	w                      World
	opt                    RestoreOptions
	now                    time.Time
	notes                  []Note
}

func (b *back) note(rule string, severity Severity, key string, args ...Arg) {
	b.notes = append(b.notes, Note{Key: key, Rule: rule, Severity: severity, Args: args})
}

// account takes the user out of Deleted users. R-RES-08 R-SM-13
func (b *back) account() error {
	upn := OriginalUPN(b.current.ID, b.current.UPN)
	if b.opt.NewUPN != "" {
		upn = b.opt.NewUPN
	}
	if b.w.UPNTaken {
		return Refuse(Conflict, "restore.upnTaken", "R-RES-08", Arg{"name", upn}).On("userPrincipalName")
	}
	b.current.UPN = upn
	b.current.Deleted = time.Time{}
	if b.current.Synced {
		b.current.Synced, b.current.WasSynced = false, true
		b.note("R-AD-10", Warning, "restore.nowCloudOnly")
	}
	return nil
}

// step puts back what one step changed, unless somebody changed it since.
func (b *back) step(s *Step) {
	cur, was, did := &b.current, &b.before, &b.after
	switch s.Kind {
	case BlockSignIn:
		restoreIf(&cur.AccountEnabled, did.AccountEnabled, was.AccountEnabled)
	case RotatePassword:
		if cur.PasswordHash == NoPassword {
			cur.PasswordHash, cur.ParkedPasswordHash = cur.ParkedPasswordHash, ""
		} else {
			b.note("R-RES-04", Info, "undo.passwordChangedSince")
		}
	case RevokeAllSessions:
		b.note("R-DEL-12", Info, "undo.sessionsStayEnded")
	case RenameMailbox:
		restoreIf(&cur.DisplayName, did.DisplayName, was.DisplayName)
	case PlaceHold, SetAutomaticReplies, ConvertMailbox, GrantMailbox:
		b.mailboxStep(s)
	case GrantDrive:
		if cur.Drive != nil && was.Drive != nil && !slices.Contains(was.Drive.Grants, DriveGrant{UserID(s.To.ID)}) {
			cur.Drive.Grants = slices.DeleteFunc(cur.Drive.Grants, func(g DriveGrant) bool { return g.Who == UserID(s.To.ID) })
		}
	}
}

func (b *back) mailboxStep(s *Step) {
	if b.current.Mailbox == nil || b.before.Mailbox == nil {
		return // said by mailbox()
	}
	cur, was, did := b.current.Mailbox, b.before.Mailbox, b.after.Mailbox
	switch s.Kind {
	case PlaceHold:
		restoreIf(&cur.Litigation, did.Litigation, was.Litigation)
	case SetAutomaticReplies:
		restoreIf(&cur.Replies, did.Replies, was.Replies)
	case ConvertMailbox:
		restoreIf(&cur.Type, did.Type, was.Type) // R-MBX-01
	case GrantMailbox:
		had := func(r Right) bool { return slices.Contains(was.Permissions, Permission{UserID(s.To.ID), r}) }
		for _, r := range []Right{FullAccess, SendAs} {
			if !had(r) {
				cur.Revoke(UserID(s.To.ID), r)
			}
		}
	}
}

// restoreIf puts a value back when nobody changed what the run made of it.
func restoreIf[T comparable](current *T, did, was T) {
	if *current == did {
		*current = was
	}
}

// roles gives back what was suspended. R-RES-12
func (b *back) roles() {
	for _, r := range append(b.current.SuspendedRoles, b.current.Roles...) {
		if !slices.Contains(b.current.Roles, r) {
			b.current.Roles = append(b.current.Roles, r)
		}
	}
	b.current.SuspendedRoles = nil
}

// addresses puts back the addresses that the person had; those that belong to
// somebody else now are dropped, never taken from the other. R-RES-09 R-SM-13
func (b *back) addresses() error {
	out := make([]Address, 0, len(b.before.Addresses))
	for _, a := range b.before.Addresses {
		owner, taken := b.w.Taken[strings.ToLower(a.Value)]
		switch {
		case !taken:
			out = append(out, a)
		case !b.opt.Reconcile:
			return Refuse(Conflict, "restore.addressTaken", "R-RES-11", Arg{"address", a.Value}, Arg{"owner", owner}).On("proxyAddresses")
		default:
			b.note("R-RES-09", Warning, "restore.addressDropped", Arg{"address", a.Value}, Arg{"owner", owner})
		}
	}
	for _, a := range b.current.Addresses { // given since the run
		if !slices.ContainsFunc(out, func(x Address) bool { return strings.EqualFold(x.Value, a.Value) }) &&
			!slices.ContainsFunc(b.before.Addresses, func(x Address) bool { return strings.EqualFold(x.Value, a.Value) }) {
			out = append(out, Address{Value: a.Value})
		}
	}
	if !slices.ContainsFunc(out, func(a Address) bool { return a.Primary }) && len(out) > 0 {
		out[0].Primary = true
	}
	b.current.Addresses = out
	b.mail()
	return nil
}

// mail follows the primary address, and the name when it had to change. R-RES-08
func (b *back) mail() {
	for i, a := range b.current.Addresses {
		if a.Primary && !strings.EqualFold(b.current.Mail, a.Value) {
			b.current.Mail = b.current.Addresses[i].Value
		}
	}
	if len(b.current.Addresses) == 0 && len(b.before.Addresses) > 0 {
		b.current.Mail = ""
	}
	if b.opt.NewUPN == "" || b.current.Mailbox == nil || slices.ContainsFunc(b.current.Addresses, func(a Address) bool { return strings.EqualFold(a.Value, b.opt.NewUPN) }) {
		return
	}
	for i := range b.current.Addresses {
		b.current.Addresses[i].Primary = false
	}
	b.current.Addresses = append([]Address{{b.opt.NewUPN, true}}, b.current.Addresses...)
	b.current.Mail = b.opt.NewUPN
}

// mailbox says what came of the mail. R-SM-05 R-RES-20
func (b *back) mailbox() {
	if b.current.Mailbox == nil {
		if b.before.Mailbox != nil {
			b.note("R-SM-05", Critical, "restore.mailboxGone")
		}
		return
	}
	gone := b.current.Clone()
	gone.Deleted = time.Time{}
	if gone.MailboxState(b.now) == MailboxGone { // its own clock ran out, whether or not the sweep was there
		b.current.Mailbox = nil
		b.note("R-SM-05", Critical, "restore.mailboxGone")
	}
}

// licenses re-attaches what was held, even above what was bought. R-RES-06
func (b *back) licenses() {
	for _, l := range b.before.Licenses {
		if !slices.ContainsFunc(b.current.Licenses, func(x License) bool { return x.Sku == l.Sku && x.Group == l.Group }) && l.Group == "" {
			b.current.Licenses = append(b.current.Licenses, l)
		}
	}
	b.current.LicensesRemoved = b.before.LicensesRemoved
	if b.current.Drive != nil && b.before.Drive != nil {
		restoreIf(&b.current.Drive.Unlicensed, b.after.driveUnlicensed(), b.before.Drive.Unlicensed)
	}
}

func (p *Person) driveUnlicensed() time.Time {
	if p.Drive == nil {
		return time.Time{}
	}
	return p.Drive.Unlicensed
}

// Same says that two persons are the same in everything that putting back can
// put back: sessions that ended stay ended.
func Same(a, b Person) bool {
	for _, p := range []*Person{&a, &b} {
		*p = p.Clone()
		p.SessionEpoch, p.SessionsValidFrom = 0, time.Time{}
		p.ParkedPasswordHash = ""
		slices.Sort(p.Roles)
		slices.SortFunc(p.Licenses, func(x, y License) int {
			return strings.Compare(string(x.Sku)+string(x.Group), string(y.Sku)+string(y.Group))
		})
		slices.SortFunc(p.Addresses, func(x, y Address) int { return strings.Compare(x.Value, y.Value) })
	}
	return reflect.DeepEqual(a, b)
}

// Reduce takes one seat off a subscription, as a run's last step. R-LIC-42
func (s *Subscription) Reduce(when When, at time.Time) {
	if when == Now {
		s.Total--
		s.ProductTotal--
		return
	}
	change := ScheduledChange{Total: s.Total, At: at}
	if s.Scheduled != nil {
		change = *s.Scheduled
	}
	change.Total--
	s.Scheduled = &change // a new one: copies of the subscription share the old
}

// PutBackSeat undoes Reduce: it buys the seat again, or takes it out of the
// scheduled change. R-LIC-33
func (s *Subscription) PutBackSeat(when When) {
	if when == Now || s.Scheduled == nil {
		s.Total++
		s.ProductTotal++
		return
	}
	change := *s.Scheduled
	change.Total++
	s.Scheduled = &change
	if change.Total == s.Total {
		s.Scheduled = nil // nothing is left of the reduction
	}
}
