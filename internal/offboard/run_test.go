package offboard_test

import (
	"errors"
	"slices"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

func TestDeparture(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		people := storetest.Add(t, s, storetest.Person(1, "anna"), storetest.Person(2, "bram"))
		anna := *people[0]

		t.Run("R-DEL-01 a deleted person is out of the lists, the seat free, the name free", func(t *testing.T) {
			dep := o.run(t, org.Choices{FilesTo: ptr("bram@contoso.com")}, anna.UPN)
			if dep.Status != offboard.Done || dep.Counts[offboard.ItemDone] != 1 {
				t.Fatalf("departure %+v", dep)
			}
			got := o.person(t, string(anna.ID))
			if got.Active() || got.UPN != org.DeletedUPN(anna.ID, anna.UPN) || got.AccountEnabled || got.PasswordHash != org.NoPassword {
				t.Errorf("anna is %+v", got.User)
			}
			if !slices.Contains(got.Drive.Grants, org.DriveGrant{Who: people[1].ID}) {
				t.Error("bram has no access to the drive")
			}
			if n := o.organization(t).Subscriptions[0].Assigned; n != 1 {
				t.Errorf("%d seats of E3 in use, want bram's", n)
			}
			if o.person(t, anna.UPN) != nil {
				t.Error("the name still finds somebody")
			}
		})
		// What was said stays said: the letter that told bram of anna's files is his
		// by then, and the only thing that an undo leaves behind.
		t.Run("undo gives back an identical person", func(t *testing.T) {
			items := o.items(t, o.last(t))
			dep, err := o.Undo(t.Context(), boss, o.last(t).ID)
			if err != nil {
				t.Fatal(err)
			}
			o.work(t)
			if got := o.person(t, anna.UPN); got == nil || !org.Same(*got, anna) {
				t.Errorf("after undo\n%+v\nbefore\n%+v", got, anna)
			}
			if dep = o.departure(t, dep.ID); dep.Status != offboard.Undone {
				t.Errorf("status %s", dep.Status)
			}
			if n := o.organization(t).Subscriptions[0].Assigned; n != 2 || len(items) != 1 {
				t.Errorf("%d seats of E3 in use", n)
			}
		})
		t.Run("R-DEL-32 with a mail heir the account stays, blocked, shared, unlicensed", func(t *testing.T) {
			dep := o.run(t, org.Choices{
				MailTo: ptr("bram@contoso.com"), MailboxDisplayName: ptr("Anna (left)"), ReplyInside: ptr(org.ReplyAuto), ReplyOutside: ptr(org.ReplySame),
				RemoveAliases: &org.Aliases{All: true}, ReduceSubscriptions: ptr(true),
			}, anna.UPN)
			got := o.person(t, anna.UPN)
			switch {
			case dep.Status != offboard.Done || got == nil:
				t.Fatalf("departure %+v, items %+v", dep, o.items(t, dep))
			case !got.Active() || got.AccountEnabled || got.Mailbox.Type != org.SharedMailbox || len(got.Licenses) != 0 || len(got.Addresses) != 1:
				t.Errorf("anna is %+v with mailbox %+v", got, got.Mailbox)
			case got.Mailbox.Replies.Inside != "anna de Vries werkt hier niet meer; vraag bram de Vries." || got.DisplayName != "Anna (left)":
				t.Errorf("reply %q, name %q", got.Mailbox.Replies.Inside, got.DisplayName)
			case o.organization(t).Subscriptions[0].Total != 59:
				t.Errorf("%d seats are paid for, want one less", o.organization(t).Subscriptions[0].Total) // R-LIC-42
			}
			if _, err := o.Undo(t.Context(), boss, dep.ID); err != nil {
				t.Fatal(err)
			}
			o.work(t)
			if got := o.person(t, anna.UPN); !org.Same(*got, anna) {
				t.Errorf("after undo\n%+v\nbefore\n%+v", got, anna)
			}
			if n := o.organization(t).Subscriptions[0].Total; n != 60 {
				t.Errorf("undo left %d seats, want 60", n)
			}
		})
		if v, err := o.VerifyAudit(t.Context(), boss); err != nil || !v.OK {
			t.Errorf("audit %+v, %v", v, err)
		}
	})
}

func (o *office) last(t *testing.T) *offboard.Departure {
	t.Helper()
	var deps []offboard.Departure
	storetest.Read(t, o.store, func(tx offboard.Tx) (err error) {
		deps, err = tx.Departures(t.Context(), "", 1)
		return err
	})
	return &deps[0]
}

