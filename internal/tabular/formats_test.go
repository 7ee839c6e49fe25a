package tabular

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// read reads text, and fails the test when reading itself fails.
func read(t *testing.T, text string, purpose Purpose) *File {
	t.Helper()
	f, err := Read(strings.NewReader(text), Options{For: purpose})
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return f
}

// sound reads text that has to be without problems.
func sound(t *testing.T, text string, purpose Purpose) *File {
	t.Helper()
	f := read(t, text, purpose)
	if err := f.Err(); err != nil {
		t.Fatalf("problems: %v", f.Problems)
	}
	return f
}

// The heading lines as contract.md section 4 gives them.
const (
	addOld = "User Name,First Name,Last Name,Display Name,Job Title,Department,Office Number,Office Phone,Mobile Phone,Fax,Address,City,State or Province,ZIP or Postal Code,Country or Region"
	addNew = "Username,First name,Last name,Display name,Job title,Department,Office number,Office phone,Mobile phone,Fax,Alternate email address,Address,City,State or province,ZIP or postal code,Country or region"
	export = "Block credential,City,Country/Region,Department,DirSyncEnabled,Display name,First name,Last name,Licenses,Mobile Phone,Object Id,Office,Phone number,Postal code,Preferred language,Proxy addresses,Soft deletion time stamp,State,Street address,Title,Usage location,User principal name,When created"
	entra  = "userPrincipalName,displayName,surname,mail,givenName,id,userType,accountEnabled,directorySynced,usageLocation"
	create = "Name [displayName] Required,User name [userPrincipalName] Required,Initial password [passwordProfile] Required,Block sign in (Yes/No) [accountEnabled] Required,First name [givenName],Last name [surname],Job title [jobTitle],Department [department],Usage location [usageLocation]"
	choice = "userPrincipalName,removeLicenses,reduceSubscriptions,mailTo,mailboxDisplayName,replyInside,replyOutside,removeAliases,filesTo,holdMailbox"
)

const annaID = "0b1c2d3e-4f50-4a6b-8c7d-9e0f1a2b3c4d"

func TestFormats(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       Format
		rows       int
	}{
		{"add, old headings", addOld + "\na@x.nl,A,B,A B,,,,,,,,,,,\n", AddMultipleUsers, 1},
		{"add, new headings", addNew + "\na@x.nl,A,B,A B,,,,,,,,,,,,\n", AddMultipleUsers, 1},
		{"add, other order and case", "DISPLAY NAME , user name\nA B,a@x.nl\n", AddMultipleUsers, 1},
		{"users export", export + "\nFalse,,,,,A B,A,B,Unlicensed,,,,,,,,,,,,,a@x.nl,\n", UsersExport, 1},
		{"entra users", entra + "\na@x.nl,A B,B,a@x.nl,A," + annaID + ",Member,True,,NL\n", EntraUsers, 1},
		{"entra bulk create", "version:v1.0,,,,,,,,\n" + create + "\nExample: Chris,chris@contoso.com,pw,No,,,,,\nA B,a@x.nl,Welkom-1,No,,,,,\n", EntraBulkCreate, 1},
		{"entra bulk create without its first line", create + "\nA B,a@x.nl,Welkom-1,No,,,,,\n", EntraBulkCreate, 1},
		{"entra bulk delete R-BULK-10 O-06", "version:v1.0\nUser name [userPrincipalName] Required\nExample: chris@contoso.com\na@x.nl\nb@x.nl\n", EntraBulkDelete, 2},
		{"entra bulk delete, first line quoted", "\"version:v1.0\"\r\n\"User name [userPrincipalName] Required\"\r\na@x.nl\r\n", EntraBulkDelete, 1},
		{"entra bulk delete, translated", "Version:v1.0;\nGebruikersnaam [userPrincipalName] Vereist;\nVoorbeeld: chris@contoso.com;\na@x.nl;\n", EntraBulkDelete, 1},
		{"entra bulk restore R-BULK-13", "version:v1.0\nObject ID [objectId] Required\n" + annaID + "\n", EntraBulkRestore, 1},
		{"departures", choice + "\na@x.nl,,,,,,,,,\n", Departures, 1},
		{"departures, names only", "userPrincipalName\na@x.nl\n", Departures, 1},
		{"departures in the shape of a template", "version:v1.0\nUser name [userPrincipalName] Required,mailTo\na@x.nl,b@x.nl\n", Departures, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := sound(t, test.text, ForAny)
			if f.Format != test.want || f.Rows != test.rows {
				t.Errorf("got %s with %d rows, want %s with %d", f.Format, f.Rows, test.want, test.rows)
			}
			if len(f.Warnings) > 0 {
				t.Errorf("warnings: %v", f.Warnings)
			}
		})
	}
}

