package store

import (
	"context"
	"fmt"
	"time"

	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// check is a statement that gives the names of things that are wrong, in one
// column of text; nothing when all is well.
type check struct {
	code     string
	severity org.Severity
	text     string
	args     org.Args
}

// checks are those that one statement can do. Whoever was deleted up to due is purged
// next.
func checks(due time.Time) []check {
	list := []check{
		{code: "noOrganization", severity: org.Critical, text: "select upn from users where not exists (select 1 from organization)"},
		{code: "peopleCount", severity: org.Critical, text: counted("o.people", "select count(*) from users where deleted is null", "'active'", "organization o")},
		{code: "peopleCount", severity: org.Critical, text: counted("o.deleted_people", "select count(*) from users where deleted is not null", "'deleted'", "organization o")},
		{code: "seatCount", severity: org.Critical, text: counted(seatsInUse, `select count(distinct l.user_pk) from licenses l
 join users u on u.pk = l.user_pk where l.product_pk = p.pk and l.error = '' and u.deleted is null`, "p.display_name", "products p")}, // R-LIC-14 R-SM-18
		{code: "flag", severity: org.Critical, args: arg("column", "licensed"), text: `select u.upn from users u
 where u.licensed <> exists (select 1 from licenses l where l.user_pk = u.pk and l.error = '')`},
		{code: "flag", severity: org.Critical, args: arg("column", "shared"), text: `select u.upn from users u
 where u.shared <> exists (select 1 from mailboxes m where m.user_pk = u.pk and m.type = 'shared')`},
		{code: "primaryAddress", severity: org.Critical, text: `select u.upn from users u join addresses a on a.user_pk = u.pk group by u.pk, u.upn
 having sum(case when a.is_primary then 1 else 0 end) <> 1`},
		{code: "ownName", severity: org.Critical, text: "select id from users where substr(upn, 1, 32) = replace(id, '-', '')"}, // said of deleted ones only, and stored of nobody, R-DEL-22
		{code: "roleOfDeleted", severity: org.Critical, text: `select u.upn from role_assignments r join users u on u.pk = r.user_pk
 where u.deleted is not null and not r.suspended`}, // R-DEL-03
		{code: "noGlobalAdmin", severity: org.Critical, text: `select o.display_name from organization o where not exists (select 1 from role_assignments r
 join users u on u.pk = r.user_pk where r.role = '` + string(org.GlobalAdmin) + `' and not r.suspended and u.deleted is null and u.enabled)`}, // R-ROLE-21
		{code: "former", severity: org.Critical, args: arg("table", "mailboxes"), text: "select id from mailboxes where user_pk is null and former_id = ''"},
		{code: "former", severity: org.Critical, args: arg("table", "drives"), text: "select id from drives where user_pk is null and (former_id = '' or owner_deleted is null)"},
		{code: "staysForever", severity: org.Warning, text: `select former_name from mailboxes where user_pk is null and due is null
 and not litigation and holds = ''`}, // R-PERM-05
		{code: "otherMailbox", severity: org.Critical, args: arg("table", "messages"), text: `select m.id from messages m join folders f on f.pk = m.folder_pk
 where f.mailbox_pk <> m.mailbox_pk`},
		{code: "otherDrive", severity: org.Critical, args: arg("table", "drive_items"), text: `select i.id from drive_items i
 join drive_items p on p.pk = i.parent_pk where p.drive_pk <> i.drive_pk`},
		{code: "otherDrive", severity: org.Critical, args: arg("table", "item_permissions"), text: `select x.id from item_permissions x
 join drive_items i on i.pk = x.item_pk where i.drive_pk <> x.drive_pk`},
		{code: "itemActive", severity: org.Critical, text: `select u.upn from departure_items i join users u on u.pk = i.user_pk
 where i.outcome = 'done' and i.plan = 'delete' and not i.undone and u.deleted is null`},
		{code: "itemBefore", severity: org.Critical, text: `select i.name from departure_items i join users u on u.pk = i.user_pk
 where i.outcome = 'done' and i.before = ''`},
		{code: "itemChain", severity: org.Critical, text: `select u.upn from users u left join departure_items i on i.pk = u.departed
 where u.departed <> 0 and (i.pk is null or i.user_pk <> u.pk or i.outcome <> 'done')`},
		{code: "itemChain", severity: org.Critical, text: `select i.name from departure_items i left join (
 with recursive chain(pk, user_pk) as (select departed, pk from users where departed <> 0
  union select i.earlier, c.user_pk from chain c join departure_items i on i.pk = c.pk and i.user_pk = c.user_pk)
 select pk from chain) c on c.pk = i.pk where c.pk is null and i.before <> ''`}, // no purge would find it, R-PERM-02
		{code: "itemAudit", severity: org.Critical, text: `select x.name from (with said as materialized (
 select target_id, action, substr(detail, 15, {sqlite instr}{postgres strpos}(substr(detail, 15), '"') - 1) as departure from audit
 where action in ('Delete user', 'Convert user to shared mailbox') and detail like '{"departure":"%')
 select i.name as name from departure_items i join departures d on d.pk = i.departure_pk
 left join said a on a.target_id = i.user_id and a.departure = d.id
 and a.action = case when i.plan = 'delete' then 'Delete user' else 'Convert user to shared mailbox' end
 where i.outcome = 'done' group by i.departure_pk, i.ordinal, i.name having count(a.action) <> 1) x`},
		{code: "auditItem", severity: org.Critical, text: `select cast(x.entries as text) || ' / ' || cast(x.items as text) from (select
 (select count(*) from audit where action in ('Delete user', 'Convert user to shared mailbox') and detail like '%"departure":"%') as entries,
 (select count(*) from departure_items where outcome = 'done') as items) x where x.entries <> x.items`},
		{code: "queue", severity: org.Critical, text: "select body from body_queue where length(body) <> 64"},
	}
	return append(list, orphans(due)...)
}

func arg(name, value string) org.Args { return org.Args{{Name: name, Value: value}} }

// counted compares a number that is kept with what is there.
func counted(kept, count, name, from string) string {
	return fmt.Sprintf("select %[3]s || ': ' || cast(%[1]s as text) || ' / ' || cast((%[2]s) as text) from %[4]s where %[1]s <> (%[2]s)",
		kept, count, name, from)
}

// orphans are the checks that what a row refers to is there. Of somebody whose time
// has come it does not matter who managed them, see leaderless.
func orphans(due time.Time) []check {
	refs := []struct{ table, column, to, name string }{
		{"addresses", "user_pk", "users", "value"},
		{"user_words", "user_pk", "users", "word"},
		{"users", "manager_pk", "users", "upn"},
		{"role_assignments", "user_pk", "users", "id"},
		{"subscriptions", "product_pk", "products", "id"},
		{"seat_history", "subscription_pk", "subscriptions", "cast(t.pk as text)"},
		{"licenses", "user_pk", "users", "cast(t.user_pk as text)"},
		{"licenses", "product_pk", "products", "cast(t.user_pk as text)"},
		{"licenses", "group_pk", "groups", "cast(t.user_pk as text)"},
		{"group_members", "user_pk", "users", "cast(t.group_pk as text)"},
		{"group_members", "group_pk", "groups", "cast(t.user_pk as text)"},
		{"group_owners", "user_pk", "users", "cast(t.group_pk as text)"},
		{"group_owners", "group_pk", "groups", "cast(t.user_pk as text)"},
		{"group_licenses", "group_pk", "groups", "cast(t.group_pk as text)"},
		{"group_licenses", "product_pk", "products", "cast(t.group_pk as text)"},
		{"mailboxes", "user_pk", "users", "id"},
		{"mailbox_permissions", "mailbox_pk", "mailboxes", "permission"},
		{"mailbox_permissions", "who_pk", "users", "permission"},
		{"folders", "mailbox_pk", "mailboxes", "name"},
		{"folders", "parent_pk", "folders", "name"},
		{"messages", "mailbox_pk", "mailboxes", "id"},
		{"messages", "folder_pk", "folders", "id"},
		{"drives", "user_pk", "users", "id"},
		{"drive_grants", "drive_pk", "drives", "cast(t.who_pk as text)"},
		{"drive_grants", "who_pk", "users", "cast(t.drive_pk as text)"},
		{"drive_items", "drive_pk", "drives", "id"},
		{"drive_items", "parent_pk", "drive_items", "id"},
		{"item_permissions", "item_pk", "drive_items", "id"},
		{"item_permissions", "who_pk", "users", "id"},
		{"drive_devices", "drive_pk", "drives", "name"},
		{"departure_items", "departure_pk", "departures", "name"},
	}
	list := make([]check, 0, len(refs)+1)
	for _, r := range refs {
		name := r.name
		if name == "id" || name == "name" || name == "value" || name == "word" || name == "upn" || name == "permission" {
			name = "t." + name
		}
		text := fmt.Sprintf("select %s from %s t where not exists (select 1 from %s x where x.pk = t.%s)", name, r.table, r.to, r.column)
		switch r.column {
		case "parent_pk":
			text += " and t.parent_pk is not null"
		case "manager_pk":
			text += fmt.Sprintf(" and t.manager_pk is not null and (t.deleted is null or t.deleted > %d)", due.Unix())
		case "user_pk":
			if r.table == "mailboxes" || r.table == "drives" {
				text += " and t.user_pk is not null"
			}
		case "group_pk":
			if r.table == "licenses" {
				text += " and t.group_pk <> 0" // assigned directly
			}
		}
		list = append(list, check{code: "orphan", severity: org.Critical, text: text, args: append(arg("table", r.table), arg("column", r.column)...)})
	}
	return append(list, check{
		code: "orphan", severity: org.Critical, args: append(arg("table", "passkeys"), arg("column", "person_id")...),
		text: "select p.name from passkeys p where not exists (select 1 from users u where u.id = p.person_id)",
	})
}

// times looks for dates that lie where no clock can have been, and for dates
// that have come without anything being done.
func (d *doctor) times(ctx context.Context, tx *sqldb.Tx) error {
	ahead := d.now.Add(org.Day).Unix() // machines may differ, and a clock may be set right
	for _, c := range []struct {
		table, column, name string
		limit               int64
	}{
		{"users", "created", "upn", ahead},
		{"users", "deleted", "upn", ahead},
		{"users", "sessions_from", "upn", ahead},
		{"users", "licenses_removed", "upn", ahead},
		{"licenses", "assigned", "cast(user_pk as text)", ahead},
		{"mailboxes", "disconnected", "id", ahead},
		{"drives", "unlicensed", "id", ahead},
		{"drives", "owner_deleted", "id", ahead},
		{"departures", "created", "id", ahead},
		{"departures", "ended", "id", ahead},
		{"audit", "at", "cast(seq as text)", ahead},
		{"departures", "lease", "id", d.Now.Add(org.Day).Unix()}, // in real time
		{"mailboxes", "due", "id", d.now.Add(366 * org.Day).Unix()},
	} {
		k := check{code: "future", severity: org.Warning, args: append(arg("table", c.table), arg("column", c.column)...)}
		k.text = fmt.Sprintf("select %s from %s where %s > $1", c.name, c.table, c.column)
		if err := d.run(ctx, tx, k, c.limit); err != nil {
			return err
		}
	}
	late := check{code: "sweepLate", severity: org.Warning, text: "select upn from users where deleted <= $1"} // R-DEL-01
	if err := d.run(ctx, tx, late, d.now.Add(-org.UserRetention-2*org.Day).Unix()); err != nil {
		return err
	}
	waits := check{code: "departureWaits", severity: org.Warning, text: `select id from departures where ended is null
 and (lease > 0 and lease <= $1 or lease = 0 and not undoing and created <= $2)`}
	return d.run(ctx, tx, waits, d.Now.Add(-time.Hour).Unix(), d.now.Add(-org.Day).Unix())
}
