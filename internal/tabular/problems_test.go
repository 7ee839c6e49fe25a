package tabular

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// brief writes problems as "row:column code".
func brief(problems []Problem) []string {
	var list []string
	for _, p := range problems {
		list = append(list, fmt.Sprintf("%d:%d %s", p.Row, p.Column, strings.TrimPrefix(string(p.Code), "csv.")))
	}
	return list
}

const twoColumns = "userPrincipalName,displayName\n"

func TestProblems(t *testing.T) {
	long := strings.Repeat("x", 257)
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"empty", "", []string{"0:0 empty"}},
		{"only blanks", "\n \r\n\t", []string{"0:0 empty"}},
		{"only a version line", "version:v1.0\n", []string{"0:0 empty"}},
		{"headings only", "userPrincipalName\n", []string{"0:0 noRows"}},
		{"template as downloaded R-BULK-10", "version:v1.0\nUser name [userPrincipalName] Required\nExample: chris@contoso.com\n", []string{"0:0 noRows"}},
		{"xlsx", "PK\x03\x04\x14\x00", []string{"0:0 excelWorkbook"}},
		{"xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", []string{"0:0 excelWorkbook"}},
		{"NUL bytes", "userPrincipalName\na@x.nl\x00\n", []string{"0:0 binary"}},
		{"no headings known", "a@x.nl\nb@x.nl\n", []string{"1:0 unknownFormat"}},
		{"missing columns, all of them R-NE-03", "version:v1.0\nName [displayName] Required\nA\n", []string{"2:0 missingColumn", "2:0 missingColumn", "2:0 missingColumn"}},
		{"missing column before anything", "displayName,surname\n" + long + ",\x01\n", []string{"1:0 missingColumn"}},
		{"two columns for one thing", "userPrincipalName,displayName,Job title,Title\na@x.nl,A,,\n", []string{"1:4 duplicateColumn"}},
		{"blocked said twice", "userPrincipalName,displayName,accountEnabled,Block credential\na@x.nl,A,,\n", []string{"1:4 duplicateColumn"}},
		{"too many columns", "userPrincipalName" + strings.Repeat(",", maxColumns) + "\n", []string{"1:0 tooManyColumns"}},
		{"unterminated quote", "userPrincipalName,displayName\na@x.nl,A\nb@x.nl,\"B\nc@x.nl,C\n", []string{"3:2 unterminatedQuote"}},
		{"text behind a closing quote", "userPrincipalName,displayName\na@x.nl,\"A\"B\n", []string{"2:2 strayQuote"}},
		{"unquoted separator", "userPrincipalName,displayName\na@x.nl,Smit, Jan\n", []string{"2:0 extraCells"}},
		{"invalid UTF-8", "userPrincipalName,displayName\na@x.nl,Jos\xe9\nb@x.nl,B\xff\n", []string{"2:2 badUTF8", "3:2 badUTF8"}},
		{"control characters", twoColumns + "a@x.nl,A\x1b[2J\nb@x.nl,\"B\nB\"\nc@x.nl,C\u0085C\n", []string{"2:2 controlCharacter", "3:2 controlCharacter", "4:2 controlCharacter"}},
		{"too long", twoColumns + "a@x.nl," + long + "\n", []string{"2:2 tooLong"}},
		{"characters are counted, not bytes", twoColumns + "a@x.nl," + strings.Repeat("é", 256) + "\nb@x.nl,B,b\n", []string{"3:0 extraCells"}},
		{"too long a list", "userPrincipalName,displayName,licenses,proxyAddresses\na@x.nl,A," + strings.Repeat("+", maxList+1) + "," + strings.Repeat("a+", maxList) + "\n", []string{"2:3 tooLong", "2:4 tooLong"}},
		{"too many aliases", "userPrincipalName,removeAliases\na@x.nl,\"" + strings.Repeat("a@x.nl;", maxList/7+1) + "\"\n", []string{"2:2 tooLong"}},
		{"no user", "userPrincipalName,displayName\n,A\n", []string{"2:1 emptyUser"}},
		{"no display name R-NE-03", "Username,Display name\na@x.nl,\n", []string{"2:2 emptyCell"}},
		{"bad name", "userPrincipalName\na b@x.nl\n", []string{"2:1 badUPN"}},
		{"bad mailTo and filesTo", "userPrincipalName,mailTo,filesTo\na@x.nl,Bram,nobody\n", []string{"2:2 badUPN", "2:3 badUPN"}},
		{"bad GUID", "version:v1.0\nObject ID [objectId] Required\n0b1c2d3e\n", []string{"3:1 badGUID"}},
		{"bad yes or no", "userPrincipalName,holdMailbox\na@x.nl,perhaps\n", []string{"2:2 badBool"}},
		{"bad date", "userPrincipalName,displayName,When created\na@x.nl,A,21/5/2024\n", []string{"2:3 badDate"}},
		{"bad alias", "userPrincipalName,removeAliases\na@x.nl,a1@x.nl;everything\n", []string{"2:2 badAddress"}},
		{"bad usage location", "userPrincipalName,displayName,usageLocation\na@x.nl,A,Netherlands\n", []string{"2:3 badUsageLocation"}},
		{"same user twice", "userPrincipalName\na@x.nl\nb@x.nl\nA@X.nl\n", []string{"4:1 duplicateUser"}},
		{"same object twice", "Object ID [objectId] Required\n" + annaID + "\n" + strings.ToUpper(annaID) + "\n", []string{"3:1 duplicateObject"}},
		{"bulk create without a password", create + "\nA,a@x.nl,,,,,,,\n", []string{"2:3 emptyCell", "2:4 emptyCell"}},
		{
			"all at once, in order of row and column", "displayName,usageLocation,userPrincipalName,accountEnabled\nA,nld,a,x\nB,NL,b@x.nl,yes\n\x07,NL,b@x.nl,\n",
			[]string{"2:2 badUsageLocation", "2:3 badUPN", "2:4 badBool", "4:1 controlCharacter", "4:3 duplicateUser"},
		},
		{"blank rows count as a spreadsheet counts them", "\n\nuserPrincipalName;mailTo\n\n ; \na;\n", []string{"6:1 badUPN"}},
		{"a cell of several lines is one row", "userPrincipalName,replyInside\na@x.nl,\"1\r\n2\r\n3\"\nb,\n", []string{"3:1 badUPN"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := read(t, test.text, ForAny)
			if got := brief(f.Problems); !slices.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
			for range f.People() {
				t.Error("a file with problems gave a person")
			}
			for range f.Departures() {
				t.Error("a file with problems gave a departure")
			}
			for range f.Restores() {
				t.Error("a file with problems gave a restore")
			}
		})
	}
}

