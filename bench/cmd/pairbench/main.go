// pairbench drives two directories (A and B) with the same work, in turn, chunk
// by chunk (A B A B ...), over keep-alive connections, and prints per operation:
// ops/s, p50, p99, CPU per operation of each server, and the ratio A/B pair by
// pair. On a shared machine only the ratios and the CPU figures carry over.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"leaver/bench/internal/gen"
	"leaver/bench/internal/proc"
	"leaver/bench/internal/stat"
)

type side struct {
	t       target
	name    string
	pids    []int
	dirs    []string
	ids     []string // created, by order
	live    []int    // indexes of ids still live, shuffled
	gone    []int    // indexes deleted and restorable
	next    int      // next user number to create
	off     bool     // op unsupported
	deepCur []any
	mu      sync.Mutex
}

type result struct {
	Op, Side                  string
	C, N                      int
	Ops, OpsMin, OpsMax       float64
	P50us, P99us, CPUus, RSS  float64
	DiskMiB                   float64
	Ratio, RatioMin, RatioMax float64
	Errs                      int64
	Load                      string
}

// cpu is the CPU time of all processes of this side; several may be named (server and its database).
func (s *side) cpu() (t float64) {
	for _, p := range s.pids {
		t += proc.CPU(p)
	}
	return
}

func (s *side) rss() (t float64) {
	for _, p := range s.pids {
		t += proc.RSS(p)
	}
	return
}

func loadavg() string {
	b, _ := os.ReadFile("/proc/loadavg")
	return strings.Fields(string(b))[0]
}

// chunk runs k operations with c workers and returns elapsed seconds and done ops.
func (s *side) chunk(c, k int, f func(worker, i int) error, l *stat.Lat, errs *int64, first *error) (sec, cpu float64, done int) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var n int64 = -1
	c0, n0 := s.cpu(), len(l.D)
	t0 := time.Now()
	for w := 0; w < c; w++ {
		wg.Add(1)
		go func(w int) {
			defer wg.Done()
			var my stat.Lat
			for {
				i := int(atomic.AddInt64(&n, 1))
				if i >= k || !preloading && time.Since(t0).Seconds() > *limit { // a very slow operation ends its chunk early
					break
				}
				t := time.Now()
				err := f(w, i)
				my.Add(time.Since(t))
				if err != nil {
					mu.Lock()
					if *first == nil {
						*first = err
					}
					mu.Unlock()
					atomic.AddInt64(errs, 1)
				}
			}
			mu.Lock()
			l.Merge(&my)
			mu.Unlock()
		}(w)
	}
	wg.Wait()
	return time.Since(t0).Seconds(), s.cpu() - c0, len(l.D) - n0
}

var (
	out        *os.File
	preloading bool
	chunks     = flag.Int("chunks", 10, "chunks an operation is cut into")
	limit      = flag.Float64("limit", 40, "seconds one side may spend in one operation at one concurrency")
	label      = flag.String("label", "", "label put in the output")
)

// phase runs an operation on all sides in turn; mk gives each side its op function (nil = unsupported).
func phase(op string, c, total int, sides []*side, mk func(s *side) func(w, i int) error) {
	type acc struct {
		l         stat.Lat
		rate, cpu []float64
		errs      int64
		first     error
		spent     float64
		f         func(w, i int) error
		done      int
		cpuS      float64
	}
	as := make([]*acc, len(sides))
	for i, s := range sides {
		as[i] = &acc{f: mk(s)}
	}
	k := total / *chunks
	if k < c {
		k = c
	}
	rounds := total / k
	if rounds < 1 {
		rounds = 1
	}
	for r := 0; r < rounds; r++ {
		stop := true
		for i, s := range sides {
			a := as[i]
			if a.f == nil || a.spent > *limit {
				continue
			}
			stop = false
			sec, cpu, done := s.chunk(c, k, a.f, &a.l, &a.errs, &a.first)
			a.spent += sec
			a.done += done
			a.cpuS += cpu
			a.rate = append(a.rate, float64(done)/sec)
		}
		if stop {
			break
		}
	}
	ref := as[len(as)-1]
	for i, s := range sides {
		a := as[i]
		if a.f == nil {
			continue
		}
		m, lo, hi := stat.Med(a.rate)
		var rat []float64
		for j := range a.rate {
			if j < len(ref.rate) {
				rat = append(rat, a.rate[j]/ref.rate[j])
			}
		}
		rm, rl, rh := stat.Med(rat)
		x := result{Op: op, Side: s.name, C: c, N: a.done, Ops: m, OpsMin: lo, OpsMax: hi, P50us: float64(a.l.P(50)) / 1e3, P99us: float64(a.l.P(99)) / 1e3, CPUus: a.cpuS * 1e6 / float64(a.done), Ratio: rm, RatioMin: rl, RatioMax: rh, Errs: a.errs, Load: loadavg(), RSS: s.rss(), DiskMiB: proc.Disk(s.dirs...)}
		fmt.Printf("%-9s c=%-2d %-14s n=%-6d %8.0f/s [%.0f..%.0f] p50 %-8s p99 %-8s cpu/op %5.0fus rss %4.0fM disk %6.1fM ratio %.3f [%.3f..%.3f] err %d load %s\n",
			op, c, s.name, a.done, m, lo, hi, stat.Us(a.l.P(50)), stat.Us(a.l.P(99)), x.CPUus, x.RSS, x.DiskMiB, rm, rl, rh, a.errs, x.Load)
		if a.first != nil {
			fmt.Printf("   first error of %s: %.300v\n", s.name, a.first)
		}
		if out != nil {
			b, _ := json.Marshal(struct {
				Label string
				result
			}{*label, x})
			out.Write(append(b, '\n'))
		}
	}
}

