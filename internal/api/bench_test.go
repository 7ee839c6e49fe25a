package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"testing"
	"time"

	"leaver/internal/practice"
	"leaver/internal/store/storetest"
)

// BenchmarkPlanOfManyPeople plans a hundred thousand people in one request and
// says how long that takes and how much memory it holds at most.
func BenchmarkPlanOfManyPeople(b *testing.B) {
	const people = 100_000
	st := storetest.SQLite(b)
	if err := practice.Make(b.Context(), practice.Deps{Store: st, Bodies: shelf{}, PasswordHash: "hash", Now: start}, people, nil); err != nil {
		b.Fatal(err)
	}
	s := serve(b, st)
	var names []wish
	for _, row := range everybody(b, st) {
		names = append(names, wish{"user": row})
	}
	body, err := json.Marshal(object{"users": names, "defaults": object{"removeLicenses": true}})
	if err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	for b.Loop() {
		peak, stop := watchMemory()
		req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, s.url+"departures/plan", bytes.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+admin)
		resp, err := s.http.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		n, err := io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		stop()
		if err != nil || resp.StatusCode != http.StatusOK {
			b.Fatal(fmt.Errorf("status %d: %w", resp.StatusCode, err))
		}
		b.ReportMetric(float64(n)/(1<<20), "MiB-answer")
		b.ReportMetric(float64(peak())/(1<<20), "MiB-peak")
	}
	b.ReportMetric(float64(len(names)), "people")
}

// watchMemory looks at the memory taken from the system until it is stopped.
func watchMemory() (peak func() uint64, stop func()) {
	var most uint64
	done, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.Sys-m.HeapReleased)
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	}()
	return func() uint64 { return most }, func() { close(done); <-gone }
}