func TestStart(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		people := storetest.Add(t, s, storetest.Person(1, "anna"), storetest.Person(2, "bram"))
		req := wish(org.Choices{}, people[0].UPN)
		plan, err := o.Plan(t.Context(), boss, req)
		if err != nil {
			t.Fatal(err)
		}
		t.Run("a plan that went stale is refused and changes nothing", func(t *testing.T) {
			if _, err := o.UpdateUser(t.Context(), boss, people[0].UPN, func(p *org.Person) error {
				p.DisplayName = "Anna Jansen"
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			_, err := o.Start(t.Context(), boss, req, offboard.Confirmation{Hash: plan.Hash})
			if r := org.RefusalOf(err); r == nil || r.Reason != "PlanChanged" || r.Kind != org.Stale {
				t.Fatalf("got %v", err)
			}
			if !o.person(t, people[0].UPN).Active() || o.audited(t, offboard.ActStart) != 0 {
				t.Error("something was done")
			}
		})
		t.Run("the same key gives the same departure, another plan is refused", func(t *testing.T) {
			plan, err := o.Plan(t.Context(), boss, req)
			if err != nil {
				t.Fatal(err)
			}
			c := offboard.Confirmation{Hash: plan.Hash, Idempotent: "key-1"}
			first, err := o.Start(t.Context(), boss, req, c)
			if err != nil {
				t.Fatal(err)
			}
			o.work(t)
			again, err := o.Start(t.Context(), boss, req, c)
			if err != nil || again.ID != first.ID || o.audited(t, offboard.ActDelete) != 1 {
				t.Errorf("second start %+v, %v", again, err)
			}
			c.Hash = "other"
			if _, err := o.Start(t.Context(), boss, req, c); org.RefusalOf(err) == nil {
				t.Errorf("another plan under the same key: %v", err)
			}
		})
		t.Run("what changed between confirming and running is not done", func(t *testing.T) {
			req := wish(org.Choices{}, people[1].UPN)
			plan, err := o.Plan(t.Context(), boss, req)
			if err != nil {
				t.Fatal(err)
			}
			dep, err := o.Start(t.Context(), boss, req, offboard.Confirmation{Hash: plan.Hash})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := o.ChangeMailbox(t.Context(), boss, people[1].UPN, offboard.MailboxChange{Add: []string{"new@contoso.com"}}); err != nil {
				t.Fatal(err)
			}
			o.work(t)
			dep = o.departure(t, dep.ID)
			if it := o.items(t, dep)[0]; it.Outcome != offboard.ItemRefused || it.Code != "PlanChanged" || dep.Status != offboard.Failed {
				t.Errorf("item %+v, status %s", it, dep.Status)
			}
			if !o.person(t, people[1].UPN).Active() {
				t.Error("bram was deleted all the same")
			}
		})
	})
}

func TestMassDelete(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	names := crowd(t, o.store, 30)
	req := wish(org.Choices{}, names...)
	plan, err := o.Plan(t.Context(), boss, req)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("R-AD-07 a mass delete is refused until it is confirmed by name", func(t *testing.T) {
		_, err := o.Start(t.Context(), boss, req, offboard.Confirmation{Hash: plan.Hash})
		refusedBy(t, err, "R-AD-07")
		if _, err := o.Start(t.Context(), boss, req, offboard.Confirmation{Hash: plan.Hash, Override: offboard.MassDelete}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestResume(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		names := crowd(t, s, 1200) // more than one chunk
		req := wish(org.Choices{}, names...)
		plan, err := o.Plan(t.Context(), boss, req)
		if err != nil {
			t.Fatal(err)
		}
		dep, err := o.Start(t.Context(), boss, req, offboard.Confirmation{Hash: plan.Hash, Override: offboard.MassDelete})
		if err != nil {
			t.Fatal(err)
		}
		// The node dies after the first chunk: its database connection goes away.
		died := errors.New("power cut")
		calls := 0
		dying := o.node("test", failing{s, func() error {
			if calls++; calls > 2 { // claim, one chunk, then dead
				return died
			}
			return nil
		}})
		if _, err := dying.WorkOnce(t.Context()); !errors.Is(err, died) {
			t.Fatalf("the dying node: %v", err)
		}
		half := o.departure(t, dep.ID)
		if n := half.Counts[offboard.ItemDone]; n == 0 || n == 1200 {
			t.Fatalf("%d done when the node died", n)
		}
		other := o.node("other", s)
		if worked, err := other.WorkOnce(t.Context()); worked || err != nil {
			t.Fatalf("another node took it before the lease ran out: %v %v", worked, err)
		}
		o.time = o.time.Add(2 * o.Lease)
		if worked, err := other.WorkOnce(t.Context()); !worked || err != nil {
			t.Fatalf("the other node: %v %v", worked, err)
		}
		done := o.departure(t, dep.ID)
		if done.Status != offboard.Done || done.Counts[offboard.ItemDone] != 1200 || o.audited(t, offboard.ActDelete) != 1200 {
			t.Errorf("departure %+v, %d audited", done, o.audited(t, offboard.ActDelete))
		}
		if n := o.organization(t).People; n != 0 {
			t.Errorf("%d people left", n)
		}
	})
}
