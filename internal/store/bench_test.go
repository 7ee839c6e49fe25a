package store_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// crowd gives an organization of LEAVER_BENCH_PEOPLE people (20,000 when it is
// not set), one in a thousand of them an administrator, blocked or without licence.
func crowd(b *testing.B) (*store.Store, int) {
	b.Helper()
	n := 20_000
	if v := os.Getenv("LEAVER_BENCH_PEOPLE"); v != "" {
		var err error
		if n, err = strconv.Atoi(v); err != nil {
			b.Fatal(err)
		}
	}
	s := storetest.SQLite(b)
	storetest.Contoso(b, s)
	given := []string{"Anna", "Bram", "Carla", "Daan", "Eva", "Femke", "Gijs", "Hanna", "Ivo", "Jan"}
	surname := []string{"de Vries", "Jansen", "van den Berg", "Bakker", "Visser", "Smit", "Meijer", "Mulder", "Bos", "Peters"}
	const portion = 5000
	for at := 0; at < n; at += portion {
		people := make([]offboard.Newcomer, 0, portion)
		for i := at; i < min(at+portion, n); i++ {
			p := storetest.Person(int64(i), fmt.Sprintf("p%07d", (i*7919)%n))
			p.GivenName, p.Surname = given[i%10], surname[i/10%10]
			p.DisplayName = fmt.Sprintf("%s %s %d", p.GivenName, p.Surname, (i*7919)%n)
			p.Drive.ID = org.DriveID(storetest.ID(int64(i) + 1<<40))
			newcomer := offboard.Newcomer{MailboxID: storetest.ID(int64(i) + 1<<41)}
			if i%1000 == 500 {
				p.AccountEnabled, p.Licenses, p.Roles, newcomer.RoleIDs = false, nil, []org.RoleID{org.UserAdmin}, []string{storetest.ID(int64(i) + 1<<42)}
			}
			newcomer.Person = p
			people = append(people, newcomer)
		}
		storetest.Change(b, s, func(tx offboard.Tx) error { return tx.Seed(b.Context(), people) })
	}
	return s, n
}

func BenchmarkReads(b *testing.B) {
	s, n := crowd(b)
	size, err := s.DB().Size(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d people, %d bytes each", n, size/int64(n))
	page := func(name string, q offboard.UserQuery) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Users(b.Context(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	page("first page", offboard.UserQuery{})
	deep := offboard.UserQuery{ListQuery: query(b, "$top=999")}
	for {
		p, err := s.Users(b.Context(), deep)
		if err != nil {
			b.Fatal(err)
		}
		if p.Next == "" {
			break
		}
		deep.SkipToken = p.Next
	}
	deep.Top = 100
	page("last page", deep)
	page("page by name", offboard.UserQuery{ListQuery: query(b, "$orderby=displayName")})
	page("page of the admin centre", offboard.UserQuery{ListQuery: query(b, "$orderby=displayName&$top=50&$count=true&$select=id,displayName,userPrincipalName,accountEnabled,assignedLicenses,onPremisesSyncEnabled,mailboxSettings")})
	page("prefix, common", offboard.UserQuery{ListQuery: query(b, "$filter=startswith(displayName,'anna')")})
	page("prefix, rare", offboard.UserQuery{ListQuery: query(b, "$filter=startswith(displayName,'anna de vries 77')&$orderby=displayName&$count=true")})
	page("two prefixes", offboard.UserQuery{ListQuery: query(b, "$filter=startswith(displayName,'p000001') or startswith(mail,'p000001') or startswith(userPrincipalName,'p000001')")})
	page("address", offboard.UserQuery{ListQuery: query(b, "$filter=mail eq 'p0000077@contoso.com'")})
	page("alias", offboard.UserQuery{ListQuery: query(b, "$filter=proxyAddresses/any(p:p eq 'smtp:p0000077.alias@contoso.com')")})
	page("licence", offboard.UserQuery{ListQuery: query(b, "$filter=assignedLicenses/any(x:x/skuId eq "+string(storetest.E3)+")")})
	page("blocked", offboard.UserQuery{ListQuery: query(b, "$filter=accountEnabled eq false")})
	page("search, common", offboard.UserQuery{ListQuery: query(b, "$search=\"displayName:vries\"")})
	page("search, rare", offboard.UserQuery{ListQuery: query(b, "$search=\"displayName:777\"")})
	page("box, common", offboard.UserQuery{Box: "vries"})
	page("box, one letter", offboard.UserQuery{Box: "v"})
	page("box, rare", offboard.UserQuery{Box: "vries 777"})
	for _, v := range []offboard.PeopleView{offboard.Licensed, offboard.Unlicensed, offboard.Blocked, offboard.Synced, offboard.Shared, offboard.Admins} {
		page("view "+string(v), offboard.UserQuery{View: v})
	}
	b.Run("one by id", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if u, err := s.User(b.Context(), storetest.ID(0x100000+int64(i*7919%n)), nil); err != nil || u == nil {
				b.Fatal(u, err)
			}
		}
	})
	b.Run("subject of a request", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if u, err := s.Subject(b.Context(), storetest.ID(0x100000+int64(i*7919%n)), false); err != nil || !u.Found {
				b.Fatal(u, err)
			}
		}
	})
}
