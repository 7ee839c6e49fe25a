package api

import (
	"bytes"
	"context"
	"iter"
	"mime"
	"net/http"

	"leaver/internal/locale"
	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/tabular"
	"leaver/internal/wire"
)

// importedView says what an import did, or would do.
type importedView struct {
	Format   tabular.Format `json:"format"`
	DryRun   bool           `json:"dryRun"`
	Created  int            `json:"created"`
	Updated  int            `json:"updated"`
	Skipped  int            `json:"skipped" doc:"Rows that change nothing, and rows of people deleted elsewhere."`
	Licenses int            `json:"licenses" doc:"How many were assigned."`
	Products []string       `json:"products" doc:"Taken into the organization."`
	Domains  []string       `json:"domains" doc:"Taken into the organization."`
	Warnings []wire.Detail  `json:"warnings"`
}

// importPeople serves POST imports: add and update people from a file. R-NE-03
func (a *API) importPeople(c *call) error {
	dry, err := c.flag("dryRun")
	if err != nil {
		return err
	}
	file, err := c.peopleFile()
	if err != nil {
		return err
	}
	rows, numbers, skipped := importRows(file)
	seen, faults, err := a.Desk.Preview(c.ctx(), c.actor, rows)
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		return c.rowFaults(faults, numbers)
	}
	done := seen
	if !dry {
		if done, err = a.Desk.Import(c.ctx(), c.actor, rows, false, nil); err != nil {
			return err
		}
	}
	return c.answer(http.StatusOK, importedView{
		Format: file.Format, DryRun: dry, Created: done.Created, Updated: done.Updated, Skipped: done.Unchanged + skipped, Licenses: done.Licenses,
		Products: some(done.Products), Domains: some(done.Domains), Warnings: problemsOf(c.lang, file.Warnings),
	})
}

// peopleFile reads a file of people, and refuses it with everything that is
// wrong with it.
func (c *call) peopleFile() (*tabular.File, error) {
	if kind := c.r.Header.Get("Content-Type"); kind != "" {
		media, _, err := mime.ParseMediaType(kind)
		if err != nil || media != kindCSV && media != "application/octet-stream" && media != "text/plain" && media != "application/vnd.ms-excel" {
			f := wrong(c.r, "request.notCSVType", "Content-Type", "kind", shown(kind))
			f.Status = http.StatusUnsupportedMediaType
			return nil, f
		}
	}
	body, err := wire.Body(c.r, largeBody)
	if err != nil {
		return nil, err
	}
	file, err := tabular.Read(bytes.NewReader(body), tabular.Options{For: tabular.ForPeople})
	if err != nil {
		return nil, err
	}
	if len(file.Problems) > 0 {
		f := wrong(c.r, "csv.invalid", "", "count", len(file.Problems)+file.MoreProblems)
		f.Details = problemsOf(c.lang, file.Problems)
		return nil, f
	}
	return file, nil
}

// rowFaults refuses rows that the rules refuse.
func (c *call) rowFaults(faults []offboard.ImportFault, numbers []int) error {
	f := wrong(c.r, "csv.invalid", "", "count", len(faults))
	for _, x := range faults {
		f.Details = append(f.Details, wire.Detail{
			Target: x.Refusal.Target, Code: x.Refusal.Reason, Message: wire.Sentence(c.lang, x.Refusal), Rule: x.Refusal.Rule, Row: numbers[x.Index],
		})
	}
	return f
}

func problemsOf(lang locale.Lang, problems []tabular.Problem) []wire.Detail {
	out := make([]wire.Detail, len(problems))
	for i, p := range problems {
		out[i] = wire.Detail{Target: p.Heading, Code: string(p.Code), Message: locale.Text(lang, string(p.Code), p.Args), Row: p.Row, Column: p.Column}
	}
	return out
}

// importRows gives the rows of a file as the Desk takes them, with their numbers
// in the file. Those of people who were deleted there are left out.
func importRows(file *tabular.File) (rows []offboard.ImportRow, numbers []int, skipped int) {
	for p := range file.People() {
		if p.DeletedAt != nil {
			skipped++
			continue
		}
		row := offboard.ImportRow{
			User: org.User{
				UPN: p.UserPrincipalName, DisplayName: p.DisplayName, GivenName: p.GivenName, Surname: p.Surname, JobTitle: p.JobTitle,
				Department: p.Department, CompanyName: p.CompanyName, OfficeLocation: p.OfficeLocation, MobilePhone: p.MobilePhone, FaxNumber: p.Fax,
				StreetAddress: p.Street, City: p.City, State: p.State, PostalCode: p.PostalCode, Country: p.Country, UsageLocation: p.UsageLocation,
				PreferredLanguage: p.PreferredLanguage, Mail: p.Mail, EmployeeID: p.EmployeeID, UserType: p.UserType,
				AccountEnabled: p.Blocked == nil || !*p.Blocked, Synced: p.DirSynced != nil && *p.DirSynced,
			},
			Password: p.Password, Licenses: p.Licenses, Addresses: p.ProxyAddresses,
		}
		if row.User.DisplayName == "" {
			row.User.DisplayName = p.UserPrincipalName
		}
		if p.BusinessPhone != "" {
			row.User.BusinessPhones = []string{p.BusinessPhone}
		}
		if p.AlternateEmail != "" {
			row.User.OtherMails = []string{p.AlternateEmail}
		}
		if p.CreatedAt != nil {
			row.User.Created = *p.CreatedAt
		}
		if len(row.Addresses) == 0 && p.Mail != "" {
			row.Addresses = []string{"SMTP:" + p.Mail}
		}
		rows, numbers = append(rows, row), append(numbers, p.Row)
	}
	return rows, numbers, skipped
}

