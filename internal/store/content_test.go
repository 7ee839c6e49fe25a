package store_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

func message(subject string, minute int) offboard.Message {
	return offboard.Message{
		ID: "m-" + subject, Subject: subject, SenderName: "Bram", SenderAddress: "Bram@contoso.com", Recipients: []string{"anna@contoso.com", "x@y.example"}, Copies: []string{"c@y.example", "d@y.example"},
		Received: storetest.Noon.Add(time.Duration(minute) * time.Minute), Read: minute%2 == 0, Preview: "Hallo", Size: 100, Body: "body-" + subject,
	}
}

// deliver puts messages in folders of a mailbox: "inbox a b" is a and b in the inbox.
func deliver(t *testing.T, s *store.Store, to org.UserID, folders ...string) {
	t.Helper()
	minute := 0
	for _, line := range folders {
		words := strings.Fields(line)
		for _, subject := range words[1:] {
			minute++
			storetest.Change(t, s, func(tx offboard.Tx) error {
				ok, err := tx.Deliver(t.Context(), to, words[0], message(subject, minute))
				if err == nil && !ok {
					t.Errorf("no mailbox for %s", subject)
				}
				return err
			})
		}
	}
}

func TestMail(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		people := storetest.Add(t, s, storetest.Person(1, "anna"), storetest.Plain(2, "carla"))
		anna := people[0].ID
		deliver(t, s, anna, "Inbox a b c d e", "SentItems f")

		subjects := func(q offboard.MessageQuery) string {
			t.Helper()
			q.User = anna
			var got []string
			for {
				page, err := s.Messages(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				for _, m := range page.Rows {
					got = append(got, m.Subject)
				}
				if page.Next == "" {
					return strings.Join(got, " ")
				}
				q.SkipToken = page.Next
			}
		}
		for _, c := range []struct {
			q    offboard.MessageQuery
			want string
		}{
			{offboard.MessageQuery{ListQuery: query(t, "$top=2")}, "f e d c b a"},
			{offboard.MessageQuery{ListQuery: query(t, "$top=2"), Folder: "inbox"}, "e d c b a"},
			{offboard.MessageQuery{ListQuery: query(t, "$orderby=receivedDateTime&$top=2"), Folder: "Inbox"}, "a b c d e"},
			{offboard.MessageQuery{ListQuery: query(t, "$filter=isRead eq false and from/emailAddress/address eq 'bram@contoso.com'")}, "e c a"},
			{offboard.MessageQuery{ListQuery: query(t, "$filter=receivedDateTime gt 2026-11-21T12:04:00Z")}, "f e"},
			{offboard.MessageQuery{ListQuery: query(t, "$filter=startswith(subject,'B')")}, "b"},
			{offboard.MessageQuery{Folder: "drafts"}, ""},
		} {
			if got := subjects(c.q); got != c.want {
				t.Errorf("R-API-52 %+v: got %s, want %s", c.q, got, c.want)
			}
		}
		t.Run("R-API-52 folders with their counts", func(t *testing.T) {
			folders, err := s.MailFolders(t.Context(), anna, "", false)
			if err != nil || len(folders) != 2 {
				t.Fatalf("got %+v, %v", folders, err)
			}
			want := offboard.FolderRow{ID: folders[0].ID, Name: "Inbox", WellKnown: "inbox", Unread: 3, Total: 5}
			if folders[0] != want {
				t.Errorf("got %+v, want %+v", folders[0], want)
			}
			for _, ref := range []string{"inbox", "INBOX", folders[0].ID} {
				if f, err := s.MailFolder(t.Context(), anna, ref); err != nil || f == nil || *f != want {
					t.Errorf("%s: %+v, %v", ref, f, err)
				}
			}
			if f, err := s.MailFolder(t.Context(), anna, "drafts"); f != nil || err != nil {
				t.Errorf("got %+v, %v", f, err)
			}
			if inside, err := s.MailFolders(t.Context(), anna, "inbox", true); len(inside) != 0 || err != nil {
				t.Errorf("got %+v, %v", inside, err)
			}
		})
		t.Run("one message", func(t *testing.T) {
			m, err := s.Message(t.Context(), anna, "m-a")
			if err != nil || m == nil || !reflect.DeepEqual(m.Message, message("a", 1)) || m.FolderID == "" {
				t.Errorf("got %+v, %v", m, err)
			}
			if m, err := s.Message(t.Context(), people[1].ID, "m-a"); m != nil || err != nil {
				t.Errorf("another's: %+v, %v", m, err)
			}
		})
		if p := storetest.Load(t, s, string(anna))[0]; p.Mailbox.Size != 5*org.GB+600 {
			t.Errorf("the mailbox holds %d bytes", p.Mailbox.Size)
		}
		storetest.Change(t, s, func(tx offboard.Tx) error {
			ok, err := tx.Deliver(t.Context(), people[1].ID, "inbox", message("z", 1))
			if ok {
				t.Error("delivered to somebody without a mailbox")
			}
			return err
		})
	})
}

