package store_test

import (
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// query parses what stands behind the question mark of a request that carries
// ConsistencyLevel: eventual.
func query(t testing.TB, raw string) offboard.ListQuery {
	t.Helper()
	var parts []string
	for part := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(part, "=")
		parts = append(parts, name+"="+url.QueryEscape(value))
	}
	if raw == "" {
		parts = nil
	}
	q, err := odata.Parse(strings.Join(parts, "&"), odata.Options{})
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return offboard.ListQuery{Query: q, Eventual: true}
}

// everybody fills an organization with people who differ.
func everybody(t testing.TB, s *store.Store) {
	t.Helper()
	storetest.Contoso(t, s)
	bram := storetest.Person(1, "bram")
	bram.DisplayName, bram.Surname, bram.Department, bram.Roles = "Bram Jansen", "Jansen", "Écoles", []org.RoleID{org.HelpdeskAdmin, org.UserAdmin}
	anna := storetest.Person(2, "anna")
	anna.ManagerID, anna.AccountEnabled, anna.Roles = bram.ID, false, []org.RoleID{org.HelpdeskAdmin}
	carla := storetest.Plain(3, "carla")
	carla.DisplayName, carla.Surname, carla.Mail, carla.Department, carla.JobTitle, carla.OtherMails, carla.UsageLocation = "Carla Smit-Jansen (extern)", "", "", "", "", nil, "BE"
	daan := storetest.Person(4, "daan")
	daan.DisplayName, daan.Synced, daan.Mailbox.Type, daan.Licenses = "Daan 100% O'Brien", true, org.SharedMailbox, nil
	eva := storetest.Person(5, "eva")
	eva.DisplayName, eva.WasSynced, eva.ManagerID, eva.EmployeeID, eva.Mailbox.ForwardTo = "Éva Bakker", true, bram.ID, "X_1", "bram@contoso.com"
	eva.Licenses = append(eva.Licenses, org.License{Sku: storetest.PBI, Assigned: storetest.Noon})
	gone := storetest.Person(6, "gone")
	storetest.Add(t, s, bram, anna, carla, daan, eva, gone)
	storetest.Delete(t, s, "gone@contoso.com", storetest.Noon)
}

