package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// leftPage selects a page of what has no owner any more; $1 to $4 are its bounds,
// $5 its size.
const leftPage = ` and lower(former_name) >= $1 and lower(former_name) < $2 and (lower(former_name) > $3 or lower(former_name) = $3 and former_id > $4)
 order by lower(former_name), former_id limit $5`

func leftBounds(q *offboard.LeftQuery) []any {
	name, id, _ := strings.Cut(q.After, " ")
	box := Fold(q.Box)
	return []any{box, box + beyondAll, Fold(name), id, q.Limit}
}

// LeftDrives lists the drives whose owners were purged. R-SM-07 R-OD-06
func (s *Store) LeftDrives(ctx context.Context, q offboard.LeftQuery) ([]offboard.DriveRow, error) {
	var found []offboard.DriveRow
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		var err error
		found, err = sqldb.All(ctx, tx, func(r *sqldb.Rows) (offboard.DriveRow, error) {
			var d offboard.DriveRow
			err := r.Scan(&d.ID, &d.Owner.ID, &d.Owner.Name, seconds{&d.Deleted}, &d.Size, &d.Items, &d.Held)
			d.Owner.Name = org.OriginalUPN(org.UserID(d.Owner.ID), d.Owner.Name)
			return d, err
		}, "select id, former_id, former_name, owner_deleted, size, items, held from drives where owner_deleted is not null and user_pk is null"+leftPage, leftBounds(&q)...)
		for i := range found {
			if err == nil {
				found[i].Grants, err = grantees(ctx, tx, found[i].ID)
			}
		}
		if err != nil {
			return fmt.Errorf("list drives without owner: %w", err)
		}
		return nil
	})
	return found, outage(err)
}

// LeftMailboxes lists the mailboxes whose owners were purged. R-PERM-05 R-SM-06
func (s *Store) LeftMailboxes(ctx context.Context, q offboard.LeftQuery) ([]offboard.LeftMailbox, error) {
	found, err := sqldb.All(ctx, s.db, func(r *sqldb.Rows) (offboard.LeftMailbox, error) {
		var m offboard.LeftMailbox
		err := r.Scan(&m.Owner.ID, &m.Owner.Name, &m.Type, &m.Size, seconds{&m.Due}, &m.Litigation, lines{&m.Holds})
		m.Owner.Name = org.OriginalUPN(org.UserID(m.Owner.ID), m.Owner.Name)
		if m.Litigation || len(m.Holds) > 0 {
			m.Due = time.Time{}
		}
		return m, err
	}, "select former_id, former_name, type, size, due, litigation, holds from mailboxes where user_pk is null"+leftPage, leftBounds(&q)...)
	if err != nil {
		err = fmt.Errorf("list mailboxes without owner: %w", err)
	}
	return found, outage(err)
}

// DomainUsers implements offboard.Organizations.
func (t *txn) DomainUsers(ctx context.Context, domain string) (int, error) {
	var n int
	err := t.QueryRow(ctx, `select count(*) from users u where u.upn_key like $1
 or exists (select 1 from addresses a where a.user_pk = u.pk and a.address_key like $1)`, "%@"+likeText(Fold(domain))).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count what %s is used for: %w", domain, err)
	}
	return n, nil
}

// likeText takes the meaning from the signs of a pattern: a domain has none of
// them, and nothing else comes here.
func likeText(s string) string { return strings.NewReplacer("%", "", "_", "").Replace(s) }

// RunOf implements offboard.Journal.
func (t *txn) RunOf(ctx context.Context, it *offboard.Item) (org.DepartureID, error) {
	d, err := t.oneDeparture(ctx, "pk = $1", it.Departure)
	if err != nil || d == nil {
		return "", err
	}
	return d.ID, nil
}
