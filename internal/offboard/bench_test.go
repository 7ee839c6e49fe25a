package offboard_test

import (
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store/storetest"
)

// BenchmarkDeleteUser is the durable delete of one person with mailbox, drive,
// licence and two addresses, by one client and by sixteen.
func BenchmarkDeleteUser(b *testing.B) {
	byClients(b, func(b *testing.B, d *offboard.Desk, names []string) func(int) {
		return func(i int) {
			if err := d.DeleteUser(b.Context(), boss, names[i]); err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkRestoreUser restores each of them.
func BenchmarkRestoreUser(b *testing.B) {
	byClients(b, func(b *testing.B, d *offboard.Desk, names []string) func(int) {
		for _, name := range names {
			if err := d.DeleteUser(b.Context(), boss, name); err != nil {
				b.Fatal(err)
			}
		}
		return func(i int) {
			if _, err := d.RestoreUser(b.Context(), boss, names[i], offboard.Restoring{}); err != nil {
				b.Error(err)
			}
		}
	})
}

// byClients measures what ready gives, called once for each of b.N people, with
// one client and with sixteen.
func byClients(b *testing.B, ready func(b *testing.B, d *offboard.Desk, names []string) func(int)) {
	for _, clients := range []int{1, 16} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			s := storetest.SQLite(b)
			storetest.Contoso(b, s)
			d := &offboard.Desk{Store: s, Now: time.Now, NewID: storetest.IDs(), Log: slog.New(slog.DiscardHandler)}
			names := make([]string, b.N)
			people := make([]org.Person, 0, 1000)
			for i := range b.N {
				p := storetest.Person(int64(i), fmt.Sprintf("p%07d", i))
				names[i] = string(p.ID)
				if people = append(people, p); len(people) == cap(people) || i == b.N-1 {
					storetest.Add(b, s, people...)
					people = people[:0]
				}
			}
			work := ready(b, d, names)
			var next atomic.Int64
			b.SetParallelism(max(1, clients/2))
			b.ResetTimer()
			used := cpu(b)
			defer func() { b.ReportMetric(float64((cpu(b)-used).Microseconds())/float64(b.N), "cpu-µs/op") }()
			if clients == 1 {
				for i := range b.N {
					work(i)
				}
				return
			}
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					work(int(next.Add(1)) - 1)
				}
			})
		})
	}
}