// names gives the user names of all pages, without their domain.
func names(t testing.TB, s *store.Store, q offboard.UserQuery) []string {
	t.Helper()
	var got []string
	for pages := 0; ; pages++ {
		page, err := s.Users(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Rows {
			name, _, _ := strings.Cut(r.UPN, "@")
			got = append(got, name)
		}
		if page.Next == "" || pages > 50 {
			return got
		}
		q.SkipToken = page.Next
	}
}

func TestUserFilters(t *testing.T) {
	const everyone = "anna bram carla daan eva"
	cases := []struct{ rule, filter, want string }{
		{"R-API-16", "accountEnabled eq false", "anna"},
		{"R-API-16", "accountEnabled ne false", "bram carla daan eva"},
		{"R-API-16", "not(accountEnabled eq false)", "bram carla daan eva"},
		{"R-API-16", "accountEnabled in (true, false)", everyone},
		{"R-API-16", "assignedLicenses/any(x:x/skuId eq " + string(storetest.E3) + ")", "anna bram eva"},
		{"R-API-16", "assignedLicenses/any(x:x/skuId eq " + string(storetest.PBI) + ") and startswith(mail,'e')", "eva"},
		{"R-API-16", "not(assignedLicenses/any(x:x/skuId eq " + string(storetest.E3) + "))", "carla daan"},
		{"R-API-16", "assignedLicenses/$count eq 0", "carla daan"},
		{"R-API-16", "assignedLicenses/$count eq 2", "eva"},
		{"R-API-16", "assignedLicenses/$count ne 0", "anna bram eva"},
		{"R-API-16", "userPrincipalName eq 'ANNA@contoso.com'", "anna"},
		{"R-API-16", "startswith(userPrincipalName,'b')", "bram"},
		{"R-API-16", "endswith(userPrincipalName,'@contoso.com')", everyone},
		{"R-API-16", "userPrincipalName ge 'daan' and userPrincipalName lt 'eva@contoso.com'", "daan"},
		{"R-API-16", "mail eq 'Eva@Contoso.com'", "eva"},
		{"R-API-16", "mail eq null", "carla"},
		{"R-API-16", "mail ne null", "anna bram daan eva"},
		{"R-API-16", "mail in ('eva@contoso.com','anna@contoso.com')", "anna eva"},
		{"R-API-16", "not(mail in ('eva@contoso.com','anna@contoso.com'))", "bram carla daan"},
		{"R-API-16", "startswith(mail,'a') or startswith(displayName,'d')", "anna daan"},
		{"R-API-16", "not(startswith(mail,'a'))", "bram carla daan eva"},
		{"R-API-16", "mail le 'b'", "anna"},
		{"R-API-16", "mailNickname eq 'Bram'", "bram"},
		{"R-API-16", "usageLocation ne 'nl'", "carla"},
		{"R-API-16", "proxyAddresses/any(p:p eq 'smtp:anna.alias@contoso.com')", "anna"},
		{"R-API-16", "proxyAddresses/any(p:p eq 'smtp:ANNA@contoso.com')", "anna"},
		{"R-API-16", "proxyAddresses/any(p:startswith(p,'SMTP:da'))", "daan"},
		{"R-API-16", "proxyAddresses/any(p:startswith(p,'smtp'))", "anna bram daan eva"},
		{"R-API-16", "proxyAddresses/any(p:startswith(p,'sip:anna'))", ""},
		{"R-API-16", "not(proxyAddresses/any(p:startswith(p,'smtp:')))", "carla"},
		{"R-API-16", "onPremisesSyncEnabled eq true", "daan"},
		{"R-API-16", "onPremisesSyncEnabled ne true", "anna bram carla eva"},
		{"R-AD-02", "onPremisesSyncEnabled eq false", "eva"},
		{"R-AD-02", "onPremisesSyncEnabled eq null", "anna bram carla"},
		{"R-API-16", "department eq 'écoles'", ""},
		{"R-API-16", "department eq 'Écoles'", "bram"},
		{"R-API-16", "department eq 'ONDERWIJS'", "anna daan eva"},
		{"R-API-16", "department eq null", "carla"},
		{"R-API-16", "jobTitle ne 'Docent'", "carla"},
		{"R-API-16", "startswith(city,'utr') and country eq 'Nederland' and state eq 'Utrecht' and companyName eq 'Contoso' and officeLocation eq '3.14'", everyone},
		{"R-API-16", "employeeId eq 'X_1'", "eva"},
		{"R-API-16", "startswith(employeeId,'E')", "anna bram carla daan"},
		{"R-API-16", "startswith(displayName,'daan 100%')", "daan"},
		{"R-API-16", "displayName eq 'daan 100% o''brien'", "daan"},
		{"R-API-16", "startswith(displayName,'ÉV')", "eva"},
		{"R-API-16", "startswith(surname,'jan') and givenName eq 'bram'", "bram"},
		{"R-API-16", "surname eq null", "carla"},
		{"R-API-16", "surname ge 'a'", "anna bram daan eva"},
		{"R-API-16", "userType eq 'Member' and createdDateTime lt 2026-01-01T00:00:00Z", everyone},
		{"R-API-16", "createdDateTime ge 2026-01-01T00:00:00Z", ""},
		{"R-API-16", "otherMails/any(m:m eq 'Anna@Elsewhere.example')", "anna"},
		{"R-API-16", "otherMails/any(m:startswith(m,'d'))", "daan"},
		{"R-API-16", "otherMails/$count eq 0", "carla"},
		{"R-API-16", "businessPhones/any(p:p eq '+31 30 2')", everyone},
		{"R-API-16", "manager/id eq '" + storetest.ID(0x100001) + "'", "anna eva"},
		{"R-API-16", "id eq '" + storetest.ID(0x100003) + "'", "carla"},
		{"R-API-16", "id in ('" + storetest.ID(0x100003) + "','" + storetest.ID(0x100001) + "')", "bram carla"},
	}
	searches := []struct{ rule, search, want string }{
		{"R-API-15", `"displayName:jansen"`, "bram carla"},
		{"R-API-15", `"displayName:smit-jan"`, "carla"},
		{"R-API-15", `"displayName:ext"`, "carla"},
		{"R-API-15", `"displayName:(ext"`, "carla"},
		{"R-API-15", `"displayName:vries anna"`, "anna"},
		{"R-API-15", `"displayName:br" OR "mail:da"`, "bram daan"},
		{"R-API-15", `"displayName:jansen" AND "userPrincipalName:bram"`, "bram"},
		{"R-API-15", `"surname:jansen"`, "bram"},
		{"R-API-15", `"surname:de vries"`, "anna daan eva"},
		{"R-API-15", `"surname:vries"`, ""},
		{"R-API-15", `"mail:eva" OR "displayName:jansen bram"`, "bram eva"},
		{"R-API-15", `"displayName:contoso"`, ""},
		{"R-API-15", `"100%"`, "daan"},
		{"R-API-15", `"eva"`, "eva"},
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		everybody(t, s)
		check := func(t *testing.T, raw, want string) {
			t.Helper()
			got := names(t, s, offboard.UserQuery{ListQuery: query(t, raw+"&$count=true&$top=2")})
			slices.Sort(got)
			if strings.Join(got, " ") != want {
				t.Errorf("%s\ngot  %v\nwant %s", raw, got, want)
			}
			n, err := s.CountUsers(t.Context(), offboard.UserQuery{ListQuery: query(t, raw)})
			if err != nil || n != int64(len(strings.Fields(want))) {
				t.Errorf("R-API-13 %s: counted %d, %v", raw, n, err)
			}
		}
		for _, c := range cases {
			t.Run(c.rule+" "+c.filter, func(t *testing.T) { check(t, "$filter="+c.filter, c.want) })
		}
		for _, c := range searches {
			t.Run(c.rule+" "+c.search, func(t *testing.T) { check(t, "$search="+c.search, c.want) })
		}
	})
}

