package org

import (
	"testing"
	"time"
)

func TestPurge(t *testing.T) {
	nextDay := monday.Add(10 * Day)
	for _, c := range []struct {
		name    string
		choices *Choices // nil: the plain delete
		changes []func(*Person)
		want    Remains
	}{
		{"R-PERM-04 R-SM-06 still licensed", nil, nil, Remains{Mailbox: true, MailboxDue: nextDay.Add(30 * Day), Drive: true}},
		{"R-PERM-04 licence taken away with the deletion", &Choices{}, nil, Remains{Drive: true}},
		{"R-PERM-04 licence kept with the deletion", &Choices{RemoveLicenses: no()}, nil, Remains{Mailbox: true, MailboxDue: nextDay.Add(30 * Day), Drive: true}},
		{"R-PERM-04 licence gone before the deletion", nil, []func(*Person){func(p *Person) { p.Licenses, p.Mailbox.Disconnected = nil, monday.Add(-Day) }}, Remains{Drive: true}},
		{"R-PERM-05 R-MBX-21 held", &Choices{HoldMailbox: yes()}, nil, Remains{Mailbox: true, MailboxHeld: true, MailboxDue: monday.Add(30 * Day), Drive: true}},
		{"R-PERM-05 another hold", nil, []func(*Person){func(p *Person) { p.Mailbox.Holds = []string{"case"} }}, Remains{Mailbox: true, MailboxHeld: true, MailboxDue: monday.Add(30 * Day), Drive: true}},
		{"R-PERM-05 R-MBX-25 hold lifted after the deletion", &Choices{HoldMailbox: yes()}, []func(*Person){nil, func(p *Person) { p.Mailbox.Litigation = false }}, Remains{Mailbox: true, MailboxDue: nextDay.Add(30 * Day), Drive: true}},
		{"R-PERM-02 nothing to leave", nil, []func(*Person){func(p *Person) { p.Mailbox, p.Drive = nil, nil }}, Remains{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := somebody("anna")
			if len(c.changes) > 0 && c.changes[0] != nil {
				c.changes[0](&p)
			}
			steps := DeleteSteps()
			if c.choices != nil {
				it := planOf(p, *c.choices)
				wantPlan(t, it, OutcomeDelete)
				steps = it.Steps
			}
			p = Depart(p, steps, monday)
			if len(c.changes) > 1 {
				c.changes[1](&p)
			}
			if got := Purge(&p, DefaultSettings(), nextDay); got != c.want {
				t.Errorf("remains = %+v\nwant      %+v", got, c.want)
			}
		})
	}
	p := Depart(somebody("anna"), DeleteSteps(), monday)
	t.Run("R-SM-06 the stay can be set", func(t *testing.T) {
		s := DefaultSettings()
		s.PurgedMailboxDays = 7
		if got := Purge(&p, s, nextDay).MailboxDue; !got.Equal(nextDay.Add(7 * Day)) {
			t.Errorf("mailbox until %s", got)
		}
	})
	for _, c := range []struct {
		name string
		at   time.Duration
		days int
		want bool
	}{
		{"R-OD-01 R-SM-07 a drive keeps its own retention", 30 * Day, 365, true},
		{"R-SM-07 in the recycle bin it is still there", 122 * Day, 30, true},
		{"R-SM-07 past everything it goes along", 123 * Day, 30, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := DefaultSettings()
			s.DriveRetentionDays = c.days
			if got := Purge(&p, s, monday.Add(c.at)).Drive; got != c.want {
				t.Errorf("drive remains: %v, want %v", got, c.want)
			}
		})
	}
}
