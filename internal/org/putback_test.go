package org

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// putBack undoes a departure a day later in a world where nobody is in the way.
func putBack(current, before Person, steps []Step, w World, opt RestoreOptions) (Person, []Note, error) {
	return PutBack(current, before, steps, monday, w, opt, monday.Add(Day))
}

func noted(notes []Note, key string) *Note {
	i := slices.IndexFunc(notes, func(n Note) bool { return n.Key == key })
	if i < 0 {
		return nil
	}
	return &notes[i]
}

func TestPutBackAll(t *testing.T) {
	everything := mailTo("bram")
	everything.MailboxDisplayName, everything.ReplyInside, everything.RemoveAliases = word("Former: anna"), word(ReplyAuto), &Aliases{All: true}
	everything.FilesTo = word("id-carla")
	rich := with(holding("anna", HelpdeskAdmin, ReportsReader), func(p *Person) {
		p.ManagerID = "id-bram"
		p.Mailbox.Permissions = []Permission{{"id-carla", FullAccess}}
		p.Mailbox.Replies = Replies{Status: "scheduled", Inside: "Holiday", Start: monday, End: monday.Add(7 * Day)}
		p.Drive.Grants = []DriveGrant{{"id-owner"}}
		p.Licenses = append(p.Licenses, License{Sku: visio, Group: "drawers"}, License{Sku: files})
	})
	for _, c := range []struct {
		name    string
		before  Person
		choices Choices
	}{
		{"R-RES-01 R-RES-12 deleted", rich, Choices{RemoveAliases: &Aliases{All: true}}},
		{"R-RES-01 deleted with a hold", rich, Choices{HoldMailbox: yes()}},
		{"R-MBX-01 kept, everything chosen", rich, everything},
		{"R-MBX-01 kept, little chosen", somebody("anna"), mailTo("bram")},
		{"R-LIC-19 had a mail property without a mailbox", with(somebody("mila"), func(p *Person) { p.Mailbox, p.Addresses, p.Mail = nil, nil, "mila@elsewhere.example" }), Choices{}},
		{"R-RES-19 sign-in was blocked before", with(rich, func(p *Person) { p.AccountEnabled = false }), Choices{}},
		{"R-RES-04 had no password", with(rich, func(p *Person) { p.PasswordHash = NoPassword }), everything},
		{"R-RES-12 had roles suspended from an earlier time", with(rich, func(p *Person) { p.SuspendedRoles = []RoleID{GlobalAdmin} }), everything},
		{"R-SM-08 the drive was unlicensed already", with(somebody("anna"), func(p *Person) {
			p.Licenses, p.Drive.Unlicensed = []License{{Sku: plan1}}, monday.Add(-9*Day)
		}), mailTo("bram")},
		{"R-WIZ-12 the heir had rights already", with(somebody("anna"), func(p *Person) {
			p.Mailbox.Permissions, p.Drive.Grants = []Permission{{"id-bram", SendAs}}, []DriveGrant{{"id-bram"}}
		}), mailTo("bram")},
	} {
		t.Run(c.name, func(t *testing.T) {
			it := planOf(c.before, c.choices)
			if len(it.Refusals) > 0 {
				t.Fatalf("refusals = %v", it.Refusals)
			}
			got, notes, err := putBack(Depart(c.before, it.Steps, monday), c.before, it.Steps, World{}, RestoreOptions{})
			if err != nil || !Same(got, c.before) {
				t.Errorf("put back = %+v, %v\nwant       %+v", got, err, c.before)
			}
			for _, n := range notes {
				if n.Key != "undo.sessionsStayEnded" {
					t.Errorf("note %s, want only that sessions stay ended", n.Key)
				}
			}
			if got.SessionEpoch <= c.before.SessionEpoch {
				t.Error("R-DEL-12: old tokens work again")
			}
		})
	}
	t.Run("R-RES-21 the plain delete", func(t *testing.T) {
		got, notes, err := putBack(Depart(rich, DeleteSteps(), monday), rich, DeleteSteps(), World{}, RestoreOptions{})
		if err != nil || !Same(got, rich) || len(notes) > 0 {
			t.Errorf("put back = %+v, %v, %v", got, notes, err)
		}
	})
	t.Run("R-PERM-04 a licence taken away with one deletion is not taken with the next", func(t *testing.T) {
		gone := Depart(rich, planOf(rich, Choices{}).Steps, monday)
		before := with(gone, func(p *Person) { p.Deleted, p.UPN = time.Time{}, rich.UPN }) // as far as the record goes
		got, _, err := putBack(gone, before, DeleteSteps(), World{}, RestoreOptions{})
		if again := Depart(got, DeleteSteps(), monday); err != nil || !Purge(&again, DefaultSettings(), monday).Mailbox {
			t.Errorf("licences removed at %s, %v; want the mailbox to outlive the second deletion", got.LicensesRemoved, err)
		}
	})
	t.Run("R-RES-06 O-10 licences come back though none is free", func(t *testing.T) {
		o := college()
		o.Subscriptions[0].Assigned = 60
		it := planOf(rich, Choices{})
		gone := Depart(rich, it.Steps, monday)
		if n := len(gone.Seats()); n != 0 {
			t.Fatalf("a deleted person holds %d seats", n)
		}
		got, _, err := putBack(gone, rich, it.Steps, World{}, RestoreOptions{})
		if err != nil || !slices.Equal(got.Seats(), rich.Seats()) || !got.LicensesRemoved.IsZero() {
			t.Errorf("seats = %v, %v; want %v", got.Seats(), err, rich.Seats())
		}
	})
}

