package org

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestDepartures checks what has to hold for every organization, whoever asks
// for whatever: 10,000 made-up cases, a hundred with -short.
func TestDepartures(t *testing.T) {
	most := 10_000
	if testing.Short() {
		most = 100
	}
	planned, reached := map[Outcome]int{}, reach{}
	for cases := 0; cases < most && !t.Failed(); {
		rapid.Check(t, func(t *rapid.T) {
			cases++
			m := organization(t)
			asked := make([]Person, len(m.facts.People))
			for i := range asked {
				asked[i] = m.facts.People[i].Person.Clone()
			}
			plan := MakePlan(m.facts, m.actor, monday)
			for i := range asked {
				if !reflect.DeepEqual(m.facts.People[i].Person, asked[i]) {
					t.Fatalf("planning changes %s", asked[i].ID)
				}
			}
			if again := MakePlan(m.facts, m.actor, monday); !reflect.DeepEqual(again, plan) {
				t.Fatal("the same facts give another plan")
			}
			for i := range plan.Items {
				planned[plan.Items[i].Outcome]++
				reached.item(&plan.Items[i])
				checkItem(t, m, &plan.Items[i], &m.facts.People[i])
			}
			checkTogether(t, m, &plan)
		})
	}
	t.Logf("items planned: %v", planned)
	reached.check(t, !testing.Short())
	for _, o := range []Outcome{OutcomeDelete, OutcomeKeep, OutcomeRefused} {
		if planned[o]*20 < most {
			t.Errorf("only %d items are %s: the generators make too few", planned[o], o)
		}
	}
}

func checkItem(t *rapid.T, m made, it *Item, l *Leaver) {
	if it.Outcome == OutcomeRefused {
		if len(it.Refusals) == 0 || len(it.Steps) > 0 {
			t.Fatalf("refused with %d refusals and %d steps", len(it.Refusals), len(it.Steps))
		}
		return
	}
	if len(it.Refusals) > 0 || !slices.IsSortedFunc(it.Steps, func(a, b Step) int {
		return slices.Index(StepKinds(), a.Kind) - slices.Index(StepKinds(), b.Kind)
	}) {
		t.Fatalf("R-WIZ-16: steps = %v, refusals = %v", kinds(it.Steps), it.Refusals)
	}
	before := l.Person
	after := Depart(before, it.Steps, monday)
	if !reflect.DeepEqual(after, Depart(before, it.Steps, monday)) {
		t.Fatal("departing twice gives two results")
	}
	checkAfter(t, m, it, &before, &after)
	checkJSON(t, it, l, &after)
	checkPutBack(t, it, &before, after)
}

// checkAfter looks at the person who has left.
func checkAfter(t *rapid.T, m made, it *Item, before, after *Person) {
	mb := before.Mailbox
	switch {
	case len(after.Roles) > 0 || after.PasswordHash != NoPassword || after.AccountEnabled || after.SessionEpoch <= before.SessionEpoch:
		t.Fatalf("somebody who left can still act: %+v", after)
	case before.Synced:
		t.Fatal("R-AD-01: a synchronised account leaves")
	case it.Outcome == OutcomeDelete && mb != nil && (mb.ForwardTo != "" || mb.Type == SharedMailbox):
		t.Fatal("R-DEL-30: an account that anchors a mailbox is deleted")
	case it.Outcome == OutcomeDelete && (after.Active() || len(after.Seats()) > 0 || !reflect.DeepEqual(after.Licenses, before.Licenses)):
		t.Fatalf("R-DEL-03: deleted %v, seats %v", after.Deleted, after.Seats())
	case it.Outcome == OutcomeKeep && (!after.Active() || after.Mailbox.Type != SharedMailbox || after.UPN != before.UPN):
		t.Fatalf("R-DEL-32: kept as %+v", after)
	}
	if it.Outcome == OutcomeKeep {
		if reason, _ := mb.NeedsLicense(); reason != "" && !m.org.Products.Licensed(after, Exchange) {
			t.Fatalf("R-MBX-04: %s without a licence", reason)
		}
		for _, l := range before.Licenses {
			if l.Group != "" && !holdsLicense(after.Licenses, l) {
				t.Fatalf("R-LIC-15: the inherited %s is gone", l.Sku)
			}
		}
		if d := after.Drive; d != nil && !before.Drive.Unlicensed.IsZero() && !d.Unlicensed.Equal(before.Drive.Unlicensed) {
			t.Fatalf("R-SM-08: the drive's clock is set back to %s", d.Unlicensed)
		}
	}
	if held := mb != nil && mb.Held(); held && it.Outcome == OutcomeDelete && stepOf(it.Steps, RemoveLicenses) != nil {
		t.Fatal("R-SM-17: licences are taken from a held mailbox")
	}
	first := 0
	for i, a := range after.Addresses {
		if a.Primary {
			first++
		}
		if hasAddress(after.Addresses[i+1:], a.Value) || !hasAddress(before.Addresses, a.Value) {
			t.Fatalf("addresses = %v", after.Addresses)
		}
	}
	if first != min(1, len(before.Addresses)) {
		t.Fatalf("%d primary addresses among %v", first, after.Addresses)
	}
	checkClocks(t, after)
	planner := planner{org: *m.org, now: monday}
	if got, want := planner.clocksAfter(before, it.Steps), ClocksOf(after, m.org.Settings, monday); got != want {
		t.Fatalf("clocks told = %+v, want %+v", got, want)
	}
}

