// refdir is a throw-away reference directory: net/http in front of the SQLite
// floor (internal/dirsql) with one writer that commits groups of waiting requests
// in one fsync. It has no auth, no validation and no business rules, so it marks
// what a Go server on this disk can reach, and serves as the fixed B side of the
// paired peer measurements.
package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"leaver/bench/internal/dirsql"
	"leaver/bench/internal/gen"
)

type job struct {
	f    func(*dirsql.W) error
	done chan error
}

type server struct {
	jobs chan job
	r    *dirsql.R
	max  int
	next int
	stat struct{ tx, jobs int }
}

// loop is the group-commit writer: take one job, then all others that wait.
func (s *server) loop(w *dirsql.W) {
	for j := range s.jobs {
		batch := []job{j}
	more:
		for len(batch) < s.max {
			select {
			case k := <-s.jobs:
				batch = append(batch, k)
			default:
				break more
			}
		}
		errs := make([]error, len(batch))
		err := w.Tx(func() error {
			for i, b := range batch {
				errs[i] = b.f(w) // each job changes nothing when it fails: its first statement is the guard
			}
			return nil
		})
		s.stat.tx++
		s.stat.jobs += len(batch)
		for i, b := range batch {
			if err != nil {
				errs[i] = err
			}
			b.done <- errs[i]
		}
	}
}

func (s *server) do(f func(*dirsql.W) error) error {
	j := job{f, make(chan error, 1)}
	s.jobs <- j
	return <-j.done
}

type user struct {
	ID          string `json:"id"`
	UPN         string `json:"userPrincipalName"`
	DisplayName string `json:"displayName"`
	GivenName   string `json:"givenName"`
	Surname     string `json:"surname"`
	Mail        string `json:"mail"`
	Department  string `json:"department"`
	JobTitle    string `json:"jobTitle"`
	EmployeeID  string `json:"employeeId"`
	Enabled     bool   `json:"accountEnabled"`
	Created     string `json:"createdDateTime,omitempty"`
}

func view(r dirsql.Row) user {
	var id [16]byte
	copy(id[:], r.ID)
	return user{gen.UUID(id), r.UPN, r.Display, r.Given, r.Sur, r.Mail, r.Dept, r.Title, r.EmpID, r.Enabled, time.Unix(r.Created, 0).UTC().Format(time.RFC3339)}
}

func parseID(s string) (id [16]byte, ok bool) {
	s = strings.ReplaceAll(s, "-", "")
	if len(s) != 32 {
		return id, false
	}
	for i := range id {
		v, err := strconv.ParseUint(s[2*i:2*i+2], 16, 8)
		if err != nil {
			return id, false
		}
		id[i] = byte(v)
	}
	return id, true
}

