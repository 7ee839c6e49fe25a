package store

import (
	"context"
	"encoding/json"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// SubscribedSkus lists the products that the organization has bought, with their
// seats by the status of the subscriptions. R-API-40
func (s *Store) SubscribedSkus(ctx context.Context) ([]offboard.ProductSeats, error) {
	found, err := sqldb.All(ctx, s.db, func(r *sqldb.Rows) (offboard.ProductSeats, error) {
		var p offboard.ProductSeats
		var plans string
		err := r.Scan(&p.Sku, &p.PartNumber, &p.DisplayName, &plans, &p.Company, &p.Consumed, &p.Enabled, &p.Warning, &p.Suspended, &p.LockedOut)
		if err != nil {
			return p, err
		}
		return p, json.Unmarshal([]byte(plans), &p.Plans)
	}, `select p.sku, p.part_number, p.display_name, p.plans, p.company, `+seatsInUse+`,
 sum(case when s.status in ('', 'Enabled') then s.total else 0 end), sum(case s.status when 'Warning' then s.total else 0 end),
 sum(case s.status when 'Suspended' then s.total else 0 end), sum(case s.status when 'LockedOut' then s.total else 0 end)
 from products p join subscriptions s on s.product_pk = p.pk where s.status <> 'Deleted'
 group by p.pk, p.sku, p.part_number, p.display_name, p.plans, p.company order by p.pk`)
	return found, outage(err)
}

// Subscriptions lists what was bought. R-API-45
func (s *Store) Subscriptions(ctx context.Context) ([]org.Subscription, error) {
	var found []org.Subscription
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		found, err = (&txn{Tx: tx}).subscriptions(ctx)
		return err
	})
	return found, outage(err)
}

// SeatHistory gives the seats of a subscription over time, oldest first. R-LIC-42
func (s *Store) SeatHistory(ctx context.Context, id org.SubscriptionID) ([]offboard.SeatPoint, error) {
	found, err := sqldb.All(ctx, s.db, func(r *sqldb.Rows) (offboard.SeatPoint, error) {
		var p offboard.SeatPoint
		return p, r.Scan(seconds{&p.At}, &p.Total, &p.Assigned)
	}, `select h.at, h.total, h.assigned from seat_history h where h.subscription_pk = (select pk from subscriptions where id = $1)
 order by h.at, h.pk`, string(id))
	return found, outage(err)
}
