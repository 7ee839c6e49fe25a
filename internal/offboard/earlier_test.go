package offboard_test

import (
	"slices"
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// remembered gives how somebody was before each time they left, newest first, "" when
// that is not known any more.
func (o *office) remembered(t *testing.T, p *org.Person) []string {
	t.Helper()
	list, err := sqldb.All(t.Context(), o.store.DB(), sqldb.Value[string],
		"select before from departure_items where user_pk = $1 and outcome = 'done' order by ran desc", p.Key)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// newest gives the item that a restore of somebody would go by.
func (o *office) newest(t *testing.T, p *org.Person) *offboard.Item {
	t.Helper()
	var items []*offboard.Item
	storetest.Read(t, o.store, func(tx offboard.Tx) (err error) {
		items, err = tx.LastItems(t.Context(), []*org.Person{p})
		return err
	})
	return items[0]
}

// sound fails the test when the doctor finds something.
func (o *office) sound(t *testing.T) {
	t.Helper()
	found, err := o.store.Check(t.Context(), store.Checkup{Now: o.time, Deep: true})
	if err != nil || len(found) > 0 {
		t.Errorf("the doctor finds %v, %v", found, err)
	}
}

// unshare makes a shared mailbox one that its owner may be deleted with. R-DEL-30
func (o *office) unshare(t *testing.T, upn string) {
	t.Helper()
	storetest.Edit(t, o.store, upn, func(p *org.Person) { p.Mailbox.Type = org.UserMailbox })
}

// administrator is somebody without whom the doctor would find that there is none.
func administrator() org.Person {
	p := storetest.Plain(3, "admin")
	p.Roles = []org.RoleID{org.GlobalAdmin}
	return p
}

func (o *office) rename(t *testing.T, upn, name string) {
	t.Helper()
	storetest.Edit(t, o.store, upn, func(p *org.Person) { p.DisplayName = name })
}

// TestItemsOfAPersonAreAChain: people leave more than once and in more than one way;
// each time they come back as they were that time, and nothing is left of whoever is
// deleted for good. R-RES-01 R-PERM-02
func TestItemsOfAPersonAreAChain(t *testing.T) {
	const anna, bram = "anna@contoso.com", "bram@contoso.com"
	mail := org.Choices{MailTo: ptr(bram)}
	remove := func(t *testing.T, o *office) {
		t.Helper()
		o.time = o.time.Add(time.Minute)
		if err := o.DeleteUser(t.Context(), boss, anna); err != nil {
			t.Fatal(err)
		}
	}
	restore := func(t *testing.T, o *office, id org.UserID) {
		t.Helper()
		o.time = o.time.Add(time.Minute)
		if _, err := o.RestoreUser(t.Context(), boss, string(id), offboard.Restoring{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name string
		// leave has anna leave and come back; afterwards she is in Deleted users.
		leave func(t *testing.T, o *office, id org.UserID)
		// left is how often she left, by the departure that a restore goes by.
		left, by int
	}{
		{"deleted", func(t *testing.T, o *office, _ org.UserID) { remove(t, o) }, 1, 1},
		{"deleted, restored and deleted", func(t *testing.T, o *office, id org.UserID) {
			remove(t, o)
			restore(t, o, id)
			remove(t, o)
		}, 2, 2},
		{"kept, then deleted", func(t *testing.T, o *office, _ org.UserID) {
			o.run(t, mail, anna)
			o.unshare(t, anna)
			remove(t, o)
		}, 2, 2},
		{"refused by a run that went stale, then deleted", func(t *testing.T, o *office, _ org.UserID) {
			o.confirm(t, org.Choices{}, anna)
			o.rename(t, anna, "Anna")
			o.work(t)
			if p := o.person(t, anna); p.Departed != 0 || !p.Active() {
				t.Errorf("refused, but on the chain: %d", p.Departed)
			}
			remove(t, o)
		}, 1, 2},
		{"deleted and restored while a run waits for her", func(t *testing.T, o *office, id org.UserID) {
			o.confirm(t, org.Choices{}, anna)
			remove(t, o)
			restore(t, o, id)
			o.time = o.time.Add(time.Minute)
			o.work(t) // which does not go stale by it
		}, 2, 1},
		{"in two runs at once", func(t *testing.T, o *office, _ org.UserID) {
			o.confirm(t, org.Choices{}, anna)
			o.confirm(t, org.Choices{}, anna, bram)
			o.work(t)
		}, 1, 1},
		{"by a run that was undone, and by another", func(t *testing.T, o *office, _ org.UserID) {
			dep := o.run(t, org.Choices{}, anna)
			if _, err := o.Undo(t.Context(), boss, dep.ID); err != nil {
				t.Fatal(err)
			}
			o.work(t)
			o.time = o.time.Add(time.Minute)
			o.run(t, org.Choices{}, anna)
		}, 2, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				o := newOffice(t, s)
				id := storetest.Add(t, s, storetest.Person(1, "anna"), storetest.Person(2, "bram"), administrator())[0].ID
				c.leave(t, o, id)
				p := o.person(t, string(id))
				if p.Active() {
					t.Fatal("anna is not in Deleted users")
				}
				it := o.newest(t, p)
				if it == nil || it.Departure != int64(c.by) || it.Before == nil {
					t.Fatalf("a restore goes by %+v, want one of departure %d", it, c.by)
				}
				o.sound(t)
				before := o.remembered(t, p)
				if len(before) != c.left || slices.Contains(before, "") {
					t.Errorf("of %d times she left, these are known: %q", c.left, before)
				}
				if err := o.PurgeUser(t.Context(), boss, string(id)); err != nil {
					t.Fatal(err)
				}
				if left := o.remembered(t, p); slices.ContainsFunc(left, func(s string) bool { return s != "" }) {
					t.Errorf("after she was deleted for good these are known: %q", left)
				}
				o.sound(t)
			})
		})
	}
}

// TestSomebodyElseOfThatName does not come back as the one before.
func TestSomebodyElseOfThatName(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		old := storetest.Add(t, s, storetest.Person(1, "anna"))[0]
		if err := o.DeleteUser(t.Context(), boss, old.UPN); err != nil {
			t.Fatal(err)
		}
		if err := o.PurgeUser(t.Context(), boss, string(old.ID)); err != nil {
			t.Fatal(err)
		}
		next := storetest.Add(t, s, storetest.Plain(2, "anna"))[0]
		if it := o.newest(t, next); next.Departed != 0 || it != nil {
			t.Errorf("she has never left, but %+v", it)
		}
	})
}

