package store_test

import (
	"reflect"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// neighbourhood makes anna, who has something of everything around her.
func neighbourhood(t *testing.T, s *store.Store) (anna, bram, carla *org.Person) {
	t.Helper()
	storetest.Contoso(t, s)
	bram = storetest.Add(t, s, storetest.Person(1, "bram"))[0]
	a := storetest.Person(2, "anna")
	a.ManagerID = bram.ID
	a.Mailbox.Permissions = []org.Permission{{Who: bram.ID, Right: org.FullAccess}, {Who: bram.ID, Right: org.SendAs}}
	a.Drive.Grants = []org.DriveGrant{{Who: bram.ID}}
	a.Licenses = append(a.Licenses, org.License{Sku: storetest.PBI, Group: "g-lic", Assigned: storetest.Noon})
	storetest.Group(t, s, org.Group{ID: "g-lic", DisplayName: "Licenties", Security: true}, nil, nil)
	anna = storetest.Add(t, s, a)[0]
	c := storetest.Person(3, "carla")
	c.ManagerID, c.Mailbox.ForwardTo = anna.ID, "ANNA.alias@contoso.com"
	c.Mailbox.Permissions = []org.Permission{{Who: anna.ID, Right: org.FullAccess}, {Who: bram.ID, Right: org.FullAccess}}
	d := storetest.Person(4, "daan")
	d.Mailbox.Permissions = []org.Permission{{Who: anna.ID, Right: org.FullAccess}}
	d.Drive.Grants = []org.DriveGrant{{Who: anna.ID}}
	carla = storetest.Add(t, s, c, d)[0]
	storetest.Group(t, s, org.Group{ID: "g-one", DisplayName: "Rooster", Unified: true}, []*org.Person{anna, bram}, []*org.Person{anna})
	storetest.Group(t, s, org.Group{ID: "g-two", DisplayName: "Excursies", Unified: true}, nil, []*org.Person{anna, bram, carla})
	storetest.Change(t, s, func(tx offboard.Tx) error {
		_, err := tx.AddFile(t.Context(), anna.Drive.ID, "", tree(bram.ID))
		return err
	})
	return anna, bram, carla
}

func TestAround(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		anna, bram, carla := neighbourhood(t, s)
		storetest.Read(t, s, func(tx offboard.Tx) error {
			around, err := tx.Around(t.Context(), []*org.Person{carla, anna})
			if err != nil {
				return err
			}
			ref := bram.Ref()
			want := org.Surroundings{
				Manager: &ref, Groups: 1, Reports: []org.Ref{carla.Ref()}, Forwarders: []org.Ref{carla.Ref()}, SharedItems: 2, SharedWith: []org.Ref{bram.Ref()},
				Owned: []org.OwnedGroup{
					{Group: org.Ref{ID: "g-two", DisplayName: "Excursies"}, Others: []org.UserID{bram.ID, carla.ID}}, {Group: org.Ref{ID: "g-one", DisplayName: "Rooster"}},
				},
				Delegated: []org.DelegatedMailbox{{Mailbox: carla.Ref(), Others: []org.UserID{bram.ID}}, {Mailbox: org.Ref{ID: storetest.ID(0x100004), Name: "daan@contoso.com", DisplayName: "daan de Vries"}}},
				Inherited: []org.InheritedLicense{{Sku: storetest.PBI, Group: org.Ref{ID: "g-lic", DisplayName: "Licenties"}}},
			}
			if !reflect.DeepEqual(around[1], want) {
				t.Errorf("got  %+v\nwant %+v", around[1], want)
			}
			if m := around[0].Manager; m == nil || *m != anna.Ref() || len(around[0].Owned) != 1 {
				t.Errorf("carla: %+v", around[0])
			}
			return nil
		})
		t.Run("R-MBX-09 heirs are active", func(t *testing.T) {
			storetest.Delete(t, s, "carla@contoso.com", storetest.Noon)
			storetest.Add(t, s, storetest.Plain(9, "poor"))
			storetest.Read(t, s, func(tx offboard.Tx) error {
				heirs, err := tx.Heirs(t.Context(), []string{"BRAM@contoso.com", "carla@contoso.com", string(carla.ID), "poor@contoso.com", "nobody", "", " bram@contoso.com "})
				if err != nil {
					return err
				}
				want := map[string]org.Heir{
					"bram@contoso.com": {Ref: bram.Ref(), Mail: "bram@contoso.com", Enabled: true, Exchange: true, Language: "nl-NL", Reads: true},
					"poor@contoso.com": {Ref: org.Ref{ID: storetest.ID(0x100009), Name: "poor@contoso.com", DisplayName: "poor de Vries"}, Mail: "poor@contoso.com", Enabled: true, Language: "nl-NL"},
				}
				if !reflect.DeepEqual(heirs, want) {
					t.Errorf("got  %+v\nwant %+v", heirs, want)
				}
				return nil
			})
		})
	})
}

func TestDetail(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		anna, bram, carla := neighbourhood(t, s)
		daan := org.Ref{ID: storetest.ID(0x100004), Name: "daan@contoso.com", DisplayName: "daan de Vries"}
		got, err := s.Detail(t.Context(), anna.ID)
		if err != nil {
			t.Fatal(err)
		}
		want := &offboard.Detail{
			Groups: []offboard.GroupLink{
				{Ref: org.Ref{ID: "g-two", DisplayName: "Excursies"}, Owner: true}, {Ref: org.Ref{ID: "g-one", DisplayName: "Rooster"}, Owner: true, Member: true},
			},
			Reports: []org.Ref{carla.Ref()},
			Shares: []offboard.SharedFile{
				{ItemID: "i-outer", Name: "Buiten", Folder: true, With: bram.Ref(), Role: "write"}, {ItemID: "i-file", Name: "Rapport.docx", With: bram.Ref(), Role: "read"},
			},
			HasAccess:  []offboard.Access{{Ref: bram.Ref(), Rights: []org.Right{org.FullAccess, org.SendAs}, Drive: true}},
			AccessTo:   []offboard.Access{{Ref: carla.Ref(), Rights: []org.Right{org.FullAccess}}, {Ref: daan, Rights: []org.Right{org.FullAccess}, Drive: true}},
			Forwarders: []org.Ref{carla.Ref()},
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
		t.Run("R-SM-07 files of a deleted person can still be opened, the mail can't", func(t *testing.T) {
			storetest.Delete(t, s, anna.UPN, storetest.Noon)
			got, err := s.Detail(t.Context(), bram.ID)
			if want := (offboard.Access{Ref: anna.Ref(), Drive: true}); err != nil || len(got.AccessTo) != 2 || !reflect.DeepEqual(got.AccessTo[0], want) {
				t.Errorf("bram has access to %+v, %v; want %+v first, and carla's", got.AccessTo, err, want)
			}
		})
		if got, err := s.Detail(t.Context(), "nobody"); got != nil || err != nil {
			t.Errorf("nobody: %+v, %v", got, err)
		}
	})
}