func TestPutBackConflicts(t *testing.T) {
	before := somebody("olaf")
	it := planOf(before, Choices{})
	gone := Depart(before, it.Steps, monday)
	const alias, fresh = "olaf.alias@lindeboom.example", "olaf2@lindeboom.example"
	sara := ref("sara")
	taken := func(addresses ...string) World {
		w := World{Taken: map[string]Ref{}}
		for _, a := range addresses {
			w.Taken[strings.ToLower(a)] = sara
		}
		return w
	}
	refused := func(t *testing.T, w World, opt RestoreOptions, reason, rule, target string) {
		t.Helper()
		got, _, err := putBack(gone, before, it.Steps, w, opt)
		r := RefusalOf(err)
		if r == nil || r.Reason != reason || r.Rule != rule || r.Target != target || r.Kind != Conflict {
			t.Errorf("error = %v, want %s by %s on %s", err, reason, rule, target)
		}
		if !Same(got, gone) || got.Active() {
			t.Error("a refused restore changes the person")
		}
	}
	t.Run("R-RES-08 O-04 the name is taken", func(t *testing.T) {
		refused(t, World{UPNTaken: true}, RestoreOptions{Reconcile: true}, "restore.upnTaken", "R-RES-08", "userPrincipalName")
	})
	t.Run("R-RES-08 so is the new one", func(t *testing.T) {
		refused(t, World{UPNTaken: true}, RestoreOptions{NewUPN: fresh, Reconcile: true}, "restore.upnTaken", "R-RES-08", "userPrincipalName")
	})
	t.Run("R-RES-08 the new one is somebody's address", func(t *testing.T) {
		refused(t, taken(fresh), RestoreOptions{NewUPN: strings.ToUpper(fresh), Reconcile: true}, "restore.addressTaken", "R-RES-08", "userPrincipalName")
	})
	t.Run("R-RES-08 the name is the address of a group", func(t *testing.T) {
		w := taken(before.UPN)
		w.Groups = map[string]bool{strings.ToLower(before.UPN): true}
		refused(t, w, RestoreOptions{Reconcile: true}, "restore.nameOfGroup", "R-RES-08", "userPrincipalName")
	})
	t.Run("R-RES-08 a new name becomes the primary address", func(t *testing.T) {
		w := taken(before.UPN)
		got, notes, err := putBack(gone, before, it.Steps, w, RestoreOptions{NewUPN: fresh, Reconcile: true})
		want := []Address{{fresh, true}, {alias, false}, {"olaf.old@lindeboom.example", false}}
		if err != nil || got.UPN != fresh || got.Mail != fresh || !slices.Equal(got.Addresses, want) {
			t.Errorf("put back = %s, mail %s, addresses %v, %v; want %v", got.UPN, got.Mail, got.Addresses, err, want)
		}
		if n := noted(notes, "restore.addressDropped"); n == nil || n.Args.Get("address") != before.UPN {
			t.Errorf("R-RES-09: note = %v", n)
		}
	})
	t.Run("R-RES-08 whoever gives a new name gives up the old one", func(t *testing.T) {
		got, notes, err := putBack(gone, before, it.Steps, taken(before.UPN), RestoreOptions{NewUPN: fresh})
		if err != nil || got.UPN != fresh || got.Mail != fresh || hasAddress(got.Addresses, before.UPN) || noted(notes, "restore.addressDropped") == nil {
			t.Errorf("put back = %s, addresses %v, notes %v, %v", got.UPN, got.Addresses, notes, err)
		}
		refused(t, taken(before.UPN, alias), RestoreOptions{NewUPN: fresh}, "restore.addressTaken", "R-RES-11", "proxyAddresses")
		refused(t, taken(before.UPN), RestoreOptions{}, "restore.addressTaken", "R-RES-11", "proxyAddresses")
	})
	t.Run("R-RES-08 a new name that was an alias", func(t *testing.T) {
		got, _, err := putBack(gone, before, it.Steps, World{}, RestoreOptions{NewUPN: alias})
		primary := slices.DeleteFunc(slices.Clone(got.Addresses), func(a Address) bool { return !a.Primary })
		if err != nil || got.UPN != alias || got.Mail != alias || len(got.Addresses) != 3 || !slices.Equal(primary, []Address{{alias, true}}) {
			t.Errorf("put back = %s, mail %s, addresses %v, %v", got.UPN, got.Mail, got.Addresses, err)
		}
	})
	t.Run("R-RES-11 an address is taken and nobody reconciles", func(t *testing.T) {
		refused(t, taken(alias), RestoreOptions{}, "restore.addressTaken", "R-RES-11", "proxyAddresses")
	})
	t.Run("R-RES-09 an address is taken and dropped", func(t *testing.T) {
		got, notes, err := putBack(gone, before, it.Steps, taken(alias), RestoreOptions{Reconcile: true})
		if err != nil || len(got.Addresses) != 2 || got.Mail != before.Mail {
			t.Errorf("addresses = %v, %v", got.Addresses, err)
		}
		if n := noted(notes, "restore.addressDropped"); n == nil || n.Rule != "R-RES-09" || n.Severity != Warning || n.Args.Get("owner") != sara {
			t.Errorf("note = %+v", n)
		}
	})
	t.Run("R-RES-09 the primary address is taken", func(t *testing.T) {
		got, _, err := putBack(gone, before, it.Steps, taken(before.UPN), RestoreOptions{Reconcile: true})
		if err != nil || len(got.Addresses) != 2 || !got.Addresses[0].Primary || got.Mail != alias {
			t.Errorf("addresses = %v, mail = %s, %v; want the alias first", got.Addresses, got.Mail, err)
		}
	})
	t.Run("R-RES-09 every address is taken", func(t *testing.T) {
		got, _, err := putBack(gone, before, it.Steps, taken(before.UPN, alias, "olaf.old@lindeboom.example"), RestoreOptions{Reconcile: true})
		if err != nil || len(got.Addresses) != 0 || got.Mail != "" {
			t.Errorf("addresses = %v, mail = %q, %v", got.Addresses, got.Mail, err)
		}
	})
	t.Run("R-AD-10 a synchronised one comes back on its own", func(t *testing.T) {
		eva := with(before, func(p *Person) { p.Synced, p.OnPremisesImmutableID = true, "anchor" })
		got, notes, err := putBack(Depart(eva, DeleteSteps(), monday), eva, DeleteSteps(), World{}, RestoreOptions{})
		if err != nil || got.Synced || !got.WasSynced || got.OnPremisesImmutableID != "anchor" || noted(notes, "restore.nowCloudOnly") == nil {
			t.Errorf("synced %v, was %v, notes %v, %v", got.Synced, got.WasSynced, notes, err)
		}
	})
}

