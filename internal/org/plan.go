package org

import (
	"slices"
	"strings"
)

// Plan is what deleting people will do. It is a value: page, API, command line
// and dry run show the same one, and a run carries out exactly this or nothing.
type Plan struct {
	Hash    string
	Items   []Item
	Savings []Saving
	// Leaving counts the items that are not refused. MassDelete says that this
	// many need to be confirmed by name. R-AD-07
	Leaving    int
	MassDelete bool
}

// Item is the plan for one person.
type Item struct {
	Asked        string
	User         Ref
	Outcome      Outcome
	Steps        []Step
	Consequences []Consequence
	Refusals     []*Refusal
}

// outcome is how the departure ends when nothing stands in the way. R-DEL-32
func (l *Leaver) outcome() Outcome {
	if text(l.Choices.MailTo) != "" {
		return OutcomeKeep
	}
	return OutcomeDelete
}

// leaves notes that somebody goes: those who leave in one run count together.
func (p *planner) leaves(person *Person, outcome Outcome) {
	p.leaving[person.ID] = outcome
	if person.AccountEnabled && isGlobalAdmin(person) {
		p.org.GlobalAdmins-- // R-ROLE-21
	}
}

// item plans one person.
func (p *planner) item(l *Leaver, refused []*Refusal) Item {
	it := Item{Asked: l.Asked, User: Ref{Name: l.Asked}, Outcome: OutcomeRefused, Refusals: refused}
	if l.Found {
		it.User = l.Person.Ref()
	}
	if len(refused) == 0 {
		it.Refusals = p.leavingHeirs(l)
	}
	if len(it.Refusals) > 0 {
		return it
	}
	it.Outcome = l.outcome()
	it.Steps = p.steps(l, it.Outcome)
	it.Consequences = p.consequences(l, &it)
	return it
}

// refusals lists why this person can't leave this way: the gate first, since
// the rest makes no sense without it, then everything wrong with the choices.
func (p *planner) refusals(l *Leaver) []*Refusal {
	if !l.Found {
		if r := May(p.actor, DeleteUser); r != nil {
			return []*Refusal{r} // who may not delete learns nothing about who exists, R-SM-10
		}
		return []*Refusal{Refuse(NotFound, "user.notFound", "R-SM-10", Arg{"user", l.Asked})}
	}
	if _, twice := p.leaving[l.Person.ID]; twice {
		return []*Refusal{Refuse(Invalid, "user.twice", "R-SM-14", Arg{"user", l.Person.Ref()})}
	}
	if r := Gate(p.actor, &l.Person, &p.org, l.outcome() == OutcomeKeep); r != nil {
		return []*Refusal{r}
	}
	rs := l.Choices.contradictions()
	rs = append(rs, p.mailRefusals(l)...)
	rs = append(rs, p.fileRefusals(l)...)
	rs = append(rs, p.holdRefusals(l)...)
	if l.Choices.RemoveLicenses != nil && *l.Choices.RemoveLicenses && May(p.actor, AssignLicense) != nil {
		rs = append(rs, Refuse(Denied, "choice.licensesNeedLicenseAdmin", "R-SM-11").On("removeLicenses")) // R-ROLE-07
	}
	if l.Choices.stopPaying() && May(p.actor, SetQuantity) != nil {
		rs = append(rs, Refuse(Denied, "choice.stopPayingNeedsBillingAdmin", "R-SM-11").On("reduceSubscriptions")) // R-ROLE-06
	}
	return append(rs, p.aliasRefusals(l)...)
}

// holdRefusals judges the hold before the deletion. R-MBX-21
func (p *planner) holdRefusals(l *Leaver) []*Refusal {
	if !l.Choices.hold() {
		return nil
	}
	if l.Person.Mailbox == nil {
		return []*Refusal{Refuse(Conflict, "mailbox.none", "R-MBX-21", Arg{"user", l.Person.Ref()}).On("holdMailbox")}
	}
	var rs []*Refusal
	if May(p.actor, ManageMailbox) != nil {
		rs = append(rs, Refuse(Denied, "choice.mailNeedsExchangeAdmin", "R-SM-11").On("holdMailbox"))
	}
	if !p.org.Products.mayHold(&l.Person) {
		rs = append(rs, Refuse(Conflict, "mailbox.holdNeedsPlan2", "R-MBX-23", Arg{"user", l.Person.Ref()}).On("holdMailbox"))
	}
	return rs
}

