package store_test

import (
	"reflect"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

func TestOpenDrives(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		bram := storetest.Person(1, "bram")
		people := []org.Person{bram}
		for i, name := range []string{"zoe", "anna", "daan", "carla", "eva"} {
			p := storetest.Person(int64(10+i), name)
			if name != "eva" {
				p.Drive.Grants = []org.DriveGrant{{Who: bram.ID}}
			}
			people = append(people, p)
		}
		added := storetest.Add(t, s, people...)
		gone := storetest.Delete(t, s, string(added[3].ID), storetest.Noon) // daan
		storetest.Change(t, s, func(tx offboard.Tx) error {
			return tx.Purge(t.Context(), []offboard.Purged{{Person: gone, Remains: org.Remains{Drive: true}}}, storetest.Noon)
		})
		storetest.Delete(t, s, string(added[4].ID), storetest.Noon) // carla
		var got []org.DriveID
		q := offboard.OpenDriveQuery{Who: bram.ID, Limit: 1}
		for {
			page, err := s.OpenDrives(t.Context(), q)
			if err != nil || len(page.Rows) != 1 {
				t.Fatalf("got %+v, %v", page, err)
			}
			if d := page.Rows[0]; d.ID == added[3].Drive.ID && (d.Owner.ID != string(added[3].ID) || d.Deleted.IsZero()) {
				t.Errorf("R-SM-07: of somebody purged %+v", d)
			}
			got = append(got, page.Rows[0].ID)
			if q.After = page.Next; q.After == "" {
				break
			}
		}
		want := []org.DriveID{added[2].Drive.ID, added[4].Drive.ID, added[3].Drive.ID, added[1].Drive.ID} // anna, carla, daan, zoe
		if !reflect.DeepEqual(got, want) {
			t.Errorf("R-OD-04: got %v, want %v", got, want)
		}
		if page, err := s.OpenDrives(t.Context(), offboard.OpenDriveQuery{Who: added[5].ID, Limit: 9}); err != nil || len(page.Rows) != 0 {
			t.Errorf("a stranger is shown %+v, %v", page, err)
		}
	})
}

func TestFoldersFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		anna := storetest.Add(t, s, storetest.Person(1, "anna"))[0]
		storetest.Change(t, s, func(tx offboard.Tx) error {
			for _, f := range []offboard.File{{ID: "1", Name: "b.txt"}, {ID: "2", Name: "Z", Folder: true}, {ID: "3", Name: "C.txt"}, {ID: "4", Name: "a", Folder: true}, {ID: "5", Name: "A.txt"}} {
				if _, err := tx.AddFile(t.Context(), anna.Drive.ID, "", f); err != nil {
					return err
				}
			}
			return nil
		})
		q := offboard.FileQuery{Drive: anna.Drive.ID, FoldersFirst: true}
		q.Top = 2
		var got []string
		for {
			page, err := s.Files(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range page.Rows {
				got = append(got, f.Name)
			}
			if q.SkipToken = page.Next; q.SkipToken == "" {
				break
			}
		}
		if want := []string{"a", "Z", "A.txt", "b.txt", "C.txt"}; !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}
