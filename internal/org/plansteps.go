package org

import (
	"slices"
	"strings"
	"time"
)

// steps lays down what will be done to one person, in lock-first order. A kind
// that the case does not need is absent. R-WIZ-16
func (p *planner) steps(l *Leaver, outcome Outcome) []Step {
	person, c := &l.Person, &l.Choices
	steps := p.scratch[:0]
	add := func(s Step) { steps = append(steps, s) }
	if len(person.Roles) > 0 {
		add(Step{Kind: RemoveRoles, Roles: slices.Clone(person.Roles)})
	}
	if person.AccountEnabled {
		add(Step{Kind: BlockSignIn}) // R-FE-10
	}
	if person.PasswordHash != NoPassword {
		add(Step{Kind: RotatePassword}) // R-FE-11: it takes effect at once
	}
	add(Step{Kind: RevokeAllSessions})
	if c.hold() && !person.Mailbox.Litigation {
		add(Step{Kind: PlaceHold}) // before the delete, R-DEL-37 R-SM-17 R-FE-20
	}
	if outcome == OutcomeKeep {
		steps = append(steps, p.mailSteps(l)...) // R-FE-40
	}
	if aliases := p.aliases(l); len(aliases) > 0 {
		add(Step{Kind: RemoveAliases, Aliases: aliases})
	}
	if heir, ok := p.filesHeir(l, outcome); ok {
		add(Step{Kind: GrantDrive, To: heir}) // R-FE-50
	}
	removed := p.removable(l, outcome)
	if len(removed) > 0 {
		add(Step{Kind: RemoveLicenses, Skus: removed, Names: p.productNames(removed), DriveUnlicensed: p.uncovers(l, outcome, removed)}) // after converting, R-MBX-02 R-FE-60
	}
	if outcome == OutcomeDelete {
		add(Step{Kind: DeleteAccount}) // R-FE-70; whatever the state of the drive, R-OD-25
	}
	if c.stopPaying() {
		steps = append(steps, p.reductions(freed(l, outcome, removed))...) // last: never below what is assigned, R-LIC-21 R-WIZ-05
	}
	p.scratch = steps
	return slices.Clone(steps)
}

// mailSteps hands the mailbox over. R-WIZ-08 R-WIZ-09 R-WIZ-10 R-WIZ-12
func (p *planner) mailSteps(l *Leaver) []Step {
	heir := p.facts.Heirs[HeirKey(text(l.Choices.MailTo))]
	var steps []Step
	if r := p.replies(l, heir); r.Status != "" {
		steps = append(steps, Step{Kind: SetAutomaticReplies, Replies: r})
	}
	steps = append(steps, Step{Kind: ConvertMailbox}, Step{Kind: GrantMailbox, To: heir.Ref})
	if name := text(l.Choices.MailboxDisplayName); name != "" && name != l.Person.DisplayName {
		steps = append(steps, Step{Kind: RenameMailbox, Name: name})
	}
	return steps
}

// replies makes the automatic reply that the choices ask for. R-WIZ-10 R-MBX-29
func (p *planner) replies(l *Leaver, heir Heir) Replies {
	inside, outside := text(l.Choices.ReplyInside), text(l.Choices.ReplyOutside)
	if inside == "" && outside == "" {
		return Replies{}
	}
	auto := p.replyTemplate(l.Person.PreferredLanguage)
	auto = strings.NewReplacer("{leaver}", l.Person.DisplayName, "{heir}", heir.Ref.DisplayName, "{heirMail}", heir.Mail).Replace(auto)
	if strings.EqualFold(inside, ReplyAuto) {
		inside = auto
	}
	switch {
	case strings.EqualFold(outside, ReplyAuto):
		outside = auto
	case strings.EqualFold(outside, ReplySame):
		outside = inside
	}
	r := Replies{Status: "alwaysEnabled", Audience: AudienceNone, Inside: inside, Outside: outside}
	if outside != "" {
		r.Audience = AudienceAll
	}
	return r
}

