package tabular

import (
	"strings"
	"unicode"
)

// field is something a column can say about a person or a departure.
type field int

const (
	noField field = iota
	fieldUPN
	fieldDisplayName
	fieldGivenName
	fieldSurname
	fieldJobTitle
	fieldDepartment
	fieldCompany
	fieldOffice
	fieldBusinessPhone
	fieldMobilePhone
	fieldFax
	fieldAlternateEmail
	fieldStreet
	fieldCity
	fieldState
	fieldPostalCode
	fieldCountry
	fieldUsageLocation
	fieldLanguage
	fieldObjectID
	fieldMail
	fieldEmployeeID
	fieldUserType
	fieldPassword
	fieldBlocked
	fieldDirSynced
	fieldLicenses
	fieldProxyAddresses
	fieldDeletedAt
	fieldCreatedAt
	fieldRemoveLicenses
	fieldReduceSubscriptions
	fieldMailTo
	fieldMailboxDisplayName
	fieldReplyInside
	fieldReplyOutside
	fieldRemoveAliases
	fieldFilesTo
	fieldHoldMailbox
	fieldCount
)

// meaning is what a heading says: which field, and whether the column states the
// opposite of it.
type meaning struct {
	field   field
	inverse bool
}

// personHeadings gives the meaning of a heading in a file of people. The keys
// are headings as plain writes them.
var personHeadings = map[string]meaning{
	"userprincipalname": {field: fieldUPN}, "username": {field: fieldUPN}, "upn": {field: fieldUPN}, "user": {field: fieldUPN},
	"displayname": {field: fieldDisplayName},
	"firstname":   {field: fieldGivenName}, "givenname": {field: fieldGivenName},
	"lastname": {field: fieldSurname}, "surname": {field: fieldSurname},
	"jobtitle": {field: fieldJobTitle}, "title": {field: fieldJobTitle},
	"department": {field: fieldDepartment},
	"company":    {field: fieldCompany}, "companyname": {field: fieldCompany},
	"office": {field: fieldOffice}, "officenumber": {field: fieldOffice}, "officelocation": {field: fieldOffice}, "physicaldeliveryofficename": {field: fieldOffice},
	"officephone": {field: fieldBusinessPhone}, "phonenumber": {field: fieldBusinessPhone}, "telephonenumber": {field: fieldBusinessPhone},
	"businessphone": {field: fieldBusinessPhone}, "businessphones": {field: fieldBusinessPhone},
	"mobilephone": {field: fieldMobilePhone}, "mobile": {field: fieldMobilePhone},
	"fax": {field: fieldFax}, "faxnumber": {field: fieldFax},
	"alternateemailaddress": {field: fieldAlternateEmail}, "alternateemail": {field: fieldAlternateEmail}, "othermails": {field: fieldAlternateEmail},
	"address": {field: fieldStreet}, "streetaddress": {field: fieldStreet},
	"city":  {field: fieldCity},
	"state": {field: fieldState}, "stateorprovince": {field: fieldState},
	"postalcode": {field: fieldPostalCode}, "ziporpostalcode": {field: fieldPostalCode},
	"country": {field: fieldCountry}, "countryregion": {field: fieldCountry}, "countryorregion": {field: fieldCountry},
	"usagelocation":     {field: fieldUsageLocation},
	"preferredlanguage": {field: fieldLanguage},
	"objectid":          {field: fieldObjectID}, "id": {field: fieldObjectID},
	"mail": {field: fieldMail}, "email": {field: fieldMail},
	"employeeid": {field: fieldEmployeeID},
	"usertype":   {field: fieldUserType},
	"password":   {field: fieldPassword}, "initialpassword": {field: fieldPassword}, "passwordprofile": {field: fieldPassword},
	"blockcredential": {field: fieldBlocked}, "blocksignin": {field: fieldBlocked},
	"accountenabled": {field: fieldBlocked, inverse: true},
	"dirsyncenabled": {field: fieldDirSynced}, "directorysynced": {field: fieldDirSynced},
	"licenses": {field: fieldLicenses}, "licences": {field: fieldLicenses},
	"proxyaddresses":        {field: fieldProxyAddresses},
	"softdeletiontimestamp": {field: fieldDeletedAt}, "deleteddatetime": {field: fieldDeletedAt},
	"whencreated": {field: fieldCreatedAt}, "createddatetime": {field: fieldCreatedAt},
}

// departureHeadings does the same for a file of departures: the names of the
// choices, of the flags of the command line, and what a person might type.
var departureHeadings = map[string]meaning{
	"userprincipalname": {field: fieldUPN}, "username": {field: fieldUPN}, "upn": {field: fieldUPN}, "user": {field: fieldUPN},
	"removelicenses": {field: fieldRemoveLicenses}, "removelicences": {field: fieldRemoveLicenses},
	"keeplicenses": {field: fieldRemoveLicenses, inverse: true}, "keeplicences": {field: fieldRemoveLicenses, inverse: true},
	"reducesubscriptions": {field: fieldReduceSubscriptions}, "stoppaying": {field: fieldReduceSubscriptions},
	"mailto":             {field: fieldMailTo},
	"mailboxdisplayname": {field: fieldMailboxDisplayName}, "rename": {field: fieldMailboxDisplayName},
	"replyinside":   {field: fieldReplyInside},
	"replyoutside":  {field: fieldReplyOutside},
	"removealiases": {field: fieldRemoveAliases}, "removealias": {field: fieldRemoveAliases},
	"filesto":     {field: fieldFilesTo},
	"holdmailbox": {field: fieldHoldMailbox}, "hold": {field: fieldHoldMailbox},
}