// checkClocks compares the dates told with the states derived from them.
func checkClocks(t *rapid.T, p *Person) {
	c := ClocksOf(p, DefaultSettings(), monday)
	for name, at := range map[string]struct {
		date  time.Time
		state func(time.Time) bool
	}{
		"mailbox gone": {c.Mailbox, func(now time.Time) bool { return p.MailboxState(now) == MailboxGone }},
		"drive expired": {c.Drive, func(now time.Time) bool {
			return p.Drive.DriveStateAt(p.Deleted, now, DefaultSettings()) != DriveRetained
		}},
		"drive gone": {c.DriveGone, func(now time.Time) bool { return p.Drive.DriveStateAt(p.Deleted, now, DefaultSettings()) == DriveGone }},
		"drive archived": {c.DriveArchived, func(now time.Time) bool {
			return p.Drive.DriveStateAt(p.Deleted, now, DefaultSettings()) == DriveArchived
		}},
		"purging": {c.User, func(now time.Time) bool { return ClocksOf(p, DefaultSettings(), now).Purging }},
	} {
		if !at.date.IsZero() && (at.state(at.date.Add(-1)) || !at.state(at.date)) {
			t.Fatalf("%s isn't reached at %s", name, at.date)
		}
	}
	Purge(p, DefaultSettings(), monday.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "purged after"))*Day))
}

// checkJSON writes and reads what the journal keeps.
func checkJSON(t *rapid.T, it *Item, l *Leaver, after *Person) {
	steps, read := through(t, it.Steps), through(t, *after)
	if hashOfSteps(steps) != hashOfSteps(it.Steps) || !reflect.DeepEqual(Depart(l.Person, steps, monday), *after) {
		t.Fatalf("steps read back = %+v, want %+v", steps, it.Steps)
	}
	read.Key, read.SessionEpoch, read.PasswordHash, read.ParkedPasswordHash = after.Key, after.SessionEpoch, after.PasswordHash, after.ParkedPasswordHash
	if !Same(read, *after) || !read.SessionsValidFrom.Equal(after.SessionsValidFrom) {
		t.Fatalf("person read back = %+v, want %+v", read, *after)
	}
	if a, b := through(t, l.Choices), l.Choices; b.RemoveAliases != nil && len(a.RemoveAliases.List) != len(b.RemoveAliases.List) {
		t.Fatalf("aliases read back = %+v, want %+v", a.RemoveAliases, b.RemoveAliases)
	}
}

// through writes a value as JSON and reads it back.
func through[T any](t *rapid.T, value T) T {
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var read T
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatalf("read %s: %v", text, err)
	}
	return read
}

