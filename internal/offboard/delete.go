package offboard

import (
	"context"

	"leaver/internal/org"
)

// DeleteUser is the plain delete that Graph offers: the account moves to Deleted
// users, licences stay on record, nothing is handed over but the files, by the
// next sweep (see delegate). It is a departure of one, done when it returns. R-API-19 R-DEL-01 R-WIZ-17 R-BULK-05
func (d *Desk) DeleteUser(ctx context.Context, actor org.Actor, ref string) error {
	return d.Store.Change(d.Store.Beginning(ctx, ref, false), func(tx Tx) error {
		if r := org.May(actor, org.DeleteUser); r != nil {
			return r // before the target is looked up, R-SM-10
		}
		p, err := one(ctx, tx, ref)
		if err != nil {
			return err
		}
		o := &org.Organization{GlobalAdmins: 2}
		if holdsGlobal(p) { // only then does it matter who else is one, R-ROLE-21
			if o, err = tx.Organization(ctx); err != nil {
				return err
			}
		}
		if r := org.Gate(actor, p, o, false); r != nil {
			return r
		}
		now, err := d.now(ctx, tx)
		if err != nil {
			return err
		}
		steps := org.DeleteSteps()
		after := org.Depart(*p, steps, now)
		dep := &Departure{
			ID: org.DepartureID(d.NewID()), Status: Done, CreatedBy: actor, Created: now, Ended: now, Total: 1,
			Counts: map[ItemOutcome]int{ItemDone: 1},
		}
		item := Item{
			Asked: ref, UserKey: p.Key, User: p.Ref(), Plan: org.OutcomeDelete, Outcome: ItemDone, Steps: steps, Before: p, Ran: now, Earlier: p.Departed,
		}
		if err := tx.AddDeparture(ctx, dep, []Item{item}); err != nil {
			return err
		}
		item.Departure = dep.Key
		if err := tx.Save(ctx, []Change{{*p, after, &item}}); err != nil {
			return err
		}
		return tx.Audit(ctx, entry(actor, ActDelete, item.User, now, departureDetail(dep.ID, &item, p, &after)))
	})
}