func TestUserOrders(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		everybody(t, s)
		for order, want := range map[string]string{
			"":                                     "bram anna carla daan eva",
			"displayName":                          "anna bram carla daan eva",
			"displayName desc":                     "eva daan carla bram anna",
			"userPrincipalName desc":               "eva daan carla bram anna",
			"surname":                              "carla anna daan eva bram",
			"surname desc,displayName":             "bram anna daan eva carla",
			"createdDateTime":                      "bram anna carla daan eva",
			"createdDateTime desc, displayName":    "anna bram carla daan eva",
			"mail":                                 "carla anna bram daan eva",
			"deletedDateTime,userPrincipalName":    "anna bram carla daan eva",
			"createdDateTime,surname desc,mail":    "bram anna daan eva carla",
			"surname,userPrincipalName desc,mail":  "carla eva daan anna bram",
			"createdDateTime,displayName desc,id ": "eva daan carla bram anna",
		} {
			for top := 1; top < 6; top++ {
				raw := fmt.Sprintf("$top=%d&$count=true", top)
				if order != "" {
					raw += "&$orderby=" + order
				}
				if got := strings.Join(names(t, s, offboard.UserQuery{ListQuery: query(t, raw)}), " "); got != want {
					t.Errorf("R-API-12 %s, pages of %d: got %s, want %s", order, top, got, want)
				}
			}
		}
	})
}

func TestUserCounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		everybody(t, s)
		page, err := s.Users(t.Context(), offboard.UserQuery{ListQuery: query(t, "$top=2&$count=true")})
		if err != nil || page.Count == nil || *page.Count != 5 || len(page.Rows) != 2 || page.Next == "" {
			t.Errorf("got %+v, %v", page, err)
		}
		for want, q := range map[int64]offboard.UserQuery{
			5: {}, 1: {Relation: offboard.DeletedPeople}, 2: {Relation: offboard.ReportsTo, Of: storetest.ID(0x100001)}, 3: {View: offboard.Licensed},
		} {
			if n, err := s.CountUsers(t.Context(), q); n != want || err != nil {
				t.Errorf("R-API-13 %+v: %d, want %d (%v)", q, n, want, err)
			}
		}
		t.Run("R-API-14 without the header the count is left out", func(t *testing.T) {
			q := offboard.UserQuery{ListQuery: query(t, "$count=true")}
			q.Eventual = false
			if page, err := s.Users(t.Context(), q); err != nil || page.Count != nil {
				t.Errorf("got %v, %v", page.Count, err)
			}
		})
		t.Run("R-API-14 without the header what is advanced is refused", func(t *testing.T) {
			for _, raw := range []string{"$filter=displayName ne 'x'", "$search=\"displayName:x\"", "$filter=accountEnabled eq true&$orderby=displayName"} {
				q := offboard.UserQuery{ListQuery: query(t, raw)}
				q.Eventual = false
				_, err := s.Users(t.Context(), q)
				if refused, ok := errors.AsType[*odata.Error](err); !ok || refused.Code != odata.CodeUnsupportedQuery {
					t.Errorf("%s: %v", raw, err)
				}
			}
		})
		t.Run("purged people are not counted", func(t *testing.T) {
			gone := storetest.Load(t, s, storetest.ID(0x100006))[0]
			storetest.Change(t, s, func(tx offboard.Tx) error {
				return tx.Purge(t.Context(), []offboard.Purged{{Person: gone}}, storetest.Noon)
			})
			if n, err := s.CountUsers(t.Context(), offboard.UserQuery{Relation: offboard.DeletedPeople}); n != 0 || err != nil {
				t.Errorf("got %d, %v", n, err)
			}
		})
	})
}

func TestPageTokensBelongToTheirQuery(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		everybody(t, s)
		page, err := s.Users(t.Context(), offboard.UserQuery{ListQuery: query(t, "$top=2")})
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range []offboard.UserQuery{
			{ListQuery: query(t, "$orderby=displayName")},
			{Relation: offboard.DeletedPeople},
			{View: offboard.Licensed},
			{Box: "a"},
			{ListQuery: query(t, "$filter=accountEnabled eq true")},
		} {
			q.SkipToken = page.Next
			_, err := s.Users(t.Context(), q)
			if refused, ok := errors.AsType[*odata.Error](err); !ok || refused.Code != odata.CodeRequestInvalid {
				t.Errorf("%+v: %v", q, err)
			}
		}
	})
}

func TestUserRelations(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		everybody(t, s)
		people := storetest.Load(t, s, "eva@contoso.com", "bram@contoso.com", "anna@contoso.com", storetest.ID(0x100006))
		g := storetest.Group(t, s, org.Group{ID: "0f000000-0000-7000-8000-000000000001", DisplayName: "Docenten", Security: true}, people, people[1:2])
		for _, c := range []struct {
			rule string
			q    offboard.UserQuery
			want string
		}{
			{"R-DEL-13 members without the deleted ones", offboard.UserQuery{Relation: offboard.MembersOf, Of: string(g.ID)}, "bram anna eva"},
			{"members by name", offboard.UserQuery{ListQuery: query(t, "$top=1&$orderby=displayName desc"), Relation: offboard.MembersOf, Of: string(g.ID)}, "eva bram anna"},
			{"members with a filter", offboard.UserQuery{ListQuery: query(t, "$top=1&$filter=accountEnabled eq true"), Relation: offboard.MembersOf, Of: string(g.ID)}, "bram eva"},
			{"owners", offboard.UserQuery{Relation: offboard.OwnersOf, Of: string(g.ID)}, "bram"},
			{"of no group", offboard.UserQuery{Relation: offboard.OwnersOf, Of: "x"}, ""},
			{"R-API-20 reports", offboard.UserQuery{ListQuery: query(t, "$top=1"), Relation: offboard.ReportsTo, Of: string(people[1].ID)}, "anna eva"},
			{"R-API-20 reports of nobody", offboard.UserQuery{Relation: offboard.ReportsTo, Of: "x"}, ""},
			{"R-API-70 holders of a role", offboard.UserQuery{ListQuery: query(t, "$top=1"), Relation: offboard.HoldersOf, Of: string(org.HelpdeskAdmin)}, "bram anna"},
		} {
			t.Run(c.rule, func(t *testing.T) {
				if got := strings.Join(names(t, s, c.q), " "); got != c.want {
					t.Errorf("got %s, want %s", got, c.want)
				}
			})
		}
	})
}