func TestDuplicateUserNamesItsFirstRow(t *testing.T) {
	f := read(t, "userPrincipalName\na@x.nl\nb@x.nl\nA@x.nl\n", ForDepartures)
	if len(f.Problems) != 1 || f.Problems[0].Args["firstRow"] != 2 || f.Problems[0].Args["value"] != "A@x.nl" || f.Problems[0].Heading != "userPrincipalName" {
		t.Errorf("got %+v", f.Problems)
	}
}

func TestDeletedNameIsFree(t *testing.T) {
	text := "User principal name,Display name,Soft deletion time stamp\na@x.nl,Old,2024-05-21 08:11:33Z\na@x.nl,New,\n"
	if f := sound(t, text, ForPeople); f.Rows != 2 {
		t.Errorf("got %d rows, want 2", f.Rows)
	}
	prefixed := strings.ReplaceAll(annaID, "-", "") + strings.Repeat("a", 100) + "@x.nl"
	sound(t, "User principal name,Display name,Object Id,Soft deletion time stamp\n"+prefixed+",Old,"+annaID+",2024-05-21 08:11:33Z\n", ForPeople)
}

func TestWarnings(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"unknown column", "userPrincipalName,shoe size\na@x.nl,44\n", []string{"1:2 unknownColumn"}},
		{"formula", twoColumns + "a@x.nl,=HYPERLINK(1)\nb@x.nl,@SUM(1)\nc@x.nl,+A1\nd@x.nl,-1+A1\n", []string{"2:2 formula", "3:2 formula", "4:2 formula", "5:2 formula"}},
		{"a phone number is no formula", "userPrincipalName,displayName,mobilePhone\na@x.nl,A,+31 (0)6-12\n", nil},
		{"a guarded formula", twoColumns + "a@x.nl,'=1+1\n", nil},
		{"a password is no formula", create + "\nA,a@x.nl,=1+1,No,,,,,\n", nil},
		{"damaged before", twoColumns + "a@x.nl,Jos\ufffd\n", []string{"2:2 replacementCharacter"}},
		{"extra cells in a template R-BULK-10", "version:v1.0\nUser name [userPrincipalName] Required\na@x.nl,left in May\n", []string{"3:0 extraCells"}},
		{"extra columns in a template R-BULK-10", "version:v1.0,\nUser name [userPrincipalName] Required,Note\na@x.nl,left in May\n", []string{"2:2 unknownColumn"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := sound(t, test.text, ForAny)
			if got := brief(f.Warnings); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	text := "userPrincipalName\n" + strings.Repeat("?\n", 50)
	for _, test := range []struct {
		name string
		opts Options
		want []string
		more int
	}{
		{"bytes", Options{MaxBytes: 20}, []string{"0:0 tooLarge"}, 0},
		{"exactly the bytes", Options{MaxBytes: int64(len(text)), MaxProblems: 1}, []string{"2:1 badUPN"}, 49},
		{"rows", Options{MaxRows: 1}, []string{"2:1 badUPN", "3:0 tooManyRows"}, 0},
		{"problems", Options{MaxProblems: 2}, []string{"2:1 badUPN", "3:1 badUPN"}, 48},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, err := Read(strings.NewReader(text), test.opts)
			if err != nil {
				t.Fatal(err)
			}
			if got := brief(f.Problems); !slices.Equal(got, test.want) || f.MoreProblems != test.more {
				t.Errorf("got %q and %d more, want %q and %d", got, f.MoreProblems, test.want, test.more)
			}
		})
	}
}

