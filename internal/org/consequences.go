package org

import (
	"slices"
	"time"
)

// teller collects the consequences for one person.
type teller struct {
	p    *planner
	l    *Leaver
	out  []Consequence
	args []Arg // of all consequences, one after the other
}

func (t *teller) say(rule string, severity Severity, key string, args ...Arg) {
	t.out = append(t.out, Consequence{Rule: rule, Key: key, Severity: severity, Args: t.keep(args)})
}

func (t *teller) date(at time.Time, rule string, severity Severity, key string, args ...Arg) {
	t.out = append(t.out, Consequence{Rule: rule, Key: key, Severity: severity, Args: t.keep(args, Arg{"date", at}), Date: at})
}

// keep moves arguments into the one list that all consequences share.
func (t *teller) keep(args []Arg, more ...Arg) Args {
	from := len(t.args)
	t.args = append(append(t.args, args...), more...)
	return Args(t.args[from:len(t.args):len(t.args)])
}

// consequences says what an administrator would want to know before anything
// happens, the account first, then mail, files, money, and other people.
func (p *planner) consequences(l *Leaver, it *Item) []Consequence {
	t := &teller{p: p, l: l, out: make([]Consequence, 0, 16), args: make([]Arg, 0, 24)}
	clocks := p.clocksAfter(&l.Person, it.Steps)
	t.account(it.Outcome, clocks)
	t.mailbox(it.Outcome, clocks)
	t.addresses(it, clocks)
	t.files(it, clocks)
	t.licenses(it)
	t.others(it.Outcome)
	return t.out
}

// clocksAfter are the clocks of a person who has departed: ClocksOf of what
// Depart gives, without making that person.
func (p *planner) clocksAfter(before *Person, steps []Step) Clocks {
	after := Person{User: User{Deleted: before.Deleted}}
	var m Mailbox
	var d Drive
	if before.Mailbox != nil {
		m, after.Mailbox = *before.Mailbox, &m
	}
	if before.Drive != nil {
		d, after.Drive = *before.Drive, &d
	}
	for i := range steps {
		switch s := &steps[i]; s.Kind {
		case PlaceHold:
			m.Litigation = true
		case RemoveLicenses:
			if s.DriveUnlicensed && d.Unlicensed.IsZero() {
				d.Unlicensed = p.now
			}
		case DeleteAccount:
			after.Deleted = p.now
		default: // no clock
		}
	}
	return ClocksOf(&after, p.org.Settings, p.now)
}

func (t *teller) account(outcome Outcome, c Clocks) {
	if outcome == OutcomeKeep {
		t.say("R-DEL-32", Info, "account.kept")
		t.say("R-MBX-07", Info, "account.signInStaysBlocked")
	} else {
		t.date(c.User, "R-DEL-01", Info, "account.purged")
		t.say("R-DEL-22", Info, "account.nameFree", Arg{"name", t.l.Person.UPN})
	}
	t.say("R-DEL-12", Info, "account.sessionsEnd")
}

func (t *teller) mailbox(outcome Outcome, c Clocks) {
	m := t.l.Person.Mailbox
	if m == nil {
		return
	}
	if outcome == OutcomeKeep {
		t.sharedMailbox(m)
		return
	}
	held := m.Held() || t.l.Choices.hold()
	switch {
	case held:
		t.say("R-MBX-21", Info, "mailbox.inactive")
	case !c.Mailbox.IsZero() && !m.Disconnected.IsZero():
		t.date(c.Mailbox, "R-SM-05", Warning, "mailbox.goneBeforeAccount") // its own clock started earlier
	default:
		t.date(c.Mailbox, "R-DEL-07", Info, "mailbox.softDeleted")
	}
	t.say("R-DEL-08", Info, "mailbox.refusesMail")
	if len(m.Permissions) > 0 {
		t.say("R-MBX-06", Warning, "mailbox.delegatesLoseAccess", Arg{"count", len(delegates(m))})
	}
}

func (t *teller) sharedMailbox(m *Mailbox) {
	if reason, rule := m.NeedsLicense(); reason != "" && t.p.unassigns(t.l) {
		t.say(rule, Warning, reason, Arg{"size", m.Size}, Arg{"limit", SharedFreeLimit})
	}
	if m.ForwardTo != "" {
		t.say("R-MBX-16", Warning, "mailbox.keepsForwarding", Arg{"to", m.ForwardTo})
	}
	t.say("R-MBX-01", Info, "mailbox.keepsEverything")
	t.say("R-MBX-12", Info, "mailbox.heirRights")
	if heir := t.p.facts.Heirs[HeirKey(text(t.l.Choices.MailTo))]; !heir.Enabled {
		t.say("R-MBX-09", Warning, "mailbox.heirBlocked", Arg{"heir", heir.Ref})
	}
}

func (t *teller) addresses(it *Item, c Clocks) {
	removed := removedAliases(it.Steps)
	var kept []string
	for _, a := range t.l.Person.Addresses {
		if !slices.Contains(removed, a.Value) {
			kept = append(kept, a.Value)
		}
	}
	if len(removed) > 0 {
		t.say("R-WIZ-13", Info, "addresses.free", Arg{"addresses", removed}, Arg{"count", len(removed)})
	}
	if len(kept) > 0 && it.Outcome == OutcomeDelete {
		until := c.Mailbox
		if until.IsZero() {
			until = c.User
		}
		t.date(until, "R-SM-09", Info, "addresses.reserved", Arg{"addresses", kept}, Arg{"count", len(kept)})
	}
}