func reply(w http.ResponseWriter, code int, v any) {
	if v == nil {
		w.WriteHeader(code)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	b, _ := json.Marshal(v)
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(code)
	w.Write(b)
}

func fail(w http.ResponseWriter, err error) {
	if errors.Is(err, sql.ErrNoRows) {
		reply(w, 404, map[string]string{"error": "not found"})
		return
	}
	reply(w, 500, map[string]string{"error": err.Error()})
}

func main() {
	t0 := time.Now()
	addr := flag.String("addr", "127.0.0.1:8100", "loopback address")
	db := flag.String("db", "perf-data/refdir/dir.db", "database file")
	sync := flag.String("sync", "FULL", "SQLite synchronous")
	max := flag.Int("group", 256, "largest group commit (1 = none)")
	load := flag.Int("load", 0, "load that many users at start when the database is empty")
	flag.Parse()
	if i := strings.LastIndexByte(*db, '/'); i > 0 {
		os.MkdirAll((*db)[:i], 0o755)
	}
	w, err := dirsql.Open("mattn", *db, *sync)
	if err != nil {
		log.Fatal(err)
	}
	r, err := dirsql.OpenR("mattn", *db, 4)
	if err != nil {
		log.Fatal(err)
	}
	s := &server{jobs: make(chan job, 1024), r: r, max: *max}
	w.C.QueryRowContext(ctx, "SELECT COALESCE(MAX(n),0) FROM users").Scan(&s.next)
	for s.next < *load {
		err := w.Tx(func() error {
			for k := 0; k < 1000 && s.next < *load; k++ {
				if err := w.Insert(gen.Make(s.next)); err != nil {
					return err
				}
				s.next++
			}
			return nil
		})
		if err != nil {
			log.Fatal(err)
		}
	}
	go s.loop(w)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1.0/users", func(rw http.ResponseWriter, rq *http.Request) {
		var u user
		if err := json.NewDecoder(rq.Body).Decode(&u); err != nil {
			fail(rw, err)
			return
		}
		var g gen.User
		err := s.do(func(w *dirsql.W) error {
			g = gen.User{I: s.next, ID: gen.ID(s.next), UPN: u.UPN, Display: u.DisplayName, Given: u.GivenName, Sur: u.Surname, Mail: u.Mail, Dept: u.Department, Title: u.JobTitle, EmpID: u.EmployeeID}
			s.next++
			return w.Insert(g)
		})
		if err != nil {
			fail(rw, err)
			return
		}
		u.ID = gen.UUID(g.ID)
		reply(rw, 201, u)
	})
	mux.HandleFunc("GET /v1.0/users/{id}", func(rw http.ResponseWriter, rq *http.Request) {
		id, ok := parseID(rq.PathValue("id"))
		x, err := s.r.Get(id[:])
		if err == nil && (len(x) == 0 || !ok) {
			err = sql.ErrNoRows
		}
		if err != nil {
			fail(rw, err)
			return
		}
		reply(rw, 200, view(x[0]))
	})
	mux.HandleFunc("GET /v1.0/users", func(rw http.ResponseWriter, rq *http.Request) {
		q := rq.URL.Query()
		top, _ := strconv.Atoi(q.Get("$top"))
		var x []dirsql.Row
		var err error
		if p := q.Get("$filter"); p != "" {
			p = strings.TrimSuffix(strings.TrimPrefix(p, "startswith(displayName,'"), "')")
			x, err = s.r.Search(p, top)
		} else {
			after, _ := strconv.ParseInt(q.Get("$skiptoken"), 10, 64)
			x, err = s.r.List(after, top)
		}
		if err != nil {
			fail(rw, err)
			return
		}
		out := struct {
			Next  string `json:"@odata.nextLink,omitempty"`
			Value []user `json:"value"`
		}{Value: make([]user, 0, len(x))}
		for _, r := range x {
			out.Value = append(out.Value, view(r))
		}
		if len(x) == top && top > 0 {
			out.Next = fmt.Sprintf("/v1.0/users?$top=%d&$skiptoken=%d", top, x[top-1].N)
		}
		reply(rw, 200, out)
	})
	one := func(f func(*dirsql.W, [16]byte) error) http.HandlerFunc {
		return func(rw http.ResponseWriter, rq *http.Request) {
			id, _ := parseID(rq.PathValue("id"))
			if err := s.do(func(w *dirsql.W) error { return f(w, id) }); err != nil {
				fail(rw, err)
				return
			}
			reply(rw, 204, nil)
		}
	}
	mux.HandleFunc("DELETE /v1.0/users/{id}", one((*dirsql.W).Delete))
	mux.HandleFunc("POST /v1.0/directory/deletedItems/{id}/restore", one((*dirsql.W).Restore))
	mux.HandleFunc("DELETE /v1.0/directory/deletedItems/{id}", one((*dirsql.W).Purge))
	mux.HandleFunc("POST /bulk/{op}", func(rw http.ResponseWriter, rq *http.Request) {
		var ids []string
		if err := json.NewDecoder(rq.Body).Decode(&ids); err != nil {
			fail(rw, err)
			return
		}
		f := map[string]func(*dirsql.W, [16]byte) error{"delete": (*dirsql.W).Delete, "restore": (*dirsql.W).Restore, "purge": (*dirsql.W).Purge}[rq.PathValue("op")]
		type res struct {
			ID     string `json:"id"`
			Status int    `json:"status"`
		}
		out := make([]res, 0, len(ids))
		for len(ids) > 0 { // a transaction a thousand users
			k := min(1000, len(ids))
			part := ids[:k]
			ids = ids[k:]
			err := s.do(func(w *dirsql.W) error {
				for _, x := range part {
					id, _ := parseID(x)
					if err := f(w, id); err != nil {
						out = append(out, res{x, 404})
						continue
					}
					out = append(out, res{x, 204})
				}
				return nil
			})
			if err != nil {
				fail(rw, err)
				return
			}
		}
		reply(rw, 200, out)
	})
	mux.HandleFunc("GET /echo", func(rw http.ResponseWriter, rq *http.Request) { reply(rw, 204, nil) })
	mux.HandleFunc("GET /debug/group", func(rw http.ResponseWriter, rq *http.Request) {
		reply(rw, 200, map[string]int{"tx": s.stat.tx, "jobs": s.stat.jobs})
	})
	log.Printf("ready after %v, %d users", time.Since(t0), s.next)
	log.Fatal(http.ListenAndServe(*addr, mux))
}