func main() {
	av := flag.String("a", "", "side A: kind url=… pid=… dir=… key=value …")
	bv := flag.String("b", "", "side B, the same form")
	n := flag.Int("n", 10000, "users")
	scale := flag.Float64("scale", 1, "scales the counts of counted operations")
	cs := flag.String("c", "1,16", "concurrencies")
	ops := flag.String("ops", "create,get,list,deep,search,delete,restore,bulkdelete", "operations")
	pre := flag.Int("preload", 0, "users loaded by bulk (uncounted) before the counted creates")
	js := flag.String("json", "", "append results as JSON lines")
	flag.Parse()
	if *js != "" {
		out, _ = os.OpenFile(*js, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	}
	var sides []*side
	for _, v := range []string{*av, *bv} {
		if v == "" {
			continue
		}
		f := strings.Fields(v)
		kv := map[string]string{}
		for _, p := range f[1:] {
			k, x, _ := strings.Cut(p, "=")
			kv[k] = x
		}
		t, err := open(f[0], kv, 16)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		s := &side{t: t, name: f[0]}
		if kv["name"] != "" {
			s.name = kv["name"]
		}
		for _, p := range strings.Split(kv["pid"], ",") {
			if v, err := strconv.Atoi(p); err == nil {
				s.pids = append(s.pids, v)
			}
		}
		s.dirs = strings.Split(kv["dir"], ",")
		s.next, _ = strconv.Atoi(kv["start"])
		if l, ok := t.(lister); ok && kv["have"] != "" { // people already there, whoever they are
			have, _ := strconv.Atoi(kv["have"])
			if s.ids, err = l.IDs(have); err != nil {
				fmt.Println("list ids:", err)
				os.Exit(1)
			}
			s.next = have
		} else if have, _ := strconv.Atoi(kv["have"]); have > 0 { // users 0..have-1 are already there
			for i := 0; i < have; i++ {
				u := gen.Make(i)
				id := gen.UUID(u.ID)
				if f[0] == "ldap" {
					id = "uid=" + u.EmpID + "," + kv["base"]
				}
				s.ids = append(s.ids, id)
			}
			s.next = have
		}
		sides = append(sides, s)
	}
	conc := []int{}
	for _, x := range strings.Split(*cs, ",") {
		v, _ := strconv.Atoi(x)
		conc = append(conc, v)
	}
	cnt := func(x int) int { return int(float64(x) * *scale) }
	for _, s := range sides {
		fmt.Printf("start     %-14s rss %.0fM disk %.1fM load %s\n", s.name, s.rss(), proc.Disk(s.dirs...), loadavg())
		if *pre > s.next {
			t0, c0 := time.Now(), s.cpu()
			how := "one by one c=16"
			if b, ok := s.t.(bulkCreator); ok {
				how = fmt.Sprintf("bulk of %d", b.BulkMax())
				for s.next < *pre {
					k := min(b.BulkMax(), *pre-s.next)
					us := make([]gen.User, k)
					for i := range us {
						us[i] = gen.Make(s.next + i)
					}
					ids, err := b.BulkCreate(us)
					if err != nil {
						fmt.Println("bulk create:", err)
						os.Exit(1)
					}
					s.next += k
					s.ids = append(s.ids, ids...)
				}
			} else {
				var l stat.Lat
				var e int64
				var first error
				ids := make([]string, *pre)
				base := s.next
				preloading = true
				s.chunk(16, *pre, func(w, i int) error {
					id, err := s.t.Create(w, gen.Make(base+i))
					ids[i] = id
					return err
				}, &l, &e, &first)
				preloading = false
				s.next += *pre
				if first != nil {
					fmt.Println("preload error", e, first)
				}
				for _, id := range ids {
					if id != "" {
						s.ids = append(s.ids, id)
					}
				}
			}
			sec := time.Since(t0).Seconds()
			fmt.Printf("preload   %-14s %d users %s: %.1fs = %.0f/s, server cpu %.0fus/user rss %.0fM disk %.1fM load %s\n", s.name, len(s.ids), how, sec, float64(len(s.ids))/sec, (s.cpu()-c0)*1e6/float64(len(s.ids)), s.rss(), proc.Disk(s.dirs...), loadavg())
		}
	}
	shuffle := func() {
		for _, s := range sides {
			s.live = rand.New(rand.NewSource(7)).Perm(len(s.ids))
		}
	}
	shuffle()
	for _, op := range strings.Split(*ops, ",") {
		for ci, c := range conc {
			switch op {
			case "create":
				total := *n / 10
				if c > 1 || len(conc) == 1 {
					total = *n - *n/10*ci
				}
				phase(op, c, total, sides, func(s *side) func(w, i int) error {
					return func(w, i int) error {
						s.mu.Lock()
						k := s.next
						s.next++
						s.mu.Unlock()
						id, err := s.t.Create(w, gen.Make(k))
						if err == nil {
							s.mu.Lock()
							s.ids = append(s.ids, id)
							s.mu.Unlock()
						}
						return err
					}
				})
				if ci == len(conc)-1 {
					shuffle()
				}
			case "get":
				phase(op, c, cnt(1000*(1+3*ci)), sides, func(s *side) func(w, i int) error {
					if len(s.ids) == 0 {
						fmt.Println("no users on", s.name)
						os.Exit(1)
					}
					return func(w, i int) error {
						return s.t.Get(w, s.ids[rand.Intn(len(s.ids))])
					}
				})
			case "list":
				phase(op, c, cnt(200*(1+ci)), sides, func(s *side) func(w, i int) error {
					return func(w, i int) error { return s.t.List(w, nil, 100) }
				})
			case "deep":
				phase(op, c, cnt(200*(1+ci)), sides, func(s *side) func(w, i int) error {
					s.mu.Lock()
					defer s.mu.Unlock()
					if s.deepCur == nil {
						d, err := s.t.Deep(len(s.ids)*9/10, 100)
						if err != nil {
							fmt.Println("deep:", s.name, err)
							return nil
						}
						s.deepCur = []any{d}
					}
					cur := s.deepCur[0]
					return func(w, i int) error { return s.t.List(w, cur, 100) }
				})
			case "search":
				phase(op, c, cnt(300*(1+ci)), sides, func(s *side) func(w, i int) error {
					return func(w, i int) error { return s.t.Search(w, rand.Intn(20000)) }
				})
			case "delete":
				total := cnt(1000 * (1 + 3*ci))
				if total > *n/2 && *pre == 0 {
					total = *n / 2
				}
				phase(op, c, total, sides, func(s *side) func(w, i int) error {
					return func(w, i int) error {
						s.mu.Lock()
						if len(s.live) == 0 {
							s.mu.Unlock()
							return fmt.Errorf("out of users")
						}
						k := s.live[len(s.live)-1]
						s.live = s.live[:len(s.live)-1]
						s.gone = append(s.gone, k)
						s.mu.Unlock()
						return s.t.Delete(w, s.ids[k])
					}
				})
			case "restore":
				phase(op, c, cnt(500*(1+3*ci)), sides, func(s *side) func(w, i int) error {
					r, ok := s.t.(restorer)
					if !ok {
						return nil
					}
					return func(w, i int) error {
						s.mu.Lock()
						if len(s.gone) == 0 {
							s.mu.Unlock()
							return fmt.Errorf("nothing to restore")
						}
						k := s.gone[len(s.gone)-1]
						s.gone = s.gone[:len(s.gone)-1]
						s.live = append([]int{k}, s.live...)
						s.mu.Unlock()
						return r.Restore(w, s.ids[k])
					}
				})
			case "bulkdelete":
				if ci > 0 {
					continue
				}
				for _, s := range sides {
					b, ok := s.t.(bulkDeleter)
					if !ok {
						continue
					}
					k := min(len(s.live), *n)
					sort.Ints(s.live)
					t0, c0 := time.Now(), s.cpu()
					var l stat.Lat
					done := 0
					for done < k && time.Since(t0).Seconds() < *limit {
						m := min(b.BulkMax(), k-done)
						ids := make([]string, m)
						for i := range ids {
							ids[i] = s.ids[s.live[done+i]]
						}
						t := time.Now()
						if err := b.BulkDelete(ids); err != nil {
							fmt.Println("bulkdelete:", s.name, err)
							break
						}
						l.Add(time.Since(t))
						done += m
					}
					s.live = s.live[done:]
					sec := time.Since(t0).Seconds()
					fmt.Printf("bulkdelete     %-14s %d users in requests of %d: %.2fs = %.0f/s, request p50 %s, cpu/user %.0fus\n", s.name, done, b.BulkMax(), sec, float64(done)/sec, stat.Us(l.P(50)), (s.cpu()-c0)*1e6/float64(max(done, 1)))
				}
			}
		}
	}
	for _, s := range sides {
		fmt.Printf("end       %-14s rss %.0fM disk %.1fM (%d made, %d live)\n", s.name, s.rss(), proc.Disk(s.dirs...), len(s.ids), len(s.live))
	}
}