// leavingHeirs refuses heirs who are blocked or deleted by this same plan.
func (p *planner) leavingHeirs(l *Leaver) []*Refusal {
	var rs []*Refusal
	check := func(to, target, rule string) {
		heir, known := p.facts.Heirs[HeirKey(to)]
		if _, leaves := p.leaving[UserID(heir.Ref.ID)]; known && leaves {
			rs = append(rs, Refuse(Conflict, "heir.leaves", rule, Arg{"user", l.Person.Ref()}, Arg{"heir", heir.Ref}).On(target))
		}
	}
	if to := text(l.Choices.MailTo); to != "" {
		check(to, "mailTo", "R-WIZ-08")
	}
	if to := text(l.Choices.FilesTo); to != "" && !strings.EqualFold(to, FilesToNobody) {
		check(to, "filesTo", "R-WIZ-07")
	}
	return rs
}

// mailRefusals judges the mail hand-over. R-SM-11
func (p *planner) mailRefusals(l *Leaver) []*Refusal {
	to := text(l.Choices.MailTo)
	if to == "" {
		return nil
	}
	var rs []*Refusal
	no := func(kind Kind, reason, rule string, args ...Arg) {
		rs = append(rs, Refuse(kind, reason, rule, append(Args{{"user", l.Person.Ref()}}, args...)...).On("mailTo"))
	}
	if May(p.actor, ManageMailbox) != nil {
		no(Denied, "choice.mailNeedsExchangeAdmin", "R-SM-11") // R-ROLE-03 R-ROLE-12 R-ROLE-04
	}
	m := l.Person.Mailbox
	switch {
	case m == nil || !m.Disconnected.IsZero():
		no(Conflict, "mailbox.none", "R-MBX-02")
	case m.Type == SharedMailbox:
		no(Conflict, "user.sharedMailbox", "R-DEL-30")
	case !p.org.Products.Licensed(&l.Person, Exchange):
		no(Conflict, "mailbox.unlicensed", "R-MBX-02") // R-SM-16
	case m.ForwardTo != "" && p.unassigns(l):
		no(Conflict, "mailbox.forwards", "R-DEL-33", Arg{"to", m.ForwardTo}) // R-SM-16
	}
	heir, known := p.facts.Heirs[HeirKey(to)]
	switch {
	case !known:
		no(Invalid, "heir.notFound", "R-MBX-09", Arg{"heir", to})
	case heir.Ref.ID == string(l.Person.ID):
		no(Invalid, "heir.self", "R-WIZ-08")
	case !heir.Exchange:
		no(Conflict, "heir.noMailbox", "R-MBX-09", Arg{"heir", heir.Ref})
	}
	return rs
}

// fileRefusals judges an explicit choice of who gets the files. The default, the
// manager, needs no role: the service itself arranges it. R-OD-04
func (p *planner) fileRefusals(l *Leaver) []*Refusal {
	to := text(l.Choices.FilesTo)
	if to == "" || strings.EqualFold(to, FilesToNobody) {
		return nil
	}
	var rs []*Refusal
	no := func(kind Kind, reason, rule string, args ...Arg) {
		rs = append(rs, Refuse(kind, reason, rule, append(Args{{"user", l.Person.Ref()}}, args...)...).On("filesTo"))
	}
	if May(p.actor, ManageDrive) != nil {
		no(Denied, "choice.filesNeedSharePointAdmin", "R-SM-11") // R-ROLE-03
	}
	if l.Person.Drive == nil {
		no(Conflict, "drive.none", "R-SM-11")
	}
	heir, known := p.facts.Heirs[HeirKey(to)]
	switch {
	case !known:
		no(Invalid, "heir.notFound", "R-WIZ-07", Arg{"heir", to})
	case heir.Ref.ID == string(l.Person.ID):
		no(Invalid, "heir.self", "R-WIZ-07")
	}
	return rs
}

func (p *planner) aliasRefusals(l *Leaver) []*Refusal {
	a := l.Choices.RemoveAliases
	if a == nil || !a.All && len(a.List) == 0 {
		return nil
	}
	var rs []*Refusal
	if May(p.actor, ManageMailbox) != nil {
		rs = append(rs, Refuse(Denied, "choice.aliasesNeedExchangeAdmin", "R-SM-11").On("removeAliases")) // R-API-18
	}
	for _, want := range a.List {
		i := slices.IndexFunc(l.Person.Addresses, func(x Address) bool { return strings.EqualFold(x.Value, want) })
		switch {
		case i < 0:
			rs = append(rs, Refuse(Invalid, "alias.unknown", "R-WIZ-13", Arg{"alias", want}, Arg{"user", l.Person.Ref()}).On("removeAliases"))
		case l.Person.Addresses[i].Primary:
			rs = append(rs, Refuse(Invalid, "alias.primary", "R-WIZ-13", Arg{"alias", want}, Arg{"user", l.Person.Ref()}).On("removeAliases"))
		}
	}
	return rs
}
