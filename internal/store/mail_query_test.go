package store_test

import (
	"reflect"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

func TestOpenMailboxes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		bram := storetest.Person(1, "bram")
		people := []org.Person{bram}
		rights := map[string][]org.Right{"zoe": {org.FullAccess}, "anna": {org.FullAccess, org.SendAs}, "carla": {org.SendAs}, "daan": {org.FullAccess}}
		for i, name := range []string{"zoe", "anna", "carla", "daan", "eva"} {
			p := storetest.Person(int64(10+i), name)
			p.Mailbox.Permissions = nil
			p.Mailbox.Grant(bram.ID, rights[name]...)
			people = append(people, p)
		}
		added := storetest.Add(t, s, people...)
		storetest.Delete(t, s, string(added[4].ID), storetest.Noon) // daan
		deliver(t, s, added[2].ID, "inbox a b c", "archive d")

		var got []offboard.OpenMailbox
		q := offboard.OpenMailboxQuery{Who: bram.ID, Limit: 1}
		for {
			page, err := s.OpenMailboxes(t.Context(), q)
			if err != nil || len(page.Rows) != 1 {
				t.Fatalf("got %+v, %v", page, err)
			}
			got = append(got, page.Rows...)
			if q.After = page.Next; q.After == "" {
				break
			}
		}
		want := []offboard.OpenMailbox{
			{Owner: added[2].Ref(), Rights: []org.Right{org.FullAccess, org.SendAs}, Unread: 2}, // a and c
			{Owner: added[3].Ref(), Rights: []org.Right{org.SendAs}},
			{Owner: added[1].Ref(), Rights: []org.Right{org.FullAccess}},
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("R-MBX-12: got  %+v\nwant %+v", got, want)
		}
		if page, err := s.OpenMailboxes(t.Context(), offboard.OpenMailboxQuery{Who: added[5].ID, Limit: 9}); err != nil || len(page.Rows) != 0 {
			t.Errorf("a stranger is shown %+v, %v", page, err)
		}
	})
}
