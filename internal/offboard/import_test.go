package offboard_test

import (
	"fmt"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

func TestImport(t *testing.T) {
	rows := []offboard.ImportRow{
		{User: org.User{UPN: "eva@contoso.com", DisplayName: "Eva", AccountEnabled: true, Synced: true}, Licenses: []string{"office 365 e3", "Power BI Pro"}, Addresses: []string{"SMTP:eva@contoso.com", "smtp:e@contoso.com"}},
		{User: org.User{UPN: "ben@new.example", DisplayName: "Ben"}, Licenses: []string{"A Product Nobody Knows"}, Addresses: []string{"SMTP:ben@new.example"}},
		{User: org.User{UPN: "kim@contoso.com", DisplayName: "Kim 🙂 'Núñez'", AccountEnabled: true}},
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		read := func(t *testing.T) offboard.Imported {
			t.Helper()
			got, err := o.Import(t.Context(), boss, rows, false, nil)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		t.Run("R-NE-03 people come with licences, addresses, new domains and new products", func(t *testing.T) {
			got := read(t)
			if got.Created != 3 || got.Licenses != 3 || len(got.Domains) != 1 || len(got.Products) != 1 {
				t.Fatalf("imported %+v", got)
			}
			eva, ben := o.person(t, "eva@contoso.com"), o.person(t, "ben@new.example")
			if !eva.Synced || eva.Mailbox == nil || eva.Drive == nil || len(eva.Licenses) != 2 || len(eva.Addresses) != 2 || eva.Mail != "eva@contoso.com" {
				t.Errorf("eva is %+v", eva)
			}
			if ben.AccountEnabled || ben.Mailbox == nil || ben.MailboxState(o.time) != org.MailboxActive {
				t.Errorf("ben is %+v with mailbox %+v", ben, ben.Mailbox)
			}
		})
		t.Run("the same file again changes nothing", func(t *testing.T) {
			before := o.organization(t).Subscriptions
			if got := read(t); got.Unchanged != 3 || got.Licenses != 0 {
				t.Errorf("imported again %+v", got)
			}
			for i, sub := range o.organization(t).Subscriptions {
				if sub.Total != before[i].Total {
					t.Errorf("%s went from %d to %d seats", sub.DisplayName, before[i].Total, sub.Total)
				}
			}
			if ben := o.person(t, "ben@new.example"); !ben.Mailbox.Disconnected.IsZero() {
				t.Error("ben's mailbox lost its licence")
			}
		})
		t.Run("R-LIC-34 R-SM-12 a file buys what one person could be bought", func(t *testing.T) {
			saved := o.organization(t).Subscriptions[0]
			for i, c := range []struct {
				rule, is string
			}{
				{"R-LIC-30", "channel = 'partner'"},
				{"R-LIC-30", "channel = 'volumeLicensing'"},
				{"R-LIC-29", "channel = 'productKey'"},
				{"R-LIC-28", "channel = 'direct', credit_check = true"},
				{"", "credit_check = false"},
			} {
				o.exec(t, "update subscriptions set "+c.is)
				sub := saved
				sub.Total = sub.Assigned
				storetest.Change(t, s, func(tx offboard.Tx) error { return tx.SaveSubscription(t.Context(), sub, o.time) })
				row := []offboard.ImportRow{{User: org.User{UPN: fmt.Sprintf("new%d@contoso.com", i), DisplayName: "New"}, Licenses: []string{saved.DisplayName}}}
				people := o.organization(t).People
				_, _, seen := o.Preview(t.Context(), boss, row)
				_, err := o.Import(t.Context(), boss, row, false, nil)
				after := o.organization(t)
				total := after.Subscriptions[0].Total
				if c.rule == "" {
					if seen != nil || err != nil || total != sub.Total+1 || after.People != people+1 {
						t.Errorf("%d seats and %d people: %v, %v", total, after.People, seen, err)
					}
					continue
				}
				refusedBy(t, seen, c.rule)
				refusedBy(t, err, c.rule)
				if total != sub.Total || after.People != people {
					t.Errorf("%s: %d seats of %d, %d people of %d", c.rule, total, sub.Total, after.People, people)
				}
			}
		})
		t.Run("one bad row and nothing is written", func(t *testing.T) {
			people := o.organization(t).People
			_, err := o.Import(t.Context(), boss, []offboard.ImportRow{{User: org.User{UPN: "good@contoso.com", DisplayName: "Good"}}, {User: org.User{UPN: "bad name@contoso.com", DisplayName: "Bad"}}}, false, nil)
			refusedBy(t, err, "R-API-10")
			if n := o.organization(t).People; n != people {
				t.Errorf("%d people, want %d", n, people)
			}
		})
	})
}