func TestPutBackMailbox(t *testing.T) {
	noor := with(somebody("noor"), func(p *Person) { p.Mailbox.Disconnected, p.Licenses = monday.Add(-10*Day), nil })
	it := planOf(noor, Choices{})
	gone := Depart(noor, it.Steps, monday)
	restore := func(current Person, at time.Duration) (Person, []Note) {
		got, notes, err := PutBack(current, noor, it.Steps, monday, World{}, RestoreOptions{}, monday.Add(at))
		if err != nil {
			t.Fatal(err)
		}
		return got, notes
	}
	t.Run("R-SM-05 day 29 is day 39 of the mailbox", func(t *testing.T) {
		got, notes := restore(gone, 29*Day)
		n := noted(notes, "restore.mailboxGone")
		if got.Mailbox != nil || n == nil || n.Severity != Critical || n.Rule != "R-SM-05" || n.Args.Get("date") != monday.Add(20*Day) {
			t.Errorf("mailbox = %+v, note = %+v", got.Mailbox, n)
		}
		if got.Drive == nil || !got.Active() {
			t.Error("the account or the files don't come back")
		}
	})
	t.Run("R-SM-05 the sweep has been there", func(t *testing.T) {
		got, notes := restore(with(gone, func(p *Person) { p.Mailbox = nil }), 29*Day)
		n := noted(notes, "restore.mailboxGone")
		if got.Mailbox != nil || n == nil || n.Args.Get("date") != monday.Add(20*Day) {
			t.Errorf("mailbox = %+v, notes = %v", got.Mailbox, notes)
		}
	})
	t.Run("R-RES-20 in time, its clock goes on", func(t *testing.T) {
		got, notes := restore(gone, 20*Day-1)
		if got.Mailbox == nil || !got.Mailbox.Disconnected.Equal(noor.Mailbox.Disconnected) || noted(notes, "restore.mailboxGone") != nil {
			t.Errorf("mailbox = %+v, notes = %v", got.Mailbox, notes)
		}
	})
	t.Run("R-RES-20 at its last moment", func(t *testing.T) {
		if got, _ := restore(gone, 20*Day); got.Mailbox != nil {
			t.Errorf("mailbox = %+v, want none", got.Mailbox)
		}
	})
	t.Run("R-AD-15 a synchronised one whose licence went first comes back without mail", func(t *testing.T) {
		synced := func(p Person) Person { return with(p, func(p *Person) { p.Synced = true }) }
		got, notes := restore(synced(gone), 29*Day)
		if got.Mailbox != nil || noted(notes, "restore.mailboxGone") == nil || noted(notes, "restore.nowCloudOnly") == nil {
			t.Errorf("mailbox = %+v, notes = %v", got.Mailbox, notes)
		}
	})
	t.Run("R-RES-14 files come back and stay", func(t *testing.T) {
		anna := somebody("anna")
		steps := planOf(anna, Choices{}).Steps
		got, _, err := PutBack(Depart(anna, steps, monday), anna, steps, monday, World{}, RestoreOptions{}, monday.Add(29*Day))
		later := monday.Add(400 * Day)
		if err != nil || got.Drive == nil || got.Drive.DriveStateAt(got.Deleted, later, DefaultSettings()) != DriveActive || !ClocksOf(&got, DefaultSettings(), later).Drive.IsZero() {
			t.Errorf("drive = %+v, %v", got.Drive, err)
		}
	})
	t.Run("R-RES-13 an ordinary one is back on the last day", func(t *testing.T) {
		anna := somebody("anna")
		steps := planOf(anna, Choices{}).Steps
		got, notes, err := PutBack(Depart(anna, steps, monday), anna, steps, monday, World{}, RestoreOptions{}, monday.Add(30*Day-1))
		if err != nil || !Same(got, anna) || noted(notes, "restore.mailboxGone") != nil {
			t.Errorf("put back = %+v, %v, %v", got, notes, err)
		}
	})
}
