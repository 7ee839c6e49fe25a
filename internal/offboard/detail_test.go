package offboard

import (
	"testing"

	"leaver/internal/org"
)

// TestDetail writes details by hand as encoding/json does, with everything there is,
// with nothing, with notes, and with texts that need care.
func TestDetail(t *testing.T) {
	states := []stateOf{
		{},
		{UPN: "a@b", Name: "Ä \"<&>\u2028", Enabled: true},
		{UPN: "\xff", Deleted: true, Roles: []org.RoleID{org.GlobalAdmin, "x"}, Skus: []org.SkuID{"s", "t"}, Mailbox: org.SharedMailbox},
	}
	for _, before := range states {
		for _, after := range states {
			for _, d := range []detail{
				{Before: before, After: after},
				{Departure: "d", Before: before, After: after},
				{Before: before, After: after, Notes: []org.Note{{Key: "k", Severity: org.Warning, Args: org.Args{{Name: "<", Value: "é"}}}}},
				{Departure: "d", Steps: []org.StepKind{org.BlockSignIn, org.DeleteAccount}, Before: before, After: after},
			} {
				if got, want := d.text(), encode(d); got != want {
					t.Errorf("by hand\n%s\nwant\n%s", got, want)
				}
			}
		}
	}
}
