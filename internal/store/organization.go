package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// Organization implements offboard.Organizations.
func (t *txn) Organization(ctx context.Context) (*org.Organization, error) {
	if err := t.writeSeats(ctx); err != nil {
		return nil, err
	}
	for _, text := range []string{domainNames, allProducts, allSubscriptions} {
		if err := t.Ahead(ctx, text); err != nil {
			return nil, err
		}
	}
	if err := t.Ahead(ctx, globalAdmins, string(org.GlobalAdmin)); err != nil {
		return nil, err
	}
	o := &org.Organization{}
	var settings string
	err := t.QueryRow(ctx, "select id, display_name, practice, usage_location, settings, people from organization").
		Scan(&o.ID, &o.DisplayName, &o.Practice, &o.UsageLocation, &settings, &o.People)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, org.Refuse(org.Unavailable, "organization.none", "")
	}
	if err != nil {
		return nil, fmt.Errorf("load the organization: %w", err)
	}
	o.People += int(t.head.people)
	kept := settingsRow{Settings: &o.Settings}
	if err := json.Unmarshal([]byte(settings), &kept); err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	o.Settings.DriveRetentionPast = kept.DriveRetentionPast
	if o.Domains, err = sqldb.All(ctx, t, sqldb.Value[string], domainNames); err != nil {
		return nil, err
	}
	if o.Products, err = t.Products(ctx); err != nil {
		return nil, err
	}
	if o.Subscriptions, err = t.subscriptions(ctx); err != nil {
		return nil, err
	}
	err = t.QueryRow(ctx, globalAdmins, string(org.GlobalAdmin)).Scan(&o.GlobalAdmins) // R-ROLE-21
	return o, err
}

// What an organization is asked for beyond its row.
const (
	domainNames  = "select name from domains order by ordinal"
	allProducts  = "select sku, part_number, display_name, plans, company from products order by pk"
	globalAdmins = `select count(*) from role_assignments r
 where r.role = $1 and not r.suspended and (select u.deleted is null and u.enabled from users u where u.pk = r.user_pk)`
	allSubscriptions = `select s.id, p.sku, p.part_number, p.display_name, s.channel, s.billing, s.commitment, s.term_start,
 s.term_end, s.last_purchase, s.bound, s.recurring, s.trial, s.credit_check, s.end_of_sale, s.by_rep, s.status, s.total, ` + seatsInUse + `,
 (select sum(x.total) from subscriptions x where x.product_pk = s.product_pk), s.price, s.currency, s.per, s.scheduled_total, s.scheduled_at
 from subscriptions s join products p on p.pk = s.product_pk order by s.pk`
)

// settingsRow is the settings with what of them nobody sets.
type settingsRow struct {
	*org.Settings
	DriveRetentionPast []org.PastRetention `json:"driveRetentionPast,omitempty"`
}

// SaveOrganization implements offboard.Organizations.
func (t *txn) SaveOrganization(ctx context.Context, o *org.Organization) error {
	settings, err := json.Marshal(settingsRow{&o.Settings, o.Settings.DriveRetentionPast})
	if err != nil {
		return err
	}
	_, err = t.Exec(ctx, `insert into organization (pk, id, display_name, practice, usage_location, settings, clock_offset, people, deleted_people, audit_seq, audit_hash, created)
 values (1, $1, $2, $3, $4, $5, 0, 0, 0, 0, $6, 0) on conflict (pk) do update set display_name = excluded.display_name,
 usage_location = excluded.usage_location, settings = excluded.settings`, o.ID, o.DisplayName, o.Practice, o.UsageLocation, string(settings), []byte{})
	if err != nil {
		return fmt.Errorf("save the organization: %w", err)
	}
	if _, err := t.Exec(ctx, "delete from domains"); err != nil {
		return err
	}
	for i, d := range o.Domains {
		if _, err := t.Exec(ctx, "insert into domains (name, ordinal) values ($1, $2)", d, i); err != nil {
			return err
		}
	}
	return nil
}

// Clock implements offboard.Organizations.
func (t *txn) Clock(ctx context.Context) (time.Duration, error) {
	err := t.readHead(ctx)
	return time.Duration(t.head.clock) * time.Second, err
}

// SetClock implements offboard.Organizations.
func (t *txn) SetClock(ctx context.Context, offset time.Duration) error {
	if err := t.readHead(ctx); err != nil {
		return err
	}
	t.head.clock = int64(offset / time.Second)
	_, err := t.Exec(ctx, "update organization set clock_offset = $1", t.head.clock)
	return err
}

// Products lists the products that are known.
func (t *txn) Products(ctx context.Context) (org.Products, error) {
	return sqldb.All(ctx, t, func(r *sqldb.Rows) (org.Product, error) {
		var p org.Product
		var plans string
		if err := r.Scan(&p.Sku, &p.PartNumber, &p.DisplayName, &plans, &p.Company); err != nil {
			return p, err
		}
		return p, json.Unmarshal([]byte(plans), &p.Plans)
	}, allProducts)
}

