package offboard_test

import (
	"slices"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestPreviewRefuses: every row that stands in the way of an import is named
// before anything is written.
func TestPreviewRefuses(t *testing.T) {
	admin := org.Actor{ID: "ua", Name: "ua@contoso.com", Roles: []org.RoleID{org.UserAdmin}}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		adam := storetest.Plain(1, "adam")
		adam.Roles = []org.RoleID{org.GlobalAdmin}
		storetest.Add(t, s, adam)
		_, err := o.Import(t.Context(), boss, []offboard.ImportRow{
			{User: org.User{UPN: "synced@contoso.com", DisplayName: "Synced", Synced: true}},
			{User: org.User{UPN: "held@contoso.com", DisplayName: "Held"}, Addresses: []string{"SMTP:held@contoso.com", "smtp:h@contoso.com"}},
		}, false, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			name  string
			actor org.Actor
			rows  []offboard.ImportRow
			want  []string
		}{
			{"R-MBX-32 an address of somebody else", admin, []offboard.ImportRow{
				{User: org.User{UPN: "new@contoso.com", DisplayName: "New"}, Addresses: []string{"SMTP:new@contoso.com", "smtp:H@contoso.com"}},
			}, []string{"0 address.taken"}},
			{"R-MBX-32 an address of another row", admin, []offboard.ImportRow{
				{User: org.User{UPN: "new@contoso.com", DisplayName: "New"}, Addresses: []string{"SMTP:new@contoso.com", "smtp:x@contoso.com"}},
				{User: org.User{UPN: "newer@contoso.com", DisplayName: "Newer"}, Addresses: []string{"SMTP:newer@contoso.com", "smtp:x@contoso.com"}},
			}, []string{"1 address.taken"}},
			{"somebody's own address", admin, []offboard.ImportRow{
				{User: org.User{UPN: "held@contoso.com", DisplayName: "Held again"}, Addresses: []string{"SMTP:held@contoso.com", "smtp:h@contoso.com"}},
			}, nil},
			{"R-ROLE-22 a domain that is not there yet", admin, []offboard.ImportRow{
				{User: org.User{UPN: "new@contoso.exmaple", DisplayName: "New"}},
			}, []string{"0 actor.noRole"}},
			{"R-ROLE-22 a Global Administrator may", boss, []offboard.ImportRow{
				{User: org.User{UPN: "new@contoso.exmaple", DisplayName: "New"}},
			}, nil},
			{"R-AD-08 a synchronised profile", admin, []offboard.ImportRow{
				{User: org.User{UPN: "synced@contoso.com", DisplayName: "Changed"}},
			}, []string{"0 user.mastered"}},
			{"R-AD-08 unless the file comes from there", admin, []offboard.ImportRow{
				{User: org.User{UPN: "synced@contoso.com", DisplayName: "Changed", Synced: true}},
			}, nil},
			{"R-ROLE-13 the telephone of a Global Administrator", admin, []offboard.ImportRow{
				{User: org.User{UPN: "adam@contoso.com", DisplayName: "Adam", MobilePhone: "+31 6 00000000"}},
			}, []string{"0 user.outranks"}},
		} {
			t.Run(tt.name, func(t *testing.T) {
				_, faults, err := o.Preview(t.Context(), tt.actor, tt.rows)
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, f := range faults {
					got = append(got, string('0'+rune(f.Index))+" "+f.Refusal.Reason)
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("got %q, want %q", got, tt.want)
				}
			})
		}
	})
}
