package org

import (
	"slices"
	"testing"
	"time"
)

// TestChangedSince: what somebody changed after the run stays as they made it.
func TestChangedSince(t *testing.T) {
	const alias, old, fresh = "anna.alias@lindeboom.example", "anna.old@lindeboom.example", "new@lindeboom.example"
	choices := mailTo("bram")
	choices.MailboxDisplayName, choices.ReplyInside, choices.RemoveAliases = word("Former: anna"), word("Gone."), &Aliases{List: []string{alias}}
	before := with(holding("anna", HelpdeskAdmin, ReportsReader), func(p *Person) { p.Licenses = append(p.Licenses, License{Sku: plan1, Group: "g"}, License{Sku: visio}) })
	it := planOf(before, choices)
	if len(it.Refusals) > 0 {
		t.Fatalf("refusals = %v", it.Refusals)
	}
	has := func(p Person, sku SkuID) bool {
		return slices.ContainsFunc(p.Licenses, func(l License) bool { return l.Sku == sku })
	}
	for _, c := range []struct {
		name   string
		change func(*Person)
		check  func(got Person, notes []Note) bool
	}{
		{"R-RES-04 password", func(p *Person) { p.PasswordHash = "newer" }, func(p Person, n []Note) bool {
			return p.PasswordHash == "newer" && noted(n, "undo.passwordChangedSince") != nil
		}},
		{"R-WIZ-09 display name", func(p *Person) { p.DisplayName = "Info" }, func(p Person, _ []Note) bool { return p.DisplayName == "Info" }},
		{"R-WIZ-10 replies", func(p *Person) { p.Mailbox.Replies.Inside = "Write to sales." }, func(p Person, _ []Note) bool { return p.Mailbox.Replies.Inside == "Write to sales." }},
		{"R-MBX-01 type", func(p *Person) { p.Mailbox.Type = UserMailbox }, func(p Person, _ []Note) bool { return p.Mailbox.Type == UserMailbox }},
		{"R-MBX-12 another delegate", func(p *Person) { p.Mailbox.Grant("id-carla", FullAccess) }, func(p Person, _ []Note) bool {
			return slices.Equal(p.Mailbox.Permissions, []Permission{{"id-carla", FullAccess}})
		}},
		{"R-WIZ-13 an alias removed since", func(p *Person) {
			p.Addresses = slices.DeleteFunc(p.Addresses, func(a Address) bool { return a.Value == old })
		}, func(p Person, _ []Note) bool {
			return slices.Equal(p.Addresses, []Address{{before.UPN, true}, {alias, false}})
		}},
		{"R-WIZ-13 an alias added since", func(p *Person) { p.Addresses = append(p.Addresses, Address{Value: fresh}) }, func(p Person, _ []Note) bool {
			return len(p.Addresses) == 4 && slices.Contains(p.Addresses, Address{fresh, false})
		}},
		{"R-API-18 another primary address since", func(p *Person) {
			p.Addresses[0].Primary, p.Mail = false, fresh
			p.Addresses = append(p.Addresses, Address{fresh, true})
		}, func(p Person, _ []Note) bool {
			return p.Mail == fresh && slices.Contains(p.Addresses, Address{fresh, true}) && slices.Contains(p.Addresses, Address{before.UPN, false})
		}},
		{"R-RES-12 a role taken away since", func(p *Person) { p.SuspendedRoles = []RoleID{ReportsReader} }, func(p Person, _ []Note) bool {
			return slices.Equal(p.Roles, []RoleID{ReportsReader}) && len(p.SuspendedRoles) == 0
		}},
		{"R-RES-12 a role given since", func(p *Person) { p.Roles = []RoleID{GuestInviter} }, func(p Person, _ []Note) bool { return len(p.Roles) == 3 }},
		{"R-RES-06 a licence given since", func(p *Person) { p.Licenses = append(p.Licenses, License{Sku: files}) }, func(p Person, _ []Note) bool { return has(p, files) && has(p, e3) && has(p, visio) }},
		{"R-LIC-14 no longer in the group that gave a licence", func(p *Person) { p.Licenses = nil }, func(p Person, _ []Note) bool { return !has(p, plan1) && has(p, e3) }},
		{"R-OD-24 the drive has a licence again since", func(p *Person) { p.Drive.Unlicensed = time.Time{} }, func(p Person, _ []Note) bool { return p.Drive.Unlicensed.IsZero() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			current := Depart(before, it.Steps, monday)
			c.change(&current)
			got, notes, err := putBack(current, before, it.Steps, World{}, RestoreOptions{})
			if err != nil || !c.check(got, notes) {
				t.Errorf("put back = %+v\nmailbox %+v, notes %v, %v", got, got.Mailbox, notes, err)
			}
		})
	}
	t.Run("R-RES-06 a licence that the run left and somebody took", func(t *testing.T) {
		big := with(before, func(p *Person) { p.Mailbox.Size = 62 * GB })
		steps := planOf(big, choices).Steps
		current := Depart(big, steps, monday)
		current.Licenses = slices.DeleteFunc(current.Licenses, func(l License) bool { return l.Sku == e3 })
		if got, _, err := putBack(current, big, steps, World{}, RestoreOptions{}); err != nil || has(got, e3) || !has(got, visio) {
			t.Errorf("licences = %v, %v; want Visio back and not E3", got.Licenses, err)
		}
	})
	t.Run("R-RES-08 an undo of a kept account gives no new name", func(t *testing.T) {
		got, _, err := putBack(Depart(before, it.Steps, monday), before, it.Steps, World{UPNTaken: true}, RestoreOptions{NewUPN: fresh})
		if err != nil || !Same(got, before) {
			t.Errorf("put back = %+v, %v", got, err)
		}
	})
	t.Run("R-SM-08 times read back from a store", func(t *testing.T) {
		current := Depart(before, it.Steps, monday)
		current.Drive.Unlicensed = current.Drive.Unlicensed.In(time.FixedZone("CET", 3600))
		if got, _, err := putBack(current, before, it.Steps, World{}, RestoreOptions{}); err != nil || !got.Drive.Unlicensed.IsZero() {
			t.Errorf("unlicensed since %s, %v; want never", got.Drive.Unlicensed, err)
		}
	})
}
