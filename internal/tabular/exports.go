package tabular

import (
	"io"
	"iter"
	"strconv"
	"strings"
	"time"
)

// exportTime is how a Microsoft 365 export writes a time.
const exportTime = "2006-01-02 15:04:05Z"

// exportColumns are the columns of a users export: those of Microsoft 365, and
// behind them what it has no column for.
var exportColumns = []struct {
	heading string
	cell    func(*PersonRow) string
}{
	{"Block credential", func(p *PersonRow) string { return formatBool(p.Blocked) }},
	{"City", func(p *PersonRow) string { return p.City }},
	{"Country/Region", func(p *PersonRow) string { return p.Country }},
	{"Department", func(p *PersonRow) string { return p.Department }},
	{"DirSyncEnabled", func(p *PersonRow) string { return formatBool(p.DirSynced) }},
	{"Display name", func(p *PersonRow) string { return p.DisplayName }},
	{"Fax", func(p *PersonRow) string { return p.Fax }},
	{"First name", func(p *PersonRow) string { return p.GivenName }},
	{"Last name", func(p *PersonRow) string { return p.Surname }},
	{"Licenses", func(p *PersonRow) string { return formatLicenses(p.Licenses) }},
	{"Mobile Phone", func(p *PersonRow) string { return p.MobilePhone }},
	{"Object Id", func(p *PersonRow) string { return p.ObjectID }},
	{"Office", func(p *PersonRow) string { return p.OfficeLocation }},
	{"Phone number", func(p *PersonRow) string { return p.BusinessPhone }},
	{"Postal code", func(p *PersonRow) string { return p.PostalCode }},
	{"Preferred language", func(p *PersonRow) string { return p.PreferredLanguage }},
	{"Proxy addresses", func(p *PersonRow) string { return strings.Join(p.ProxyAddresses, "+") }},
	{"Soft deletion time stamp", func(p *PersonRow) string { return formatTime(p.DeletedAt) }},
	{"State", func(p *PersonRow) string { return p.State }},
	{"Street address", func(p *PersonRow) string { return p.Street }},
	{"Title", func(p *PersonRow) string { return p.JobTitle }},
	{"Usage location", func(p *PersonRow) string { return p.UsageLocation }},
	{"User principal name", func(p *PersonRow) string { return p.UserPrincipalName }},
	{"When created", func(p *PersonRow) string { return formatTime(p.CreatedAt) }},
	{"Mail", func(p *PersonRow) string { return p.Mail }},
	{"Alternate email address", func(p *PersonRow) string { return p.AlternateEmail }},
	{"Company name", func(p *PersonRow) string { return p.CompanyName }},
	{"Employee id", func(p *PersonRow) string { return p.EmployeeID }},
	{"User type", func(p *PersonRow) string { return p.UserType }},
}

// WriteUsersExport writes people in the format of a Microsoft 365 users export,
// which Read reads back. Passwords aren't written.
func WriteUsersExport(w io.Writer, d Dialect, people iter.Seq2[PersonRow, error]) error {
	cells := make([]string, len(exportColumns))
	for i, column := range exportColumns {
		cells[i] = column.heading
	}
	rows := func(yield func([]string, error) bool) {
		line := make([]string, len(exportColumns))
		for p, err := range people {
			for i, column := range exportColumns {
				line[i] = column.cell(&p)
			}
			if !yield(line, err) {
				return
			}
		}
	}
	return WriteTable(w, d, cells, rows)
}

// DeletedRow is one row of the list of deleted people.
type DeletedRow struct {
	ObjectID          string
	UserPrincipalName string
	DisplayName       string
	Licenses          []string
	DeletedAt         time.Time
	PurgeAt           time.Time
	DaysLeft          int
}

// WriteDeletedUsers writes the list of deleted people. Without the rows that
// should stay deleted it can be read back as a list of restores: it has the
// object ids.
func WriteDeletedUsers(w io.Writer, d Dialect, deleted iter.Seq2[DeletedRow, error]) error {
	headings := []string{
		"Object Id", "User principal name", "Display name", "Licenses", "Soft deletion time stamp", "Permanent deletion time stamp", "Days left",
	}
	return WriteTable(w, d, headings, func(yield func([]string, error) bool) {
		for r, err := range deleted {
			line := []string{
				r.ObjectID, r.UserPrincipalName, r.DisplayName, formatLicenses(r.Licenses),
				formatTime(&r.DeletedAt), formatTime(&r.PurgeAt), strconv.Itoa(r.DaysLeft),
			}
			if !yield(line, err) {
				return
			}
		}
	})
}

// WriteBulkDeleteTemplate writes an empty Entra bulk-delete file to fill in. R-BULK-10
func WriteBulkDeleteTemplate(w io.Writer, d Dialect) error {
	out := NewWriter(w, d)
	for _, line := range []string{"version:v1.0", "User name [userPrincipalName] Required", "Example: chris@contoso.com"} {
		if err := out.Write(line); err != nil {
			return err
		}
	}
	return out.Flush()
}

func formatBool(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "True"
	}
	return "False"
}

func formatTime(at *time.Time) string {
	if at == nil || at.IsZero() {
		return ""
	}
	return at.UTC().Format(exportTime)
}

func formatLicenses(names []string) string {
	if len(names) == 0 {
		return noLicenses
	}
	return strings.Join(names, "+")
}