var restoreHeadings = map[string]meaning{
	"objectid": {field: fieldObjectID}, "id": {field: fieldObjectID},
}

// heading is one heading in the forms it is matched in.
type heading struct {
	plain   string // letters and digits only, in lower case
	bracket bool   // it named the property in brackets, as Entra's templates do
}

// understandHeading takes a heading apart. A property in brackets is what
// counts: the words before it are translated, and "Required" follows it.
func understandHeading(text string) heading {
	if _, rest, ok := strings.Cut(text, "["); ok {
		if property, _, ok := strings.Cut(rest, "]"); ok {
			h := heading{plain: plain(property), bracket: true}
			if h.plain == "accountenabled" { // its column is "Block sign in": Yes blocks
				h.plain = "blocksignin"
			}
			return h
		}
	}
	text, _, _ = strings.Cut(text, "(")
	h := heading{plain: plain(text)}
	h.plain = strings.TrimSuffix(h.plain, "required")
	return h
}

// plain keeps the letters and digits of a heading, in lower case.
func plain(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToLower(c)
		}
		return -1
	}, text)
}

// layout says which column holds which field.
type layout struct {
	column  [fieldCount]int // from 1; 0: the file has no such column
	inverse [fieldCount]bool
	used    []bool // by column, from 0
	secret  int    // the column of passwords, from 1
	texts   []textField
	filled  []requirement // what every row has to fill
}

// readHeadings reads the line of headings and says whether rows can be read.
func (f *File) readHeadings(purpose Purpose, out *reporter) bool {
	p := readPreamble(f.text)
	if p.end >= len(f.text) { // a version line, and that was it
		out.problem(0, 0, Empty, nil)
		return false
	}
	f.detectDialect(p)
	s := scanner{text: f.text, pos: p.end, separator: f.Dialect.separator(), row: p.rows}
	s.next()
	f.body, f.bodyRow = s.pos, s.row
	if s.count > maxColumns {
		out.problem(s.row, 0, TooManyColumns, args{"max": maxColumns})
		return false
	}
	f.Headings = ownedHeadings(s.cells)
	first := record{file: f, out: out, row: s.row, cells: s.cells, scanner: &s}
	first.inspectShape()
	headings := make([]heading, len(f.Headings))
	for i, text := range f.Headings {
		headings[i] = understandHeading(text)
	}
	f.Format = recognise(headings, p.version, purpose)
	if f.Format == Unknown {
		out.problem(s.row, 0, UnknownFormat, nil)
		return false
	}
	before := len(f.Problems)
	f.layout = f.assign(headings, s.row, out)
	f.requireColumns(s.row, out)
	return len(f.Problems) == before
}

// ownedHeadings copies the headings, without the empty ones at the end that a
// spreadsheet leaves behind.
func ownedHeadings(cells []string) []string {
	last := len(cells)
	for last > 0 && trimmed(cells[last-1]) == "" {
		last--
	}
	headings := make([]string, last)
	for i := range headings {
		headings[i] = strings.ToValidUTF8(trimmed(unguard(cells[i])), string(unicode.ReplacementChar))
	}
	return headings
}

// assign gives every field its column. Two columns for one field contradict
// each other sooner or later, so they are refused.
func (f *File) assign(headings []heading, row int, out *reporter) layout {
	meanings := f.Format.meanings()
	l := layout{used: make([]bool, len(headings))}
	for i, h := range headings {
		m, known := meanings[h.plain]
		switch {
		case !known:
			if f.Headings[i] != "" {
				out.warn(row, i+1, UnknownColumn, args{"heading": shown(f.Headings[i])})
			}
		case l.column[m.field] != 0:
			out.problem(row, i+1, DuplicateColumn, args{"heading": shown(f.Headings[i]), "first": shown(f.Headings[l.column[m.field]-1])})
		default:
			l.column[m.field], l.inverse[m.field], l.used[i] = i+1, m.inverse, true
		}
	}
	l.secret = l.column[fieldPassword]
	for _, text := range personTexts {
		if l.column[text.field] != 0 {
			l.texts = append(l.texts, text)
		}
	}
	return l
}

// requireColumns reports every column that the format can't do without.
func (f *File) requireColumns(row int, out *reporter) {
	for _, required := range f.Format.required() {
		if f.layout.column[required.field] == 0 {
			out.problem(row, 0, MissingColumn, args{"heading": required.heading})
		}
		if required.filled {
			f.layout.filled = append(f.layout.filled, required)
		}
	}
}