func TestPurpose(t *testing.T) {
	exported := export + "\nFalse,,,,,A B,A,B,Unlicensed,,," + ",,,,,,,,,,a@x.nl,\n"
	for _, test := range []struct {
		name, text string
		purpose    Purpose
		want       Format
		missing    string
	}{
		{"an export says who leaves", exported, ForDepartures, Departures, ""},
		{"a list of leavers is no list of people", choice + "\na@x.nl,,,,,,,,,\n", ForPeople, UsersExport, "Display name"},
		{"a template for restores deletes nobody", "version:v1.0\nObject ID [objectId] Required\n" + annaID + "\n", ForDepartures, EntraBulkDelete, "User name [userPrincipalName] Required"},
		{"a list of names restores nobody", "userPrincipalName\na@x.nl\n", ForRestores, EntraBulkRestore, "Object ID [objectId] Required"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := read(t, test.text, test.purpose)
			if f.Format != test.want {
				t.Errorf("got format %s, want %s", f.Format, test.want)
			}
			var missing string
			if len(f.Problems) > 0 {
				if f.Problems[0].Code != MissingColumn {
					t.Fatalf("got %v, want a missing column", f.Problems)
				}
				missing = f.Problems[0].Args["heading"].(string)
			}
			if missing != test.missing {
				t.Errorf("missing column %q, want %q", missing, test.missing)
			}
		})
	}
}

func TestPeople(t *testing.T) {
	text := export + "\n" +
		`True,Utrecht,Nederland,Zorg,True,"Smit, Jan ""J""",Jan,Smit,Office 365 E3+Enterprise Mobility + Security E3,+31 6 1234,` + strings.ToUpper(annaID) +
		`,B2.14,030-123,3511 AB,nl-NL,SMTP:jan+nieuws@x.nl+smtp:j@x.nl+X500:/o=x,2024-05-21 08:11:33Z,UT,"Dam 1` + "\n" + `2e verdieping",Docent,nl,jan_gmail.com#EXT#@x.nl,5/21/2024 8:11:33 AM` + "\n"
	f := sound(t, text, ForAny)
	var got []PersonRow
	for p := range f.People() {
		got = append(got, p)
	}
	if len(got) != 1 {
		t.Fatalf("got %d people, want 1", len(got))
	}
	p := got[0]
	for _, cell := range []struct{ name, got, want string }{
		{"name", p.UserPrincipalName, "jan_gmail.com#EXT#@x.nl"},
		{"display name", p.DisplayName, `Smit, Jan "J"`},
		{"given name", p.GivenName, "Jan"},
		{"surname", p.Surname, "Smit"},
		{"job title", p.JobTitle, "Docent"},
		{"department", p.Department, "Zorg"},
		{"office", p.OfficeLocation, "B2.14"},
		{"phone", p.BusinessPhone, "030-123"},
		{"mobile", p.MobilePhone, "+31 6 1234"},
		{"street", p.Street, "Dam 1\n2e verdieping"},
		{"city", p.City, "Utrecht"},
		{"state", p.State, "UT"},
		{"postal code", p.PostalCode, "3511 AB"},
		{"country", p.Country, "Nederland"},
		{"usage location", p.UsageLocation, "NL"},
		{"language", p.PreferredLanguage, "nl-NL"},
		{"id", p.ObjectID, annaID},
	} {
		if cell.got != cell.want {
			t.Errorf("%s: got %q, want %q", cell.name, cell.got, cell.want)
		}
	}
	if p.Blocked == nil || !*p.Blocked || p.DirSynced == nil || !*p.DirSynced {
		t.Errorf("blocked %v, synced %v; want both", p.Blocked, p.DirSynced)
	}
	if want := []string{"Office 365 E3", "Enterprise Mobility + Security E3"}; !slices.Equal(p.Licenses, want) {
		t.Errorf("licences %q, want %q", p.Licenses, want)
	}
	if want := []string{"SMTP:jan+nieuws@x.nl", "smtp:j@x.nl", "X500:/o=x"}; !slices.Equal(p.ProxyAddresses, want) {
		t.Errorf("addresses %q, want %q", p.ProxyAddresses, want)
	}
	at := time.Date(2024, 5, 21, 8, 11, 33, 0, time.UTC)
	if p.DeletedAt == nil || !p.DeletedAt.Equal(at) || p.CreatedAt == nil || !p.CreatedAt.Equal(at) {
		t.Errorf("deleted %v, created %v; want %v", p.DeletedAt, p.CreatedAt, at)
	}
	if p.Row != 2 {
		t.Errorf("row %d, want 2", p.Row)
	}
}

