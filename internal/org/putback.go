package org

import (
	"slices"
	"strings"
	"time"
)

// World is what putting somebody back has to know about everybody else.
type World struct {
	// UPNTaken says that an active account carries the name now.
	UPNTaken bool
	// Taken are the addresses, lower case, that belong to somebody else now: to a
	// person, or to one of the Groups.
	Taken  map[string]Ref
	Groups map[string]bool
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
	b := &back{current: current.Clone(), before: before, after: Depart(before, steps, ranAt), ranAt: ranAt, deleted: !current.Active(), w: w, opt: opt, now: now}
	if b.deleted {
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
	ranAt                  time.Time
	deleted                bool // what was deleted comes back whole; what was kept may have been changed since
	w                      World
	opt                    RestoreOptions
	now                    time.Time
	notes                  []Note
}

func (b *back) note(rule string, severity Severity, key string, args ...Arg) {
	b.notes = append(b.notes, Note{Key: key, Rule: rule, Severity: severity, Args: args})
}

// account takes the user out of Deleted users. R-RES-08 R-SM-13 M-04 O-04
func (b *back) account() error {
	upn := OriginalUPN(b.current.ID, b.current.UPN)
	if b.opt.NewUPN != "" {
		upn = b.opt.NewUPN
	}
	if b.w.UPNTaken {
		return Refuse(Conflict, "restore.upnTaken", "R-RES-08", Arg{"name", upn}).On("userPrincipalName")
	}
	if owner, taken := b.w.Taken[strings.ToLower(b.opt.NewUPN)]; taken {
		return Refuse(Conflict, "restore.addressTaken", "R-RES-08", Arg{"address", upn}, Arg{"owner", owner}).On("userPrincipalName")
	}
	if key := strings.ToLower(upn); b.w.Groups[key] { // mail to that name is the group's now
		return Refuse(Conflict, "restore.nameOfGroup", "R-RES-08", Arg{"name", upn}, Arg{"group", b.w.Taken[key]}).On("userPrincipalName")
	}
	b.current.UPN = upn
	b.current.Deleted = time.Time{}
	if d, was := b.current.Drive, b.before.Drive; d != nil && was != nil { // access that came with the deletion goes with it, R-OD-04
		d.Grants = slices.DeleteFunc(d.Grants, func(g DriveGrant) bool { return !slices.Contains(was.Grants, g) })
	}
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
		restoreIf(&cur.AccountEnabled, did.AccountEnabled, was.AccountEnabled) // R-RES-19
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
	default: // roles, addresses and licences come back all together
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
	default: // not the mailbox
	}
}

// restoreIf puts a value back when nobody changed what the run made of it.
func restoreIf[T comparable](current *T, did, was T) {
	if *current == did {
		*current = was
	}
}

// roles gives back what the run suspended and nobody took away since. R-RES-12
func (b *back) roles() {
	cur := &b.current
	for _, r := range b.before.Roles {
		i := slices.Index(cur.SuspendedRoles, r)
		if i < 0 {
			continue
		}
		cur.SuspendedRoles = slices.Delete(cur.SuspendedRoles, i, i+1)
		if !slices.Contains(cur.Roles, r) {
			cur.Roles = append(cur.Roles, r)
		}
	}
}