// TestChainOfManyRestores: whoever was kept and then deleted and restored is still
// known as who was kept, and the run that kept them can be undone.
func TestChainOfManyRestores(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		anna := storetest.Person(1, "anna")
		storetest.Add(t, s, anna, storetest.Person(2, "bram"), administrator())
		kept := o.run(t, org.Choices{MailTo: ptr("bram@contoso.com")}, anna.UPN)
		o.unshare(t, anna.UPN)
		for range 3 {
			if err := o.DeleteUser(t.Context(), boss, anna.UPN); err != nil {
				t.Fatal(err)
			}
			if _, err := o.RestoreUser(t.Context(), boss, string(anna.ID), offboard.Restoring{}); err != nil {
				t.Fatal(err)
			}
		}
		if it := o.newest(t, o.person(t, anna.UPN)); it == nil || it.Departure != kept.Key {
			t.Errorf("the newest that was not undone is %+v", it)
		}
		storetest.Change(t, s, func(tx offboard.Tx) error {
			_, it, err := tx.Departed(t.Context(), string(anna.ID))
			if it == nil || it.Departure != kept.Key {
				t.Errorf("the one to go by is %+v", it)
			}
			return err
		})
		if _, err := o.Undo(t.Context(), boss, kept.ID); err != nil {
			t.Fatal(err)
		}
		o.work(t)
		if p := o.person(t, anna.UPN); !p.AccountEnabled || p.Mailbox.Type != org.UserMailbox {
			t.Errorf("the run that kept her was undone, and she is %+v", p)
		}
		o.sound(t)
	})
}

// TestPurgeOfManyForgetsAll: hundreds are deleted for good at once, some of whom had
// left several times. R-PERM-02 R-PERM-03
func TestPurgeOfManyForgetsAll(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		storetest.Add(t, s, administrator())
		names := crowd(t, s, 300)
		dep := o.run(t, org.Choices{}, names...)
		if _, err := o.Undo(t.Context(), boss, dep.ID); err != nil {
			t.Fatal(err)
		}
		o.work(t)
		slices.Reverse(names)
		o.run(t, org.Choices{}, names[:200]...)
		for _, name := range names[200:250] {
			if err := o.DeleteUser(t.Context(), boss, name); err != nil {
				t.Fatal(err)
			}
		}
		o.sound(t)
		o.time = o.time.Add(org.UserRetention + org.Day)
		if swept, err := o.Sweep(t.Context(), nil); err != nil || swept.People != 250 {
			t.Fatalf("swept %+v, %v", swept, err)
		}
		o.sound(t)
		left, err := sqldb.All(t.Context(), s.DB(), sqldb.Value[string], "select name from departure_items where before <> '' order by pk")
		slices.Sort(names[250:])
		if err != nil || !slices.Equal(left, names[250:]) {
			t.Errorf("something is known of %v, %v", left, err)
		}
	})
}