// exportUsers serves GET exports/users: everybody active, as Microsoft 365
// exports its users.
func (a *API) exportUsers(c *call) error {
	first, err := a.Reads.Users(c.ctx(), exportQuery(""))
	if err != nil {
		return err
	}
	c.file(kindCSV, "users.csv")
	return tabular.WriteUsersExport(c.w, dialect, a.exported(c.ctx(), c.actor, first))
}

func exportQuery(token string) offboard.UserQuery {
	return offboard.UserQuery{ListQuery: offboard.ListQuery{Query: odata.Query{Select: []string{"id"}, Top: maxPage, SkipToken: token}}}
}

// exported goes through everybody, page by page.
func (a *API) exported(ctx context.Context, actor org.Actor, page offboard.Page[offboard.UserRow]) iter.Seq2[tabular.PersonRow, error] {
	return func(yield func(tabular.PersonRow, error) bool) {
		for {
			ids := make([]string, len(page.Rows))
			for i := range page.Rows {
				ids[i] = string(page.Rows[i].ID)
			}
			found, err := a.Desk.LookAtAll(ctx, actor, org.ReadDirectory, ids)
			if err != nil {
				yield(tabular.PersonRow{}, err)
				return
			}
			for _, p := range found.People {
				if p != nil && !yield(exportRow(p, found.Org), nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			if page, err = a.Reads.Users(ctx, exportQuery(page.Next)); err != nil {
				yield(tabular.PersonRow{}, err)
				return
			}
		}
	}
}

func exportRow(p *org.Person, o *org.Organization) tabular.PersonRow {
	blocked := !p.AccountEnabled
	row := tabular.PersonRow{
		UserPrincipalName: p.UPN, DisplayName: p.DisplayName, GivenName: p.GivenName, Surname: p.Surname, JobTitle: p.JobTitle, Department: p.Department,
		CompanyName: p.CompanyName, OfficeLocation: p.OfficeLocation, MobilePhone: p.MobilePhone, Fax: p.FaxNumber, Street: p.StreetAddress, City: p.City,
		State: p.State, PostalCode: p.PostalCode, Country: p.Country, UsageLocation: p.UsageLocation, PreferredLanguage: p.PreferredLanguage,
		ObjectID: string(p.ID), Mail: p.Mail, EmployeeID: p.EmployeeID, UserType: p.UserType, Blocked: &blocked, CreatedAt: &p.Created,
	}
	if len(p.BusinessPhones) > 0 {
		row.BusinessPhone = p.BusinessPhones[0]
	}
	if len(p.OtherMails) > 0 {
		row.AlternateEmail = p.OtherMails[0]
	}
	if p.Synced || p.WasSynced {
		row.DirSynced = &p.Synced
	}
	for _, sku := range p.Products() {
		row.Licenses = append(row.Licenses, o.Products.Name(sku))
	}
	for _, x := range p.Addresses {
		row.ProxyAddresses = append(row.ProxyAddresses, x.Proxy())
	}
	return row
}

func fileRoutes() []route {
	return []route{
		{
			method: http.MethodPost, path: "imports", id: "importPeople", tag: "people", summary: "Add and update people from a CSV file",
			about:  "Reads the files of Microsoft 365 and Entra. A file with anything wrong in it is refused as a whole, with every row named; nothing is written.",
			scopes: writePeople, query: []param{{"dryRun", "boolean", "Only say what would be done."}}, body: "", bodyKind: kindCSV,
			example: "\"Username,Display name\\ntess.smit@lindeboom.example,Tess Smit\\n\"", answer: importedView{}, serve: (*API).importPeople,
		},
		{
			method: http.MethodGet, path: "exports/users", id: "exportUsers", tag: "people", summary: "All people, as Microsoft 365 exports its users",
			scopes: readPeople, may: org.ReadDirectory, kinds: []string{kindCSV}, serve: (*API).exportUsers,
		},
	}
}
