package store_test

import (
	"reflect"
	"slices"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// whole is somebody with something in every field that is stored.
func whole(n int64, name string, heir org.UserID) org.Person {
	p := storetest.Person(n, name)
	p.Synced, p.OnPremisesImmutableID, p.HiddenFromLists, p.InRestrictedUnit, p.MustChangePassword = true, "aW0=", true, true, true
	p.ManagerID, p.SessionEpoch, p.ParkedPasswordHash = heir, 4, "parked"
	p.Roles = []org.RoleID{org.HelpdeskAdmin, org.UserAdmin}
	slices.Sort(p.Roles)
	p.LicensesRemoved = storetest.Noon
	p.Licenses = []org.License{{Sku: storetest.PBI, DisabledPlans: []string{"a", "b"}, Error: "CountViolation", Assigned: storetest.Noon.AddDate(0, -2, 0)}, p.Licenses[0]}
	slices.SortFunc(p.Licenses, func(a, b org.License) int { return a.Assigned.Compare(b.Assigned) })
	p.Mailbox = &org.Mailbox{
		Type: org.SharedMailbox, ForwardTo: "Elders@fabrikam.com", KeepCopy: true, Litigation: true, Holds: []string{"zaak 1", "zaak 2"}, Archive: true,
		Size: 62 * org.GB, Disconnected: storetest.Noon,
		Replies:     org.Replies{Status: "scheduled", Audience: org.AudienceAll, Inside: "weg\nniet terug", Outside: "away", Start: storetest.Noon, End: storetest.Noon.AddDate(0, 0, 7)},
		Permissions: []org.Permission{{Who: heir, Right: org.FullAccess}, {Who: heir, Right: org.SendAs}},
	}
	p.Drive = &org.Drive{Size: 3, Items: 4, Held: true, Unlicensed: storetest.Noon, Grants: []org.DriveGrant{{Who: heir}}}
	return p
}

// same compares people apart from what the store gives: key and drive id.
func same(t *testing.T, got *org.Person, want org.Person) {
	t.Helper()
	if got == nil {
		t.Fatalf("%s is not there", want.UPN)
	}
	want = want.Clone()
	want.Key = got.Key
	if want.Drive != nil && got.Drive != nil && want.Drive.ID == "" {
		want.Drive.ID = got.Drive.ID
	}
	if !reflect.DeepEqual(*got, want) {
		t.Errorf("got  %+v\nwant %+v\nmailbox got  %+v\nmailbox want %+v\ndrive got  %+v\ndrive want %+v", *got, want, got.Mailbox, want.Mailbox, got.Drive, want.Drive)
	}
}

func TestPeopleComeBackAsSaved(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		bram := storetest.Add(t, s, storetest.Person(1, "bram"))[0]
		want := whole(2, "Anna", bram.ID)
		anna := storetest.Add(t, s, want)[0]
		same(t, anna, want)

		t.Run("by name in any case, by id, and nil for nobody", func(t *testing.T) {
			got := storetest.Load(t, s, " ANNA@contoso.COM", "niemand@contoso.com", string(bram.ID), string(anna.ID))
			if got[0] == nil || got[0].ID != anna.ID || got[1] != nil || got[2] == nil || got[2].ID != bram.ID || got[3] == nil {
				t.Errorf("got %v", got)
			}
		})
		t.Run("every part changes and goes", func(t *testing.T) {
			bare := storetest.Plain(2, "anna")
			bare.ID, bare.BusinessPhones, bare.OtherMails, bare.AccountEnabled, bare.WasSynced = anna.ID, nil, nil, false, true
			same(t, storetest.Edit(t, s, "anna@contoso.com", func(p *org.Person) {
				key := p.Key
				*p = bare.Clone()
				p.Key = key
			}), bare)
			same(t, storetest.Edit(t, s, "anna@contoso.com", func(p *org.Person) {
				key := p.Key
				*p = want.Clone()
				p.Key = key
			}), want)
		})
		t.Run("R-DEL-22 a deleted person answers to the id only", func(t *testing.T) {
			gone := storetest.Delete(t, s, string(anna.ID), storetest.Noon)
			if got := storetest.Load(t, s, "anna@contoso.com"); got[0] != nil {
				t.Errorf("the name still finds %v", got[0].UPN)
			}
			if gone.Deleted != storetest.Noon || len(gone.Roles) != 0 || len(gone.SuspendedRoles) != 2 {
				t.Errorf("deleted %v, roles %v, suspended %v", gone.Deleted, gone.Roles, gone.SuspendedRoles)
			}
		})
	})
}

