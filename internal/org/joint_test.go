package org

import (
	"slices"
	"testing"
)

// planAll plans several people at once.
func planAll(f Facts, a Actor) Plan { return MakePlan(f, a, monday) }

func TestJointPlan(t *testing.T) {
	anna, bram, carla := somebody("anna"), somebody("bram"), somebody("carla")
	filesTo := func(who string) Choices { return Choices{FilesTo: word(who + "@lindeboom.example")} }

	t.Run("R-DEL-14 both owners of a group leave", func(t *testing.T) {
		one, two := asking(anna, Choices{}), asking(carla, Choices{})
		one.Around.Owned = []OwnedGroup{{Group: Ref{ID: "g", DisplayName: "Rooster"}, Others: []UserID{carla.ID}}}
		two.Around.Owned = []OwnedGroup{{Group: Ref{ID: "g", DisplayName: "Rooster"}, Others: []UserID{anna.ID}}}
		alone := planAll(about(college(), one), boss())
		if c := told(alone.Items[0], "groups.ownerless"); c != nil {
			t.Errorf("alone: %v, want nothing: carla stays", c)
		}
		both := planAll(about(college(), one, two), boss())
		for _, it := range both.Items {
			if told(it, "groups.ownerless") == nil {
				t.Errorf("%s isn't told that the group has no owner left", it.Asked)
			}
		}
	})
	t.Run("R-DEL-14 a co-owner who is refused stays", func(t *testing.T) {
		one := asking(anna, Choices{})
		one.Around.Owned = []OwnedGroup{{Group: Ref{ID: "g"}, Others: []UserID{carla.ID}}}
		forwards := with(carla, func(p *Person) { p.Mailbox.ForwardTo = "x@lindeboom.example" })
		got := planAll(about(college(), one, asking(forwards, Choices{})), boss())
		if c := told(got.Items[0], "groups.ownerless"); c != nil {
			t.Errorf("consequence = %v, want none", c)
		}
	})
	t.Run("R-MBX-06 the only other delegate leaves too", func(t *testing.T) {
		one := asking(anna, Choices{})
		one.Around.Delegated = []DelegatedMailbox{{Mailbox: ref("info"), Others: []UserID{carla.ID}}}
		if told(planAll(about(college(), one), boss()).Items[0], "mailbox.losesOnlyDelegate") != nil {
			t.Error("told though carla stays")
		}
		if told(planAll(about(college(), one, asking(carla, Choices{})), boss()).Items[0], "mailbox.losesOnlyDelegate") == nil {
			t.Error("not told though carla leaves")
		}
	})
	for name, heirs := range map[string]Choices{
		"R-WIZ-07 an heir of files who is deleted in the same run": {},
		"R-WIZ-07 an heir of files who is kept but blocked":        mailTo("carla"),
	} {
		t.Run(name, func(t *testing.T) {
			got := planAll(about(college(), asking(anna, filesTo("bram")), asking(bram, heirs)), boss())
			wantRefusal(t, got.Items[0], "heir.leaves", "R-WIZ-07")
			if got.Items[1].Outcome == OutcomeRefused || got.Leaving != 1 {
				t.Errorf("bram = %s, leaving = %d; want him to leave, alone", got.Items[1].Outcome, got.Leaving)
			}
		})
	}
	t.Run("R-WIZ-08 an heir of mail who leaves later in the list", func(t *testing.T) {
		got := planAll(about(college(), asking(anna, mailTo("bram")), asking(bram, Choices{})), boss())
		wantRefusal(t, got.Items[0], "heir.leaves", "R-WIZ-08")
	})
	t.Run("R-WIZ-07 an heir who is refused stays and inherits", func(t *testing.T) {
		for name, other := range map[string]Leaver{
			"by the gate":     asking(with(bram, func(p *Person) { p.Mailbox.ForwardTo = "x@lindeboom.example" }), Choices{}),
			"for his choices": asking(bram, Choices{ReplyInside: word("gone")}),
		} {
			got := planAll(about(college(), asking(anna, filesTo("bram")), other), boss())
			if got.Items[0].Outcome != OutcomeDelete {
				t.Errorf("%s: refusals = %v, want none", name, got.Items[0].Refusals)
			}
		}
	})
	t.Run("R-OD-04 the files of a leaver whose manager leaves go to the secondary owner", func(t *testing.T) {
		o := college()
		o.Settings.SecondaryOwner = "id-owner"
		got := planAll(about(o, asking(anna, Choices{}), asking(bram, mailTo("carla"))), boss())
		if s := stepOf(got.Items[0].Steps, GrantDrive); s == nil || s.To.ID != "id-owner" {
			t.Errorf("grantDrive = %+v, want to the secondary owner", s)
		}
	})
	t.Run("R-OD-04 the files go to a manager whose own departure is refused", func(t *testing.T) {
		got := planAll(about(college(), asking(anna, Choices{}), asking(with(bram, func(p *Person) { p.Mailbox.ForwardTo = "x" }), Choices{})), boss())
		if s := stepOf(got.Items[0].Steps, GrantDrive); s == nil || s.To.ID != "id-bram" {
			t.Errorf("grantDrive = %+v, want to bram, who stays", s)
		}
	})
	t.Run("R-ROLE-21 the last two Global Administrators in one run", func(t *testing.T) {
		for _, c := range []Choices{{}, mailTo("carla")} {
			got := planAll(about(college(), asking(holding("anna", GlobalAdmin), c), asking(holding("bram", GlobalAdmin), c)), boss())
			wantPlan(t, got.Items[0], Choices.outcomeOf(c))
			wantRefusal(t, got.Items[1], "user.lastGlobalAdmin", "R-ROLE-21")
		}
	})
	t.Run("R-ROLE-21 others who leave do not count", func(t *testing.T) {
		blocked := with(holding("carla", GlobalAdmin), func(p *Person) { p.AccountEnabled = false })
		got := planAll(about(college(), asking(anna, Choices{}), asking(blocked, Choices{}), asking(holding("bram", GlobalAdmin), Choices{})), boss())
		for _, it := range got.Items {
			wantPlan(t, it, OutcomeDelete)
		}
	})
	t.Run("R-ROLE-21 a refused one does not count as gone", func(t *testing.T) {
		one := asking(holding("anna", GlobalAdmin), Choices{ReplyInside: word("gone")})
		got := planAll(about(college(), one, asking(holding("bram", GlobalAdmin), Choices{})), boss())
		wantRefusal(t, got.Items[0], "choice.replyNeedsMailTo", "R-DEL-07")
		wantPlan(t, got.Items[1], OutcomeDelete)
	})
	t.Run("R-SM-14 the same person twice", func(t *testing.T) {
		got := planAll(about(college(), asking(anna, Choices{}), asking(anna, mailTo("bram"))), boss())
		wantPlan(t, got.Items[0], OutcomeDelete)
		wantRefusal(t, got.Items[1], "user.twice", "R-SM-14")
	})
	t.Run("R-SM-14 the same Global Administrator twice is not the last one", func(t *testing.T) {
		p := asking(holding("anna", GlobalAdmin), Choices{})
		wantRefusal(t, planAll(about(college(), p, p), boss()).Items[1], "user.twice", "R-SM-14")
	})
	t.Run("R-SM-14 a refused row does not stop the others", func(t *testing.T) {
		unknown := Leaver{Asked: "nobody@lindeboom.example"}
		got := planAll(about(college(), unknown, asking(anna, Choices{}), asking(holding("carla", BillingAdmin), Choices{})), by(UserAdmin))
		var outcomes []Outcome
		for _, it := range got.Items {
			outcomes = append(outcomes, it.Outcome)
		}
		if want := []Outcome{OutcomeRefused, OutcomeDelete, OutcomeRefused}; !slices.Equal(outcomes, want) {
			t.Errorf("outcomes = %v, want %v", outcomes, want)
		}
		if got.Items[0].Asked != unknown.Asked || got.Items[0].User.Name != unknown.Asked {
			t.Errorf("item = %+v, want it to say who was asked for", got.Items[0])
		}
	})
}

