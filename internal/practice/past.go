package practice

import (
	"context"
	"fmt"
	"time"

	"leaver/internal/catalog"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

// pastEntries is more than the rows that past and finish add to the audit trail.
const pastEntries = 100

// past lets happen what happened before the start, oldest first, by the same
// functions that do it today: so there is a journal to restore from, and a
// trail.
func (m *maker) past(ctx context.Context) error {
	departures := 0
	newID := func() string {
		departures++
		return id(ofDeparture, departures)
	}
	at := func(days int) *offboard.Desk {
		return &offboard.Desk{
			Store: m.deps.Store, Now: func() time.Time { return m.ago(days) }, NewID: newID, Node: "practice", Lease: time.Minute,
		}
	}
	admin := org.Actor{ID: userID(m.ids["admin"]), Name: address("admin"), Roles: []org.RoleID{org.GlobalAdmin}}

	noor := m.cast[m.ids["noor.hendriks"]]
	if _, err := at(noor.left+10).AssignLicenses(ctx, admin, address(noor.local), nil, []org.SkuID{catalog.E3}); err != nil { // R-SM-05
		return fmt.Errorf("take a licence away: %w", err)
	}
	for _, local := range []string{"noor.hendriks", "quinten.prins", "olaf.dijk", "pien.schouten"} {
		if err := leave(ctx, at(m.cast[m.ids[local]].left), admin, address(local)); err != nil {
			return fmt.Errorf("delete %s: %w", local, err)
		}
		m.gaveBack(local)
		if local == "olaf.dijk" {
			if err := m.takeOver(ctx); err != nil {
				return fmt.Errorf("take over the name %s: %w", local, err)
			}
		}
	}
	_, err := at(2).ChangeMailbox(ctx, admin, address("sara.blom"), offboard.MailboxChange{Add: []string{address("pien")}, TakeOver: true}) // R-SM-09
	if err != nil {
		return fmt.Errorf("take an alias over: %w", err)
	}
	return nil
}

// gaveBack remembers when the seats of one who left became free.
func (m *maker) gaveBack(local string) {
	c := &m.cast[m.ids[local]]
	days := c.left
	if local == "noor.hendriks" {
		days += 10 // hers was taken away before she left
	}
	for _, sku := range c.skus {
		m.move(sku, days, -1)
	}
}

// leave carries out a departure with the choices that nobody changed.
func leave(ctx context.Context, desk *offboard.Desk, admin org.Actor, upn string) error {
	req := offboard.Request{People: []offboard.Wish{{User: upn}}}
	plan, err := desk.Plan(ctx, admin, req)
	if err != nil {
		return err
	}
	if _, err := desk.Start(ctx, admin, req, offboard.Confirmation{Hash: plan.Hash}); err != nil {
		return err
	}
	_, err = desk.WorkOnce(ctx)
	return err
}

// takeOver brings the second olaf.dijk, who has the name and the address of the
// first from his first day on. R-RES-08 R-SM-09
func (m *maker) takeOver(ctx context.Context) error {
	n := m.ids["olaf.dijk again"]
	first := userID(m.ids["olaf.dijk"])
	second := m.character(n, &m.cast[n])
	err := m.deps.Store.Change(ctx, func(tx offboard.Tx) error {
		people, err := tx.People(ctx, []string{string(first)})
		if err != nil {
			return err
		}
		after := people[0].Clone()
		after.Addresses = nil
		if err := tx.Save(ctx, []offboard.Change{{Before: *people[0], After: after}}); err != nil {
			return err
		}
		return tx.Seed(ctx, []offboard.Newcomer{second})
	})
	if err == nil {
		m.done++
	}
	return err
}

// finish writes how many seats are taken by now, and that the organization is
// whole.
func (m *maker) finish(ctx context.Context) error {
	return m.deps.Store.Change(ctx, func(tx offboard.Tx) error {
		for i, s := range m.org.Subscriptions {
			if err := tx.SeedSeats(ctx, s.ID, m.seats(m.purchases()[i], s.LastPurchase)); err != nil {
				return err
			}
			if err := tx.SaveSubscription(ctx, s, m.now); err != nil {
				return err
			}
		}
		return tx.Audit(ctx, offboard.Entry{
			At: m.now, Actor: org.Actor{Name: "system", System: true}, Action: offboard.ActInit, Target: org.Ref{ID: TenantID, Name: Domain, DisplayName: Name},
			Result: "success", Detail: fmt.Sprintf(`{"people":%d}`, m.total),
		})
	})
}
