package store_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

func organization(t *testing.T, s *store.Store) *org.Organization {
	t.Helper()
	var o *org.Organization
	storetest.Read(t, s, func(tx offboard.Tx) (err error) {
		o, err = tx.Organization(t.Context())
		return err
	})
	return o
}

func TestOrganization(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Run("none yet", func(t *testing.T) {
			err := s.Read(t.Context(), func(tx offboard.Tx) error {
				_, err := tx.Organization(t.Context())
				return err
			})
			if r := org.RefusalOf(err); r == nil || r.Reason != "organization.none" {
				t.Errorf("got %v", err)
			}
		})
		want := storetest.Contoso(t, s)
		got := organization(t, s)
		if got.ID != want.ID || got.DisplayName != want.DisplayName || !got.Practice || got.UsageLocation != "NL" || !reflect.DeepEqual(got.Settings, want.Settings) ||
			!reflect.DeepEqual(got.Domains, want.Domains) || !reflect.DeepEqual(got.Products[1].Plans, want.Products[1].Plans) || len(got.Products) != 3 {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
		sub := want.Subscriptions[0]
		sub.SkuPartNumber, sub.DisplayName, sub.ProductTotal = "ENTERPRISEPACK", "Office 365 E3", 60
		if !reflect.DeepEqual(got.Subscriptions[0], sub) {
			t.Errorf("got  %+v\nwant %+v", got.Subscriptions[0], sub)
		}

		t.Run("settings and domains change", func(t *testing.T) {
			want.DisplayName, want.Domains, want.Settings.DriveRetentionDays = "Contoso BV", []string{"fabrikam.com"}, 365
			storetest.Change(t, s, func(tx offboard.Tx) error { return tx.SaveOrganization(t.Context(), want) })
			got := organization(t, s)
			if got.DisplayName != "Contoso BV" || !reflect.DeepEqual(got.Domains, want.Domains) || got.Settings.DriveRetentionDays != 365 {
				t.Errorf("got %+v", got)
			}
		})
		t.Run("R-LIC-25 a scheduled change is kept, and taken back", func(t *testing.T) {
			sub := organization(t, s).Subscriptions[1]
			sub.Total, sub.Scheduled = 13, &org.ScheduledChange{Total: 5, At: sub.TermEnd}
			storetest.Change(t, s, func(tx offboard.Tx) error { return tx.SaveSubscription(t.Context(), sub, storetest.Noon) })
			got := organization(t, s).Subscriptions[1]
			if got.Total != 13 || got.ProductTotal != 13 || got.Scheduled == nil || *got.Scheduled != *sub.Scheduled {
				t.Errorf("got %+v", got)
			}
			sub.Scheduled = nil
			storetest.Change(t, s, func(tx offboard.Tx) error { return tx.SaveSubscription(t.Context(), sub, storetest.Noon) })
			if got := organization(t, s).Subscriptions[1]; got.Scheduled != nil {
				t.Errorf("still scheduled: %+v", got.Scheduled)
			}
		})
		t.Run("two subscriptions of one product count together", func(t *testing.T) {
			storetest.Change(t, s, func(tx offboard.Tx) error {
				return tx.SaveSubscription(t.Context(), storetest.Subscription("sub-e3-more", storetest.E3, 40), storetest.Noon)
			})
			if got := organization(t, s).Subscriptions; len(got) != 3 || got[0].ProductTotal != 100 || got[2].ProductTotal != 100 {
				t.Errorf("got %+v", got)
			}
		})
	})
}

func TestGlobalAdminsAreCounted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		admin := func(n int64, name string) org.Person {
			p := storetest.Plain(n, name)
			p.Roles = []org.RoleID{org.GlobalAdmin}
			return p
		}
		blocked := admin(3, "blocked")
		blocked.AccountEnabled = false
		storetest.Add(t, s, admin(1, "one"), admin(2, "two"), blocked)
		if n := organization(t, s).GlobalAdmins; n != 2 {
			t.Errorf("R-ROLE-21: %d, want 2", n)
		}
		storetest.Delete(t, s, "two@contoso.com", storetest.Noon)
		if n := organization(t, s).GlobalAdmins; n != 1 {
			t.Errorf("R-ROLE-21 after a delete: %d, want 1", n)
		}
	})
}

func TestOverAssigned(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		anna := storetest.Add(t, s, storetest.Person(1, "bram"), storetest.Person(2, "anna"))[1]
		one, none, both := anna.Clone(), anna.Clone(), anna.Clone()
		one.Licenses, none.Licenses = []org.License{{Sku: storetest.E3}}, nil
		both.Licenses = []org.License{{Sku: storetest.E3}, {Sku: storetest.PBI}}
		check := func(seats int, before, after *org.Person, want ...string) {
			t.Helper()
			sub := organization(t, s).Subscriptions[0]
			sub.Total = seats
			storetest.Change(t, s, func(tx offboard.Tx) error { return tx.SaveSubscription(t.Context(), sub, storetest.Noon) })
			storetest.Read(t, s, func(tx offboard.Tx) error {
				got, err := tx.OverAssigned(t.Context(), before, after)
				if !slices.Equal(got, want) {
					t.Errorf("R-RES-12: %d seats: got %v, want %v", seats, got, want)
				}
				return err
			})
		}
		for _, p := range []*org.Person{&one, &both} { // two people have E3
			check(2, p, p)
			check(1, p, p, "Office 365 E3")
			check(2, &none, p, "Office 365 E3")
			check(3, &none, p)
			check(1, p, &none)
		}
	})
}

func TestClock(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		clock := func() (d time.Duration) {
			storetest.Read(t, s, func(tx offboard.Tx) (err error) {
				d, err = tx.Clock(t.Context())
				return err
			})
			return d
		}
		if clock() != 0 {
			t.Errorf("an organization that is not there has moved its clock by %v", clock())
		}
		storetest.Contoso(t, s)
		storetest.Change(t, s, func(tx offboard.Tx) error { return tx.SetClock(t.Context(), 720*time.Hour) })
		if clock() != 720*time.Hour {
			t.Errorf("got %v", clock())
		}
	})
}
