package tabular

// Format is a kind of file, recognised by its headings.
type Format string

// The formats. Departures is Leaver's own.
const (
	Unknown          Format = ""
	AddMultipleUsers Format = "addMultipleUsers"
	UsersExport      Format = "usersExport"
	EntraUsers       Format = "entraUsers"
	EntraBulkCreate  Format = "entraBulkCreate"
	EntraBulkDelete  Format = "entraBulkDelete"
	EntraBulkRestore Format = "entraBulkRestore"
	Departures       Format = "departures"
)

// Formats lists every format that can be read.
func Formats() []Format {
	return []Format{AddMultipleUsers, UsersExport, EntraUsers, EntraBulkCreate, EntraBulkDelete, EntraBulkRestore, Departures}
}

// departures says that the rows of the format are departures.
func (f Format) departures() bool { return f == Departures || f == EntraBulkDelete }

// people says that the rows of the format are people.
func (f Format) people() bool { return !f.departures() && f != EntraBulkRestore && f != Unknown }

// ignoresExtraCells: in the Entra bulk files of one column, what stands behind
// that column doesn't count. In wider files it means that a separator in a cell
// wasn't quoted, and that all cells behind it have moved. R-BULK-10
func (f Format) ignoresExtraCells() bool { return f == EntraBulkDelete || f == EntraBulkRestore }

func (f Format) meanings() map[string]meaning {
	switch {
	case f == EntraBulkRestore:
		return restoreHeadings
	case f.departures():
		return departureHeadings
	}
	return personHeadings
}

// requirement is a column that has to be there, under the name that the message
// about it uses, and whether each row has to fill it.
type requirement struct {
	field   field
	heading string
	filled  bool
}

// required lists the columns a format can't do without. R-NE-03 R-BULK-10 R-BULK-13
func (f Format) required() []requirement {
	switch f {
	case AddMultipleUsers:
		return []requirement{{fieldUPN, "Username", true}, {fieldDisplayName, "Display name", true}}
	case UsersExport:
		return []requirement{{fieldUPN, "User principal name", true}, {fieldDisplayName, "Display name", false}}
	case EntraUsers:
		return []requirement{{fieldUPN, "userPrincipalName", true}, {fieldDisplayName, "displayName", false}}
	case EntraBulkCreate:
		return []requirement{
			{fieldDisplayName, "Name [displayName] Required", true},
			{fieldUPN, "User name [userPrincipalName] Required", true},
			{fieldPassword, "Initial password [passwordProfile] Required", true},
			{fieldBlocked, "Block sign in (Yes/No) [accountEnabled] Required", true},
		}
	case EntraBulkDelete:
		return []requirement{{fieldUPN, "User name [userPrincipalName] Required", true}}
	case EntraBulkRestore:
		return []requirement{{fieldObjectID, "Object ID [objectId] Required", true}}
	case Departures:
		return []requirement{{fieldUPN, "userPrincipalName", true}}
	case Unknown:
	}
	return nil
}

// typicalHeadings are the headings that tell the formats of people apart, as
// plain writes them.
var typicalHeadings = map[Format][]string{
	AddMultipleUsers: {
		"username", "firstname", "lastname", "displayname", "jobtitle", "department", "officenumber", "officephone", "mobilephone", "fax",
		"alternateemailaddress", "address", "city", "stateorprovince", "ziporpostalcode", "countryorregion",
	},
	UsersExport: {
		"blockcredential", "city", "countryregion", "department", "dirsyncenabled", "displayname", "fax", "firstname", "lastname", "licenses",
		"mobilephone", "objectid", "office", "phonenumber", "postalcode", "preferredlanguage", "proxyaddresses", "softdeletiontimestamp",
		"state", "streetaddress", "title", "usagelocation", "userprincipalname", "whencreated",
	},
	EntraUsers: {
		"userprincipalname", "displayname", "surname", "mail", "givenname", "id", "usertype", "jobtitle", "department", "accountenabled",
		"directorysynced", "usagelocation", "streetaddress", "state", "country", "officelocation", "city", "postalcode", "telephonenumber",
		"mobilephone", "alternateemailaddress", "companyname", "createddatetime",
	},
}

// recognise tells the format from the headings, within what the file is for.
func recognise(headings []heading, version bool, purpose Purpose) Format {
	var person [fieldCount]bool
	bracket, chosen := false, false
	for _, h := range headings {
		person[personHeadings[h.plain].field] = true
		chosen = chosen || departureHeadings[h.plain].field >= fieldRemoveLicenses
		bracket = bracket || h.bracket
	}
	entra := version || bracket
	switch {
	case purpose == ForRestores:
		return EntraBulkRestore
	case purpose == ForPeople:
		return recognisePeople(headings, entra, person)
	case purpose == ForDepartures, chosen:
		if entra && !chosen {
			return EntraBulkDelete
		}
		return Departures
	case person[fieldObjectID] && !person[fieldUPN]:
		return EntraBulkRestore
	case person[fieldDisplayName]:
		return recognisePeople(headings, entra, person)
	case person[fieldUPN] && entra:
		return EntraBulkDelete
	case person[fieldUPN]:
		return Departures
	}
	return Unknown
}

// recognisePeople tells the formats of people apart by how many of the file's
// headings are typical of each.
func recognisePeople(headings []heading, entra bool, has [fieldCount]bool) Format {
	if entra || has[fieldPassword] && has[fieldBlocked] {
		return EntraBulkCreate
	}
	best, most := AddMultipleUsers, -1
	for _, format := range []Format{AddMultipleUsers, UsersExport, EntraUsers} {
		n := 0
		for _, typical := range typicalHeadings[format] {
			for _, h := range headings {
				if h.plain == typical {
					n++
				}
			}
		}
		if n > most {
			best, most = format, n
		}
	}
	return best
}
