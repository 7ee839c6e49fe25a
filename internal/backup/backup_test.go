package backup_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"leaver/internal/backup"
	"leaver/internal/blob"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

var boss = org.Actor{ID: "op", Name: "op", Roles: []org.RoleID{org.GlobalAdmin}}

// office is an organization of a few people with a letter each.
type office struct {
	backup.Source
	desk    *offboard.Desk
	letters map[string]string // hash of the letter -> whose
}

func newOffice(t *testing.T, s *store.Store) *office {
	t.Helper()
	storetest.Contoso(t, s)
	bodies, err := blob.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	o := &office{Source: backup.Source{Store: s, Bodies: bodies.Unsynced(), Version: "test", NewID: storetest.IDs()}, letters: map[string]string{}}
	o.desk = &offboard.Desk{Store: s, Bodies: bodies, Now: func() time.Time { return storetest.Noon }, NewID: storetest.IDs(), Log: slog.New(slog.DiscardHandler)}
	admin := storetest.Plain(99, "admin")
	admin.Roles = []org.RoleID{org.GlobalAdmin}
	people := []offboard.Newcomer{{Person: admin, RoleIDs: []string{"r"}}}
	for i := range 6 {
		p := storetest.Person(int64(i), fmt.Sprintf("p%d", i))
		p.Licenses, p.Drive = nil, nil
		h, _, err := o.Bodies.Put(t.Context(), strings.NewReader("dear "+p.UPN))
		if err != nil {
			t.Fatal(err)
		}
		o.letters[h] = p.UPN
		people = append(people, offboard.Newcomer{Person: p, MailboxID: "mb-" + p.UPN, Folders: []offboard.Folder{{ID: "f-" + p.UPN, Messages: []offboard.Message{{ID: "m-" + p.UPN, Body: h}}}}})
	}
	storetest.Change(t, s, func(tx offboard.Tx) error { return tx.Seed(t.Context(), people) })
	if err := o.desk.DeleteUser(t.Context(), boss, "p0@contoso.com"); err != nil {
		t.Fatal(err)
	}
	return o
}

// purge deletes somebody for good, letter and all.
func (o *office) purge(t *testing.T, upn string) {
	t.Helper()
	id := storetest.Load(t, o.Store, upn)[0].ID
	if err := errors.Join(o.desk.DeleteUser(t.Context(), boss, upn), o.desk.PurgeUser(t.Context(), boss, string(id))); err != nil {
		t.Fatal(err)
	}
}

func sums(t *testing.T, s *store.Store) map[string]store.TableSum {
	t.Helper()
	got, err := s.Sums(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// sound opens what was restored and checks it from top to bottom.
func sound(t *testing.T, opt sqldb.Options, dir string) map[string]store.TableSum {
	t.Helper()
	s, err := store.Open(t.Context(), opt, storetest.IDs())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	bodies, err := blob.New(filepath.Join(dir, backup.BodyFolder))
	if err != nil {
		t.Fatal(err)
	}
	found, err := s.Check(t.Context(), store.Checkup{Now: storetest.Noon, Bodies: bodies, Deep: true})
	if err != nil || len(found) > 0 {
		t.Errorf("restored: %v, %v", found, err)
	}
	return sums(t, s)
}

func TestBackup(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		want := sums(t, s)
		file := filepath.Join(t.TempDir(), "b.tar.gz")
		m, err := backup.Write(t.Context(), o.Source, file, storetest.Noon, nil)
		if err != nil {
			t.Fatal(err)
		}
		if m.Bodies != 6 || m.People != 6 || m.DeletedTotal != 1 || m.Organization != "Contoso" || !maps.Equal(m.Tables, want) {
			t.Errorf("manifest %+v", m)
		}
		if _, err := backup.Write(t.Context(), o.Source, file, storetest.Noon, nil); !errors.Is(err, backup.ErrExists) {
			t.Errorf("over a file: %v", err)
		}
		if left, err := os.ReadDir(filepath.Dir(file)); err != nil || len(left) != 1 {
			t.Errorf("left behind: %v, %v", left, err)
		}
		o.purge(t, "p5@contoso.com") // after the backup: it comes back

		t.Run("to a folder", func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			if _, err := backup.Restore(t.Context(), file, backup.Target{Dir: dir, NewID: storetest.IDs()}, nil); err != nil {
				t.Fatal(err)
			}
			if got := sound(t, sqldb.Options{Path: filepath.Join(dir, backup.DatabaseFile)}, dir); !maps.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			if _, err := backup.Restore(t.Context(), file, backup.Target{Dir: dir, NewID: storetest.IDs()}, nil); !errors.Is(err, backup.ErrNotEmpty) {
				t.Errorf("over an organization: %v", err)
			}
		})
		t.Run("to a database", func(t *testing.T) {
			dir, url := t.TempDir(), sqltest.PostgresURL(t, nil)
			to := backup.Target{Dir: dir, URL: url, NewID: storetest.IDs()}
			if _, err := backup.Restore(t.Context(), file, to, nil); err != nil {
				t.Fatal(err)
			}
			if got := sound(t, sqldb.Options{URL: url}, dir); !maps.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			to.Dir = t.TempDir()
			if _, err := backup.Restore(t.Context(), file, to, nil); !errors.Is(err, backup.ErrNotEmpty) {
				t.Errorf("over an organization: %v", err)
			}
		})
	})
}