func (c Choices) outcomeOf() Outcome {
	if c.MailTo != nil {
		return OutcomeKeep
	}
	return OutcomeDelete
}

func TestMassDelete(t *testing.T) {
	for _, c := range []struct {
		name     string
		n, total int
		want     bool
	}{
		{"R-AD-07 500 of many", 500, 100_000, false},
		{"R-AD-07 501 of many", 501, 100_000, true},
		{"R-AD-07 60 % of a hundred", 60, 100, false},
		{"R-AD-07 61 % of a hundred", 61, 100, true},
		{"R-AD-07 19 of 19", 19, 19, false},
		{"R-AD-07 20 of 20", 20, 20, true},
		{"R-AD-07 none of nobody", 0, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := DefaultSettings().MassDelete(c.n, c.total); got != c.want {
				t.Errorf("MassDelete(%d, %d) = %v, want %v", c.n, c.total, got, c.want)
			}
		})
	}
	t.Run("R-AD-07 refused ones do not count", func(t *testing.T) {
		o := college()
		o.Settings.MassDeleteCount = 1
		got := planAll(about(o, asking(somebody("anna"), Choices{}), Leaver{Asked: "nobody"}, Leaver{Asked: "no one"}), boss())
		if got.MassDelete || got.Leaving != 1 {
			t.Errorf("mass delete = %v, leaving = %d; want false, 1", got.MassDelete, got.Leaving)
		}
		got = planAll(about(o, asking(somebody("anna"), Choices{}), asking(somebody("carla"), Choices{})), boss())
		if !got.MassDelete || got.Leaving != 2 {
			t.Errorf("mass delete = %v, leaving = %d; want true, 2", got.MassDelete, got.Leaving)
		}
	})
}
