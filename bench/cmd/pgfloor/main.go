// pgfloor measures raw PostgreSQL: COPY load, the five-row delete as one statement
// at c=1 and c=16, set-based deletes and purges of 1000, paging and search, with
// synchronous_commit on and off in turn.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"leaver/bench/internal/dirpg"
	"leaver/bench/internal/gen"
	"leaver/bench/internal/proc"
	"leaver/bench/internal/stat"
)

func die(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	dsn := flag.String("dsn", "postgres://postgres@127.0.0.1:5433/bench?sslmode=disable", "database (its tables are dropped)")
	n := flag.Int("n", 100000, "users")
	rounds := flag.Int("rounds", 7, "rounds")
	per := flag.Int("tx", 400, "single deletes per round and form")
	pid := flag.Int("pid", 0, "postmaster pid, for CPU and memory")
	flag.Parse()
	ctx := context.Background()
	d, err := dirpg.Open(ctx, *dsn, 16)
	die(err)
	_, err = d.P.Exec(ctx, "DROP TABLE IF EXISTS users,licences,mailboxes,drives,members,audit")
	die(err)
	d.P.Close()
	d, err = dirpg.Open(ctx, *dsn, 16)
	die(err)
	t0 := time.Now()
	for i := 0; i < *n; i += 10000 {
		var us []gen.User
		for j := i; j < i+10000 && j < *n; j++ {
			us = append(us, gen.Make(j))
		}
		die(d.Load(us))
	}
	el := time.Since(t0)
	_, err = d.P.Exec(ctx, "VACUUM ANALYZE")
	die(err)
	_, err = d.P.Exec(ctx, "CHECKPOINT")
	die(err)
	var size int64
	die(d.P.QueryRow(ctx, "SELECT pg_database_size(current_database())").Scan(&size))
	fmt.Printf("load COPY n=%d %.0f users/s (9 rows each)  %.0f bytes/user  server PSS %.0f MiB\n", *n, float64(*n)/el.Seconds(), float64(size)/float64(*n), proc.RSS(*pid))
	async := func(on bool) {
		v := "on"
		if on {
			v = "off"
		}
		_, err := d.P.Exec(ctx, "ALTER SYSTEM SET synchronous_commit="+v)
		die(err)
		_, err = d.P.Exec(ctx, "SELECT pg_reload_conf()")
		die(err)
		time.Sleep(200 * time.Millisecond)
	}
	type form struct {
		name  string
		c     int
		async bool
		set   bool
		rate  []float64
		cpu   []float64
		l     stat.Lat
	}
	next := map[string]*int64{}
	for _, op := range []string{"delete", "restore", "delete2"} {
		fs := []*form{{name: "one statement, c=1", c: 1}, {name: "one statement, c=16", c: 16}, {name: "c=1, synchronous_commit=off", c: 1, async: true}, {name: "set of 1000, c=1", c: 1, set: true}}
		if op == "restore" {
			fs = fs[:2]
		}
		var cursor int64
		next[op] = &cursor
		for r := 0; r < *rounds; r++ {
			for _, f := range fs {
				if f.async {
					async(true)
				}
				k := *per * f.c
				if f.set {
					k = 3
				}
				if f.c > 1 {
					k = *per * 4
				}
				var left = int64(k)
				var wg sync.WaitGroup
				var mu sync.Mutex
				c0, t0 := proc.CPU(*pid)+proc.CPU(os.Getpid()), time.Now()
				for w := 0; w < f.c; w++ {
					wg.Add(1)
					go func() {
						defer wg.Done()
						var l stat.Lat
						for atomic.AddInt64(&left, -1) >= 0 {
							t := time.Now()
							var err error
							if f.set {
								ids := make([][16]byte, 1000)
								for i := range ids {
									ids[i] = gen.ID(int((atomic.AddInt64(&cursor, 1) * 7919) % int64(*n)))
								}
								err = d.DeleteSet(ids)
							} else {
								id := gen.ID(int((atomic.AddInt64(&cursor, 1) * 7919) % int64(*n)))
								if op == "restore" {
									err = d.Restore(id)
								} else {
									err = d.Delete(id)
								}
							}
							die(err)
							l.Add(time.Since(t))
						}
						mu.Lock()
						f.l.Merge(&l)
						mu.Unlock()
					}()
				}
				wg.Wait()
				el := time.Since(t0).Seconds()
				users := float64(k)
				if f.set {
					users *= 1000
				}
				f.rate = append(f.rate, users/el)
				f.cpu = append(f.cpu, (proc.CPU(*pid)+proc.CPU(os.Getpid())-c0)*1e6/users)
				if f.async {
					async(false)
				}
			}
		}
		for _, f := range fs {
			m, lo, hi := stat.Med(f.rate)
			c, _, _ := stat.Med(f.cpu)
			var rat []float64
			for i := range f.rate {
				rat = append(rat, f.rate[i]/fs[0].rate[i])
			}
			rm, rl, rh := stat.Med(rat)
			fmt.Printf("%-8s %-30s %9.0f users/s [%.0f..%.0f]  p50 %s p99 %s  cpu(server+client) %.0f us/user  ratio to c=1 %.2f [%.2f..%.2f]\n", op, f.name, m, lo, hi, stat.Us(f.l.P(50)), stat.Us(f.l.P(99)), c, rm, rl, rh)
		}
		if op == "delete" { // bring everything back so that restore has known ids
			_, err = d.P.Exec(ctx, "UPDATE users SET deleted=1,purge_at=1,enabled=false")
			die(err)
			_, err = d.P.Exec(ctx, "VACUUM ANALYZE")
			die(err)
		}
		if op == "restore" {
			_, err = d.P.Exec(ctx, "UPDATE users SET deleted=NULL,purge_at=NULL,enabled=true WHERE deleted IS NOT NULL")
			die(err)
			_, err = d.P.Exec(ctx, "VACUUM ANALYZE")
			die(err)
		}
	}
	read := func(name string, k int, f func(i int) error) {
		var l stat.Lat
		for i := 0; i < k; i++ {
			t := time.Now()
			die(f(i))
			l.Add(time.Since(t))
		}
		fmt.Printf("read     %-30s n=%d p50 %s p99 %s\n", name, *n, stat.Us(l.P(50)), stat.Us(l.P(99)))
	}
	read("get", 3000, func(i int) error { return d.Get(gen.ID((i*104729 + 1) % *n)) })
	read("page100 first", 500, func(i int) error { return d.List(0, 100) })
	read("page100 deep keyset", 500, func(i int) error { return d.List(*n*9/10, 100) })
	read("page100 deep OFFSET", 30, func(i int) error { return d.Offset(*n*6/10, 100) })
	read("prefix search top20", 1000, func(i int) error { return d.Search(gen.Prefix(i), 20) })
	_, err = d.P.Exec(ctx, "UPDATE users SET deleted=1,purge_at=1")
	die(err)
	_, err = d.P.Exec(ctx, "VACUUM ANALYZE users")
	die(err)
	var rates []float64
	tp := time.Now()
	var total int64
	for i := 0; i < min(*n/1000, 100); i++ {
		t := time.Now()
		k, err := d.PurgeSet(10, 1000)
		die(err)
		total += k
		rates = append(rates, float64(k)/time.Since(t).Seconds())
	}
	m, lo, hi := stat.Med(rates)
	fmt.Printf("purge    sets of 1000: %d users in %.2fs, %.0f users/s [%.0f..%.0f]\n", total, time.Since(tp).Seconds(), m, lo, hi)
}