func TestBlockedColumns(t *testing.T) {
	for _, test := range []struct{ name, text string }{
		{"export: block credential", "Display name,User principal name,Block credential\nA,a@x.nl,True\n"},
		{"entra list: account enabled", "userPrincipalName,displayName,accountEnabled\na@x.nl,A,False\n"},
		{"bulk create: yes blocks", create + "\nA,a@x.nl,pw,Yes,,,,,\n"},
		{"bulk create, Dutch", "version:v1.0\nNaam [displayName] Vereist,x [userPrincipalName],y [passwordProfile],Aanmelden blokkeren (Ja/Nee) [accountEnabled] Vereist\nA,a@x.nl,pw,Ja\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for p := range sound(t, test.text, ForPeople).People() {
				if p.Blocked == nil || !*p.Blocked {
					t.Errorf("blocked = %v, want true", p.Blocked)
				}
			}
		})
	}
}

func TestDepartures(t *testing.T) {
	text := "User;Keep-Licences;stop paying;Mail-To;Rename;reply_inside;Reply outside;remove-alias;files-to;hold\n" +
		"a@x.nl;ja;1;b@x.nl;Info desk;AUTO;Same;\"a1@x.nl; smtp:a2@x.nl\";NONE;waar\n" +
		annaID + ";;;;;;;ALL;b@x.nl;Nee\n"
	f := sound(t, text, ForDepartures)
	var got []DepartureRow
	for d := range f.Departures() {
		got = append(got, d)
	}
	if len(got) != 2 {
		t.Fatalf("got %d departures, want 2", len(got))
	}
	a, b := got[0], got[1]
	if a.RemoveLicenses == nil || *a.RemoveLicenses || a.ReduceSubscriptions == nil || !*a.ReduceSubscriptions || a.HoldMailbox == nil || !*a.HoldMailbox {
		t.Errorf("first row: removeLicenses %v reduceSubscriptions %v holdMailbox %v", a.RemoveLicenses, a.ReduceSubscriptions, a.HoldMailbox)
	}
	for _, cell := range []struct {
		name string
		got  *string
		want string
	}{
		{"mailTo", a.MailTo, "b@x.nl"},
		{"mailboxDisplayName", a.MailboxDisplayName, "Info desk"},
		{"replyInside", a.ReplyInside, Auto},
		{"replyOutside", a.ReplyOutside, Same},
		{"filesTo", a.FilesTo, None},
		{"filesTo of the second", b.FilesTo, "b@x.nl"},
	} {
		if cell.got == nil || *cell.got != cell.want {
			t.Errorf("%s: got %v, want %q", cell.name, cell.got, cell.want)
		}
	}
	if want := []string{"a1@x.nl", "a2@x.nl"}; !slices.Equal(a.RemoveAliases, want) {
		t.Errorf("removeAliases %q, want %q", a.RemoveAliases, want)
	}
	if !slices.Equal(b.RemoveAliases, []string{All}) || b.User != annaID {
		t.Errorf("second row: %q removes %q", b.User, b.RemoveAliases)
	}
	if b.RemoveLicenses != nil || b.ReduceSubscriptions != nil || b.MailTo != nil || b.ReplyInside != nil || a.Row != 2 || b.Row != 3 {
		t.Errorf("second row: an empty cell became a choice: %+v", b)
	}
	if b.HoldMailbox == nil || *b.HoldMailbox {
		t.Errorf("second row: holdMailbox %v, want false", b.HoldMailbox)
	}
}