// TestBackupWhilePurging purges somebody between the snapshot and their letter.
func TestBackupWhilePurging(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		last := ""
		for h := range o.letters {
			if h > last && o.letters[h] != "p0@contoso.com" {
				last = h
			}
		}
		file := filepath.Join(t.TempDir(), "b.tar.gz")
		purged := false
		m, err := backup.Write(t.Context(), o.Source, file, storetest.Noon, func(backup.Progress) {
			if !purged {
				purged = true
				o.purge(t, o.letters[last])
			}
		})
		if err != nil || len(m.Missing) > 0 || m.Bodies < 5 {
			t.Fatalf("%+v, %v", m, err)
		}
		if !maps.Equal(m.Tables, sums(t, s)) {
			t.Error("the backup is not as of after the purge")
		}
		dir := filepath.Join(t.TempDir(), "data")
		if _, err := backup.Restore(t.Context(), file, backup.Target{Dir: dir, NewID: storetest.IDs()}, nil); err != nil {
			t.Fatal(err)
		}
		sound(t, sqldb.Options{Path: filepath.Join(dir, backup.DatabaseFile)}, dir)
	})
}

// TestBackupWhileWriting deletes people all the while; what is restored is one
// moment of it.
func TestBackupWhileWriting(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() {
			var err error
			for n := 0; n < 300 && ctx.Err() == nil && err == nil; n++ { // bounded: the trail that it leaves is backed up too
				if err = o.desk.DeleteUser(context.WithoutCancel(ctx), boss, "p1@contoso.com"); err == nil {
					_, err = o.desk.RestoreUser(context.WithoutCancel(ctx), boss, storetest.ID(0x100001), offboard.Restoring{})
				}
			}
			ended <- err
		}()
		for i := range 3 {
			file, dir := filepath.Join(t.TempDir(), "b.tar.gz"), filepath.Join(t.TempDir(), fmt.Sprint("data", i))
			if _, err := backup.Write(t.Context(), o.Source, file, storetest.Noon, nil); err != nil {
				t.Fatal(err)
			}
			if _, err := backup.Restore(t.Context(), file, backup.Target{Dir: dir, NewID: storetest.IDs()}, nil); err != nil {
				t.Fatal(err)
			}
			sound(t, sqldb.Options{Path: filepath.Join(dir, backup.DatabaseFile)}, dir)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestBackupOfDamage(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	var all []string
	for h := range o.letters {
		all = append(all, h)
	}
	if err := o.Bodies.Delete(t.Context(), all[0]); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "b.tar.gz")
	m, err := backup.Write(t.Context(), o.Source, file, storetest.Noon, nil)
	if err != nil || len(m.Missing) != 1 || m.Missing[0] != all[0] || m.Bodies != 5 {
		t.Fatalf("with a lost body: %+v, %v", m, err)
	}
	if _, err := backup.Restore(t.Context(), file, backup.Target{Dir: filepath.Join(t.TempDir(), "d"), NewID: storetest.IDs()}, nil); err != nil {
		t.Error(err)
	}
}

// TestRestoreOfDamage spoils a backup in every place where it can break.
func TestRestoreOfDamage(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	file := filepath.Join(t.TempDir(), "b.tar.gz")
	if _, err := backup.Write(t.Context(), o.Source, file, storetest.Noon, nil); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	half := len(text) / 2
	tests := map[string]struct {
		text []byte
		want error
	}{
		"nothing":        {nil, backup.ErrNotBackup},
		"something else": {[]byte("version: 1"), backup.ErrNotBackup},
		"another tar":    {retar(t, text, func(name string, b []byte) (string, []byte) { return "x" + name, b }), backup.ErrNotBackup},
		"newer": {retar(t, text, func(name string, b []byte) (string, []byte) {
			return name, bytes.Replace(b, []byte("leaver backup 1"), []byte("leaver backup 9"), 1)
		}), backup.ErrNewer},
		"cut off":     {text[:half], backup.ErrDamaged},
		"end cut off": {text[:len(text)-4], backup.ErrDamaged},
		"a byte":      {append(append(bytes.Clone(text[:half]), text[half]^1), text[half+1:]...), backup.ErrDamaged},
		"a letter": {retar(t, text, func(name string, b []byte) (string, []byte) {
			return name, bytes.Replace(b, []byte("dear p3"), []byte("dear p4"), 1)
		}), backup.ErrDamaged},
		"without letters": {retar(t, text, without("bodies/")), backup.ErrDamaged},
		"no manifest":     {retar(t, text, without("manifest.json")), backup.ErrDamaged},
		"no database":     {retar(t, text, without("organization.db")), backup.ErrDamaged},
		"database": {retar(t, text, func(name string, b []byte) (string, []byte) {
			return name, bytes.ReplaceAll(b, []byte("Dorpsstraat 1"), []byte("Dorpsstraat 2"))
		}), backup.ErrDamaged},
		"path": {retar(t, text, func(name string, b []byte) (string, []byte) { return strings.Replace(name, "bodies/", "../", 1), b }), backup.ErrDamaged},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			bad, data := filepath.Join(dir, "bad"), filepath.Join(dir, "data")
			if err := os.WriteFile(bad, tt.text, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := backup.Restore(t.Context(), bad, backup.Target{Dir: data, NewID: storetest.IDs()}, nil); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if left, err := os.ReadDir(data); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
				t.Errorf("beside it: %v, %v", left, err)
			}
		})
	}
}

func without(prefix string) func(string, []byte) (string, []byte) {
	return func(name string, b []byte) (string, []byte) {
		if strings.HasPrefix(name, prefix) {
			return "", nil
		}
		return name, b
	}
}

// retar changes the entries of a backup; one without a name goes.
func retar(t *testing.T, text []byte, change func(name string, b []byte) (string, []byte)) []byte {
	t.Helper()
	zip, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	outZip := gzip.NewWriter(&buf)
	in, out := tar.NewReader(zip), tar.NewWriter(outZip)
	for {
		header, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if header.Name, b = change(header.Name, b); header.Name == "" {
			continue
		}
		header.Size = int64(len(b))
		if err := out.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(out.Close(), outZip.Close()); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}
