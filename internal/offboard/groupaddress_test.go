package offboard_test

import (
	"slices"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestAddressesOfGroups: nobody who comes back, and nobody of a file, gets an
// address that a group has by now.
func TestAddressesOfGroups(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		storetest.Add(t, s, storetest.Plain(1, "mila"), storetest.Plain(2, "quinten"), storetest.Person(3, "anna"), storetest.Person(4, "bram"))
		mila, quinten := o.person(t, "mila@contoso.com"), o.person(t, "quinten@contoso.com")
		dep := o.run(t, org.Choices{RemoveAliases: &org.Aliases{All: true}}, "mila@contoso.com", "quinten@contoso.com", "anna@contoso.com")
		kept := o.run(t, org.Choices{RemoveAliases: &org.Aliases{All: true}, MailTo: ptr("carla@contoso.com")}, storetest.Add(t, s, storetest.Person(5, "carla"), storetest.Person(6, "daan"))[1].UPN)
		groups := map[string]*org.Group{}
		for _, nickname := range []string{"mila", "quinten", "anna.alias", "daan.alias"} {
			g, err := o.CreateGroup(t.Context(), boss, org.Group{DisplayName: "De " + nickname, MailNickname: nickname, Unified: true, MailEnabled: true}, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			groups[nickname] = g
		}
		t.Run("R-RES-08 a user name", func(t *testing.T) {
			check := func(how string, err error) {
				t.Helper()
				r := org.RefusalOf(err)
				if r == nil || r.Reason != "restore.nameOfGroup" || r.Rule != "R-RES-08" || r.Kind != org.Conflict || r.Target != "userPrincipalName" ||
					!is(r.Args.Get("group"), groups["mila"]) {
					t.Errorf("%s: got %v", how, err)
				}
			}
			how := offboard.Restoring{RestoreOptions: org.RestoreOptions{Reconcile: true}}
			_, err := o.RestoreUser(t.Context(), boss, string(mila.ID), how)
			check("one", err)
			many, err := o.RestoreMany(t.Context(), boss, []string{string(mila.ID)}, how)
			if err != nil {
				t.Fatal(err)
			}
			check("of several", many[0].Err)
			how.NewUPN = "daan.alias@contoso.com"
			_, err = o.RestoreUser(t.Context(), boss, string(mila.ID), how)
			if r := org.RefusalOf(err); r == nil || r.Reason != "restore.addressTaken" {
				t.Errorf("another group's name: got %v", err)
			}
			how.NewUPN = "mila2@contoso.com"
			if back, err := o.RestoreUser(t.Context(), boss, string(mila.ID), how); err != nil || back.Person.UPN != "mila2@contoso.com" {
				t.Errorf("under another name: got %v, %v", back.Person.UPN, err)
			}
		})
		t.Run("R-RES-11 an alias, unless it is left behind", func(t *testing.T) {
			_, err := o.RestoreUser(t.Context(), boss, string(o.items(t, dep)[2].User.ID), offboard.Restoring{})
			if r := org.RefusalOf(err); r == nil || r.Reason != "restore.addressTaken" || !is(r.Args.Get("owner"), groups["anna.alias"]) {
				t.Errorf("got %v", err)
			}
		})
		t.Run("R-RES-09 undo", func(t *testing.T) {
			for _, id := range []org.DepartureID{dep.ID, kept.ID} {
				if _, err := o.Undo(t.Context(), boss, id); err != nil {
					t.Fatal(err)
				}
				o.work(t)
			}
			if it := o.items(t, dep)[1]; it.Undone || it.Notes[0].Key != "undo.refused.restore.nameOfGroup" {
				t.Errorf("quinten: undone %t, %+v", it.Undone, it.Notes)
			}
			if p := storetest.Load(t, s, string(quinten.ID))[0]; p.Active() {
				t.Error("quinten is back under the address of a group")
			}
			for name, it := range map[string]offboard.Item{"anna": o.items(t, dep)[2], "daan": o.items(t, kept)[0]} {
				p := o.person(t, name+"@contoso.com")
				noted := slices.ContainsFunc(it.Notes, func(n org.Note) bool {
					return n.Key == "restore.addressDropped" && n.Rule == "R-RES-09" && is(n.Args.Get("owner"), groups[name+".alias"])
				})
				if !it.Undone || !noted || len(p.Addresses) != 1 || p.Addresses[0].Value != p.UPN {
					t.Errorf("%s: undone %t, notes %+v, addresses %v", name, it.Undone, it.Notes, p.Addresses)
				}
			}
		})
		t.Run("R-MBX-32 a file", func(t *testing.T) {
			rows := []offboard.ImportRow{
				{User: org.User{UPN: "Quinten@contoso.com", DisplayName: "New"}},
				{User: org.User{UPN: "new@contoso.com", DisplayName: "New"}, Addresses: []string{"SMTP:new@contoso.com", "smtp:Anna.Alias@contoso.com"}},
				{User: org.User{UPN: "bram@contoso.com", DisplayName: "Bram"}, Addresses: []string{"smtp:daan.alias@contoso.com"}},
				{User: org.User{UPN: "mila2@contoso.com", DisplayName: "Mila"}, Addresses: []string{"smtp:free@contoso.com"}},
			}
			_, faults, err := o.Preview(t.Context(), boss, rows)
			if err != nil {
				t.Fatal(err)
			}
			var bad []int
			for _, f := range faults {
				bad = append(bad, f.Index)
				if f.Refusal.Reason != "address.taken" || f.Refusal.Rule != "R-MBX-32" || f.Refusal.Args.Get("owner") == nil {
					t.Errorf("row %d: got %v", f.Index, f.Refusal)
				}
			}
			if !slices.Equal(bad, []int{0, 1, 2}) {
				t.Errorf("refused rows %v", bad)
			}
			for i := range rows[:3] { // a group that came after the file was looked at
				if _, err := o.Import(t.Context(), boss, rows[i:i+1], false, nil); org.RefusalOf(err) == nil || org.RefusalOf(err).Reason != "address.taken" {
					t.Errorf("row %d: got %v", i, err)
				}
			}
			if _, err := o.Import(t.Context(), boss, rows[3:], false, nil); err != nil {
				t.Errorf("the rest: %v", err)
			}
		})
	})
}

// is says that an argument of a sentence names the group, with its address.
func is(arg any, g *org.Group) bool {
	return arg == org.Ref{ID: string(g.ID), Name: g.Mail, DisplayName: g.DisplayName}
}
