package offboard_test

import (
	"strings"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// licensed makes a group that gives its members products.
func (o *office) licensed(t *testing.T, id org.GroupID, members []*org.Person, skus ...org.SkuID) {
	t.Helper()
	storetest.Group(t, o.store, org.Group{ID: id, DisplayName: string(id), Security: true}, members, nil)
	var add []org.LicenseRequest
	for _, sku := range skus {
		add = append(add, org.LicenseRequest{Sku: sku})
	}
	if _, err := o.AssignGroupLicenses(t.Context(), boss, id, add, nil); err != nil {
		t.Fatal(err)
	}
}

func held(p *org.Person) map[org.SkuID]string {
	out := map[org.SkuID]string{}
	for _, l := range p.Licenses {
		out[l.Sku] = string(l.Group) + l.Error
	}
	return out
}

func TestGroupLicenses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		people := storetest.Add(t, s, storetest.Plain(1, "gijs"), storetest.Plain(2, "hanna"))
		t.Run("R-LIC-17 R-LIC-20 one failing product blocks the others, and the trail says which", func(t *testing.T) {
			o.licensed(t, "both", people[:1], storetest.Plan1, storetest.E3)
			if got := held(o.person(t, "gijs@contoso.com")); got[storetest.E3] != "bothOther" || got[storetest.Plan1] != "bothMutuallyExclusiveViolation" {
				t.Errorf("licences %v", got)
			}
			if n := o.organization(t).Subscriptions[0].Assigned; n != 0 {
				t.Errorf("%d seats of E3 in use", n)
			}
			var said []string
			storetest.Read(t, s, func(tx offboard.Tx) error {
				entries, err := tx.Entries(t.Context(), 0, 1000)
				for _, e := range entries {
					if e.Action == offboard.ActLicense && e.Result != "success" {
						said = append(said, e.Result+" "+e.Actor.Name+" "+e.Detail)
					}
				}
				return err
			})
			all := strings.Join(said, "\n")
			for _, want := range []string{
				"MutuallyExclusiveViolation Microsoft Entra ID Group-Based Licensing", "Other Microsoft Entra ID Group-Based Licensing",
				"service plans [EXCHANGE_S_STANDARD],[EXCHANGE_S_ENTERPRISE] are mutually exclusive.",
			} {
				if !strings.Contains(all, want) {
					t.Errorf("the trail says %q, want %q", all, want)
				}
			}
		})
		t.Run("R-RES-22 R-API-44 a restored person has what the groups give by now", func(t *testing.T) {
			o.licensed(t, "stays", people[1:], storetest.E3)
			o.licensed(t, "changes", people[1:], storetest.PBI)
			hanna := o.person(t, "hanna@contoso.com")
			o.run(t, org.Choices{}, hanna.UPN)
			if _, err := o.AssignGroupLicenses(t.Context(), boss, "changes", nil, []org.SkuID{storetest.PBI}); err != nil {
				t.Fatal(err)
			}
			back, err := o.RestoreUser(t.Context(), boss, string(hanna.ID), offboard.Restoring{})
			if err != nil {
				t.Fatal(err)
			}
			if got := held(o.person(t, "hanna@contoso.com")); len(got) != 1 || got[storetest.E3] != "stays" || len(back.Person.Licenses) != 1 {
				t.Errorf("licences %v", got)
			}
		})
		t.Run("R-RES-22 a licence of a group that is gone does not turn into a direct one", func(t *testing.T) {
			hanna := o.person(t, "hanna@contoso.com")
			o.run(t, org.Choices{}, hanna.UPN)
			if _, err := o.AssignGroupLicenses(t.Context(), boss, "stays", nil, []org.SkuID{storetest.E3}); err != nil {
				t.Fatal(err)
			}
			if err := o.DeleteGroup(t.Context(), boss, "stays"); err != nil {
				t.Fatal(err)
			}
			if got := held(o.person(t, string(hanna.ID))); len(got) != 0 {
				t.Errorf("on record %v", got)
			}
			back, err := o.RestoreUser(t.Context(), boss, string(hanna.ID), offboard.Restoring{})
			if err != nil || len(back.Person.Licenses) != 0 {
				t.Errorf("licences %v, %v", back.Person.Licenses, err)
			}
		})
	})
}
