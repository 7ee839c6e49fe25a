package store

import (
	"context"
	"fmt"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// Due implements offboard.Remains.
func (t *txn) Due(ctx context.Context, deletedBefore time.Time, after *org.Person, limit int) ([]*org.Person, error) {
	var last, key int64
	if after != nil {
		last, key = unix(after.Deleted), after.Key
	}
	keys, err := sqldb.All(ctx, t, sqldb.Value[int64], `select pk from users where deleted is not null and deleted <= $1
 and (deleted, pk) > ($2, $3) order by deleted, pk limit $4`, deletedBefore.Unix(), last, key, limit)
	if err != nil {
		return nil, fmt.Errorf("list people whose time has come: %w", err)
	}
	return t.PeopleByKey(ctx, keys)
}

// Purge implements offboard.Remains. R-PERM-02 R-PERM-04
func (t *txn) Purge(ctx context.Context, people []offboard.Purged, now time.Time) error {
	all := make([]int64, len(people))
	var mailboxes, drives, keptDrives, items []int64
	for i, p := range people {
		all[i] = p.Person.Key
		items = append(items, p.Person.Departed)
		t.touched = append(t.touched, subjectKey{id: string(p.Person.ID)})
		switch {
		case p.Remains.Mailbox:
			if err := t.orphan(ctx, p); err != nil {
				return err
			}
		case p.Person.Mailbox != nil:
			mailboxes = append(mailboxes, p.Person.Key)
		}
		switch {
		case p.Remains.Drive:
			keptDrives = append(keptDrives, p.Person.Key)
		case p.Person.Drive != nil:
			drives = append(drives, p.Person.Key)
		}
	}
	if err := t.dropOf(ctx, "mailboxes", mailboxes, t.dropMailboxes); err != nil {
		return err
	}
	if err := t.dropOf(ctx, "drives", drives, t.dropDrives); err != nil {
		return err
	}
	if err := t.each(ctx, keptDrives, `update drives set owner_deleted = u.deleted, former_name = u.upn, former_id = u.id, user_pk = null
 from users u where u.pk = drives.user_pk and u.pk in {ints $1} and drives.user_pk in {ints $1}`); err != nil {
		return err
	}
	if err := t.dropNames(ctx, people); err != nil {
		return err
	}
	t.countHeads(0, -int64(len(people)))
	if err := t.forgetBefore(ctx, items); err != nil {
		return err
	}
	if err := t.leaderless(ctx, all, now); err != nil {
		return err
	}
	return t.each(ctx, all,
		"delete from role_assignments where user_pk in {ints $1}",
		"delete from addresses where user_pk in {ints $1}",
		"delete from licenses where user_pk in {ints $1}",
		"delete from group_members where user_pk in {ints $1}",
		"delete from group_owners where user_pk in {ints $1}",
		"delete from mailbox_permissions where who_pk in {ints $1}",
		"delete from drive_grants where who_pk in {ints $1}",
		"delete from item_permissions where who_pk in {ints $1}",
		"delete from web_sessions where person_id in (select id from users where pk in {ints $1})",
		"delete from passkeys where person_id in (select id from users where pk in {ints $1})",
		"delete from users where pk in {ints $1}")
}

// leaderless takes the manager from those whose manager is purged. Those who are due
// for it themselves keep a number that leads nowhere: in a large purge they are most of
// them, nobody can manage them any more, and they go next. R-PERM-03
func (t *txn) leaderless(ctx context.Context, managers []int64, now time.Time) error {
	// In one expression, or PostgreSQL adds up all active people from another index.
	const text = "update users set manager_pk = null where manager_pk in {ints $1} and coalesce(deleted, 9223372036854775807) > "
	last := map[way]string{single: "$2", scattered: "$2", ranged: "$3"}
	how, all := portions(managers)
	for _, keys := range all {
		if err := t.Later(ctx, inWays(text)[how]+last[how], append(keys, now.Add(-org.UserRetention).Unix())...); err != nil {
			return fmt.Errorf("forget who managed others: %w", err)
		}
	}
	return nil
}

func (t *txn) orphan(ctx context.Context, p offboard.Purged) error {
	_, err := t.Exec(ctx, "update mailboxes set user_pk = null, due = $1, former_name = $2, former_id = $3 where user_pk = $4",
		null(p.Remains.MailboxDue), p.Person.Ref().Name, string(p.Person.ID), p.Person.Key)
	return err
}

// dropOf drops what belongs to users.
func (t *txn) dropOf(ctx context.Context, table string, users []int64, drop func(context.Context, []int64) error) error {
	var keys []int64
	how, all := portions(users)
	for _, args := range all {
		found, err := sqldb.All(ctx, t, sqldb.Value[int64], inWays("select pk from " + table + " where user_pk in {ints $1}")[how], args...)
		if err != nil {
			return err
		}
		keys = append(keys, found...)
	}
	return drop(ctx, keys)
}

// expiring is a mailbox or drive whose clock has run out.
type expiring struct {
	key   int64
	owner org.Ref
}

func scanExpiring(r *sqldb.Rows) (expiring, error) {
	var e expiring
	return e, r.Scan(&e.key, &e.owner.ID, &e.owner.Name)
}

// Expire implements offboard.Remains: mailboxes whose licence went 30 days ago
// (R-LIC-08), mailboxes that outlived their account (R-PERM-04), drives past
// retention and recycle bin (R-SM-07).
func (t *txn) Expire(ctx context.Context, s org.Settings, now time.Time, limit int) ([]offboard.Expired, error) {
	var out []offboard.Expired
	lists := []struct {
		kind, rule, text string
		due              time.Time
		drop             func(context.Context, []int64) error
	}{
		{"mailbox", "R-LIC-08", `select m.pk, u.id, u.upn from mailboxes m join users u on u.pk = m.user_pk
 where m.disconnected is not null and m.disconnected <= $1 and not m.litigation and m.holds = '' limit $2`, now.Add(-org.MailboxRetention), t.dropMailboxes},
		{"mailbox", "R-PERM-05", `select pk, former_id, former_name from mailboxes where due is not null and due <= $1 and not litigation and holds = '' limit $2`, now, t.dropMailboxes},
		{
			"drive", "R-SM-07", `select pk, former_id, former_name from drives where owner_deleted is not null and owner_deleted <= $1 and not held limit $2`,
			s.DriveEndedBy(now.Add(-org.DriveRecycle)), t.dropDrives,
		},
	}
	for _, l := range lists {
		found, err := sqldb.All(ctx, t, scanExpiring, l.text, l.due.Unix(), limit)
		if err != nil {
			return nil, fmt.Errorf("list what expires (%s): %w", l.rule, err)
		}
		keys := make([]int64, len(found))
		for i, e := range found {
			keys[i] = e.key
			e.owner.Name = org.OriginalUPN(org.UserID(e.owner.ID), e.owner.Name)
			out = append(out, offboard.Expired{Kind: l.kind, Owner: e.owner, Rule: l.rule})
		}
		if err := l.drop(ctx, keys); err != nil {
			return nil, err
		}
	}
	return out, nil
}