func TestRestores(t *testing.T) {
	t.Run("R-BULK-13 object ids, also from a list of deleted people", func(t *testing.T) {
		text := "Display name,Object Id\nAnna,0B1C2D3E-4F50-4A6B-8C7D-9E0F1A2B3C4D\n"
		for r := range sound(t, text, ForRestores).Restores() {
			if r.ObjectID != annaID || r.Row != 2 || !slices.Equal(r.Cells, []string{"Anna", strings.ToUpper(annaID)}) {
				t.Errorf("got %+v", r)
			}
		}
	})
}

func TestEmptyIteratorsOfOtherKinds(t *testing.T) {
	f := sound(t, "userPrincipalName\na@x.nl\n", ForAny)
	for p := range f.People() {
		t.Errorf("a file of departures gave the person %q", p.UserPrincipalName)
	}
	for r := range f.Restores() {
		t.Errorf("a file of departures gave the restore %q", r.ObjectID)
	}
}

func TestParseTime(t *testing.T) {
	want := time.Date(2024, 5, 21, 8, 11, 33, 0, time.UTC)
	for _, cell := range []string{
		"2024-05-21 08:11:33Z", "2024-05-21T08:11:33Z", "2024-05-21T10:11:33+02:00", "2024-05-21 08:11:33", "2024-05-21t08:11:33z",
		"5/21/2024 8:11:33 AM", "05/21/2024 08:11:33 am", "5/21/2024 8:11:33\u202fAM", "5/21/2024 08:11:33", "21-05-2024 08:11:33", "21-5-2024 8:11:33",
	} {
		if got, ok := parseTime(cell); !ok || !got.Equal(want) {
			t.Errorf("%q: got %v %v, want %v", cell, got, ok, want)
		}
	}
	for _, cell := range []string{"21/5/2024", "2024-02-30", "yesterday", "45433.34", "0"} {
		if got, ok := parseTime(cell); ok {
			t.Errorf("%q: got %v, want a refusal", cell, got)
		}
	}
}

func TestValidUPN(t *testing.T) {
	for _, name := range []string{
		"a@x.nl", "o'brien@lindeboom.example", "jan_gmail.com#EXT#@contoso.onmicrosoft.com", "a.b-c_d!e^f~g+h@sub.x-y.nl",
		strings.Repeat("a", 64) + "@" + strings.Repeat("b", 45) + ".nl",
	} {
		if !ValidUPN(name) {
			t.Errorf("%q is refused", name)
		}
	}
	for _, name := range []string{
		"", "a", "@x.nl", "a@", "a@x", "a@@x.nl", "a@b@x.nl", "a b@x.nl", "jörg@x.nl", "a@x..nl", "a@-x.nl", "a@x-.nl", ".a@x.nl", "a.@x.nl",
		"a@x.nl.", "a,b@x.nl", "<a@x.nl>", "a/b@x.nl", "a\u202e@x.nl", "a@x_y.nl", "😀@x.nl", strings.Repeat("a", 109) + "@x.nl",
	} {
		if ValidUPN(name) {
			t.Errorf("%q is accepted", name)
		}
	}
}