// addresses puts back the addresses that the person had; those that belong to
// somebody else now are dropped, never taken from the other. R-RES-09 R-SM-13
func (b *back) addresses() error {
	out := make([]Address, 0, len(b.before.Addresses)+1)
	for _, a := range b.before.Addresses {
		if !b.deleted && hasAddress(b.after.Addresses, a.Value) && !hasAddress(b.current.Addresses, a.Value) {
			continue // the run left it, somebody removed it since
		}
		owner, taken := b.w.Taken[strings.ToLower(a.Value)]
		switch {
		case !taken:
			out = append(out, a)
		case !b.opt.Reconcile && !b.renamed(a):
			return Refuse(Conflict, "restore.addressTaken", "R-RES-11", Arg{"address", a.Value}, Arg{"owner", owner}).On("proxyAddresses")
		default:
			b.note("R-RES-09", Warning, "restore.addressDropped", Arg{"address", a.Value}, Arg{"owner", owner})
		}
	}
	for _, a := range b.current.Addresses { // given since the run
		if !hasAddress(b.before.Addresses, a.Value) {
			out = append(out, a)
		}
	}
	first := primary(b.before.Addresses)
	if now := primary(b.current.Addresses); !strings.EqualFold(now, primary(b.after.Addresses)) {
		first = now
	}
	if b.deleted && b.opt.NewUPN != "" && b.current.Mailbox != nil {
		first = b.opt.NewUPN // R-RES-08
		if !hasAddress(out, first) {
			out = slices.Insert(out, 0, Address{Value: first})
		}
	}
	b.current.Addresses = out
	b.mail(first)
	return nil
}

// renamed says that an address goes by the name that a restore replaces by
// another: whoever gives the new name gives up the old one. R-RES-08
func (b *back) renamed(a Address) bool {
	return b.deleted && b.opt.NewUPN != "" && strings.EqualFold(a.Value, OriginalUPN(b.before.ID, b.before.UPN))
}

// mail makes one address primary, the first when the wanted one is not there, and
// lets the mail property follow it. R-LIC-19
func (b *back) mail(first string) {
	out := b.current.Addresses
	if len(out) == 0 {
		if len(b.before.Addresses) > 0 {
			b.current.Mail = ""
		}
		return
	}
	if !hasAddress(out, first) {
		first = out[0].Value
	}
	for i := range out {
		if out[i].Primary = strings.EqualFold(out[i].Value, first); out[i].Primary && !strings.EqualFold(b.current.Mail, first) {
			b.current.Mail = out[i].Value
		}
	}
}

func hasAddress(list []Address, value string) bool {
	return slices.ContainsFunc(list, func(a Address) bool { return strings.EqualFold(a.Value, value) })
}

func primary(list []Address) string {
	i := slices.IndexFunc(list, func(a Address) bool { return a.Primary })
	if i < 0 {
		return ""
	}
	return list[i].Value
}

// mailbox says what came of the mail. R-SM-05 R-RES-20 R-RES-13 R-AD-15
func (b *back) mailbox() {
	if b.current.Mailbox == nil {
		if b.before.Mailbox != nil {
			b.note("R-SM-05", Critical, "restore.mailboxGone", Arg{"date", b.before.Mailbox.End(b.ranAt)})
		}
		return
	}
	gone := b.current.Clone()
	gone.Deleted = time.Time{}
	if gone.MailboxState(b.now) == MailboxGone { // its own clock ran out, whether or not the sweep was there
		b.note("R-SM-05", Critical, "restore.mailboxGone", Arg{"date", gone.mailboxDue()})
		b.current.Mailbox = nil
	}
}

// licenses re-attaches what was held, even above what was bought. R-RES-06 O-10
func (b *back) licenses() {
	for _, l := range b.before.Licenses {
		left := !b.deleted && holdsLicense(b.after.Licenses, l) // by the run; if it is gone, somebody took it since
		if l.Group == "" && !left && !holdsLicense(b.current.Licenses, l) {
			b.current.Licenses = append(b.current.Licenses, l)
		}
	}
	b.current.LicensesRemoved = time.Time{} // it says something of deleted accounts only, R-PERM-04
	if cur, was, did := b.current.Drive, b.before.Drive, b.after.Drive; cur != nil && was != nil && cur.Unlicensed.Equal(did.Unlicensed) {
		cur.Unlicensed = was.Unlicensed
	}
}

func holdsLicense(list []License, l License) bool {
	return slices.ContainsFunc(list, func(x License) bool { return x.Sku == l.Sku && x.Group == l.Group })
}
