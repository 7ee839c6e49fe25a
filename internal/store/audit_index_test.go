package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// full is how many entries are indexed together.
const full = store.RunLength

// crowded makes a trail of n entries that speak of one hundred people in turn, done by
// two; what it says of the others is asked for here.
func crowded(t *testing.T, s *store.Store, n int, others map[int]offboard.Entry) {
	t.Helper()
	entries := make([]offboard.Entry, n)
	for i := range entries {
		seq := i + 1
		e, ok := others[seq]
		if !ok {
			e = offboard.Entry{
				Actor: org.Actor{ID: org.UserID(fmt.Sprintf("admin-%d", seq%2)), Name: fmt.Sprintf("Admin%d@contoso.com", seq%2)}, Action: offboard.ActUpdateUser,
				Target: org.Ref{ID: storetest.ID(int64(seq % 100)), Name: fmt.Sprintf("p%d@contoso.com", seq%100)},
			}
		}
		e.At = storetest.Noon
		entries[i] = e
	}
	trail(t, s, entries...)
}

// seqs asks for a search page by page.
func seqs(t *testing.T, s *store.Store, q offboard.AuditQuery) []int64 {
	t.Helper()
	var all []int64
	for {
		page, err := s.AuditEntries(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page {
			all = append(all, e.Seq)
		}
		if len(page) < q.Limit {
			return all
		}
		q.Before = page[len(page)-1].Seq
	}
}

// TestSearchTrail: entries are found before the end of the index, behind it and over
// the border, by id and by name, and nothing else is.
func TestSearchTrail(t *testing.T) {
	admin := org.Actor{ID: "admin-1", Name: "Admin1@contoso.com"}
	anna := org.Ref{ID: "01a1fc65-ebdc-7357-a0dc-3901578b231a", Name: "Anna@Contoso.com"}
	zoe := org.Ref{ID: "zoë-1", Name: "ZoË@contoso.com"}
	others := map[int]offboard.Entry{}
	for _, seq := range []int{1, 7, full, full + 1, 2 * full, 2*full + 1, 2*full + 30} {
		others[seq] = offboard.Entry{Actor: admin, Action: offboard.ActDelete, Target: anna}
	}
	for seq := full + 100; seq < full+150; seq += 3 { // more than are named one by one
		others[seq] = offboard.Entry{Actor: org.Actor{ID: "helper", Name: "Helper"}, Action: offboard.ActPassword, Target: zoe}
	}
	var ofHelper, ofAdmin []int64
	for seq := 2*full + 40; seq > 0; seq-- {
		e, ok := others[seq]
		switch {
		case ok && e.Actor.ID == "helper":
			ofHelper = append(ofHelper, int64(seq))
		case ok, seq%2 == 1:
			ofAdmin = append(ofAdmin, int64(seq))
		}
	}
	ofAnna := []int64{2*full + 30, 2*full + 1, 2 * full, full + 1, full, 7, 1}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		crowded(t, s, 2*full+40, others)
		for _, c := range []struct {
			q    offboard.AuditQuery
			want []int64
		}{
			{offboard.AuditQuery{Target: anna.ID}, ofAnna},
			{offboard.AuditQuery{Target: strings.ToUpper(anna.ID)}, nil},
			{offboard.AuditQuery{Target: "ANNA@contoso.com"}, ofAnna},
			{offboard.AuditQuery{Target: "Anna@Contoso.com", Before: 2 * full}, ofAnna[3:]},
			{offboard.AuditQuery{Target: anna.ID, Before: full + 1}, ofAnna[4:]},
			{offboard.AuditQuery{Target: anna.ID, Actor: "ADMIN1@contoso.com"}, ofAnna},
			{offboard.AuditQuery{Target: anna.ID, Actor: "helper"}, nil},
			{offboard.AuditQuery{Target: anna.ID, Action: offboard.ActRestore}, nil},
			{offboard.AuditQuery{Actor: anna.ID}, nil},
			{offboard.AuditQuery{Target: admin.Name}, nil},
			{offboard.AuditQuery{Target: "zoë-1"}, ofHelper},
			{offboard.AuditQuery{Target: "zoË@CONTOSO.com"}, ofHelper},
			{offboard.AuditQuery{Target: "zoë@contoso.com"}, nil}, // only ASCII is folded, on either database
			{offboard.AuditQuery{Actor: "HELPER"}, ofHelper},
			{offboard.AuditQuery{Actor: "helper"}, ofHelper},
			{offboard.AuditQuery{Actor: "admin1@contoso.com"}, ofAdmin},
			{offboard.AuditQuery{Actor: "nobody"}, nil},
		} {
			for _, limit := range []int{2, 1000, 3 * full} {
				if c.q.Limit = limit; limit == 2 && len(c.want) > 100 {
					continue // pages of two, of thousands
				}
				if got := seqs(t, s, c.q); !slices.Equal(got, c.want) {
					t.Errorf("R-DEL-21 %+v: got %d: %v, want %d: %v", c.q, len(got), got[:min(20, len(got))], len(c.want), c.want[:min(20, len(c.want))])
				}
			}
		}
	})
}

