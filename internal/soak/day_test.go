package soak

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"leaver/internal/backup"
	"leaver/internal/blob"
	"leaver/internal/practice"
	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestSoakDay is a day of work in minutes, over HTTP against the program itself:
// 8 administrators, 200 API clients, bulk runs with their undo, a clock that
// moves and sweeps, and backups. Nothing may fail but by a rule. However short it is,
// a bulk run and a backup have to fit in.
func TestSoakDay(t *testing.T) {
	together(t)
	length := pick(5*time.Second, 10*time.Minute)
	t.Run("sqlite", func(t *testing.T) {
		together(t)
		dir := t.TempDir()
		day(t, dir, length, sqldb.Options{Path: filepath.Join(dir, "leaver.db")}, "--data", dir)
	})
	t.Run("postgres", func(t *testing.T) {
		together(t)
		url := sqltest.PostgresURL(t, store.Migrations())
		dir := t.TempDir()
		day(t, filepath.Join(dir, "leaver-data"), length, sqldb.Options{URL: url}, "--database", url)
	})
}

func day(t *testing.T, dir string, length time.Duration, db sqldb.Options, where ...string) {
	t.Helper()
	d := &workday{ran: make(chan struct{}), backed: make(chan struct{}), server: serve(t, filepath.Dir(dir), pick(1400, 20_000), where...), seen: newLedger()}
	d.app = d.server.token(t, "grant_type", "client_credentials", "client_id", practice.App().ClientID, "client_secret", practice.App().Secret)
	d.gather(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	defer time.AfterFunc(length, func() {
		for _, full := range []chan struct{}{d.ran, d.backed} {
			select {
			case <-full:
			case <-ctx.Done():
			}
		}
		stop()
	}).Stop()
	var all sync.WaitGroup
	for i, name := range []string{"admin", "admin2", "useradmin", "license", "exchange", "sharepoint", "helpdesk", "reader"} {
		token := d.server.token(t, "grant_type", "password", "client_id", publicClient, "username", name+"@"+practice.Domain, "password", practice.Password)
		all.Go(func() { d.administrator(ctx, token, i) })
	}
	for i := range apiClients {
		all.Go(func() { d.client(ctx, i) })
	}
	all.Go(func() { d.bulk(ctx) })
	all.Go(func() { d.clock(ctx, length/25) })
	all.Go(func() { d.backups(ctx, t, dir, db) })
	memory := d.server.memory(ctx, length)
	all.Wait()
	d.server.stop(t)

	for _, f := range d.seen.failures {
		t.Errorf("not by a rule: %s", f)
	}
	early, late := slices.Max(memory[:len(memory)/2+1]), memory[len(memory)-1]
	if late > early*3/2+64 {
		t.Errorf("memory grows: %v MiB", memory)
	}
	t.Logf("%d requests in %v, %d bulk runs, %d backups\nby kind (number, p50, p99): %s\nrefused: %v\nmemory in MiB: %v",
		d.seen.total, length, d.runs, d.saved, d.seen.figures(), d.seen.refused, memory)

	s, err := store.Open(t.Context(), db, storetest.IDs())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	bodies, err := blob.New(filepath.Join(dir, "bodies"))
	if err != nil {
		t.Fatal(err)
	}
	found, err := s.Check(t.Context(), store.Checkup{Now: time.Now(), Bodies: bodies, Deep: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Errorf("doctor: %v", f)
	}
}

// apiClients is how many programs work at the same time.
const apiClients = 200

// publicClient is a program that everybody may sign in with.
const publicClient = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"

// workday is what everybody does.
type workday struct {
	server *program
	seen   *ledger
	app    string   // a token of a program
	people []string // ids of ordinary people
	crowd  []string // ids of those who leave in bulk
	runs   int
	saved  int
	// ran and backed are closed after the first bulk run and the first backup.
	ran, backed chan struct{}
}

// gather lists the people, and leaves those who each show a rule alone.
func (d *workday) gather(t *testing.T) {
	t.Helper()
	next := "/v1.0/users?$select=id&$top=999"
	var ids []string
	for next != "" {
		var page struct {
			Value []struct{ ID string }
			Next  string `json:"@odata.nextLink"`
		}
		if err := d.server.call(t.Context(), d.app, "GET", next, nil, &page).err; err != nil {
			t.Fatal(err)
		}
		for _, u := range page.Value {
			ids = append(ids, u.ID)
		}
		next = d.server.local(page.Next)
	}
	d.people, d.crowd = ids[300:len(ids)-600], ids[len(ids)-600:]
}

// do makes a request and takes note of how it went. One that is under way when
// the day ends gets its answer.
func (d *workday) do(ctx context.Context, kind, token, method, path string, body, into any) bool {
	got := d.server.call(context.WithoutCancel(ctx), token, method, path, body, into)
	d.seen.add(kind, got)
	return got.err == nil
}

// pause is the time that somebody thinks; false when the day is over.
func pause(ctx context.Context, atMost time.Duration) bool {
	timer := time.NewTimer(rand.N(atMost))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// administrator looks at pages, plans, and lets single people go.
func (d *workday) administrator(ctx context.Context, token string, n int) {
	for i := 0; pause(ctx, 2*time.Second); i++ {
		id := d.people[rand.IntN(len(d.people))]
		d.do(ctx, "page", token, "GET", "/v1.0/users?$top=100&$select=id,displayName,userPrincipalName", nil, nil)
		d.do(ctx, "person", token, "GET", "/api/v1/people/"+id, nil, nil)
		d.do(ctx, "subscriptions", token, "GET", "/api/v1/subscriptions", nil, nil)
		d.do(ctx, "deleted", token, "GET", "/api/v1/deleted?$top=50", nil, nil)
		d.do(ctx, "audit", token, "GET", "/api/v1/audit?$top=50", nil, nil)
		d.do(ctx, "plan", token, "POST", "/api/v1/departures/plan", map[string]any{"users": []any{map[string]any{"user": id}}}, nil)
		if n < 2 && i%3 == 0 { // the two Global Administrators
			d.departure(ctx, token, []string{id}, map[string]any{"mailTo": "bram.jansen@" + practice.Domain})
		}
	}
}

// client reads most of the time, and deletes and restores people of its own.
func (d *workday) client(ctx context.Context, n int) {
	mine := len(d.people) / apiClients
	for pause(ctx, 2*time.Second) {
		id := d.people[n*mine+rand.IntN(mine)]
		switch rand.IntN(10) {
		case 0:
			if d.do(ctx, "delete", d.app, "DELETE", "/v1.0/users/"+id, nil, nil) {
				d.do(ctx, "restore", d.app, "POST", "/v1.0/directory/deletedItems/"+id+"/restore", map[string]any{}, nil)
			}
		case 1:
			d.do(ctx, "update", d.app, "PATCH", "/v1.0/users/"+id, map[string]any{"jobTitle": fmt.Sprint("Docent ", n)}, nil)
		case 2:
			d.do(ctx, "page", d.app, "GET", "/v1.0/users?$top=100", nil, nil)
		case 3:
			prefix := string(rune('a' + rand.IntN(26)))
			d.do(ctx, "search", d.app, "GET", "/v1.0/users?$top=20&$filter=startswith(displayName,'"+prefix+"')", nil, nil)
		default:
			d.do(ctx, "get", d.app, "GET", "/v1.0/users/"+id, nil, nil)
		}
	}
}

// departure plans, confirms and follows a departure, and says which it was.
func (d *workday) departure(ctx context.Context, token string, ids []string, defaults map[string]any) string {
	users := make([]any, len(ids))
	for i, id := range ids {
		users[i] = map[string]any{"user": id}
	}
	body := map[string]any{"users": users, "defaults": defaults}
	var plan struct{ Hash string }
	if !d.do(ctx, "plan", token, "POST", "/api/v1/departures/plan", body, &plan) {
		return ""
	}
	body["hash"] = plan.Hash
	var dep struct{ ID string }
	if !d.do(ctx, "start", token, "POST", "/api/v1/departures", body, &dep) {
		return ""
	}
	d.follow(ctx, token, dep.ID)
	return dep.ID
}

// follow waits for the end of a run or an undo.
func (d *workday) follow(ctx context.Context, token, id string) {
	for status := "running"; status == "running" && pause(ctx, 400*time.Millisecond); {
		var dep struct{ Status string }
		d.do(ctx, "follow", token, "GET", "/api/v1/departures/"+id+"?$top=1", nil, &dep)
		status = dep.Status
	}
}

// bulk lets two hundred people go at a time, and takes it back.
func (d *workday) bulk(ctx context.Context) {
	for i := 0; pause(ctx, pick(time.Second, 3*time.Second)); i++ {
		from := i % 3 * 200
		id := d.departure(ctx, d.app, d.crowd[from:from+200], map[string]any{"mailTo": "bram.jansen@" + practice.Domain})
		if id != "" && d.do(ctx, "undo", d.app, "POST", "/api/v1/departures/"+id+"/undo", nil, nil) {
			d.follow(ctx, d.app, id)
			if d.runs++; d.runs == 1 {
				close(d.ran)
			}
		}
	}
}

// clock makes the day pass, with its sweeps.
func (d *workday) clock(ctx context.Context, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			d.do(ctx, "clock", d.app, "POST", "/api/v1/clock/advance", map[string]any{"by": "1h"}, nil)
			d.do(ctx, "sweep", d.app, "POST", "/api/v1/sweep", nil, nil)
		case <-ctx.Done():
			return
		}
	}
}

// backups backs the organization up beside the server, and restores it.
func (d *workday) backups(ctx context.Context, t *testing.T, dir string, db sqldb.Options) {
	db.ReadOnly = true
	for i := 0; pause(ctx, pick(3*time.Second, 3*time.Minute)); i++ {
		file, to := filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "restored")
		if err := backUp(context.WithoutCancel(ctx), dir, db, file, to); err != nil {
			t.Errorf("backup: %v", err)
		}
		if d.saved++; d.saved == 1 {
			close(d.backed)
		}
	}
}