func removedAliases(steps []Step) []string {
	for i := range steps {
		if steps[i].Kind == RemoveAliases {
			return steps[i].Aliases
		}
	}
	return nil
}

func (t *teller) files(it *Item, c Clocks) {
	d := t.l.Person.Drive
	if d == nil {
		return
	}
	heir := grantee(it.Steps)
	switch {
	case it.Outcome == OutcomeKeep && !c.DriveArchived.IsZero():
		t.date(c.DriveReadOnly, "R-OD-20", Warning, "files.readOnly")
		t.date(c.DriveArchived, "R-OD-20", Warning, "files.archived")
	case it.Outcome == OutcomeKeep:
		t.say("R-OD-14", Info, "files.stay")
	case c.DriveHeld:
		t.say("R-OD-10", Info, "files.held")
	default:
		t.date(c.Drive, "R-OD-01", Info, "files.retained")
		if heir != nil {
			t.date(c.DriveNotice, "R-OD-05", Info, "files.secondNotice", Arg{"heir", *heir})
		}
		t.date(c.DriveGone, "R-OD-06", Info, "files.gone")
	}
	if heir != nil {
		t.filesTo(*heir)
	} else if it.Outcome == OutcomeDelete {
		t.say("R-OD-04", Warning, "files.toNobody")
	}
	around := &t.l.Around
	ends := !c.Drive.IsZero() || !c.DriveArchived.IsZero()
	switch count := (Arg{"count", around.SharedItems}); {
	case around.SharedItems == 0 || !ends:
	case len(around.SharedWith) == 0:
		t.say("R-OD-08", Warning, "files.sharedUnnamed", count)
	default:
		t.say("R-OD-08", Warning, "files.shared", count, Arg{"people", around.SharedWith[:min(len(around.SharedWith), 10)]})
	}
	if len(around.Devices) > 0 {
		t.say("R-DEL-10", Warning, "files.onDevices", Arg{"devices", around.Devices}, Arg{"count", len(around.Devices)})
	}
}

// filesTo says who gets the files and why, and what stands in their way.
func (t *teller) filesTo(heir Ref) {
	chosen, manager := text(t.l.Choices.FilesTo), t.l.Around.Manager
	blocked := false
	switch {
	case chosen != "":
		t.say("R-WIZ-07", Info, "files.toHeir", Arg{"heir", heir})
		blocked = !t.p.facts.Heirs[HeirKey(chosen)].Enabled
	case manager != nil && manager.ID == heir.ID:
		t.say("R-OD-04", Info, "files.toManager", Arg{"heir", heir})
		blocked = t.l.Around.ManagerBlocked
	default:
		t.say("R-OD-04", Info, "files.toSecondaryOwner", Arg{"heir", heir})
		blocked = !t.p.facts.Heirs[HeirKey(string(t.p.org.Settings.SecondaryOwner))].Enabled
	}
	if blocked {
		t.say("R-WIZ-07", Warning, "files.heirBlocked", Arg{"heir", heir})
	}
}

func grantee(steps []Step) *Ref {
	for i := range steps {
		if steps[i].Kind == GrantDrive {
			return &steps[i].To
		}
	}
	return nil
}

// others says who else notices: groups, reports, people who forward to the
// leaver, mailboxes that lose their last reader.
func (t *teller) others(outcome Outcome) {
	around := &t.l.Around
	if outcome == OutcomeKeep {
		if around.Groups > 0 {
			t.say("R-DEL-32", Info, "groups.stays", Arg{"count", around.Groups})
		}
		if n := len(around.Reports); n > 0 { // the link stays with the account, and leads to nobody
			t.say("R-DEL-15", Warning, "reports.keepManager", Arg{"count", n}, Arg{"people", around.Reports[:min(n, 10)]})
		}
		return
	}
	if around.Groups > 0 {
		t.say("R-DEL-13", Info, "groups.leaves", Arg{"count", around.Groups})
	}
	for _, g := range around.Owned {
		if t.p.allLeave(g.Others) {
			t.say("R-DEL-14", Warning, "groups.ownerless", Arg{"group", g.Group})
		}
	}
	if n := len(around.Reports); n > 0 {
		t.say("R-DEL-15", Warning, "reports.noManager", Arg{"count", n}, Arg{"people", around.Reports[:min(n, 10)]})
	}
	for _, f := range around.Forwarders {
		t.say("R-DEL-08", Warning, "mail.forwardedHere", Arg{"person", f})
	}
	for _, d := range around.Delegated {
		switch {
		case !t.p.allLeave(d.Others):
		case d.Shared:
			t.say("R-MBX-06", Warning, "mailbox.nobodyLeft", Arg{"mailbox", d.Mailbox})
		default:
			t.say("R-MBX-06", Info, "mailbox.losesOnlyDelegate", Arg{"mailbox", d.Mailbox})
		}
	}
}

// allLeave says that nobody of these remains after this plan.
func (p *planner) allLeave(ids []UserID) bool {
	return !slices.ContainsFunc(ids, func(id UserID) bool { return p.leaving[id] != OutcomeDelete })
}

func delegates(m *Mailbox) []UserID {
	var who []UserID
	for _, p := range m.Permissions {
		if !slices.Contains(who, p.Who) {
			who = append(who, p.Who)
		}
	}
	return who
}
