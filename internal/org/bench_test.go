package org

import (
	"fmt"
	"testing"
)

// typical is an ordinary leaver among people who notice: ten consequences and more.
func typical(name string) Leaver {
	p := with(somebody(name), func(p *Person) { p.Mailbox.Grant("id-carla", FullAccess, SendAs) })
	l := asking(p, Choices{RemoveAliases: &Aliases{All: true}, FilesTo: word("id-bram"), ReduceSubscriptions: yes()})
	l.Around.Groups, l.Around.SharedItems, l.Around.SharedWith = 3, 1, []Ref{ref("hanna")}
	return l
}

func BenchmarkPlanOne(b *testing.B) {
	f := about(college(), typical("anna"))
	it := MakePlan(f, boss(), monday).Items[0]
	if it.Outcome != OutcomeDelete || len(it.Consequences) < 10 {
		b.Fatalf("%s with %d consequences: %v", it.Outcome, len(it.Consequences), it.Refusals)
	}
	b.ReportAllocs()
	for b.Loop() {
		MakePlan(f, boss(), monday)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "plans/s")
}

func BenchmarkPlanThousand(b *testing.B) {
	var leavers []Leaver
	for i := range 1000 {
		leavers = append(leavers, typical(fmt.Sprintf("p%d", i)))
	}
	o := college()
	o.Subscriptions[0] = monthly(e3, 2000, 1500)
	f := about(o, leavers...)
	if n := MakePlan(f, boss(), monday).Leaving; n != 1000 {
		b.Fatalf("%d leave, want 1000", n)
	}
	b.ReportAllocs()
	for b.Loop() {
		MakePlan(f, boss(), monday)
	}
	b.ReportMetric(1000*float64(b.N)/b.Elapsed().Seconds(), "plans/s")
}

func BenchmarkPutBack(b *testing.B) {
	before := typical("anna")
	steps := MakePlan(about(college(), before), boss(), monday).Items[0].Steps
	gone := Depart(before.Person, steps, monday)
	w := World{Taken: map[string]Ref{}}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := PutBack(gone, before.Person, steps, monday, w, RestoreOptions{Reconcile: true}, monday.Add(Day)); err != nil {
			b.Fatal(err)
		}
	}
}