func backUp(ctx context.Context, dir string, db sqldb.Options, file, to string) error {
	s, err := store.Open(ctx, db, storetest.IDs())
	if err != nil {
		return err
	}
	defer s.Close() //nolint:contextcheck // closing is never cut short
	bodies, err := blob.New(filepath.Join(dir, "bodies"))
	if err != nil {
		return err
	}
	if _, err := backup.Write(ctx, backup.Source{Store: s, Bodies: bodies, NewID: storetest.IDs()}, file, time.Now(), nil); err != nil {
		return err
	}
	if _, err := backup.Restore(ctx, file, backup.Target{Dir: to, NewID: storetest.IDs()}, nil); err != nil {
		return err
	}
	back, err := store.Open(ctx, sqldb.Options{Path: filepath.Join(to, backup.DatabaseFile)}, storetest.IDs())
	if err != nil {
		return err
	}
	defer back.Close() //nolint:contextcheck // closing is never cut short
	there, err := blob.New(filepath.Join(to, backup.BodyFolder))
	if err != nil {
		return err
	}
	found, err := back.Check(ctx, store.Checkup{Now: time.Now(), Bodies: there})
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("restored: %v", found)
	}
	return err
}

// ledger counts what happened to requests.
type ledger struct {
	mu       sync.Mutex
	total    int
	took     map[string][]time.Duration
	refused  map[string]int // by status and code
	failures []string
}

func newLedger() *ledger {
	return &ledger{took: map[string][]time.Duration{}, refused: map[string]int{}}
}

func (l *ledger) add(kind string, a answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total++
	l.took[kind] = append(l.took[kind], a.took)
	switch {
	case a.err == nil:
	case a.ruled():
		l.refused[fmt.Sprint(kind, " ", a.status, " ", a.code)]++
	case len(l.failures) < 20:
		l.failures = append(l.failures, fmt.Sprintf("%s: %v", kind, a.err))
	}
}

func (l *ledger) figures() string {
	text := ""
	for _, kind := range slices.Sorted(maps.Keys(l.took)) {
		all := slices.Sorted(slices.Values(l.took[kind]))
		at := func(part float64) time.Duration {
			return all[min(len(all)-1, int(part*float64(len(all))))].Round(100 * time.Microsecond)
		}
		text += fmt.Sprintf("\n  %-13s %6d  %10v  %10v", kind, len(all), at(0.5), at(0.99))
	}
	return text
}
