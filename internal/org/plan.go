package org

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strings"
	"time"
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

// planner carries what the items of one plan share.
type planner struct {
	facts   Facts
	actor   Actor
	now     time.Time
	leaving map[UserID]bool // everybody asked for, who is not refused by the gate
	global  int             // Global Administrators that remain so far
	seen    map[UserID]bool
	subs    map[SubscriptionID]int // seats reduced so far
	plan    Plan
}

// MakePlan decides what a departure of these people does. It changes nothing
// and depends on nothing but its arguments.
func MakePlan(facts Facts, actor Actor, now time.Time) Plan {
	p := &planner{
		facts: facts, actor: actor, now: now, global: facts.Org.GlobalAdmins,
		leaving: make(map[UserID]bool, len(facts.People)), seen: make(map[UserID]bool, len(facts.People)),
	}
	for i := range facts.People {
		if l := &facts.People[i]; l.Found && Gate(actor, &l.Person, facts.Org, true) == nil && text(l.Choices.MailTo) == "" {
			p.leaving[l.Person.ID] = true
		}
	}
	p.plan.Items = make([]Item, 0, len(facts.People))
	for i := range facts.People {
		item := p.item(&facts.People[i])
		if item.Outcome != OutcomeRefused {
			p.plan.Leaving++
		}
		p.plan.Items = append(p.plan.Items, item)
	}
	p.plan.MassDelete = facts.Org.Settings.MassDelete(p.plan.Leaving, facts.Org.People)
	p.plan.Hash = hashPlan(&p.plan)
	return p.plan
}

// item plans one person.
func (p *planner) item(l *Leaver) Item {
	it := Item{Asked: l.Asked, User: Ref{Name: l.Asked}, Outcome: OutcomeRefused}
	if !l.Found {
		if r := May(p.actor, DeleteUser); r != nil {
			it.Refusals = []*Refusal{r} // who may not delete learns nothing about who exists, R-SM-10
			return it
		}
		it.Refusals = []*Refusal{Refuse(NotFound, "user.notFound", "R-SM-10", Arg{"user", l.Asked})}
		return it
	}
	it.User = l.Person.Ref()
	it.Refusals = p.refusals(l)
	if len(it.Refusals) > 0 {
		return it
	}
	p.seen[l.Person.ID] = true
	if holds(&l.Person, GlobalAdmin) && l.Person.AccountEnabled {
		p.global--
	}
	it.Outcome = OutcomeDelete
	if text(l.Choices.MailTo) != "" {
		it.Outcome = OutcomeKeep // R-DEL-32
	}
	it.Steps = p.steps(l, it.Outcome)
	it.Consequences = p.consequences(l, &it)
	return it
}

// refusals lists why this person can't leave this way: the gate first, since
// the rest makes no sense without it, then everything wrong with the choices.
func (p *planner) refusals(l *Leaver) []*Refusal {
	keep := text(l.Choices.MailTo) != ""
	o := *p.facts.Org
	o.GlobalAdmins = p.global // those who leave in the same run count, R-ROLE-21
	if r := Gate(p.actor, &l.Person, &o, keep); r != nil {
		return []*Refusal{r}
	}
	if p.seen[l.Person.ID] {
		return []*Refusal{Refuse(Invalid, "user.twice", "R-SM-14", Arg{"user", l.Person.Ref()})}
	}
	rs := l.Choices.contradictions()
	rs = append(rs, p.mailRefusals(l)...)
	rs = append(rs, p.fileRefusals(l)...)
	if l.Choices.hold() && l.Person.Mailbox == nil {
		rs = append(rs, Refuse(Conflict, "mailbox.none", "R-MBX-21", Arg{"user", l.Person.Ref()}).On("holdMailbox"))
	}
	if l.Choices.hold() && l.Person.Mailbox != nil {
		if r := May(p.actor, ManageMailbox); r != nil {
			rs = append(rs, Refuse(Denied, "choice.mailNeedsExchangeAdmin", "R-SM-11").On("holdMailbox"))
		}
		if !p.facts.Org.Products.mayHold(&l.Person) {
			rs = append(rs, Refuse(Conflict, "mailbox.holdNeedsPlan2", "R-MBX-23", Arg{"user", l.Person.Ref()}).On("holdMailbox"))
		}
	}
	if l.Choices.stopPaying() && May(p.actor, SetQuantity) != nil {
		rs = append(rs, Refuse(Denied, "choice.stopPayingNeedsBillingAdmin", "R-SM-11").On("reduceSubscriptions")) // R-ROLE-06
	}
	return append(rs, p.aliasRefusals(l)...)
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
		no(Denied, "choice.mailNeedsExchangeAdmin", "R-SM-11") // R-ROLE-03 R-ROLE-12
	}
	m := l.Person.Mailbox
	switch {
	case m == nil || !m.Disconnected.IsZero():
		no(Conflict, "mailbox.none", "R-MBX-02")
	case m.Type == SharedMailbox:
		no(Conflict, "user.sharedMailbox", "R-DEL-30")
	case !p.facts.Org.Products.Licensed(&l.Person, Exchange):
		no(Conflict, "mailbox.unlicensed", "R-MBX-02") // R-SM-16
	case m.ForwardTo != "" && l.Choices.unassign():
		no(Conflict, "mailbox.forwards", "R-DEL-33", Arg{"to", m.ForwardTo}) // R-SM-16
	}
	heir, known := p.facts.Heirs[HeirKey(to)]
	switch {
	case !known:
		no(Invalid, "heir.notFound", "R-MBX-09", Arg{"heir", to})
	case heir.Ref.ID == string(l.Person.ID):
		no(Invalid, "heir.self", "R-WIZ-08")
	case p.leaving[UserID(heir.Ref.ID)]:
		no(Conflict, "heir.leaves", "R-WIZ-08", Arg{"heir", heir.Ref})
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
	case p.leaving[UserID(heir.Ref.ID)]:
		no(Conflict, "heir.leaves", "R-WIZ-07", Arg{"heir", heir.Ref})
	}
	return rs
}