func TestMessagesKeepSecretsAndTerminals(t *testing.T) {
	f := read(t, create+"\nA,a@x.nl,geheim\x1b[2J,No,,,,,\nB,\x1b]0;x\u202e"+strings.Repeat("y", 500)+",pw,No,,,,,\n", ForPeople)
	if got, want := brief(f.Problems), []string{"2:3 controlCharacter", "3:2 controlCharacter"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if all := fmt.Sprint(f.Problems, f.Warnings); strings.Contains(all, "geheim") {
		t.Errorf("a password is in %q", all)
	}
	if got := shown("a\x1b\u202e" + strings.Repeat("y", 500)); len([]rune(got)) != maxShown+1 || strings.ContainsAny(got, "\x1b\u202e") {
		t.Errorf("shown: %q", got)
	}
}

func TestCodes(t *testing.T) {
	codes := Codes()
	if len(codes) < 25 || !slices.IsSorted(codes) {
		t.Errorf("got %v", codes)
	}
	for _, code := range codes {
		if !strings.HasPrefix(string(code), "csv.") {
			t.Errorf("%s doesn't belong to the area csv", code)
		}
	}
	for _, text := range []string{
		"x", "displayName,surname\n", "userPrincipalName,shoe size\na\n=a\na\n", "id\nx\n" + annaID + "\n" + annaID + "\n", twoColumns + "a@x.nl,=x\nb@x.nl,\ufffd\n,\n",
	} {
		f := read(t, text, ForAny)
		for _, p := range append(slices.Clone(f.Problems), f.Warnings...) {
			var names []string
			for name := range p.Args {
				names = append(names, name)
			}
			want := p.Code.Arguments()
			slices.Sort(names)
			slices.Sort(want)
			if !slices.Contains(codes, p.Code) || !slices.Equal(names, want) {
				t.Errorf("%s has the arguments %q, its entry says %q", p.Code, names, want)
			}
		}
	}
}
