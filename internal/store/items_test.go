package store_test

import (
	"reflect"
	"slices"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestItems writes items of all forms and reads them back, before and after they
// were worked on: those that share their steps share nothing else.
func TestItems(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		person := storetest.Add(t, s, storetest.Person(1, "anna"))[0]
		steps := []org.Step{{Kind: org.BlockSignIn}, {Kind: org.GrantDrive, To: org.Ref{ID: "x", Name: `,"state":"`, DisplayName: `"}`}}}
		note := []org.Note{{Key: "k", Rule: "R-LIC-21", Severity: org.Warning}}
		yes := true
		items := []offboard.Item{
			{Steps: steps, State: "a"},
			{Steps: steps, State: "b"},
			{Steps: steps, State: `c"}`},
			{Steps: steps, State: "d", Notes: note, Skipped: []int{1}},
			{Steps: steps, State: "e", Choices: org.Choices{HoldMailbox: &yes}},
			{Steps: steps, State: "f", Choices: org.Choices{HoldMailbox: &yes}},
			{Steps: steps[:1], State: "g"},
			{Steps: steps},
			{State: "h"},
			{Outcome: offboard.ItemRefused, Code: "user.notFound", Args: org.Args{{Name: "user", Value: "x"}}},
			{Steps: steps},
			{Steps: org.DeleteSteps()},
			{State: "h"},
		}
		for i := range items {
			items[i].Ordinal, items[i].Asked = i, "somebody"
			if items[i].Outcome == "" {
				items[i].Outcome, items[i].UserKey = offboard.ItemPending, person.Key
			}
		}
		dep := &offboard.Departure{ID: org.DepartureID(storetest.ID(7)), Status: offboard.Running, Total: len(items), Created: storetest.Noon}
		storetest.Change(t, s, func(tx offboard.Tx) error { return tx.AddDeparture(t.Context(), dep, items) })
		check := func(when string) {
			t.Helper()
			for i := range items {
				items[i].Departure = dep.Key
			}
			storetest.Read(t, s, func(tx offboard.Tx) error {
				got, err := tx.Items(t.Context(), dep, -1, 100)
				for i := range got {
					if !reflect.DeepEqual(got[i], items[i]) {
						t.Errorf("%s\n%+v\nwas written as\n%+v", when, got[i], items[i])
					}
				}
				if len(got) != len(items) {
					t.Errorf("%s %d items, want %d", when, len(got), len(items))
				}
				return err
			})
		}
		check("planned")
		for i := range items[:9] {
			items[i].Outcome, items[i].Before, items[i].Ran = offboard.ItemDone, person, storetest.Noon
		}
		items[0].Notes, items[0].Skipped = note, []int{0}
		items[1].Before = nil
		items[1].Outcome, items[1].Code, items[1].Args = offboard.ItemRefused, "PlanChanged", org.Args{{Name: "user", Value: person.Ref()}}
		stored := *person // what is not written stays out
		stored.SessionEpoch, stored.PasswordHash = 0, ""
		for i := range items {
			if items[i].Before != nil {
				items[i].Before = &stored
			}
		}
		storetest.Change(t, s, func(tx offboard.Tx) error { return tx.SaveItems(t.Context(), dep, items) })
		check("done")
		storetest.Read(t, s, func(tx offboard.Tx) error {
			got, err := tx.Remarks(t.Context(), dep, -1, 100)
			var ordinals []int
			for _, it := range got {
				ordinals = append(ordinals, it.Ordinal)
			}
			if want := []int{0, 1, 3, 9, 10, 11, 12}; !slices.Equal(ordinals, want) {
				t.Errorf("remarks about %v, want %v", ordinals, want)
			}
			return err
		})
	})
}