// indexRows is what the index holds.
func indexRows(t *testing.T, s *store.Store) (rows int, last int64) {
	t.Helper()
	if err := s.DB().QueryRow(t.Context(), "select count(*), coalesce(max(run), 0) from audit_index").Scan(&rows, &last); err != nil {
		t.Fatal(err)
	}
	return rows, last
}

// TestIndexOfTheTrail: the index goes on with every full run, in the transaction that
// fills it, however the entries come; and it is the same one.
func TestIndexOfTheTrail(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		crowded(t, s, full-1, nil)
		if rows, _ := indexRows(t, s); rows != 0 {
			t.Errorf("%d rows before the first run is full", rows)
		}
		lost := errors.New("no")
		if err := s.Change(t.Context(), func(tx offboard.Tx) error {
			return errors.Join(tx.Audit(t.Context(), make([]offboard.Entry, 2)...), lost)
		}); !errors.Is(err, lost) {
			t.Fatal(err)
		}
		if rows, _ := indexRows(t, s); rows != 0 {
			t.Errorf("%d rows of what did not happen", rows)
		}
		crowded(t, s, 1, nil)
		rows, last := indexRows(t, s)
		if rows == 0 || last != 1 {
			t.Errorf("the first run: %d rows, the last of run %d", rows, last)
		}
		crowded(t, s, 3*full, nil)
		if more, last := indexRows(t, s); more != 4*rows || last != 3*full+1 {
			t.Errorf("four runs: %d rows, the last of run %d", more, last)
		}
		whole := contents(t, s)
		spoil(t, s, "delete from audit_index")
		if err := store.CatchUp(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		if again := contents(t, s); !bytes.Equal(again, whole) {
			t.Error("made anew, the index is another one")
		}
		found, err := s.Check(t.Context(), store.Checkup{Now: storetest.Noon, Deep: true})
		if err != nil || slices.ContainsFunc(found, func(f store.Finding) bool { return f.Code == "auditIndex" }) {
			t.Errorf("a sound index: %v, %v", found, err)
		}
	})
}

// TestIndexStaysBehind: a transaction that finds no index makes a part of it, and what
// is missing is looked through.
func TestIndexStaysBehind(t *testing.T) {
	s := storetest.SQLite(t)
	storetest.Contoso(t, s)
	crowded(t, s, 66*full-1, nil)
	spoil(t, s, "delete from audit_index")
	crowded(t, s, 1, nil)
	if _, last := indexRows(t, s); last != 63*full+1 {
		t.Errorf("one transaction indexed up to run %d", last)
	}
	var want []int64
	for seq := int64(66*full - 1); seq > 0; seq-- {
		if seq%100 == 7 {
			want = append(want, seq)
		}
	}
	if got := seqs(t, s, offboard.AuditQuery{Target: "P7@contoso.com", Limit: 1000}); !slices.Equal(got, want) {
		t.Errorf("got %d, want %d, the newest %v and %v", len(got), len(want), got[:min(3, len(got))], want[:3])
	}
	if err := store.CatchUp(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if _, last := indexRows(t, s); last != 65*full+1 {
		t.Errorf("afterwards it is indexed up to run %d", last)
	}
}

func contents(t *testing.T, s *store.Store) []byte {
	t.Helper()
	all, err := sqldb.All(t.Context(), s.DB(), func(r *sqldb.Rows) ([]byte, error) {
		var bucket, run int64
		var row []byte
		err := r.Scan(&bucket, &run, &row)
		return append(row, fmt.Sprintf(" %d %d\n", bucket, run)...), err
	}, "select bucket, run, whom from audit_index order by bucket, run")
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Join(all, nil)
}

// TestCheckTrailIndex: a row that is missing, too many or not what it was is found.
func TestCheckTrailIndex(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		crowded(t, s, 2*full+5, nil)
		for _, harm := range []string{
			"delete from audit_index where bucket = 5 and run = 1",
			"insert into audit_index (bucket, run, whom) select bucket, 999999, whom from audit_index where bucket = 5 and run = 1",
			"insert into audit_index (bucket, run, whom) select 128, run, whom from audit_index where bucket = 5 and run = 1",
			fmt.Sprintf("update audit_index set whom = (select x.whom from audit_index x order by length(x.whom) desc limit 1) where bucket = 5 and run = %d", full+1),
		} {
			spoil(t, s, harm)
			if got := codes(t, s, store.Checkup{Now: storetest.Noon, Deep: true}); !slices.Contains(got, "auditIndex") {
				t.Errorf("after %s: %v", harm, got)
			}
			spoil(t, s, "delete from audit_index")
			if err := store.CatchUp(context.WithoutCancel(t.Context()), s); err != nil {
				t.Fatal(err)
			}
			if got := codes(t, s, store.Checkup{Now: storetest.Noon, Deep: true}); slices.Contains(got, "auditIndex") {
				t.Errorf("mended after %s: %v", harm, got)
			}
		}
	})
}