func TestNamesAndAddressesAreUnique(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		storetest.Add(t, s, storetest.Person(1, "bram"), storetest.Person(2, "anna"))
		save := func(p org.Person) error {
			return s.Change(t.Context(), func(tx offboard.Tx) error {
				return tx.Save(t.Context(), []offboard.Change{{After: p}})
			})
		}
		t.Run("R-API-05 a name that is taken", func(t *testing.T) {
			p := storetest.Plain(3, "BRAM")
			if r := org.RefusalOf(save(p)); r == nil || r.Reason != "user.upnTaken" || r.Target != "userPrincipalName" {
				t.Errorf("got %v", r)
			}
		})
		alias := storetest.Plain(4, "carla")
		alias.Addresses = []org.Address{{Value: "carla@contoso.com", Primary: true}, {Value: "Anna.Alias@contoso.com"}}
		t.Run("R-MBX-32 an address of an active person", func(t *testing.T) {
			if r := org.RefusalOf(save(alias)); r == nil || r.Reason != "address.taken" {
				t.Errorf("got %v", r)
			}
		})
		t.Run("R-SM-09 an address of a deleted person gives way", func(t *testing.T) {
			storetest.Delete(t, s, "anna@contoso.com", storetest.Noon)
			if err := save(alias); err != nil {
				t.Fatal(err)
			}
			anna := storetest.Load(t, s, storetest.ID(0x100002))[0]
			if len(anna.Addresses) != 1 || anna.Addresses[0].Value != "anna@contoso.com" {
				t.Errorf("anna keeps %v", anna.Addresses)
			}
		})
		t.Run("R-RES-09 who is in the way of a restore is named", func(t *testing.T) {
			anna := storetest.Load(t, s, storetest.ID(0x100002))[0]
			before := anna.Clone()
			before.Addresses = append(before.Addresses, org.Address{Value: "anna.alias@contoso.com"})
			storetest.Read(t, s, func(tx offboard.Tx) error {
				w, err := tx.World(t.Context(), anna, &before, "bram@contoso.com")
				if err != nil {
					return err
				}
				if !w.UPNTaken || w.Taken["anna.alias@contoso.com"].Name != "carla@contoso.com" || w.Taken["bram@contoso.com"].Name != "bram@contoso.com" {
					t.Errorf("got %+v", w)
				}
				if w, err = tx.World(t.Context(), anna, &before, "anna@contoso.com"); w.UPNTaken {
					t.Error("her own name is not taken")
				}
				return err
			})
		})
	})
}

func TestSeatsAndHeadsAreCounted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		state := func() (people, assigned int) {
			t.Helper()
			storetest.Read(t, s, func(tx offboard.Tx) error {
				o, err := tx.Organization(t.Context())
				if err == nil {
					people, assigned = o.People, o.Subscriptions[0].Assigned
				}
				return err
			})
			return people, assigned
		}
		expect := func(what string, people, assigned int) {
			t.Helper()
			if p, a := state(); p != people || a != assigned {
				t.Errorf("%s: %d people and %d seats, want %d and %d", what, p, a, people, assigned)
			}
		}
		g := storetest.Group(t, s, org.Group{ID: "g1", DisplayName: "Docenten", Security: true}, nil, nil)
		twice := storetest.Person(1, "bram")
		twice.Licenses = append(twice.Licenses, org.License{Sku: storetest.E3, Group: g.ID, Assigned: storetest.Noon})
		storetest.Add(t, s, twice, storetest.Person(2, "anna"), storetest.Plain(3, "carla"))
		expect("R-LIC-14 one seat however it came", 3, 2)
		storetest.Delete(t, s, "bram@contoso.com", storetest.Noon)
		expect("R-SM-18 deleted", 2, 1)
		storetest.Edit(t, s, storetest.ID(0x100001), func(p *org.Person) {
			key := p.Key
			*p = twice.Clone()
			p.Key = key
		})
		expect("R-RES-01 restored", 3, 2)
		if got := storetest.Load(t, s, "bram@contoso.com"); got[0] == nil || len(got[0].Licenses) != 2 || got[0].Licenses[1].Group != g.ID {
			t.Errorf("got %+v", got[0])
		}
	})
}