// SaveProducts implements offboard.Organizations.
func (t *txn) SaveProducts(ctx context.Context, ps org.Products) error {
	t.departed.products = nil
	for _, p := range ps {
		plans, err := json.Marshal(slices.Concat([]org.ServicePlan{}, p.Plans))
		if err != nil {
			return err
		}
		if _, err := t.Exec(ctx, `insert into products (sku, part_number, display_name, plans, company) values ($1, $2, $3, $4, $5)
 on conflict (sku) do update set part_number = excluded.part_number, display_name = excluded.display_name, plans = excluded.plans,
 company = excluded.company`, string(p.Sku), p.PartNumber, p.DisplayName, string(plans), p.Company); err != nil {
			return fmt.Errorf("save product %s: %w", p.PartNumber, err)
		}
	}
	return nil
}

func (t *txn) subscriptions(ctx context.Context) ([]org.Subscription, error) {
	return sqldb.All(ctx, t, scanSubscription, allSubscriptions)
}

func scanSubscription(r *sqldb.Rows) (org.Subscription, error) {
	var s org.Subscription
	var start, end, bought int64
	var total, when *int64
	err := r.Scan(&s.ID, &s.Sku, &s.SkuPartNumber, &s.DisplayName, &s.Channel, &s.Billing, &s.Commitment, &start, &end, &bought, &s.Bound, &s.Recurring,
		&s.Trial, &s.CreditCheck, &s.EndOfSale, &s.ByRep, &s.Status, &s.Total, &s.Assigned, &s.ProductTotal, &s.Price.Minor, &s.Price.Currency,
		&s.Per, &total, &when)
	s.TermStart, s.TermEnd, s.LastPurchase = at(start), at(end), at(bought)
	if total != nil {
		s.Scheduled = &org.ScheduledChange{Total: int(*total), At: at(value(when))}
	}
	return s, err
}

// SaveSubscription implements offboard.Organizations.
func (t *txn) SaveSubscription(ctx context.Context, s org.Subscription, now time.Time) error {
	t.departed.products = nil
	var total, when any
	if s.Scheduled != nil {
		total, when = s.Scheduled.Total, unix(s.Scheduled.At)
	}
	var pk int64
	err := t.QueryRow(ctx, `insert into subscriptions (id, product_pk, channel, billing, commitment, term_start, term_end, last_purchase,
 bound, recurring, trial, credit_check, end_of_sale, by_rep, status, total, price, currency, per, scheduled_total, scheduled_at)
 values ($1, (select pk from products where sku = $2), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
 on conflict (id) do update set term_start = excluded.term_start, term_end = excluded.term_end, last_purchase = excluded.last_purchase, bound = excluded.bound,
 recurring = excluded.recurring, status = excluded.status, total = excluded.total, scheduled_total = excluded.scheduled_total,
 scheduled_at = excluded.scheduled_at returning pk`, string(s.ID), string(s.Sku), string(s.Channel), string(s.Billing), string(s.Commitment),
		unix(s.TermStart), unix(s.TermEnd), unix(s.LastPurchase), s.Bound, s.Recurring, s.Trial, s.CreditCheck, s.EndOfSale, s.ByRep, s.Status, s.Total,
		s.Price.Minor, s.Price.Currency, s.Per, total, when).Scan(&pk)
	if err != nil {
		return fmt.Errorf("save subscription %s: %w", s.ID, err)
	}
	if err := t.writeSeats(ctx); err != nil {
		return err
	}
	_, err = t.Exec(ctx, `insert into seat_history (subscription_pk, at, total, assigned)
 select $1, $2, $3, `+seatsInUse+` from products p where p.sku = $4`, pk, unix(now), s.Total, string(s.Sku))
	return err
}

// OverAssigned implements offboard.Organizations.
func (t *txn) OverAssigned(ctx context.Context, before, after *org.Person) ([]string, error) {
	had, has := before.Seats(), after.Seats()
	products, known := t.departed.bought(after, has)
	if !known {
		text, args := seatsBought(has)
		if text == "" {
			return nil, nil
		}
		var err error
		if products, err = sqldb.All(ctx, t, scanBought, text, args...); err != nil {
			return nil, err
		}
	}
	var over []string
	for _, b := range products {
		used, err := t.seatsInUse(ctx, b.sku)
		if err != nil {
			return nil, fmt.Errorf("seats in use: %w", err)
		}
		if !slices.Contains(had, b.sku) {
			used++
		}
		if used > b.n {
			over = append(over, b.name)
		}
	}
	return over, nil
}

// bought is how many seats of a product there are.
type bought struct {
	sku  org.SkuID
	name string
	n    int64
}

func scanBought(r *sqldb.Rows) (bought, error) {
	var b bought
	return b, r.Scan(&b.sku, &b.name, &b.n)
}

// seatsBought asks how many seats of products there are; "" when of none.
func seatsBought(skus []org.SkuID) (text string, args []any) {
	switch len(skus) {
	case 0:
		return "", nil
	case 1:
		return seatsBoughtOne, []any{string(skus[0])}
	}
	return seatsBoughtOf, []any{sqldb.Texts(skus)}
}

const (
	seatsBoughtText = "select p.sku, p.display_name, (select coalesce(sum(s.total), 0) from subscriptions s where s.product_pk = p.pk) from products p where p.sku "
	seatsBoughtOne  = seatsBoughtText + "= $1"
	seatsBoughtOf   = seatsBoughtText + "in {texts $1} order by p.pk"
)