func TestUserViewsAndBox(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		everybody(t, s)
		for view, want := range map[offboard.PeopleView]string{
			offboard.Licensed: "anna bram eva", offboard.Unlicensed: "carla daan", offboard.Blocked: "anna", offboard.Synced: "daan",
			offboard.Shared: "daan", offboard.Admins: "anna bram",
		} {
			if got := strings.Join(names(t, s, offboard.UserQuery{ListQuery: query(t, "$top=1"), View: view}), " "); got != want {
				t.Errorf("R-ROLE-26 %s: got %s, want %s", view, got, want)
			}
		}
		for box, want := range map[string]string{
			"vries": "anna daan eva", "jansen": "bram carla", "de vr": "anna daan eva", "o'br": "daan", "anna": "anna", "an": "anna", "EVA@contoso": "eva", "ext": "carla", "jansen smit": "carla",
			"x": "", "%": "", "100%": "daan", "gone": "",
		} {
			if got := strings.Join(names(t, s, offboard.UserQuery{ListQuery: query(t, "$top=1"), Box: box}), " "); got != want {
				t.Errorf("box %q: got %q, want %q", box, got, want)
			}
		}
		if got := names(t, s, offboard.UserQuery{Box: "jansen", View: offboard.Admins}); len(got) != 1 || got[0] != "bram" {
			t.Errorf("administrators called Jansen: %v", got)
		}
		for _, box := range []string{"gone@contoso", "vries", "gone"} {
			if got := names(t, s, offboard.UserQuery{Relation: offboard.DeletedPeople, Box: box}); len(got) != 1 {
				t.Errorf("R-RES-04: deleted people by %q: %v", box, got)
			}
		}
		t.Run("words follow the names", func(t *testing.T) {
			storetest.Edit(t, s, "anna@contoso.com", func(p *org.Person) {
				p.DisplayName, p.GivenName, p.Surname, p.UPN, p.Mail = "Postbus Inkoop", "", "", "inkoop@contoso.com", ""
			})
			if got := names(t, s, offboard.UserQuery{Box: "vries"}); slices.Contains(got, "inkoop") || len(got) != 2 {
				t.Errorf("the old name finds %v", got)
			}
			if got := names(t, s, offboard.UserQuery{Box: "inko"}); len(got) != 1 {
				t.Errorf("the new name finds %v", got)
			}
		})
	})
}

func TestUserSelect(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		bram := storetest.Add(t, s, storetest.Person(1, "bram"))[0]
		want := storetest.Add(t, s, whole(2, "anna", bram.ID))[0]

		t.Run("R-API-11 what Graph gives by default", func(t *testing.T) {
			got, err := s.User(t.Context(), "Anna@contoso.com", nil)
			if err != nil {
				t.Fatal(err)
			}
			expect := offboard.UserRow{User: org.User{
				Key: want.Key, ID: want.ID, UPN: want.UPN, DisplayName: want.DisplayName, GivenName: want.GivenName, Surname: want.Surname, Mail: want.Mail,
				JobTitle: want.JobTitle, OfficeLocation: want.OfficeLocation, MobilePhone: want.MobilePhone, BusinessPhones: want.BusinessPhones,
				PreferredLanguage: want.PreferredLanguage,
			}}
			if !reflect.DeepEqual(*got, expect) {
				t.Errorf("got  %+v\nwant %+v", *got, expect)
			}
			byID, err := s.User(t.Context(), string(want.ID), nil)
			if err != nil || !reflect.DeepEqual(byID, got) {
				t.Errorf("by id %+v, %v", byID, err)
			}
		})
		t.Run("everything", func(t *testing.T) {
			page, err := s.Users(t.Context(), offboard.UserQuery{ListQuery: query(t, "$filter=startswith(userPrincipalName,'anna')&$select=*")})
			if err != nil || len(page.Rows) != 1 {
				t.Fatalf("got %+v, %v", page, err)
			}
			got := page.Rows[0]
			expect := want.User
			expect.ManagerID, expect.PasswordHash, expect.ParkedPasswordHash, expect.SessionEpoch, expect.MustChangePassword = "", "", "", 0, false
			if !reflect.DeepEqual(got.User, expect) {
				t.Errorf("got  %+v\nwant %+v", got.User, expect)
			}
			if !reflect.DeepEqual(got.Addresses, want.Addresses) || !reflect.DeepEqual(got.Licenses, want.Licenses) {
				t.Errorf("got %+v and %+v", got.Addresses, got.Licenses)
			}
		})
		t.Run("parts", func(t *testing.T) {
			got, err := s.User(t.Context(), string(want.ID), []string{"Manager", "roles", "mailboxSettings", "nonsense"})
			if err != nil || got.Manager == nil || got.Manager.Name != "bram@contoso.com" || !reflect.DeepEqual(got.Roles, want.Roles) ||
				got.MailboxType != org.SharedMailbox || got.ForwardTo != "Elders@fabrikam.com" || got.MailboxState != org.MailboxDisconnected || got.UPN != "" {
				t.Errorf("got %+v, %v", got, err)
			}
		})
		t.Run("R-API-34 deleted people are elsewhere", func(t *testing.T) {
			storetest.Delete(t, s, "anna@contoso.com", storetest.Noon)
			for _, ref := range []string{"anna@contoso.com", string(want.ID), "nobody"} {
				if got, err := s.User(t.Context(), ref, nil); got != nil || err != nil {
					t.Errorf("%s: %+v, %v", ref, got, err)
				}
			}
			got, err := s.DeletedUser(t.Context(), want.ID, []string{"deletedDateTime", "userPrincipalName"})
			if err != nil || !got.Deleted.Equal(storetest.Noon) || got.UPN != org.DeletedUPN(want.ID, "anna@contoso.com") {
				t.Errorf("got %+v, %v", got, err)
			}
			if got, err := s.DeletedUser(t.Context(), bram.ID, nil); got != nil || err != nil {
				t.Errorf("an active one: %+v, %v", got, err)
			}
		})
	})
}

