package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestWayBack: what stands in the way of somebody who comes back is the same whether it
// was asked along with them, by their id, or afterwards. R-RES-06 R-RES-08 R-RES-22
func TestWayBack(t *testing.T) {
	other := func(change func(p *org.Person)) func(t *testing.T, s *store.Store) {
		return func(t *testing.T, s *store.Store) {
			t.Helper()
			p := storetest.Plain(2, "bram")
			change(&p)
			storetest.Add(t, s, p)
		}
	}
	group := func(mail string) func(t *testing.T, s *store.Store) {
		return func(t *testing.T, s *store.Store) {
			t.Helper()
			storetest.Group(t, s, org.Group{ID: "g", DisplayName: "Rooster", Unified: true, Mail: mail, MailEnabled: true}, nil, nil)
		}
	}
	seats := func(sku org.SkuID, n int) func(t *testing.T, s *store.Store) {
		return func(t *testing.T, s *store.Store) {
			t.Helper()
			storetest.Change(t, s, func(tx offboard.Tx) error {
				return tx.SaveSubscription(t.Context(), storetest.Subscription(org.SubscriptionID("sub-"+strings.ToLower(string(sku[:1]))), sku, n), storetest.Noon)
			})
		}
	}
	for name, c := range map[string]struct {
		meanwhile func(t *testing.T, s *store.Store)
		want      string // name taken, addresses taken, groups that license, products with too few seats
	}{
		"nothing":          {func(*testing.T, *store.Store) {}, "false [] [g-lic] [Exchange Online (Plan 1)]"},
		"the name":         {other(func(p *org.Person) { p.UPN = "ANNA@contoso.com" }), "true [] [g-lic] [Exchange Online (Plan 1)]"},
		"the name as mail": {other(func(p *org.Person) { p.Addresses = []org.Address{{Value: "anna@contoso.com", Primary: true}} }), "false [anna@contoso.com] [g-lic] [Exchange Online (Plan 1)]"},
		"an alias":         {other(func(p *org.Person) { p.Addresses = []org.Address{{Value: "Anna.Alias@contoso.com", Primary: true}} }), "false [anna.alias@contoso.com] [g-lic] [Exchange Online (Plan 1)]"},
		"an alias, group":  {group("Anna.Alias@contoso.com"), "false [anna.alias@contoso.com of group] [g-lic] [Exchange Online (Plan 1)]"},
		"the name, group":  {group("Anna@contoso.com"), "false [anna@contoso.com of group] [g-lic] [Exchange Online (Plan 1)]"},
		"enough seats":     {seats(storetest.Plan1, 1), "false [] [g-lic] []"},
		"the last of them": {func(t *testing.T, s *store.Store) {
			t.Helper()
			seats(storetest.Plan1, 1)(t, s)
			other(func(p *org.Person) { p.Licenses = []org.License{{Sku: storetest.Plan1}} })(t, s)
		}, "false [] [g-lic] [Exchange Online (Plan 1)]"},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				storetest.Contoso(t, s)
				a := storetest.Person(1, "anna")
				a.Licenses = append(a.Licenses, org.License{Sku: storetest.Plan1})
				anna := storetest.Add(t, s, a)
				g := storetest.Group(t, s, org.Group{ID: "g-lic", DisplayName: "Licenties", Security: true}, anna, nil)
				storetest.Change(t, s, func(tx offboard.Tx) error {
					g.Licenses = []org.License{{Sku: storetest.PBI}}
					return tx.SaveGroup(t.Context(), g)
				})
				gone := storetest.Delete(t, s, string(anna[0].ID), storetest.Noon)
				c.meanwhile(t, s)
				for _, ref := range []string{string(gone.ID), strings.ToUpper(string(gone.ID)), gone.UPN} {
					if got := wayBack(t, s, ref, anna[0]); got != c.want {
						t.Errorf("%s: got  %s\nwant %s", ref, got, c.want)
					}
				}
			})
		})
	}
}

// wayBack asks what a restore asks, and says it in words.
func wayBack(t *testing.T, s *store.Store, ref string, before *org.Person) (said string) {
	t.Helper()
	ctx := t.Context()
	storetest.Change(t, s, func(tx offboard.Tx) error {
		p, _, err := tx.Departed(ctx, ref)
		if err != nil {
			return err
		}
		w, err := tx.World(ctx, p, before, org.OriginalUPN(p.ID, p.UPN))
		if err != nil {
			return err
		}
		taken := []string{}
		for key := range w.Taken {
			if w.Groups[key] {
				key += " of group"
			}
			taken = append(taken, key)
		}
		slices.Sort(taken)
		groups, err := tx.LicensingGroups(ctx, p)
		if err != nil {
			return err
		}
		ids := []org.GroupID{}
		for _, g := range groups {
			ids = append(ids, g.ID)
		}
		after := before.Clone()
		few, err := tx.OverAssigned(ctx, p, &after)
		said = fmt.Sprint(w.UPNTaken, " ", taken, " ", ids, " ", few)
		return err
	})
	return said
}
