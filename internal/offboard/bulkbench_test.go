package offboard_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store/storetest"
)

// BenchmarkBulk is a departure of b.N people with the choices of the wizard,
// from the plan to the last journal row, and then their purge by the sweep, in
// processor time.
func BenchmarkBulk(b *testing.B) {
	s := storetest.SQLite(b)
	storetest.Contoso(b, s)
	when := time.Now()
	d := &offboard.Desk{Store: s, Bodies: nobody{}, Now: func() time.Time { return when }, NewID: storetest.IDs(), Log: slog.New(slog.DiscardHandler), Node: "bench", Lease: time.Hour}
	req := offboard.Request{}
	people := make([]org.Person, 0, 1000)
	for i := range b.N {
		p := storetest.Person(int64(i), fmt.Sprintf("p%07d", i))
		req.People = append(req.People, offboard.Wish{User: p.UPN})
		if people = append(people, p); len(people) == cap(people) || i == b.N-1 {
			storetest.Add(b, s, people...)
			people = people[:0]
		}
	}
	b.ResetTimer()
	begun := cpu(b)
	plan, err := d.Plan(b.Context(), boss, req)
	if err != nil {
		b.Fatal(err)
	}
	planned := cpu(b) - begun
	if _, err := d.Start(b.Context(), boss, req, offboard.Confirmation{Hash: plan.Hash, Override: offboard.MassDelete}); err != nil {
		b.Fatal(err)
	}
	started := cpu(b) - begun
	if _, err := d.WorkOnce(b.Context()); err != nil {
		b.Fatal(err)
	}
	done := cpu(b) - begun
	when = when.Add(31 * org.Day)
	if _, err := d.Sweep(b.Context(), nil); err != nil {
		b.Fatal(err)
	}
	swept := cpu(b) - begun
	each := func(t time.Duration) float64 { return float64(t.Microseconds()) / float64(b.N) }
	b.ReportMetric(each(planned), "µs/plan")
	b.ReportMetric(each(started-planned), "µs/start")
	b.ReportMetric(each(done-started), "µs/run")
	b.ReportMetric(each(swept-done), "µs/purge")
}