// replyTemplate is the prewritten text in the leaver's language. R-WIZ-10
func (p *planner) replyTemplate(language string) string {
	for _, lang := range []string{language, p.org.Settings.DefaultLanguage, "en"} {
		short, _, _ := strings.Cut(strings.ToLower(lang), "-")
		if t, ok := p.facts.ReplyTemplates[short]; ok && short != "" {
			return t
		}
	}
	return ""
}

func (p *planner) aliases(l *Leaver) []string {
	a := l.Choices.RemoveAliases
	if a == nil {
		return nil
	}
	var out []string
	for _, x := range l.Person.Addresses {
		if !x.Primary && (a.All || containsFold(a.List, x.Value)) {
			out = append(out, x.Value)
		}
	}
	return out
}

// filesHeir is who gets the drive: the one chosen, else the manager, else, of a
// deleted account, the secondary owner, else nobody. R-OD-04
func (p *planner) filesHeir(l *Leaver, outcome Outcome) (heir Ref, ok bool) {
	to, manager, owner := text(l.Choices.FilesTo), l.Around.Manager, p.org.Settings.SecondaryOwner
	switch {
	case l.Person.Drive == nil || strings.EqualFold(to, FilesToNobody):
		return Ref{}, false
	case to != "":
		return p.heir(to)
	case !p.org.Settings.DriveDelegation:
		return Ref{}, false
	case manager != nil && !p.goes(UserID(manager.ID)):
		return *manager, true
	case outcome == OutcomeKeep:
		return Ref{}, false // who cleans up after the deleted has nothing to clean up, R-OD-03
	case owner != "" && owner != l.Person.ID && !p.goes(owner):
		return p.heir(string(owner))
	}
	return Ref{}, false
}

// goes says that somebody leaves in this plan, whatever becomes of the account.
func (p *planner) goes(id UserID) bool {
	_, leaving := p.leaving[id]
	return leaving
}

func (p *planner) heir(reference string) (Ref, bool) {
	h, ok := p.facts.Heirs[HeirKey(reference)]
	return h.Ref, ok
}

// unassigns says whether licences are to be taken away: unless chosen otherwise,
// if the actor may. R-SM-11
func (p *planner) unassigns(l *Leaver) bool {
	return l.Choices.unassign() && May(p.actor, AssignLicense) == nil
}

// removable lists the products that are taken away. From a held mailbox none
// goes before its deletion, which frees them anyway (R-SM-17). Of an account
// that is kept only direct ones can go (R-LIC-15), and not the one that its
// mailbox needs (R-MBX-03 R-MBX-04 R-DEL-37).
func (p *planner) removable(l *Leaver, outcome Outcome) []SkuID {
	if !p.unassigns(l) {
		return nil
	}
	if outcome == OutcomeDelete {
		if m := l.Person.Mailbox; m != nil && (m.Held() || l.Choices.hold()) {
			return nil // R-SM-17
		}
		return l.Person.Products()
	}
	var out []SkuID
	reason, _ := l.Person.Mailbox.NeedsLicense()
	for _, sku := range l.Person.Products() {
		direct := slices.ContainsFunc(l.Person.Licenses, func(x License) bool { return x.Sku == sku && x.Group == "" })
		needed := reason != "" && (p.org.Products.provides(sku, Exchange) || p.org.Products.archives(sku))
		if direct && !needed {
			out = append(out, sku)
		}
	}
	return out
}

// freed lists the products of which a seat comes free: all of a deleted account,
// and of one that is kept those that no group gives as well. R-SM-18 R-LIC-14
func freed(l *Leaver, outcome Outcome, removed []SkuID) []SkuID {
	if outcome == OutcomeDelete {
		return l.Person.Products()
	}
	return slices.DeleteFunc(slices.Clone(removed), l.Person.Inherited)
}

// uncovers says whether a kept account's drive loses its last licence. R-SM-08
func (p *planner) uncovers(l *Leaver, outcome Outcome, removed []SkuID) bool {
	if outcome == OutcomeDelete || l.Person.Drive == nil {
		return false
	}
	stay := Person{Licenses: slices.Clone(l.Person.Licenses)}
	stay.takeLicenses(removed)
	return !p.org.Products.Licensed(&stay, SharePoint)
}

