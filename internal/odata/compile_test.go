package odata

import (
	"database/sql"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// mustParse reads a query whose value stands as people write it.
func mustParse(t testing.TB, option, value string) Query {
	t.Helper()
	q, err := Parse(option+"="+url.QueryEscape(value), Options{})
	if err != nil {
		t.Fatalf("%s=%s: %v", option, value, err)
	}
	return q
}

func TestFilterFinds(t *testing.T) {
	tests := []struct {
		filter, want string
		advanced     bool
	}{
		// R-API-16 with nulls: what is null is not equal, and counts under ne and not
		{`displayName eq 'anne'`, "1", false},
		{`displayName eq 'ANNE'`, "1", false},
		{`displayName eq 'o''brien'`, "3", false},
		{`displayName ne 'anne'`, "234a", true},
		{`mail eq 'ANNE@contoso.com'`, "1", false},
		{`'anne@contoso.com' eq mail`, "1", false},
		{`mail ne 'anne@contoso.com'`, "234a", true},
		{`not (mail eq 'anne@contoso.com')`, "234a", true},
		{`not (mail ne 'anne@contoso.com')`, "1", true},
		{`(mail eq 'anne@contoso.com') eq false`, "234a", true},
		{`(mail eq 'anne@contoso.com') ne false`, "1", false},
		{`mail eq null`, "3", false},
		{`mail ne null`, "124a", true},
		{`not (mail eq null)`, "124a", true},
		{`displayName eq null`, "", false},
		{`displayName ne null`, "1234a", true},
		{`mail in ('anne@contoso.com','bob@fabrikam.com')`, "12", false},
		{`mail in ('anne@contoso.com', null)`, "13", false},
		{`mail in (null)`, "3", false},
		{`not (mail in ('anne@contoso.com', null))`, "24a", true},
		{`not (mail in ('anne@contoso.com'))`, "234a", true},
		{`mail ge 'bob'`, "24a", false},
		{`not (mail ge 'bob')`, "13", true},
		{`mail gt 'xaybz@contoso.com'`, "", false},
		{`mail le 'bob@fabrikam.com'`, "12", false},
		{`mail lt 'bob@fabrikam.com'`, "1", false},
		{`'bob' le mail`, "24a", false},

		// parts of text
		{`startsWith(displayName,'ANNE')`, "1a", false},
		{`startswith(displayName,'änn')`, "4", false},
		{`startswith(displayName,'ÄNN')`, "4", false},
		{`startswith(displayName,'a') eq true`, "1a", false},
		{`startswith(displayName,'a') eq false`, "234", true},
		{`not startswith(mail,'a')`, "234a", true},
		{`startswith(mail,'')`, "124a", false},
		{`not startswith(mail,'')`, "3", true},
		{`startswith(displayName,'')`, "1234a", false},
		{`startswith(mail,'x_y%')`, "4", false},
		{`startswith(displayName,'` + "\U0010FFFF" + `')`, "", false},
		{`endsWith(mail,'@CONTOSO.com')`, "14a", true},
		{`not endswith(mail,'@contoso.com')`, "23", true},
		{`endswith(mail,'_y%z@contoso.com')`, "4", true},
		{`contains(mail,'_y%')`, "4", true},
		{`contains(mail,'\')`, "", true},
		{`contains(mail,'')`, "124a", true},
		{`tolower(displayName) eq 'anne'`, "1", false},
		{`startswith(toupper(displayName),tolower('AN'))`, "1a", false},

		// where case counts
		{`employeeId eq 'abc'`, "2", false},
		{`tolower(employeeId) eq 'abc'`, "12", false},
		{`toupper(employeeId) eq toupper('abc')`, "12", false},

		// booleans
		{`accountEnabled eq true`, "14a", false},
		{`accountEnabled`, "14a", false},
		{`not accountEnabled`, "23", true},
		{`accountEnabled ne true`, "23", true},
		{`accountEnabled eq false`, "2", false},
		{`accountEnabled in (true, false)`, "124a", false},
		{`accountEnabled eq null`, "3", false},
		{`flag eq true`, "14a", false},
		{`flag ne true`, "23", true},
		{`flag in (true)`, "14a", false},

		// numbers, moments, ids
		{`total gt 1`, "23", false},
		{`total lt 0`, "a", false},
		{`not (total gt 1)`, "14a", true},
		{`ratio ge 2`, "14a", false},
		{`ratio lt 0.75`, "23", false},
		{`deletedDateTime ge 2026-11-21T12:00:00Z`, "23", false},
		{`deletedDateTime gt 2026-11-21T12:00:00Z`, "3", false},
		{`deletedDateTime eq 2026-11-21T13:00:00+01:00`, "2", false},
		{`deletedDateTime ge 2026-11-21T12:00:00.5Z`, "3", false},
		{`deletedDateTime gt 2026-11-21T12:00:00.5Z`, "3", false},
		{`deletedDateTime lt 2026-11-21T12:00:00.5Z`, "2", false},
		{`deletedDateTime le 2026-11-21T12:00:00.5Z`, "2", false},
		{`deletedDateTime eq 2026-11-21T12:00:00.5Z`, "", false},
		{`deletedDateTime ne 2026-11-21T12:00:00.5Z`, "1234a", true},
		{`deletedDateTime in (2026-11-21T12:00:00.5Z, 2026-11-21T12:00:00Z)`, "2", false},
		{`deletedDateTime ge 2026-11-22`, "", false},
		{`deletedDateTime eq null`, "14a", false},
		{`not (deletedDateTime ge 2026-11-21)`, "14a", true},
		{`id eq '` + people()[0].id + `'`, "1", false},
		{`id eq ` + people()[4].id, "a", false},
		{`id eq 'AAAAAAAA-0000-4000-8000-000000000000'`, "a", false},
		{`id ne '` + people()[0].id + `'`, "234a", true},
		{`id in ('` + people()[0].id + `','` + people()[1].id + `')`, "12", false},
		{`userType eq 'Guest'`, "2", false},
		{`userType eq 'Nobody'`, "", false},
		{`userType ne 'Nobody'`, "1234a", true},
		{`userType eq microsoft.graph.userType'Member'`, "1", false},

		// a property that writes its own condition
		{`mailboxSettings/userPurpose eq 'shared'`, "3", false},
		{`mailboxSettings/userPurpose ne 'shared'`, "124a", true},
		{`mailboxSettings/userPurpose in ('shared', 'room')`, "3", false},

		// collections
		{`assignedLicenses/any(x:x/skuId eq ` + skuA + `)`, "12", false},
		{`assignedLicenses/any(x:x/SKUID eq '` + strings.ToUpper(skuB) + `')`, "1a", false},
		{`assignedLicenses/any(x:x/skuId in (` + skuA + `,` + skuB + `))`, "12a", false},
		{`not assignedLicenses/any(x:x/skuId eq ` + skuA + `)`, "34a", true},
		{`assignedLicenses/any()`, "12a", false},
		{`not assignedLicenses/any()`, "34", true},
		{`assignedLicenses/$count eq 0`, "34", true},
		{`assignedLicenses/$count ne 0`, "12a", true},
		{`not (assignedLicenses/$count eq 0)`, "12a", true},
		{`assignedLicenses/$count gt 1`, "1", true},
		{`not (assignedLicenses/$count gt 1)`, "234a", true},
		{`1 lt assignedLicenses/$count`, "1", true},
		{`assignedLicenses/$count ge 1`, "12a", true},
		{`assignedLicenses/$count lt 1`, "34", true},
		{`proxyAddresses/any(p:startsWith(p,'smtp:'))`, "12", false},
		{`proxyAddresses/any(p:p eq 'SMTP:A@contoso.com')`, "1", false},
		{`proxyAddresses/any(p:p ge 'sip' and p le 'sj')`, "4", false},
		{`proxyAddresses/any(p:not startswith(p,'smtp:'))`, "4", true},
		{`proxyAddresses/all(p:startswith(p,'smtp:'))`, "123a", false},
		{`not proxyAddresses/all(p:startswith(p,'smtp:'))`, "4", true},

		// joined
		{`accountEnabled eq true and startswith(displayName,'a')`, "1a", false},
		{`displayName eq 'bob' or displayName eq 'anne' or total eq 3`, "123", false},
		{`displayName eq 'bob' or displayName eq 'anne' and total eq 3`, "2", false},
		{`(displayName eq 'bob' or displayName eq 'anne') and total eq 1`, "1", false},
		{`not (accountEnabled eq true and startswith(displayName,'a'))`, "234", true},
		{`not (accountEnabled eq true or mail eq null)`, "2", true},
		{`not (not (accountEnabled eq true))`, "14a", true},
	}
	users := userTable()
	databases(t, func(t *testing.T, db *sql.DB) {
		for _, tt := range tests {
			t.Run("R-API-16 "+tt.filter, func(t *testing.T) {
				c, err := users.Compile(mustParse(t, "$filter", tt.filter), 2)
				if err != nil {
					t.Fatal(err)
				}
				if got := found(t, db, c.Where, "", c.Args); got != tt.want {
					t.Errorf("got %q, want %q by %s %v", got, tt.want, c.Where, c.Args)
				}
				if got := c.Advanced != nil; got != tt.advanced { // R-API-14
					t.Errorf("advanced is %v: %v", got, c.Advanced)
				}
			})
		}
	})
}

func TestSelect(t *testing.T) {
	users := userTable()
	got, err := users.Select([]string{"ID", "displayname"})
	if want := []string{"id", "displayName"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	got, err = users.Select([]string{"id", "*"})
	if err != nil || len(got) != 15 || got[1] != "displayName" {
		t.Errorf("got %v, %v", got, err)
	}
	_, err = users.Select([]string{"id", "nickname"})
	wantError(t, err, CodeBadRequest, "Parsing OData Select and Expand failed: "+
		"Could not find a property named 'nickname' on type 'microsoft.graph.user'.")
}

func TestStartsWithUsesIndex(t *testing.T) {
	db := fill(t, "sqlite", ":memory:", "text")
	for _, q := range []Query{
		mustParse(t, "$filter", "startswith(displayName,'an')"),
		mustParse(t, "$filter", "displayName in ('anne','bob')"),
	} {
		c, err := userTable().Compile(q, 1)
		if err != nil {
			t.Fatal(err)
		}
		var plan string
		err = db.QueryRowContext(t.Context(), "explain query plan select id from users u where "+c.Where, c.Args...).
			Scan(new(int), new(int), new(int), &plan)
		if err != nil || !strings.HasPrefix(plan, "SEARCH u USING COVERING INDEX users_name") {
			t.Errorf("%s is answered by %q, %v", c.Where, plan, err)
		}
	}
}
