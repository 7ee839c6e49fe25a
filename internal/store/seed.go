package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// Seed implements offboard.Seeder: the rows that Save would write one by one go
// in table by table, with keys given out here, so that none is read back.
func (t *txn) Seed(ctx context.Context, people []offboard.Newcomer) error {
	s := &seeding{
		t: t, last: map[string]int64{}, rows: map[string][][]any{},
		users: map[string]int64{}, groups: map[string]int64{}, skus: map[string]int64{},
	}
	err := s.prepare(ctx, people)
	if err == nil {
		err = s.collect(people)
	}
	if err == nil {
		err = s.write(ctx)
	}
	if err != nil {
		return fmt.Errorf("seed %d people: %w", len(people), err)
	}
	s.count(people)
	return nil
}

// seeding is one call of Seed.
type seeding struct {
	t                   *txn
	last                map[string]int64   // the last key given out, by table
	rows                map[string][][]any // by table
	users, groups, skus map[string]int64   // keys by id
}

// seedTable is a table that Seed writes to. Of a numbered one the first column
// is its key.
type seedTable struct {
	name, cols string
	numbered   bool
}

func seedTables() []seedTable {
	return []seedTable{
		{"users", `pk, upn, upn_key, enabled, sync_state, deleted, sessions_from, session_epoch, password_hash, parked_hash, must_change,
 licenses_removed, licensed, shared, display_name, display_key, given_name, surname, surname_key, mail, mail_key, mail_nickname, job_title, department,
 company_name, office_location, mobile_phone, business_phones, fax_number, other_mails, employee_id, street_address, city, state,
 postal_code, country, usage_location, preferred_language, user_type, immutable_id, hidden, restricted, manager_pk, id, created`, true},
		{"user_words", "word, user_pk", false},
		{"addresses", "address_key, value, user_pk, is_primary, ordinal", false},
		{"role_assignments", "id, user_pk, role, suspended", false},
		{"licenses", "user_pk, product_pk, group_pk, disabled_plans, error, assigned", false},
		{"group_members", "user_pk, group_pk", false},
		{"group_owners", "user_pk, group_pk", false},
		{"mailboxes", `pk, type, forward_to, forward_key, keep_copy, replies, litigation, holds, archive, size, disconnected, user_pk, id,
 former_name, former_id`, true},
		{"mailbox_permissions", "mailbox_pk, who_pk, permission", false},
		{"folders", "pk, id, mailbox_pk, parent_pk, name, well_known, hidden", true},
		{"messages", `id, mailbox_pk, folder_pk, subject, sender_name, sender_address, recipients, received, is_read, preview, size,
 body, content`, false},
		{"drives", "pk, id, user_pk, size, items, held, unlicensed, former_name, former_id", true},
		{"drive_grants", "drive_pk, who_pk", false},
		{"drive_items", "pk, id, drive_pk, parent_pk, name, folder, size, mime, body, created, modified", true},
		{"item_permissions", "id, item_pk, drive_pk, who_pk, role, expires", false},
		{"drive_devices", "drive_pk, name, last_sync", false},
	}
}

// prepare finds the last key of each table and the keys of what the newcomers
// refer to.
func (s *seeding) prepare(ctx context.Context, people []offboard.Newcomer) error {
	for _, table := range seedTables() {
		if !table.numbered {
			continue
		}
		var last int64
		err := s.t.QueryRow(ctx, fmt.Sprintf(`select {sqlite coalesce(max(pk), 0)}{postgres greatest(coalesce(max(pk), 0),
 coalesce(pg_sequence_last_value(pg_get_serial_sequence('%[1]s', 'pk')::regclass), 0))} from %[1]s`, table.name)).Scan(&last)
		if err != nil {
			return err
		}
		s.last[table.name] = last
	}
	for i := range people {
		s.users[string(people[i].Person.ID)] = s.key("users")
	}
	users, groups := map[string]bool{}, map[string]bool{}
	for i := range people {
		references(&people[i], func(id org.UserID) {
			if s.users[string(id)] == 0 {
				users[string(id)] = true
			}
		}, func(id org.GroupID) { groups[string(id)] = true })
	}
	if err := s.keys(ctx, s.users, "select id, pk from users where id in {texts $1}", users); err != nil {
		return err
	}
	if err := s.keys(ctx, s.groups, "select id, pk from groups where id in {texts $1}", groups); err != nil {
		return err
	}
	return s.keys(ctx, s.skus, "select sku, pk from products", nil)
}