// TestOpenIndexesTheTrail: a trail without an index, as older versions left it, has one
// when the database is open.
func TestOpenIndexesTheTrail(t *testing.T) {
	at := sqldb.Options{Path: filepath.Join(t.TempDir(), "leaver.db"), NoSync: true}
	s, err := store.Open(t.Context(), at, storetest.IDs())
	if err != nil {
		t.Fatal(err)
	}
	storetest.Contoso(t, s)
	crowded(t, s, 40*full, nil)
	crowded(t, s, 30*full+9, nil)
	want := contents(t, s) // more than one transaction makes
	spoil(t, s, "delete from audit_index")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := store.Open(t.Context(), at, storetest.IDs())
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got := contents(t, again); !bytes.Equal(got, want) {
		t.Errorf("%d bytes of an index, want %d", len(got), len(want))
	}
}

// TestReindex: the index is made anew, whatever has become of it, and also where it was
// damaged in a way that keeps it from going on.
func TestReindex(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		crowded(t, s, 3*full+5, nil)
		want := contents(t, s)
		for _, harm := range []string{
			"delete from audit_index",
			fmt.Sprintf("delete from audit_index where bucket = 0 and run = %d", 2*full+1), // which says how far it reaches
			"delete from audit_index where bucket = 7",
			"insert into audit_index (bucket, run, whom) select bucket, 999999, whom from audit_index where run = 1",
			"update audit_index set whom = (select x.whom from audit_index x order by length(x.whom) desc limit 1) where bucket = 5",
		} {
			spoil(t, s, harm)
			if err := s.Reindex(t.Context()); err != nil {
				t.Errorf("after %s: %v", harm, err)
			}
			if got := contents(t, s); !bytes.Equal(got, want) {
				t.Errorf("after %s the index is another one", harm)
			}
		}
	})
}

// TestIndexGoesOnBesideRows: rows that a damaged index has ahead of where it says to
// reach do not keep the trail from being written, nor the database from being opened.
func TestIndexGoesOnBesideRows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		crowded(t, s, 2*full, nil)
		want := contents(t, s)
		spoil(t, s, fmt.Sprintf("delete from audit_index where bucket = 0 and run = %d", full+1))
		if err := store.CatchUp(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		if got := contents(t, s); !bytes.Equal(got, want) {
			t.Error("the index is another one")
		}
		spoil(t, s, "delete from audit_index where bucket = 0")
		crowded(t, s, full, nil)
		if rows, last := indexRows(t, s); rows != 3*128 || last != 2*full+1 {
			t.Errorf("%d rows, the last of run %d", rows, last)
		}
	})
}

// TestCopyTakesTheIndexAlong: to the other database and back, the index is what it was
// without being made anew, and an entry is found by it.
func TestCopyTakesTheIndexAlong(t *testing.T) {
	from := storetest.SQLite(t)
	storetest.Contoso(t, from)
	anna := org.Ref{ID: "01a1fc65-ebdc-7357-a0dc-3901578b231a", Name: "Zoë@Contoso.com"}
	entry := offboard.Entry{Actor: org.Actor{ID: "helper", Name: "Helper"}, Action: offboard.ActDelete, Target: anna}
	crowded(t, from, 2*full+40, map[int]offboard.Entry{3: entry, full + 9: entry, 2*full + 1: entry})
	whole, want := contents(t, from), []int64{2*full + 1, full + 9, 3}
	back := storetest.SQLite(t)
	for _, to := range []*store.Store{store.New(sqltest.Postgres(t, store.Migrations()), storetest.IDs()), back} {
		if _, err := store.Copy(t.Context(), from, to, nil, nil, nil); err != nil {
			t.Fatal(err)
		}
		if got := contents(t, to); !bytes.Equal(got, whole) {
			t.Errorf("%v: the index is another one", to.DB().Dialect())
		}
		for _, q := range []offboard.AuditQuery{{Target: anna.ID}, {Target: "zoë@contoso.com"}, {Actor: "HELPER"}} {
			q.Limit = 2
			if got := seqs(t, to, q); !slices.Equal(got, want) {
				t.Errorf("R-DEL-21 %v: %+v finds %v, want %v", to.DB().Dialect(), q, got, want)
			}
		}
		from = to
	}
	spoil(t, back, fmt.Sprintf("update audit_index set whom = x'' where run = %d", full+1))
	if got := seqs(t, back, offboard.AuditQuery{Target: anna.ID, Limit: 2}); !slices.Equal(got, []int64{2*full + 1, 3}) {
		t.Errorf("without its index an entry is found all the same: %v", got)
	}
}