// tree is a folder with a folder with a file, shared at two levels.
func tree(with org.UserID) offboard.File {
	file := offboard.File{ID: "i-file", Name: "Rapport.docx", Size: 1000, Mime: "application/msword", Body: "body-file", Created: storetest.Noon, Modified: storetest.Noon.Add(time.Hour)}
	file.Shared = []offboard.Share{{ID: "s-file", Who: with, Role: "read", Expires: storetest.Noon.AddDate(0, 1, 0)}}
	inner := offboard.File{ID: "i-inner", Name: "Binnen", Folder: true, Files: []offboard.File{file}, Created: storetest.Noon, Modified: storetest.Noon}
	return offboard.File{
		ID: "i-outer", Name: "Buiten", Folder: true, Files: []offboard.File{inner}, Created: storetest.Noon, Modified: storetest.Noon,
		Shared: []offboard.Share{{ID: "s-outer", Who: with, Role: "write"}},
	}
}

func TestDrive(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		people := storetest.Add(t, s, storetest.Person(1, "anna"), storetest.Person(2, "bram"), storetest.Plain(3, "carla"))
		anna, bram := people[0], people[1]
		add := func(parent string, f offboard.File) (ok bool) {
			t.Helper()
			storetest.Change(t, s, func(tx offboard.Tx) (err error) {
				ok, err = tx.AddFile(t.Context(), anna.Drive.ID, parent, f)
				return err
			})
			return ok
		}
		if !add("", tree(bram.ID)) || !add("", offboard.File{ID: "i-a", Name: "a.txt", Size: 5, Body: "body-a"}) || add("i-a", offboard.File{Name: "in a file"}) {
			t.Error("files go into folders only")
		}

		t.Run("R-API-60 the drive", func(t *testing.T) {
			d, err := s.DriveOf(t.Context(), anna.ID)
			want := offboard.DriveRow{ID: anna.Drive.ID, Owner: anna.Ref(), Size: org.GB + 1005, Items: 7 + 4}
			if err != nil || !reflect.DeepEqual(*d, want) {
				t.Errorf("got %+v, want %+v (%v)", d, want, err)
			}
			if d, err := s.DriveOf(t.Context(), people[2].ID); d != nil || err != nil {
				t.Errorf("got %+v, %v", d, err)
			}
		})
		t.Run("R-API-61 what lies where", func(t *testing.T) {
			page, err := s.Files(t.Context(), offboard.FileQuery{Drive: anna.Drive.ID, ListQuery: query(t, "$top=1")})
			if err != nil || len(page.Rows) != 1 || page.Rows[0].ID != "i-outer" || page.Rows[0].Children != 1 || page.Next == "" {
				t.Fatalf("got %+v, %v", page, err)
			}
			page, err = s.Files(t.Context(), offboard.FileQuery{Drive: anna.Drive.ID, Parent: "i-inner", ListQuery: query(t, "$count=true")})
			if err != nil || len(page.Rows) != 1 || *page.Count != 1 {
				t.Fatalf("got %+v, %v", page, err)
			}
			want := tree(bram.ID).Files[0].Files[0]
			want.Shared = nil
			if got := page.Rows[0]; !reflect.DeepEqual(got, offboard.FileRow{File: want, Drive: anna.Drive.ID, ParentID: "i-inner"}) {
				t.Errorf("got %+v", got)
			}
			f, err := s.FileAt(t.Context(), anna.Drive.ID, []string{"Buiten", "Binnen", "Rapport.docx"})
			if err != nil || f == nil || f.ID != "i-file" {
				t.Errorf("by path: %+v, %v", f, err)
			}
			if f, err := s.FileAt(t.Context(), anna.Drive.ID, []string{"Buiten", "Rapport.docx"}); f != nil || err != nil {
				t.Errorf("no such path: %+v, %v", f, err)
			}
			if f, err := s.File(t.Context(), bram.Drive.ID, "i-file"); f != nil || err != nil {
				t.Errorf("in another drive: %+v, %v", f, err)
			}
		})
		shares := func(item string) (out []string) {
			t.Helper()
			list, err := s.Shares(t.Context(), anna.Drive.ID, item)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range list {
				out = append(out, x.ID+" "+x.Item+" "+x.To.Name+" "+x.Role)
			}
			return out
		}
		t.Run("R-API-62 access is inherited", func(t *testing.T) {
			want := []string{"s-file i-file bram@contoso.com read", "s-outer i-outer bram@contoso.com write"}
			if got := shares("i-file"); !reflect.DeepEqual(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
		t.Run("R-API-61 sharing again changes the role, R-API-62 taking it away", func(t *testing.T) {
			storetest.Change(t, s, func(tx offboard.Tx) error {
				x, err := tx.AddShare(t.Context(), anna.Drive.ID, "i-file", offboard.Share{Who: bram.ID, Role: "write"})
				if err != nil || x == nil || x.ID != "s-file" {
					t.Errorf("got %+v, %v", x, err)
				}
				if x, err := tx.AddShare(t.Context(), anna.Drive.ID, "i-file", offboard.Share{Who: people[2].ID, Role: "read"}); err != nil || x == nil || x.ID == "" {
					t.Errorf("got %+v, %v", x, err)
				}
				if x, err := tx.AddShare(t.Context(), bram.Drive.ID, "i-file", offboard.Share{Who: bram.ID, Role: "write"}); err != nil || x != nil {
					t.Errorf("in another drive: %+v, %v", x, err)
				}
				if ok, err := tx.RemoveShare(t.Context(), anna.Drive.ID, "i-outer", "s-file"); ok || err != nil {
					t.Errorf("taken from the wrong item: %v", err)
				}
				ok, err := tx.RemoveShare(t.Context(), anna.Drive.ID, "i-outer", "s-outer")
				if !ok {
					t.Error("not taken away")
				}
				return err
			})
			if got := shares("i-file"); len(got) != 2 || got[0] != "s-file i-file bram@contoso.com write" || !strings.HasSuffix(got[1], " i-file carla@contoso.com read") {
				t.Errorf("got %v", got)
			}
		})
		t.Run("R-SM-07 a drive outlives its owner", func(t *testing.T) {
			gone := storetest.Delete(t, s, "anna@contoso.com", storetest.Noon)
			storetest.Change(t, s, func(tx offboard.Tx) error {
				return tx.Purge(t.Context(), []offboard.Purged{{Person: gone, Remains: org.Remains{Drive: true}}}, storetest.Noon)
			})
			d, err := s.Drive(t.Context(), anna.Drive.ID)
			if err != nil || d == nil || d.Owner.ID != string(anna.ID) || d.Owner.Name != "anna@contoso.com" || !d.Deleted.Equal(storetest.Noon) {
				t.Errorf("got %+v, %v", d, err)
			}
		})
	})
}
