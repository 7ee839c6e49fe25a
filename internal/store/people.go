package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// Fold is how names are compared: without regard to case. Columns that end in
// _key hold folded text. What is no text equals nothing that is kept.
func Fold(s string) string { return strings.ToLower(strings.TrimSpace(wellFormed(s))) }

// wellFormed replaces what no text can have: bytes that are no UTF-8, and NUL, which
// PostgreSQL can neither keep nor compare.
func wellFormed(s string) string {
	if strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, string(utf8.RuneError)), "\x00", string(utf8.RuneError))
}

// personColumns are the columns of a person that stand in one row: the account,
// the mailbox and the drive.
const personColumns = `u.pk, u.id, u.upn, u.display_name, u.given_name, u.surname, u.mail, u.mail_nickname, u.job_title, u.department,
 u.company_name, u.office_location, u.mobile_phone, u.business_phones, u.fax_number, u.other_mails, u.employee_id, u.street_address, u.city,
 u.state, u.postal_code, u.country, u.usage_location, u.preferred_language, u.user_type, u.enabled, u.sync_state, u.immutable_id, u.hidden,
 u.restricted, coalesce((select x.id from users x where x.pk = u.manager_pk), ''), u.created, coalesce(u.deleted, 0), u.sessions_from,
 u.session_epoch, u.password_hash, u.parked_hash, u.must_change, u.licenses_removed, u.departed,
 coalesce(m.pk, 0), coalesce(m.type, ''), coalesce(m.forward_to, ''), coalesce(m.keep_copy, false), coalesce(m.replies, ''),
 coalesce(m.litigation, false), coalesce(m.holds, ''), coalesce(m.archive, false), coalesce(m.size, 0), coalesce(m.disconnected, 0),
 coalesce(d.pk, 0), coalesce(d.id, ''), coalesce(d.size, 0), coalesce(d.items, 0), coalesce(d.held, false), coalesce(d.unlicensed, 0)`

const personTables = ` from users u left join mailboxes m on m.user_pk = u.pk left join drives d on d.user_pk = u.pk `

// row is a person as loaded, with the keys of what belongs to them.
type row struct {
	org.Person
	mailbox, drive int64
	asked          bool
}

// scanned is what of a row is not stored as it is used. It is one allocation, and
// people are loaded by the hundred thousand.
type scanned struct {
	row
	phones, mails                               string
	sync, created, deleted, from, removed       int64
	mpk, msize, mdisc, dpk, dsize, ditems, dunl int64
	mtype, mfwd, mreplies, mholds, did          string
	mkeep, mlit, march, dheld                   bool
}

func scanPerson(r *sqldb.Rows) (*row, error) {
	var s scanned
	p, u := &s.row, &s.row.User
	err := r.Scan(&u.Key, &u.ID, &u.UPN, &u.DisplayName, &u.GivenName, &u.Surname, &u.Mail, &u.MailNickname, &u.JobTitle, &u.Department,
		&u.CompanyName, &u.OfficeLocation, &u.MobilePhone, &s.phones, &u.FaxNumber, &s.mails, &u.EmployeeID, &u.StreetAddress, &u.City,
		&u.State, &u.PostalCode, &u.Country, &u.UsageLocation, &u.PreferredLanguage, &u.UserType, &u.AccountEnabled, &s.sync,
		&u.OnPremisesImmutableID, &u.HiddenFromLists, &p.InRestrictedUnit, &u.ManagerID, &s.created, &s.deleted, &s.from,
		&u.SessionEpoch, &u.PasswordHash, &u.ParkedPasswordHash, &u.MustChangePassword, &s.removed, &u.Departed,
		&s.mpk, &s.mtype, &s.mfwd, &s.mkeep, &s.mreplies, &s.mlit, &s.mholds, &s.march, &s.msize, &s.mdisc,
		&s.dpk, &s.did, &s.dsize, &s.ditems, &s.dheld, &s.dunl)
	if err != nil {
		return nil, err
	}
	u.BusinessPhones, u.OtherMails = ofArray(s.phones), ofArray(s.mails)
	u.Synced, u.WasSynced = s.sync == 1, s.sync == 2
	u.Created, u.Deleted, u.SessionsValidFrom, p.LicensesRemoved = at(s.created), at(s.deleted), at(s.from), at(s.removed)
	if !u.Active() {
		u.UPN = org.DeletedUPN(u.ID, u.UPN) // R-DEL-22
	}
	if p.mailbox = s.mpk; p.mailbox != 0 {
		p.Mailbox = &org.Mailbox{
			Type: org.MailboxType(s.mtype), ForwardTo: s.mfwd, KeepCopy: s.mkeep, Litigation: s.mlit, Holds: splitLines(s.mholds),
			Archive: s.march, Size: org.Bytes(s.msize), Disconnected: at(s.mdisc),
		}
		if s.mreplies != "" {
			if err := json.Unmarshal([]byte(s.mreplies), &p.Mailbox.Replies); err != nil {
				return nil, fmt.Errorf("replies of %s: %w", u.ID, err)
			}
		}
	}
	if p.drive = s.dpk; p.drive != 0 {
		p.Drive = &org.Drive{ID: org.DriveID(s.did), Size: org.Bytes(s.dsize), Items: int(s.ditems), Held: s.dheld, Unlicensed: at(s.dunl)}
	}
	return p, nil
}