func TestDeletedUsers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		for n, name := range []string{"anna", "bram", "carla", "daan"} {
			storetest.Add(t, s, storetest.Plain(int64(n+1), name))
			storetest.Delete(t, s, name+"@contoso.com", storetest.Noon.AddDate(0, 0, n%3)) // anna and daan on one day
		}
		list := func(raw string) string {
			t.Helper()
			var got []string
			for _, n := range names(t, s, offboard.UserQuery{Relation: offboard.DeletedPeople, ListQuery: query(t, raw)}) {
				got = append(got, n[32:])
			}
			return strings.Join(got, " ")
		}
		for raw, want := range map[string]string{
			"$top=1": "anna daan bram carla",
			"$count=true&$top=3&$orderby=deletedDateTime desc":                                                                "carla bram daan anna",
			"$top=1&$orderby=displayName":                                                                                     "anna bram carla daan",
			"$count=true&$top=1&$filter=deletedDateTime ge 2026-11-22T12:00:00Z":                                              "bram carla",
			"$count=true&$filter=deletedDateTime lt 2026-11-22T12:00:00Z":                                                     "anna daan",
			"$count=true&$filter=deletedDateTime eq 2026-11-23T12:00:00Z":                                                     "carla",
			"$count=true&$filter=startswith(displayName,'d')&$orderby=userPrincipalName":                                      "daan",
			"$search=\"displayName:vries\"&$top=2&$orderby=displayName":                                                       "anna bram carla daan",
			"$count=true&$filter=startswith(userPrincipalName,'" + strings.ReplaceAll(storetest.ID(0x100001), "-", "") + "')": "anna",
		} {
			if got := list(raw); got != want {
				t.Errorf("R-API-30 %s: got %s, want %s", raw, got, want)
			}
		}
	})
}

