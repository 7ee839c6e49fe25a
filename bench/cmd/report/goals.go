package main

import (
	"fmt"
	"strings"
)

// goal is the ratio to the floor that a row has to reach.
func goal(r Row) float64 {
	switch {
	case strings.HasPrefix(r.What, "bulk"):
		return 0.5
	case r.What != "delete" && r.What != "restore":
		return 1
	case r.Clients == 1:
		return 0.9
	}
	return 0.7
}

// verdict says whether a row reached its goal.
func verdict(r Row) string {
	if r.Ratio >= goal(r) {
		return fmt.Sprintf("≥ %.1f: met", goal(r))
	}
	return fmt.Sprintf("≥ %.1f: **not met**", goal(r))
}

// derived are the goals that compare rows of Leaver with each other.
func (b *bench) derived() []string {
	var out []string
	sizes, _ := b.axes()
	for _, n := range sizes {
		if first, deep := b.find(n, "list"), b.find(n, "deep"); first != nil && deep != nil {
			out = append(out, fmt.Sprintf("At %d people the deepest page of 100 takes %.2f × the time of the first (goal ≤ 1.2).", n, deep.P50/first.P50))
		}
	}
	if len(sizes) < 2 {
		return out
	}
	small, large := sizes[0], sizes[len(sizes)-1]
	for _, what := range []string{"get", "list", "deep", "search"} {
		if s, l := b.find(small, what), b.find(large, what); s != nil && l != nil {
			out = append(out, fmt.Sprintf("A %s at %d people takes %.2f × its time at %d (goal ≤ 1.3); the floor %.2f ×.", what, large, l.P50/s.P50, small, s.Floor/l.Floor))
		}
	}
	return out
}

// find gives the row of one client on SQLite.
func (b *bench) find(size int, what string) *Row {
	for i := range b.rows {
		if r := &b.rows[i]; r.Size == size && r.What == what && r.Clients == 1 && r.Database == sqliteName {
			return r
		}
	}
	return nil
}