func value(p *int64) int64 {
	if p == nil {
		return 0
	}
	return *p
}

// splitLines reads a list of texts stored by joined.
func splitLines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// array stores a list of texts that filters look into.
func array(l []string) string {
	if len(l) == 0 {
		return ""
	}
	return sqldb.Texts(l)
}

// ofArray reads a list of texts stored by array. Pages of people are full of
// them, so what needs no unescaping is cut apart by hand.
func ofArray(s string) []string {
	if s == "" {
		return nil
	}
	if !strings.Contains(s, `\`) && strings.HasPrefix(s, `["`) && strings.HasSuffix(s, `"]`) {
		return strings.Split(s[2:len(s)-2], `","`)
	}
	var l []string
	if json.Unmarshal([]byte(s), &l) != nil {
		return nil
	}
	return l
}

// joined stores a list of texts.
func joined(l []string) string { return strings.Join(l, "\n") }

// rolesAndGroups, belongings and delegates are the rows that belong to persons, as one
// statement: kind, person, two texts, a flag, a number, and two more texts. The
// first are all that the gate looks at.
const (
	rolesAndGroups = `select 1, user_pk, role, '', suspended, 0, '', '' from role_assignments where user_pk in {ints $1}
 union all select 6, x.user_pk, '', '', false, 0, '', '' from group_members x join groups g on g.pk = x.group_pk
   where x.user_pk in {ints $1} and g.role_assignable
 union all select 6, x.user_pk, '', '', false, 0, '', '' from group_owners x join groups g on g.pk = x.group_pk
   where x.user_pk in {ints $1} and g.role_assignable`
	belongings = `
 union all select 2, user_pk, value, '', is_primary, ordinal, '', '' from addresses where user_pk in {ints $1}
 union all select 3, l.user_pk, p.sku, coalesce(g.id, ''), false, l.assigned, l.disabled_plans, l.error
   from licenses l join products p on p.pk = l.product_pk left join groups g on g.pk = l.group_pk where l.user_pk in {ints $1}`
	delegates = `
 union all select 4, m.user_pk, w.id, x.permission, false, 0, '', ''
   from mailboxes m join mailbox_permissions x on x.mailbox_pk = m.pk join users w on w.pk = x.who_pk where m.user_pk in {ints $1}
 union all select 5, d.user_pk, w.id, '', false, 0, '', ''
   from drives d join drive_grants x on x.drive_pk = d.pk join users w on w.pk = x.who_pk where d.user_pk in {ints $1}`
)

var gateParts, allParts = inWays(rolesAndGroups), inWays(rolesAndGroups + belongings + delegates)

// partsOfKnown are those of one person whose mailbox and drive are known; who has
// access to these comes without the person.
var partsOfKnown = inWays(rolesAndGroups + belongings)[single] + `
 union all select 4, 0, w.id, x.permission, false, 0, '', '' from mailbox_permissions x join users w on w.pk = x.who_pk where x.mailbox_pk = $2
 union all select 5, 0, w.id, '', false, 0, '', '' from drive_grants x join users w on w.pk = x.who_pk where x.drive_pk = $3`

// complete loads what belongs to the persons beyond their own row.
func complete(ctx context.Context, q sqldb.Querier, people []*row) error {
	if len(people) == 1 {
		p := people[0]
		return gather(ctx, q, map[int64]*row{p.Key: p, 0: p}, partsOfKnown, p.Key, p.mailbox, p.drive)
	}
	return fill(ctx, q, people, &allParts)
}

func fill(ctx context.Context, q sqldb.Querier, people []*row, text *ways) error {
	if len(people) == 0 {
		return nil
	}
	byKey := make(map[int64]*row, len(people))
	keys := make([]int64, 0, len(people))
	for _, p := range people {
		byKey[p.Key] = p
		keys = append(keys, p.Key)
	}
	how, args := set(keys)
	return gather(ctx, q, byKey, text[how], args...)
}

// gather runs a statement that gives parts, and adds them to their people.
func gather(ctx context.Context, q sqldb.Querier, byKey map[int64]*row, text string, args ...any) error {
	rows, err := q.Query(ctx, text, args...)
	if err != nil {
		return fmt.Errorf("load what belongs to people: %w", err)
	}
	defer rows.Close()
	found := make([]part, 0, 4*len(byKey))
	for rows.Next() {
		var p part
		if err := rows.Scan(&p.kind, &p.user, &p.a, &p.b, &p.flag, &p.n, &p.c, &p.d); err != nil {
			return err
		}
		if byKey[p.user] != nil {
			found = append(found, p)
		}
	}
	// Sorting them here takes a fraction of what it takes the database.
	slices.SortFunc(found, part.compare)
	for i := range found {
		byKey[found[i].user].add(&found[i])
	}
	return rows.Err()
}

// part is a row of parts.
type part struct {
	kind, user, n int64
	a, b, c, d    string
	flag          bool
}

// compare puts the parts of one kind and person in their order.
func (p part) compare(q part) int {
	return cmp.Or(cmp.Compare(p.kind, q.kind), cmp.Compare(p.user, q.user), cmp.Compare(p.n, q.n), strings.Compare(p.a, q.a), strings.Compare(p.b, q.b))
}

func (p *row) add(x *part) {
	switch x.kind {
	case 1:
		if x.flag {
			p.SuspendedRoles = append(p.SuspendedRoles, org.RoleID(x.a))
		} else {
			p.Roles = append(p.Roles, org.RoleID(x.a))
		}
	case 2:
		p.Addresses = append(p.Addresses, org.Address{Value: x.a, Primary: x.flag})
	case 3:
		p.Licenses = append(p.Licenses, org.License{
			Sku: org.SkuID(x.a), Group: org.GroupID(x.b), DisabledPlans: splitLines(x.c), Error: x.d, Assigned: at(x.n),
		})
	case 4:
		p.Mailbox.Permissions = append(p.Mailbox.Permissions, org.Permission{Who: org.UserID(x.a), Right: org.Right(x.b)})
	case 5:
		p.Drive.Grants = append(p.Drive.Grants, org.DriveGrant{Who: org.UserID(x.a)})
	case 6:
		p.InRoleGroup = true
	}
}

const (
	selectPeople = "select " + personColumns + personTables
	personByID   = selectPeople + "where u.id = $1"
	personByName = selectPeople + "where u.upn_key = $1 and u.deleted is null"
)

// peopleByKey says of the range twice over which mailboxes and drives belong to it:
// PostgreSQL does not see by itself that it need not read all of them.
var peopleByKey = func() ways {
	all := inWays(selectPeople + "where u.pk in {ints $1}")
	for _, of := range []string{"m", "d"} {
		all[ranged] = strings.Replace(all[ranged], of+".user_pk = u.pk", of+".user_pk = u.pk and "+of+".user_pk between $1 and $2", 1)
	}
	return all
}()

// formerID is the id that stands in front of the name of a deleted person, or "".
// The name is stored without it, so that deleting leaves it alone. R-DEL-22
func formerID(name string) string {
	const digits = 32
	if len(name) <= digits || strings.Trim(name[:digits], "0123456789abcdef") != "" {
		return ""
	}
	return strings.Join([]string{name[:8], name[8:12], name[12:16], name[16:20], name[20:digits]}, "-")
}

// peopleBy loads the rows of people by folded id or user name. One person is by
// far the most frequent case.
func (t *txn) peopleBy(ctx context.Context, keys []string) ([]*row, error) {
	if len(keys) == 1 && formerID(keys[0]) == "" {
		return t.alone(ctx, keys[0])
	}
	return t.byKeys(ctx, keys, selectPeople, scanPerson)
}

// People implements offboard.People.
func (t *txn) People(ctx context.Context, refs []string) ([]*org.Person, error) {
	keys := make([]string, len(refs))
	for i, r := range refs {
		keys[i] = Fold(r)
	}
	rows, err := t.peopleBy(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("load people: %w", err)
	}
	if err := t.belongings(ctx, rows); err != nil {
		return nil, err
	}
	return inOrder(keys, rows), nil
}