// checkPutBack undoes the departure with the record that the journal keeps.
func checkPutBack(t *rapid.T, it *Item, before *Person, after Person) {
	now := monday.Add(time.Duration(rapid.IntRange(0, 29).Draw(t, "days later")) * Day)
	record, steps := through(t, *before), through(t, it.Steps)
	w, reconcile := World{Taken: map[string]Ref{}}, flip(t, "reconcile")
	for _, a := range before.Addresses {
		if seldom(t, 12, "taken") {
			w.Taken[a.Value] = ref("sara")
		}
	}
	got, notes, err := PutBack(after, record, steps, monday, w, RestoreOptions{Reconcile: reconcile}, now)
	if refused := len(w.Taken) > 0 && !reconcile; (err != nil) != refused {
		t.Fatalf("put back: %v, want refused %v", err, refused)
	}
	if err != nil {
		if !reflect.DeepEqual(got, after) {
			t.Fatal("a refused restore changes the person")
		}
		return
	}
	want := before.Clone()
	if noted(notes, "restore.mailboxGone") != nil {
		if want.MailboxState(now) != MailboxGone {
			t.Fatalf("R-SM-05: told that the mailbox is gone: %+v", want.Mailbox)
		}
		want.Mailbox = nil
	}
	if noted(notes, "restore.addressDropped") != nil {
		for _, a := range got.Addresses {
			if _, taken := w.Taken[a.Value]; taken {
				t.Fatalf("R-RES-09: %s is taken from somebody else", a.Value)
			}
		}
		if len(got.Addresses) != len(want.Addresses)-len(w.Taken) {
			t.Fatalf("R-RES-09: addresses = %v", got.Addresses)
		}
		want.Addresses, want.Mail = got.Addresses, got.Mail
	}
	if !Same(got, want) {
		t.Fatalf("put back = %+v\nmailbox %+v drive %+v\nwant %+v\nmailbox %+v drive %+v", got, got.Mailbox, got.Drive, want, want.Mailbox, want.Drive)
	}
}

// checkTogether carries the whole plan out and looks at what is left.
func checkTogether(t *rapid.T, m made, plan *Plan) {
	people := slices.Clone(m.people)
	freed, given := map[SkuID]int{}, map[SkuID]int{}
	bySubscription := map[SubscriptionID]int{}
	leaving := 0
	for _, it := range plan.Items {
		i := slices.IndexFunc(people, func(p Person) bool { return p.ID == UserID(it.User.ID) })
		if it.Outcome == OutcomeRefused {
			continue
		}
		leaving++
		before := people[i]
		people[i] = Depart(before, it.Steps, monday)
		for _, sku := range before.Seats() {
			if !slices.Contains(people[i].Seats(), sku) {
				freed[sku]++
			}
		}
		for _, s := range it.Steps {
			if s.Kind == ReduceSubscription {
				given[s.Skus[0]]++
				bySubscription[s.Sub]++
			}
			if s.Kind == GrantMailbox || s.Kind == GrantDrive {
				for _, other := range plan.Items {
					if other.User.ID == s.To.ID && other.Outcome != OutcomeRefused {
						t.Fatalf("%s inherits and leaves", s.To.Name)
					}
				}
			}
		}
	}
	if remaining(m.people) > 0 && remaining(people) == 0 {
		t.Fatal("R-ROLE-21: nobody is Global Administrator any more")
	}
	for sku, n := range given {
		if n > freed[sku] {
			t.Fatalf("R-LIC-21: %d seats of %s given back, %d freed", n, sku, freed[sku])
		}
	}
	for _, s := range m.org.Subscriptions {
		if bySubscription[s.ID] > s.Total {
			t.Fatalf("R-LIC-21: %d seats given back of %d", bySubscription[s.ID], s.Total)
		}
	}
	saved, reduced := 0, 0
	for _, s := range plan.Savings {
		saved += s.Seats
	}
	for _, n := range given {
		reduced += n
	}
	if saved != reduced || plan.Leaving != leaving {
		t.Fatalf("saving %d seats with %d reductions; %d leaving of %d", saved, reduced, plan.Leaving, leaving)
	}
}