// references names the people and groups that a newcomer refers to.
func references(n *offboard.Newcomer, user func(org.UserID), group func(org.GroupID)) {
	p := &n.Person
	if p.ManagerID != "" {
		user(p.ManagerID)
	}
	if p.Mailbox != nil {
		for _, x := range p.Mailbox.Permissions {
			user(x.Who)
		}
	}
	if p.Drive != nil {
		for _, x := range p.Drive.Grants {
			user(x.Who)
		}
	}
	for _, l := range p.Licenses {
		if l.Group != "" {
			group(l.Group)
		}
	}
	for _, g := range slices.Concat(n.Member, n.Owner) {
		group(g)
	}
	shares(n.Files, user)
}

func shares(files []offboard.File, user func(org.UserID)) {
	for i := range files {
		for _, x := range files[i].Shared {
			user(x.Who)
		}
		shares(files[i].Files, user)
	}
}

// keys loads keys by id into a map; with names it loads those, and all of them
// must be there.
func (s *seeding) keys(ctx context.Context, into map[string]int64, text string, names map[string]bool) error {
	var args []any
	if names != nil {
		if len(names) == 0 {
			return nil
		}
		args = append(args, sqldb.Texts(slices.Sorted(mapKeys(names))))
	}
	rows, err := s.t.Query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var key int64
		if err := rows.Scan(&id, &key); err != nil {
			return err
		}
		into[id] = key
	}
	for name := range names {
		if into[name] == 0 {
			return fmt.Errorf("%s is not there: %w", name, sqldb.ErrNoRows)
		}
	}
	return rows.Err()
}

// key gives out the next key of a table.
func (s *seeding) key(table string) int64 {
	s.last[table]++
	return s.last[table]
}

func (s *seeding) add(table string, row ...any) { s.rows[table] = append(s.rows[table], row) }

// write inserts what was collected, and lets PostgreSQL number on from there.
func (s *seeding) write(ctx context.Context) error {
	for _, table := range seedTables() {
		if len(s.rows[table.name]) == 0 {
			continue
		}
		cols := strings.Fields(strings.ReplaceAll(table.cols, ",", " "))
		if _, err := s.t.InsertRows(ctx, table.name, cols, s.rows[table.name]); err != nil {
			return err
		}
		if !table.numbered {
			continue
		}
		if _, err := s.t.Exec(ctx, fmt.Sprintf("select {sqlite $1}{postgres setval(pg_get_serial_sequence('%s', 'pk'), $1)}", table.name),
			s.last[table.name]); err != nil {
			return err
		}
	}
	return nil
}

// count adds the newcomers to the seats taken and to the people of the organization.
func (s *seeding) count(people []offboard.Newcomer) {
	seats := map[org.SkuID]int64{}
	var heads, gone int64
	for i := range people {
		p := &people[i].Person
		s.t.touched = append(s.t.touched, subjectKey{id: string(p.ID)})
		for _, sku := range p.Seats() {
			seats[sku]++
		}
		heads += count(p.Active())
		gone += count(!p.Active())
	}
	s.t.countSeats(seats)
	s.t.countHeads(heads, gone)
}

// SeedSeats implements offboard.Seeder.
func (t *txn) SeedSeats(ctx context.Context, id org.SubscriptionID, past []offboard.SeatPoint) error {
	pk, err := sqldb.One(ctx, t, sqldb.Value[int64], "select pk from subscriptions where id = $1", string(id))
	if err != nil {
		return err
	}
	if _, err := t.Exec(ctx, "delete from seat_history where subscription_pk = $1", pk); err != nil {
		return err
	}
	for _, p := range past {
		_, err := t.Exec(ctx, "insert into seat_history (subscription_pk, at, total, assigned) values ($1, $2, $3, $4)",
			pk, unix(p.At), p.Total, p.Assigned)
		if err != nil {
			return err
		}
	}
	return nil
}