func (p *planner) aliasRefusals(l *Leaver) []*Refusal {
	a := l.Choices.RemoveAliases
	if a == nil || a.All {
		return nil
	}
	var rs []*Refusal
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

// hashPlan is one hash over all that was decided, without the dates: they move
// with the clock, what they are attached to does not.
func hashPlan(p *Plan) string {
	h := sha256.New()
	for i := range p.Items {
		hashItem(h, &p.Items[i])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Fingerprint is the hash over the steps alone. A run compares it at the moment
// it acts, so that nobody is treated otherwise than was confirmed.
func Fingerprint(steps []Step) string {
	h := sha256.New()
	for i := range steps {
		hashStep(h, &steps[i])
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func hashItem(h hash.Hash, it *Item) {
	put(h, it.User.ID, it.User.Name, it.User.DisplayName, string(it.Outcome))
	for i := range it.Steps {
		hashStep(h, &it.Steps[i])
	}
	for i := range it.Consequences {
		c := &it.Consequences[i]
		put(h, "c", c.Rule, c.Key)
		hashArgs(h, c.Args)
	}
	for _, r := range it.Refusals {
		put(h, "r", r.Reason, r.Target)
	}
}

func hashStep(h hash.Hash, s *Step) {
	put(h, "s", string(s.Kind), s.To.ID, s.Name, s.Replies.Inside, s.Replies.Outside, string(s.Replies.Audience), string(s.Sub), string(s.When))
	put(h, s.Aliases...)
	for _, sku := range s.Skus {
		put(h, string(sku))
	}
	for _, r := range s.Roles {
		put(h, string(r))
	}
}

func hashArgs(h hash.Hash, args Args) {
	for _, a := range args {
		switch v := a.Value.(type) {
		case time.Time:
		case string:
			put(h, v)
		case Ref:
			put(h, v.ID)
		default:
			fmt.Fprintf(h, "%v\x00", v)
		}
	}
}

// put writes strings with their ends marked, so that none runs into the next.
func put(h hash.Hash, ss ...string) {
	var end = [1]byte{0}
	for _, s := range ss {
		h.Write([]byte(s))
		h.Write(end[:])
	}
	end[0] = 1
	h.Write(end[:])
}

// StateHash is a fingerprint of everything about a person that the steps of a
// plan follow from. A run compares it at the moment it acts: nobody is treated
// otherwise than was confirmed.
func StateHash(p *Person) string {
	h := sha256.New()
	put(h, string(p.ID), p.UPN, p.DisplayName, fmt.Sprint(p.AccountEnabled, p.Synced, p.PasswordHash == NoPassword, p.Drive != nil, p.InRoleGroup, p.InRestrictedUnit))
	for _, r := range p.Roles {
		put(h, string(r))
	}
	for _, a := range p.Addresses {
		put(h, a.Proxy())
	}
	for _, l := range p.Licenses {
		put(h, string(l.Sku), string(l.Group))
	}
	if m := p.Mailbox; m != nil {
		reason, _ := m.NeedsLicense()
		put(h, string(m.Type), m.ForwardTo, reason, fmt.Sprint(m.Litigation, m.Disconnected.IsZero()))
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}
