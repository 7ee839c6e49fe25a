package offboard_test

import (
	"errors"
	"reflect"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

func TestNewGroup(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		storetest.Add(t, s, storetest.Person(1, "anna"), storetest.Plain(2, "bram"))
		unified := func(name, nickname string) org.Group {
			return org.Group{DisplayName: name, MailNickname: nickname, Unified: true, MailEnabled: true}
		}
		t.Run("R-SM-09 a Microsoft 365 group has an address of its own", func(t *testing.T) {
			g, err := o.CreateGroup(t.Context(), boss, unified("Reünie & feest", ""), []string{"anna@contoso.com"}, []string{"bram@contoso.com"})
			if err != nil || g.Mail != "reunie-feest@contoso.com" || g.MailNickname != "reunie-feest" {
				t.Fatalf("got %+v, %v", g, err)
			}
			sizes, err := s.GroupSizes(t.Context(), []org.GroupID{g.ID})
			if err != nil || sizes[g.ID] != (offboard.GroupSize{Members: 1, Owners: 1}) {
				t.Errorf("got %v, %v", sizes, err)
			}
			for _, nickname := range []string{"Reunie-Feest", "anna", "bram"} {
				_, err := o.CreateGroup(t.Context(), boss, unified("Andere", nickname), nil, nil)
				if r := org.RefusalOf(err); r == nil || r.Reason != "group.addressTaken" {
					t.Errorf("%s: got %v", nickname, err)
				}
			}
		})
		t.Run("R-MBX-32 which nobody else gets", func(t *testing.T) {
			const address = "reunie-feest@contoso.com"
			for what, err := range map[string]error{
				"a new account": second(o.CreateUser(t.Context(), boss, offboard.NewUser{User: org.User{UPN: address, DisplayName: "X"}})),
				"another name":  second(o.UpdateUser(t.Context(), boss, "bram@contoso.com", func(p *org.Person) error { p.UPN = address; return nil })),
				"another mail":  second(o.UpdateUser(t.Context(), boss, "anna@contoso.com", func(p *org.Person) error { p.Mail = address; return nil })),
				"an alias":      second(o.ChangeMailbox(t.Context(), boss, "anna@contoso.com", offboard.MailboxChange{Add: []string{"Reunie-Feest@contoso.com"}, TakeOver: true})),
			} {
				if r := org.RefusalOf(err); r == nil || r.Reason != "address.taken" || r.Rule != "R-MBX-32" {
					t.Errorf("%s: got %v", what, err)
				}
			}
		})
		t.Run("two security groups may have one nickname", func(t *testing.T) {
			for range 2 {
				g, err := o.CreateGroup(t.Context(), boss, org.Group{DisplayName: "ICT", Security: true}, nil, nil)
				if err != nil || g.Mail != "" || g.MailNickname != "ict" {
					t.Errorf("got %+v, %v", g, err)
				}
			}
		})
		t.Run("nothing is left of a group whose member is not there", func(t *testing.T) {
			before, rows := o.count(t, "groups"), o.audited(t, offboard.ActGroup)
			_, err := o.CreateGroup(t.Context(), boss, unified("Half", ""), []string{"anna@contoso.com"}, []string{"nobody@contoso.com"})
			refusedBy(t, err, "R-SM-10")
			if o.count(t, "groups") != before || o.audited(t, offboard.ActGroup) != rows {
				t.Error("the group was made")
			}
		})
	})
}

func second[T any](_ T, err error) error { return err }

func TestPlanOfGroupLicenses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		people := storetest.Add(t, s, storetest.Plain(1, "anna"), storetest.Plain(2, "bram"), storetest.Plain(3, "carla"))
		storetest.Change(t, s, func(tx offboard.Tx) error {
			return tx.SaveSubscription(t.Context(), storetest.Subscription("sub-pbi", storetest.PBI, 2), storetest.Noon)
		})
		storetest.Group(t, s, org.Group{ID: "g", DisplayName: "g", Security: true}, people, nil)
		give := offboard.GroupLicenses{Add: []org.LicenseRequest{{Sku: storetest.PBI}}}
		take := offboard.GroupLicenses{Remove: []org.SkuID{storetest.PBI}}
		untouched := func() {
			t.Helper()
			if len(o.person(t, "anna@contoso.com").Licenses) != 0 || o.audited(t, offboard.ActGroupLicense)+o.audited(t, offboard.ActLicense) != 0 {
				t.Error("something was written")
			}
		}
		var plan org.GroupChange
		t.Run("R-LIC-14 R-LIC-16 a plan writes nothing", func(t *testing.T) {
			var err error
			plan, err = o.PlanGroupLicenses(t.Context(), boss, "g", give)
			want := org.GroupChange{Members: 3, Products: []org.ProductChange{{Sku: storetest.PBI, Given: true, Free: 2, Gain: 2, NoSeat: 1, Gaining: []org.Ref{people[0].Ref(), people[1].Ref()}}}}
			if err != nil || !reflect.DeepEqual(plan, want) {
				t.Errorf("got %+v, %v", plan, err)
			}
			untouched()
		})
		t.Run("who looks at it first can refuse all of it", func(t *testing.T) {
			moved := errors.New("moved")
			c := give
			c.Check = func(got org.GroupChange) error {
				if !reflect.DeepEqual(got, plan) {
					t.Errorf("what is done is %+v, not what was planned", got)
				}
				return moved
			}
			if _, err := o.ChangeGroupLicenses(t.Context(), boss, "g", c); !errors.Is(err, moved) {
				t.Errorf("got %v", err)
			}
			untouched()
		})
		t.Run("R-API-44 a seat more, and it is tried again", func(t *testing.T) {
			if _, err := o.ChangeGroupLicenses(t.Context(), boss, "g", give); err != nil {
				t.Fatal(err)
			}
			if got := held(o.person(t, "carla@contoso.com")); got[storetest.PBI] != "gCountViolation" {
				t.Errorf("carla has %v", got)
			}
			if _, err := o.SetQuantity(t.Context(), boss, "sub-pbi", 3, org.Now); err != nil {
				t.Fatal(err)
			}
			if _, err := o.ChangeGroupLicenses(t.Context(), boss, "g", offboard.GroupLicenses{}); err != nil {
				t.Fatal(err)
			}
			if got := held(o.person(t, "carla@contoso.com")); got[storetest.PBI] != "g" {
				t.Errorf("carla has %v", got)
			}
		})
		t.Run("R-LIC-14 taking it away", func(t *testing.T) {
			plan, err := o.PlanGroupLicenses(t.Context(), boss, "g", take)
			if err != nil || plan.Products[0].Lose != 3 || !plan.Loses() {
				t.Errorf("got %+v, %v", plan, err)
			}
		})
		t.Run("R-ROLE-09 R-LIC-14 who may, and what can", func(t *testing.T) {
			_, err := o.PlanGroupLicenses(t.Context(), org.Actor{ID: "x", Roles: []org.RoleID{org.GroupsAdmin}}, "g", take)
			refusedBy(t, err, "R-ROLE-07")
			storetest.Group(t, s, org.Group{ID: "list", DisplayName: "list", MailEnabled: true}, people, nil)
			_, err = o.ChangeGroupLicenses(t.Context(), boss, "list", give)
			refusedBy(t, err, "R-LIC-14")
		})
	})
}
