package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// Save implements offboard.People: it writes what differs.
func (t *txn) Save(ctx context.Context, changes []offboard.Change) error {
	seats := map[org.SkuID]int64{}
	var heads, gone int64
	if err := t.saveUsers(ctx, changes); err != nil {
		return err
	}
	for i := range changes {
		c := &changes[i]
		t.touched = append(t.touched, subjectKey{id: string(c.After.ID)})
		t.names = append(t.names, Fold(org.OriginalUPN(c.After.ID, c.After.UPN)))
		if err := t.saveParts(ctx, c); err != nil {
			return fmt.Errorf("save %s: %w", c.After.ID, err)
		}
		for _, sku := range c.Before.Seats() {
			seats[sku]--
		}
		for _, sku := range c.After.Seats() {
			seats[sku]++
		}
		heads += count(c.After.Key != 0 && c.After.Active()) - count(c.Before.Key != 0 && c.Before.Active())
		gone += count(c.After.Key != 0 && !c.After.Active()) - count(c.Before.Key != 0 && !c.Before.Active())
	}
	t.countSeats(seats)
	t.countHeads(heads, gone)
	return nil
}

func count(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

func mapKeys[K comparable, V any](m map[K]V) func(yield func(K) bool) {
	return func(yield func(K) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func (t *txn) saveParts(ctx context.Context, c *offboard.Change) error {
	for _, save := range []func(context.Context, *offboard.Change) error{t.saveWords, t.saveRoles, t.saveAddresses, t.saveLicenses, t.saveMailbox, t.saveDrive} {
		if err := save(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

func profileArgs(p *org.Person) []any {
	return []any{
		p.DisplayName, Fold(p.DisplayName), p.GivenName, p.Surname, Fold(p.Surname), p.Mail, Fold(p.Mail), p.MailNickname, p.JobTitle,
		p.Department, p.CompanyName, p.OfficeLocation, p.MobilePhone, array(p.BusinessPhones), p.FaxNumber, array(p.OtherMails), p.EmployeeID,
		p.StreetAddress, p.City, p.State, p.PostalCode, p.Country, p.UsageLocation, p.PreferredLanguage, p.UserType,
		p.OnPremisesImmutableID, p.HiddenFromLists, p.InRestrictedUnit, string(p.ManagerID),
	}
}

const profileSet = `display_name = $1, display_key = $2, given_name = $3, surname = $4, surname_key = $5, mail = $6, mail_key = $7,
 mail_nickname = $8, job_title = $9, department = $10, company_name = $11, office_location = $12, mobile_phone = $13, business_phones = $14,
 fax_number = $15, other_mails = $16, employee_id = $17, street_address = $18, city = $19, state = $20, postal_code = $21, country = $22,
 usage_location = $23, preferred_language = $24, user_type = $25, immutable_id = $26, hidden = $27, restricted = $28,
 manager_pk = (select x.pk from users x where x.id = $29)`

// saveUsers writes the rows of the people themselves, all that change alike
// together.
func (t *txn) saveUsers(ctx context.Context, changes []offboard.Change) error {
	var states []*stateBatch
	var profiles [][]any
	for i := range changes {
		c := &changes[i]
		if c.After.Key == 0 {
			if err := t.insertUser(ctx, &c.After); err != nil {
				return fmt.Errorf("save %s: %w", c.After.ID, err)
			}
			continue
		}
		states = batch(states, c)
		if !sameProfile(&c.Before.User, &c.After.User) || c.Before.InRestrictedUnit != c.After.InRestrictedUnit {
			profiles = append(profiles, append(profileArgs(&c.After), c.After.Key))
		}
	}
	for _, s := range states {
		var word func(int, error) error
		if s.named {
			word = func(i int, err error) error {
				return duplicate(fmt.Errorf("save people: %w", err), s.names[min(i, len(s.names)-1)])
			}
		}
		if err := t.UpdateRows(ctx, word, "users", s.cols, s.rows); err != nil {
			return fmt.Errorf("save people: %w", err)
		}
	}
	if err := t.LaterAll(ctx, nil, "update users set "+profileSet+" where pk = $30", profiles); err != nil {
		return fmt.Errorf("save people: %w", err)
	}
	return nil
}

// sameProfile says that no column of profileArgs differs: departures leave them
// alone, so this is asked far more often than they are written.
func sameProfile(b, a *org.User) bool {
	return b.DisplayName == a.DisplayName && b.GivenName == a.GivenName && b.Surname == a.Surname && b.Mail == a.Mail && b.MailNickname == a.MailNickname &&
		b.JobTitle == a.JobTitle && b.Department == a.Department && b.CompanyName == a.CompanyName && b.OfficeLocation == a.OfficeLocation &&
		b.MobilePhone == a.MobilePhone && slices.Equal(b.BusinessPhones, a.BusinessPhones) && b.FaxNumber == a.FaxNumber &&
		slices.Equal(b.OtherMails, a.OtherMails) && b.EmployeeID == a.EmployeeID && b.StreetAddress == a.StreetAddress && b.City == a.City &&
		b.State == a.State && b.PostalCode == a.PostalCode && b.Country == a.Country && b.UsageLocation == a.UsageLocation &&
		b.PreferredLanguage == a.PreferredLanguage && b.UserType == a.UserType && b.OnPremisesImmutableID == a.OnPremisesImmutableID &&
		b.HiddenFromLists == a.HiddenFromLists && b.ManagerID == a.ManagerID
}

// duplicate says that somebody else has the user name. R-API-05
func duplicate(err error, upn string) error {
	if errors.Is(err, sqldb.ErrDuplicate) {
		return org.Refuse(org.Conflict, "user.upnTaken", "R-API-05", org.Arg{Name: "name", Value: upn}).On("userPrincipalName")
	}
	return err
}

const insertUserText = `insert into users (upn, upn_key, enabled, sync_state, deleted, sessions_from, session_epoch, password_hash, parked_hash,
 must_change, licenses_removed, licensed, shared, display_name, display_key, given_name, surname, surname_key, mail, mail_key, mail_nickname, job_title,
 department, company_name, office_location, mobile_phone, business_phones, fax_number, other_mails, employee_id, street_address, city, state,
 postal_code, country, usage_location, preferred_language, user_type, immutable_id, hidden, restricted, manager_pk, id, created)
 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28,
 $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, (select x.pk from users x where x.id = $42), $43, $44) returning pk`

func (t *txn) insertUser(ctx context.Context, p *org.Person) error {
	args := append(stateArgs(p), profileArgs(p)...)
	err := t.QueryRow(ctx, insertUserText, append(args, string(p.ID), unix(p.Created))...).Scan(&p.Key)
	return duplicate(err, p.UPN)
}

func (t *txn) saveRoles(ctx context.Context, c *offboard.Change) error {
	if slices.Equal(c.Before.Roles, c.After.Roles) && slices.Equal(c.Before.SuspendedRoles, c.After.SuspendedRoles) {
		return nil
	}
	had := append(slices.Clone(c.Before.Roles), c.Before.SuspendedRoles...)
	for _, r := range had {
		if !slices.Contains(c.After.Roles, r) && !slices.Contains(c.After.SuspendedRoles, r) {
			if err := t.Later(ctx, "delete from role_assignments where user_pk = $1 and role = $2", c.After.Key, string(r)); err != nil {
				return err
			}
		}
	}
	put := func(roles []org.RoleID, suspended bool) error {
		for _, r := range roles {
			err := t.Later(ctx, `insert into role_assignments (id, user_pk, role, suspended) values ($1, $2, $3, $4)
 on conflict (user_pk, role) do update set suspended = excluded.suspended`, t.newID(), c.After.Key, string(r), suspended)
			if err != nil {
				return err
			}
		}
		return nil
	}
	if err := put(c.After.Roles, false); err != nil {
		return err
	}
	return put(c.After.SuspendedRoles, true)
}

func (t *txn) saveAddresses(ctx context.Context, c *offboard.Change) error {
	if slices.Equal(c.Before.Addresses, c.After.Addresses) {
		return nil
	}
	if len(c.Before.Addresses) > 0 {
		if err := t.Later(ctx, "delete from addresses where user_pk = $1", c.After.Key); err != nil {
			return err
		}
	}
	keys := make([]string, len(c.After.Addresses))
	for i, a := range c.After.Addresses {
		keys[i] = Fold(a.Value)
		// Whether an address of a deleted person may be taken has been decided by
		// the use case; here the reservation gives way. R-SM-09
		err := t.Later(ctx, `insert into addresses (address_key, value, user_pk, is_primary, ordinal) values ($1, $2, $3, $4, $5)
 on conflict (address_key) do update set value = excluded.value, user_pk = excluded.user_pk, is_primary = excluded.is_primary,
 ordinal = excluded.ordinal where addresses.user_pk = $3 or addresses.user_pk in (select pk from users where deleted is not null)`,
			keys[i], a.Value, c.After.Key, a.Primary, i)
		if err != nil {
			return err
		}
	}
	if len(keys) == 0 {
		return nil
	}
	taken, err := sqldb.All(ctx, t, sqldb.Value[string], "select value from addresses where address_key in {texts $1} and user_pk <> $2", sqldb.Texts(keys), c.After.Key)
	if err != nil || len(taken) == 0 {
		return err
	}
	return org.Refuse(org.Conflict, "address.taken", "R-MBX-32", org.Arg{Name: "address", Value: taken[0]}).On("proxyAddresses")
}

func (t *txn) saveLicenses(ctx context.Context, c *offboard.Change) error {
	if slices.EqualFunc(c.Before.Licenses, c.After.Licenses, sameLicense) {
		return nil
	}
	if len(c.Before.Licenses) > 0 {
		if err := t.Later(ctx, "delete from licenses where user_pk = $1", c.After.Key); err != nil {
			return err
		}
	}
	for _, l := range c.After.Licenses {
		err := t.Later(ctx, `insert into licenses (user_pk, product_pk, group_pk, disabled_plans, error, assigned)
 values ($1, (select pk from products where sku = $2), coalesce((select pk from groups where id = $3), 0), $4, $5, $6)`,
			c.After.Key, string(l.Sku), string(l.Group), joined(l.DisabledPlans), l.Error, unix(l.Assigned))
		if err != nil {
			return err
		}
	}
	return nil
}

func sameLicense(a, b org.License) bool {
	return a.Sku == b.Sku && a.Group == b.Group && a.Error == b.Error && a.Assigned.Equal(b.Assigned) && slices.Equal(a.DisabledPlans, b.DisabledPlans)
}

// encode stores a value as JSON; the zero value is "".
func encode(v any, zero bool) (string, error) {
	if zero {
		return "", nil
	}
	b, err := json.Marshal(v)
	return string(b), err
}
