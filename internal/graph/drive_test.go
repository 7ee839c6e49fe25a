package graph_test

import (
	"testing"
	"time"

	"leaver/internal/org"
)

// TestDriveWithoutLicence: read-only after 60 days, closed after 93, and open again
// with a licence. Education is exempt.
func TestDriveWithoutLicence(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	const bram, e3 = "bram.jansen@lindeboom.example", org.SkuID("6fd2c87f-b296-42f0-b197-1e91e994b900")
	boss := org.Actor{System: true}
	files := s.as("").get("/users/" + bram + "/drive").want(200).str("id")
	license := func(add []org.LicenseRequest, remove []org.SkuID) {
		t.Helper()
		_, err := s.desk.AssignLicenses(t.Context(), boss, bram, add, remove)
		fatal(t, err)
	}
	education := func(yes bool) {
		t.Helper()
		_, err := s.desk.ChangeOrganization(t.Context(), boss, func(o *org.Organization) error { o.Settings.Education = yes; return nil })
		fatal(t, err)
	}
	expect := func(read, write int) {
		t.Helper()
		clear(s.tokens) // they don't last for days
		app := s.as("")
		app.get("/drives/" + files + "/root/children").want(read)
		app.put("/drives/"+files+"/root:/x.txt:/content", []byte("x")).want(write)
	}
	education(false)
	license(nil, []org.SkuID{e3})
	expect(200, 201)
	s.clock.advance(60*org.Day - time.Second)
	expect(200, 200)
	s.clock.advance(time.Second)
	expect(200, 403)
	s.clock.advance(33 * org.Day)
	expect(423, 423)
	education(true)
	expect(200, 200)
	education(false)
	license([]org.LicenseRequest{{Sku: e3}}, nil)
	expect(200, 200)
}