// TestUsersPlans keeps the lists from walking through the whole directory.
func TestUsersPlans(t *testing.T) {
	s := storetest.SQLite(t)
	everybody(t, s)
	for _, c := range []struct {
		name string
		q    offboard.UserQuery
		want string // in the plan
	}{
		{"prefix of the display name", offboard.UserQuery{ListQuery: query(t, "$filter=startswith(displayName,'x')")}, "users_display (display_key>? AND display_key<?)"},
		{"the same, sorted", offboard.UserQuery{ListQuery: query(t, "$filter=startswith(displayName,'x')&$orderby=displayName&$count=true")}, "users_display (display_key>? AND display_key<?)"},
		{"prefix of the surname", offboard.UserQuery{ListQuery: query(t, "$filter=startswith(surname,'x')")}, "users_surname (surname_key>? AND surname_key<?)"},
		{"prefix of the user name", offboard.UserQuery{ListQuery: query(t, "$filter=startswith(userPrincipalName,'x')")}, "users_upn (upn_key>? AND upn_key<?)"},
		{"prefix of the address", offboard.UserQuery{ListQuery: query(t, "$filter=startswith(mail,'x')")}, "users_mail (mail_key>? AND mail_key<?)"},
		{"address", offboard.UserQuery{ListQuery: query(t, "$filter=mail eq 'x'")}, "users_mail (mail_key=?)"},
		{"several prefixes", offboard.UserQuery{ListQuery: query(t, "$filter=startswith(mail,'x') or startswith(displayName,'x')")}, "SEARCH u USING INTEGER PRIMARY KEY"},
		{"id", offboard.UserQuery{ListQuery: query(t, "$filter=id eq '"+storetest.ID(1)+"'")}, "users_id (id=?)"},
		{"employee id", offboard.UserQuery{ListQuery: query(t, "$filter=employeeId eq 'x'")}, "users_employee (employee_id=?)"},
		{"alias", offboard.UserQuery{ListQuery: query(t, "$filter=proxyAddresses/any(p:p eq 'smtp:x')")}, "SEARCH u USING INTEGER PRIMARY KEY"},
		{"manager", offboard.UserQuery{ListQuery: query(t, "$filter=manager/id eq '"+storetest.ID(1)+"'")}, "users_manager (manager_pk=?)"},
		{"product", offboard.UserQuery{ListQuery: query(t, "$filter=assignedLicenses/any(x:x/skuId eq "+string(storetest.E3)+")")}, "licenses_product (product_pk=?"},
		{"blocked", offboard.UserQuery{ListQuery: query(t, "$filter=accountEnabled eq false")}, "users_blocked"},
		{"blocked view", offboard.UserQuery{View: offboard.Blocked}, "users_blocked"},
		{"synced view", offboard.UserQuery{View: offboard.Synced}, "users_synced"},
		{"shared view", offboard.UserQuery{View: offboard.Shared}, "users_shared"},
		{"unlicensed view", offboard.UserQuery{View: offboard.Unlicensed}, "users_unlicensed"},
		{"search", offboard.UserQuery{ListQuery: query(t, "$search=\"displayName:x\"")}, "SEARCH u USING INTEGER PRIMARY KEY"},
		{"box", offboard.UserQuery{Box: "x"}, "SEARCH u USING INTEGER PRIMARY KEY"},
		{"by name", offboard.UserQuery{ListQuery: query(t, "$orderby=displayName")}, "users_display"},
		{"deleted", offboard.UserQuery{Relation: offboard.DeletedPeople}, "users_deleted"},
		{"reports", offboard.UserQuery{Relation: offboard.ReportsTo, Of: "x"}, "users_manager (manager_pk=?)"},
		{"members", offboard.UserQuery{Relation: offboard.MembersOf, Of: "x"}, "group_members_group (group_pk=?"},
	} {
		plan, err := store.UsersPlan(t.Context(), s, c.q)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if !strings.Contains(plan, c.want) {
			t.Errorf("%s:\n%s\ndoes not say %s", c.name, plan, c.want)
		}
		few := c.name == "several prefixes" || c.name == "search" || c.name == "box" || c.name == "alias"
		if !few && strings.Contains(plan, "USE TEMP B-TREE FOR ORDER BY") {
			t.Errorf("%s sorts what it found:\n%s", c.name, plan)
		}
	}
	deep, err := s.Users(t.Context(), offboard.UserQuery{ListQuery: query(t, "$top=1&$orderby=displayName")})
	if err != nil {
		t.Fatal(err)
	}
	q := offboard.UserQuery{ListQuery: query(t, "$top=1&$orderby=displayName")}
	q.SkipToken = deep.Next
	plan, err := store.UsersPlan(t.Context(), s, q)
	if err != nil || !strings.Contains(plan, "users_display ((display_key,pk)>(?,?))") && !strings.Contains(plan, "users_display (display_key>?") {
		t.Errorf("the second page:\n%s (%v)", plan, err)
	}
}
