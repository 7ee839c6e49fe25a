package tabular

import (
	"iter"
	"strings"
	"time"
)

// PersonRow is one row of a file of people. What the file doesn't say is empty.
type PersonRow struct {
	Row               int
	UserPrincipalName string
	DisplayName       string
	GivenName         string
	Surname           string
	JobTitle          string
	Department        string
	CompanyName       string
	OfficeLocation    string
	BusinessPhone     string
	MobilePhone       string
	Fax               string
	AlternateEmail    string
	Street            string
	City              string
	State             string
	PostalCode        string
	Country           string
	UsageLocation     string // two letters
	PreferredLanguage string
	ObjectID          string // a GUID in lower case
	Mail              string
	EmployeeID        string
	UserType          string
	Password          string // exactly as in the file
	Blocked           *bool  // sign-in is blocked
	DirSynced         *bool
	Licenses          []string // display names of products
	ProxyAddresses    []string // with their "SMTP:" or "smtp:"
	DeletedAt         *time.Time
	CreatedAt         *time.Time
	Cells             []string // the row as it was, one for each heading; without the password
}

// textField is a field of a person that is plain text, and how long it may be.
type textField struct {
	field   field
	longest int
	in      func(*PersonRow) *string
}

// personTexts are the plain texts, with the limits that Graph documents.
var personTexts = []textField{
	{fieldDisplayName, 256, func(p *PersonRow) *string { return &p.DisplayName }},
	{fieldGivenName, 64, func(p *PersonRow) *string { return &p.GivenName }},
	{fieldSurname, 64, func(p *PersonRow) *string { return &p.Surname }},
	{fieldJobTitle, 128, func(p *PersonRow) *string { return &p.JobTitle }},
	{fieldDepartment, 64, func(p *PersonRow) *string { return &p.Department }},
	{fieldCompany, 64, func(p *PersonRow) *string { return &p.CompanyName }},
	{fieldOffice, 128, func(p *PersonRow) *string { return &p.OfficeLocation }},
	{fieldBusinessPhone, 64, func(p *PersonRow) *string { return &p.BusinessPhone }},
	{fieldMobilePhone, 64, func(p *PersonRow) *string { return &p.MobilePhone }},
	{fieldFax, 64, func(p *PersonRow) *string { return &p.Fax }},
	{fieldAlternateEmail, 256, func(p *PersonRow) *string { return &p.AlternateEmail }},
	{fieldStreet, 1024, func(p *PersonRow) *string { return &p.Street }},
	{fieldCity, 128, func(p *PersonRow) *string { return &p.City }},
	{fieldState, 128, func(p *PersonRow) *string { return &p.State }},
	{fieldPostalCode, 40, func(p *PersonRow) *string { return &p.PostalCode }},
	{fieldCountry, 128, func(p *PersonRow) *string { return &p.Country }},
	{fieldLanguage, 64, func(p *PersonRow) *string { return &p.PreferredLanguage }},
	{fieldMail, 256, func(p *PersonRow) *string { return &p.Mail }},
	{fieldEmployeeID, 64, func(p *PersonRow) *string { return &p.EmployeeID }},
	{fieldUserType, 64, func(p *PersonRow) *string { return &p.UserType }},
}

const maxPassword = 256

// noLicenses is what an export says of a person without licences.
const noLicenses = "Unlicensed"

// People gives the rows of a file of people, in order. There are none when the
// file has problems or is of another kind.
func (f *File) People() iter.Seq[PersonRow] {
	return func(yield func(PersonRow) bool) {
		if len(f.Problems) > 0 || !f.Format.people() {
			return
		}
		for in := range f.records(nil) {
			p := in.person()
			p.Cells = in.original()
			if !yield(p) {
				return
			}
		}
	}
}

// person reads the row as a person.
func (in *record) person() PersonRow {
	p := PersonRow{
		Row:           in.row,
		ObjectID:      in.guid(fieldObjectID),
		UsageLocation: in.usageLocation(),
		Password:      in.raw(fieldPassword),
		Blocked:       in.truth(fieldBlocked),
		DirSynced:     in.truth(fieldDirSynced),
		Licenses:      in.licenses(),
		DeletedAt:     in.moment(fieldDeletedAt),
		CreatedAt:     in.moment(fieldCreatedAt),
	}
	p.UserPrincipalName = in.personName(p.ObjectID)
	p.ProxyAddresses = splitJoined(in.list(fieldProxyAddresses), endsAddress)
	in.checkLength(fieldPassword, p.Password, maxPassword)
	for _, text := range in.file.layout.texts {
		*text.in(&p) = in.text(text.field, text.longest)
	}
	in.requireCells()
	return p
}