// provides says whether a product contains a service.
func (ps Products) provides(sku SkuID, s Service) bool {
	product := ps.Find(sku)
	return product != nil && slices.ContainsFunc(product.Plans, func(x ServicePlan) bool { return x.Provides == s })
}

// mayHold says whether the licences allow a hold on the mailbox: Exchange Online
// Plan 2, or Plan 1 with archiving. R-MBX-23
func (ps Products) mayHold(p *Person) bool {
	return slices.ContainsFunc(ps.plans(p.Licenses), func(x ServicePlan) bool {
		return x.Name == "EXCHANGE_S_ENTERPRISE" || archiving(x)
	})
}

// archiving: the plan that Plan 1 needs beside it for a hold or an archive. R-MBX-04
func archiving(x ServicePlan) bool { return strings.HasPrefix(x.Name, "EXCHANGE_S_ARCHIVE") }

// archives says whether a product contains archiving.
func (ps Products) archives(sku SkuID) bool {
	product := ps.Find(sku)
	return product != nil && slices.ContainsFunc(product.Plans, archiving)
}

func (p *planner) productNames(skus []SkuID) []string {
	names := make([]string, len(skus))
	for i, sku := range skus {
		names[i] = p.org.Products.Name(sku)
	}
	return names
}

// reductions gives seats back, now where the contract allows it, else at the
// renewal where that is possible. What is not possible is left out here and
// told as a consequence. R-LIC-42 R-SM-12
func (p *planner) reductions(skus []SkuID) []Step {
	var steps []Step
	for _, sku := range skus {
		s, refusal, atRenewal := p.subscription(sku)
		if s == nil || s.Free() < 0 {
			continue
		}
		step := Step{Kind: ReduceSubscription, Sub: s.ID, Skus: []SkuID{sku}, Name: s.DisplayName, When: Now, At: p.now}
		if refusal != nil {
			if !atRenewal {
				continue
			}
			step.When, step.At = Renewal, s.TermEnd
		}
		if p.subs == nil {
			p.subs = make(map[SubscriptionID]int)
		}
		p.subs[s.ID]++
		steps = append(steps, step)
		p.save(s, step.At)
	}
	return steps
}

func (p *planner) save(s *Subscription, from time.Time) {
	for i := range p.plan.Savings {
		x := &p.plan.Savings[i]
		if x.Product == s.DisplayName && x.From.Equal(from) {
			x.Seats++
			x.Monthly.Minor += s.MonthlyPrice().Minor
			return
		}
	}
	p.plan.Savings = append(p.plan.Savings, Saving{s.DisplayName, 1, s.MonthlyPrice(), from})
}

// subscription picks the subscription of a product that a seat would be given
// back to, among those that have one left: one that can be reduced now, else one
// that can at renewal, else any.
func (p *planner) subscription(sku SkuID) (*Subscription, *Refusal, bool) {
	var best *Subscription
	var why *Refusal
	var later bool
	for i := range p.org.Subscriptions {
		s := &p.org.Subscriptions[i]
		if s.Sku != sku || s.Total <= p.subs[s.ID] {
			continue
		}
		refusal, atRenewal := s.Reducible(p.now)
		if s.Bound > 0 && refusal == nil { // of those that were added, some are given back already
			left := *s
			left.Total -= p.subs[s.ID]
			refusal, atRenewal = left.Reducible(p.now)
		}
		if refusal == nil {
			return s, nil, true
		}
		if best == nil || (atRenewal && !later) {
			best, why, later = s, refusal, atRenewal
		}
	}
	return best, why, later
}

func (p *planner) subscriptionByID(id SubscriptionID) *Subscription {
	i := slices.IndexFunc(p.org.Subscriptions, func(s Subscription) bool { return s.ID == id })
	return &p.org.Subscriptions[i]
}
