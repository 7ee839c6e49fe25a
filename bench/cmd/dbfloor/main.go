// dbfloor measures raw SQLite: load, five-row delete, restore, purge, paging and
// prefix search, for several Go drivers, sync levels and batch sizes. The forms
// are run in turn (A B C A B C ...), so only ratios within one run are compared.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	_ "github.com/mattn/go-sqlite3"
	_ "modernc.org/sqlite"

	"leaver/bench/internal/dirsql"
	"leaver/bench/internal/gen"
	"leaver/bench/internal/proc"
	"leaver/bench/internal/stat"
)

type form struct {
	drv, sync string
	batch     int
	set       bool
	ordered   bool
	w         *dirsql.W
	path      string
	next      int
	lat       map[string]*stat.Lat
	rate      map[string][]float64
	cpu       map[string][]float64
}

// id is the next of n users: a stride that visits all in scattered order, or storage order.
func (f *form) id(n int) [16]byte {
	k := f.next % n
	if !f.ordered {
		k = (f.next * 7919) % n
	}
	f.next++
	return gen.ID(k)
}

func die(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	dir := flag.String("dir", "perf-data/dbfloor", "data directory (wiped)")
	n := flag.Int("n", 100000, "users")
	take := flag.Int("take", 0, "work on the first so many of them; on all when 0")
	formsF := flag.String("forms", "mattn:FULL:1,mattn:NORMAL:1,mattn:FULL:1000,mattn:FULL:1000S,modernc:FULL:1,modernc:FULL:1000", "driver:sync:batch list")
	rounds := flag.Int("rounds", 5, "rounds")
	perRound := flag.Int("tx", 500, "transactions of batch 1 per round (batched forms do 10 transactions)")
	reads := flag.Bool("reads", true, "also measure reads")
	flag.Parse()
	if *take == 0 {
		*take = *n
	}
	var fs []*form
	for _, s := range strings.Split(*formsF, ",") {
		p := strings.Split(s, ":")
		ordered := strings.HasSuffix(p[2], "O") // ids in storage order instead of scattered
		p[2] = strings.TrimSuffix(p[2], "O")
		set := strings.HasSuffix(p[2], "S") // set statements instead of row by row
		b, _ := strconv.Atoi(strings.TrimSuffix(p[2], "S"))
		f := &form{drv: p[0], sync: p[1], batch: b, set: set, ordered: ordered, lat: map[string]*stat.Lat{}, rate: map[string][]float64{}, cpu: map[string][]float64{}}
		d := filepath.Join(*dir, strings.ReplaceAll(s, ":", "-"))
		os.RemoveAll(d)
		die(os.MkdirAll(d, 0o755))
		f.path = filepath.Join(d, "dir.db")
		w, err := dirsql.Open(f.drv, f.path, f.sync)
		die(err)
		f.w = w
		t0 := time.Now()
		for i := 0; i < *n; i += 1000 {
			die(w.Tx(func() error {
				for j := i; j < i+1000 && j < *n; j++ {
					if err := w.Insert(gen.Make(j)); err != nil {
						return err
					}
				}
				return nil
			}))
		}
		el := time.Since(t0)
		_, err = w.C.ExecContext(ctx(), "PRAGMA wal_checkpoint(TRUNCATE)")
		die(err)
		fmt.Printf("load   %-8s %-6s n=%d  %.0f users/s (9 rows each, 1000 users a tx)  disk %.0f bytes/user  process PSS %.0f MiB\n", f.drv, f.sync, *n, float64(*n)/el.Seconds(), proc.Disk(d)*1048576/float64(*n), proc.RSS(os.Getpid()))
		fs = append(fs, f)
	}
	for _, op := range []string{"delete", "restore", "delete2", "purge"} {
		for _, f := range fs {
			f.next = 0
		}
		for r := 0; r < *rounds; r++ {
			for _, f := range fs {
				txs := *perRound
				if f.batch > 1 {
					txs = 10
				}
				if txs*f.batch**rounds > *take {
					txs = *take / f.batch / *rounds
				}
				l := f.lat[op]
				if l == nil {
					l = &stat.Lat{}
					f.lat[op] = l
				}
				t0, c0 := time.Now(), proc.CPU(os.Getpid())
				for t := 0; t < txs; t++ {
					t1 := time.Now()
					die(f.w.Tx(func() error {
						if f.set && strings.HasPrefix(op, "delete") {
							ids := make([][16]byte, f.batch)
							for b := range ids {
								ids[b] = f.id(*take)
							}
							return f.w.DeleteSet(ids)
						}
						if f.set && op == "purge" {
							k, err := f.w.PurgeSet(1<<40, f.batch)
							if err == nil && int(k) != f.batch {
								err = fmt.Errorf("purged %d of %d", k, f.batch)
							}
							return err
						}
						for b := 0; b < f.batch; b++ {
							id := f.id(*take)
							var err error
							switch op {
							case "delete", "delete2":
								err = f.w.Delete(id)
							case "restore":
								err = f.w.Restore(id)
							case "purge":
								err = f.w.Purge(id)
							}
							if err != nil {
								return fmt.Errorf("%s %d: %w", op, f.next, err)
							}
						}
						return nil
					}))
					l.Add(time.Since(t1))
				}
				el := time.Since(t0)
				f.rate[op] = append(f.rate[op], float64(txs*f.batch)/el.Seconds())
				f.cpu[op] = append(f.cpu[op], (proc.CPU(os.Getpid())-c0)*1e6/float64(txs*f.batch))
			}
		}
		base := fs[0].rate[op]
		for _, f := range fs {
			m, lo, hi := stat.Med(f.rate[op])
			c, _, _ := stat.Med(f.cpu[op])
			var rat []float64
			for i := range base {
				rat = append(rat, f.rate[op][i]/base[i])
			}
			rm, rl, rh := stat.Med(rat)
			kind := "rows"
			if f.set {
				kind = "sets"
			}
			if f.ordered {
				kind += " in order"
			}
			fmt.Printf("%-8s %-8s %-6s batch %-5d %s %9.0f users/s [%.0f..%.0f]  tx p50 %s p99 %s  cpu %.0f us/user  ratio to first form %.2f [%.2f..%.2f]\n", op, f.drv, f.sync, f.batch, kind, m, lo, hi, stat.Us(f.lat[op].P(50)), stat.Us(f.lat[op].P(99)), c, rm, rl, rh)
		}
	}
	if *reads {
		done := map[string]bool{}
		for _, f := range fs {
			if done[f.drv] {
				continue
			}
			done[f.drv] = true
			r, err := dirsql.OpenR(f.drv, f.path, 4)
			die(err)
			m := *n
			run := func(name string, k int, fn func(i int) (int, error)) {
				var l stat.Lat
				got := 0
				for i := 0; i < k; i++ {
					t := time.Now()
					g, err := fn(i)
					die(err)
					l.Add(time.Since(t))
					got += g
				}
				fmt.Printf("read   %-8s %-22s n=%d  p50 %s p99 %s  (%.1f rows each)\n", f.drv, name, m, stat.Us(l.P(50)), stat.Us(l.P(99)), float64(got)/float64(k))
			}
			run("get", 5000, func(i int) (int, error) { id := gen.ID((i*104729 + 1) % m); x, err := r.Get(id[:]); return len(x), err })
			run("page100 first", 1000, func(i int) (int, error) { x, err := r.List(0, 100); return len(x), err })
			run("page100 deep keyset", 1000, func(i int) (int, error) { x, err := r.List(int64(float64(m)*0.9), 100); return len(x), err })
			run("page100 deep OFFSET", 50, func(i int) (int, error) { x, err := r.Offset(m*6/10, 100); return len(x), err })
			run("prefix search top20", 2000, func(i int) (int, error) { x, err := r.Search(gen.Prefix(i), 20); return len(x), err })
			r.DB.Close()
		}
	}
}