// personName reads the user principal name. In a list of deleted people it may
// begin with the id of the account, which doesn't count for its length.
func (in *record) personName(id string) string {
	cell := in.key(fieldUPN)
	name := cell
	if prefix := strings.ReplaceAll(id, "-", ""); len(prefix) == 32 && len(cell) > 32 && strings.EqualFold(cell[:32], prefix) {
		name = cell[32:]
	}
	if cell != "" && !ValidUPN(name) {
		in.problem(fieldUPN, BadUPN, args{"value": shown(cell)})
	}
	return cell
}

// requireCells reports the cells that the format requires and that are empty.
func (in *record) requireCells() {
	if in.out == nil {
		return
	}
	for _, required := range in.file.layout.filled {
		switch {
		case in.key(required.field) != "":
		case required.field == fieldUPN:
			in.problem(fieldUPN, EmptyUser, nil)
		default:
			in.problem(required.field, EmptyCell, nil)
		}
	}
}

// usageLocation reads a country of two letters.
func (in *record) usageLocation() string {
	cell := in.key(fieldUsageLocation)
	if cell == "" {
		return ""
	}
	if len(cell) != 2 || strings.Trim(strings.ToUpper(cell), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		in.problem(fieldUsageLocation, BadUsageLocation, args{"value": shown(cell)})
	}
	return strings.ToUpper(cell)
}

func (in *record) licenses() []string {
	cell := in.list(fieldLicenses)
	if strings.EqualFold(cell, noLicenses) {
		return nil
	}
	return splitJoined(cell, endsProduct)
}

// splitJoined cuts a list that was joined with +, at every + of which ends says
// that it stands between two items.
func splitJoined(cell string, ends func(item, rest string) bool) []string {
	var items []string
	start := 0
	add := func(item string) {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	for i := range len(cell) {
		if cell[i] == '+' && ends(cell[start:i], cell[i+1:]) {
			add(cell[start:i])
			start = i + 1
		}
	}
	add(cell[start:])
	return items
}

// endsProduct: the + of "Enterprise Mobility + Security E3" stands between
// blanks, that of a list doesn't.
func endsProduct(item, rest string) bool {
	return !strings.HasSuffix(item, " ") || !strings.HasPrefix(rest, " ")
}

// endsAddress: the + of jan+news@lindeboom.example stands before the @, that of
// a list behind it, or before the "smtp:" of the next address.
func endsAddress(item, rest string) bool {
	const longestDomain = 255 // looking no further back keeps a long list cheap
	if strings.Contains(item[max(0, len(item)-longestDomain-1):], "@") {
		return true
	}
	kind := 0
	for kind < len(rest) && isAlphanumeric(rest[kind]) {
		kind++
	}
	return kind > 0 && kind < len(rest) && rest[kind] == ':'
}

// seenRows remembers who stood in which row.
type seenRows struct {
	users   map[string]int
	objects map[string]int
}

func (s seenRows) person(in *record, p PersonRow) {
	if p.DeletedAt == nil { // the name of a deleted person is free for another
		once(in, s.users, fieldUPN, p.UserPrincipalName, DuplicateUser)
	}
	once(in, s.objects, fieldObjectID, p.ObjectID, DuplicateObject)
}

func (s seenRows) departure(in *record, d DepartureRow) {
	once(in, s.users, fieldUPN, d.User, DuplicateUser)
}

func (s seenRows) restore(in *record, r RestoreRow) {
	once(in, s.objects, fieldObjectID, r.ObjectID, DuplicateObject)
}

// once reports a row that names somebody an earlier row named.
func once(in *record, seen map[string]int, f field, name string, code Code) {
	if name == "" {
		return
	}
	key := strings.ToLower(name)
	if first, again := seen[key]; again {
		in.problem(f, code, args{"value": shown(name), "firstRow": first})
		return
	}
	seen[key] = in.row
}
