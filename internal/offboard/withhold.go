package offboard

import (
	"slices"

	"leaver/internal/org"
)

// Withheld names what an item leaves out because its reader's roles don't open it,
// and says why.
type Withheld struct {
	Fields []string
	Why    *org.Refusal
}

// Withhold takes out of the items of a departure what reading the mailbox or the
// drive itself would not show this reader: where mail is forwarded, who was to get
// access, and what the replies say. Whoever began the run was told all of it, and
// chose it. R-ROLE-11
func (dep *Departure) Withhold(reader org.Actor, items []Item) {
	if dep.OpenTo(reader) {
		return
	}
	for i := range items {
		items[i].withhold(reader)
	}
}

// OpenTo says that Withhold takes nothing away from this reader, whoever left.
func (dep *Departure) OpenTo(reader org.Actor) bool {
	if reader.ID == dep.CreatedBy.ID && reader.ID != "" {
		return true
	}
	reads := []org.Operation{org.ReadMailbox, org.ReadReplies, org.ReadDrive}
	return !slices.ContainsFunc(reads, func(op org.Operation) bool { return org.May(reader, op) != nil })
}

func (it *Item) withhold(reader org.Actor) {
	p := it.Before
	if p == nil {
		p = &org.Person{User: org.User{ID: org.UserID(it.User.ID)}}
	}
	without := func(op org.Operation, take func() []string) {
		r := org.MayRead(reader, op, p)
		if r == nil {
			return
		}
		if fields := take(); len(fields) > 0 {
			it.Withheld = append(it.Withheld, Withheld{fields, r})
		}
	}
	without(org.ReadMailbox, func() (fields []string) {
		fields = it.hideArg(fields, "to", org.HiddenAddress)
		fields = it.hideHeir(fields, org.GrantMailbox)
		return hideText(fields, &it.Choices.MailTo, "choices.mailTo")
	})
	without(org.ReadReplies, func() (fields []string) {
		fields = hideText(fields, &it.Choices.ReplyInside, "choices.replyInside")
		return hideText(fields, &it.Choices.ReplyOutside, "choices.replyOutside")
	})
	without(org.ReadDrive, func() (fields []string) {
		fields = it.hideHeir(fields, org.GrantDrive)
		return hideText(fields, &it.Choices.FilesTo, "choices.filesTo")
	})
}

// hideArg hides a value of the sentence that says why somebody was refused. What
// the store reads is shared between items, so it is copied.
func (it *Item) hideArg(fields []string, name string, hidden org.Hidden) []string {
	i := slices.IndexFunc(it.Args, func(a org.Arg) bool { return a.Name == name })
	if i < 0 {
		return fields
	}
	it.Args = slices.Clone(it.Args)
	it.Args[i].Value = hidden
	if slices.Contains(fields, "message") {
		return fields
	}
	return append(fields, "message")
}

// hideHeir hides who was to get the mailbox or the drive.
func (it *Item) hideHeir(fields []string, kind org.StepKind) []string {
	fields = it.hideArg(fields, "heir", org.HiddenPerson)
	if i := slices.IndexFunc(it.Steps, func(s org.Step) bool { return s.Kind == kind }); i >= 0 {
		it.Steps = slices.Clone(it.Steps)
		it.Steps[i].To = org.Ref{}
		fields = append(fields, "steps.summary")
	}
	return fields
}

func hideText(fields []string, text **string, name string) []string {
	if *text == nil {
		return fields
	}
	*text = nil
	return append(fields, name)
}
