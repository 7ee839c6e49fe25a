package offboard

import (
	"context"
	"time"

	"leaver/internal/org"
)

// delegationDelay is how long after a plain deletion the clean-up comes at the
// soonest: a deletion that another node is just saving is not passed over.
const delegationDelay = 5 * time.Minute

// delegate gives the files of people who were deleted without a plan to their
// managers, or else to the secondary owner, and tells them. A plan has settled
// that already. R-OD-04 R-OD-05
func (d *Desk) delegate(ctx context.Context, system org.Actor, total *Swept) error {
	for more := true; more; {
		given := 0
		err := d.Store.Change(ctx, func(tx Tx) error {
			now, err := d.now(ctx, tx)
			if err != nil {
				return err
			}
			people, err := tx.Undelegated(ctx, now.Add(-org.UserRetention), now.Add(-delegationDelay), sweepChunk)
			if err != nil {
				return err
			}
			given, more = 0, len(people) > 0
			if !more {
				return nil
			}
			c := &cleanUp{desk: d, tx: tx, system: system, now: now}
			given, err = c.hand(ctx, people)
			return err
		})
		if err != nil {
			return err
		}
		total.Delegated += given
	}
	return nil
}

// cleanUp is one transaction of delegate.
type cleanUp struct {
	desk    *Desk
	tx      Tx
	system  org.Actor
	now     time.Time
	org     *org.Organization
	changes []Change
	entries []Entry
	letters letters
}

// hand gives the drives of these people to whom they go, and says how many went.
func (c *cleanUp) hand(ctx context.Context, people []*org.Person) (int, error) {
	var err error
	if c.org, err = c.tx.Organization(ctx); err != nil || !c.org.Settings.DriveDelegation {
		return 0, err
	}
	around, err := c.tx.Around(ctx, people)
	if err != nil {
		return 0, err
	}
	to := make([]string, len(people))
	for i, p := range people {
		to[i] = c.org.Settings.DefaultHeir(p.ID, around[i].Manager)
	}
	heirs, err := c.tx.Heirs(ctx, to)
	if err != nil {
		return 0, err
	}
	for i, p := range people {
		if heir, ok := heirs[org.HeirKey(to[i])]; ok {
			c.give(p, heir)
		}
	}
	if err := c.tx.Save(ctx, c.changes); err != nil {
		return 0, err
	}
	if _, err := c.desk.post(ctx, c.tx, c.org, &c.letters, false, c.now); err != nil {
		return 0, err
	}
	return len(c.changes), c.tx.Audit(ctx, c.entries...)
}

func (c *cleanUp) give(p *org.Person, heir org.Heir) {
	step := org.Step{Kind: org.GrantDrive, To: heir.Ref}
	after := org.Depart(*p, []org.Step{step}, c.now)
	c.changes = append(c.changes, Change{Before: *p, After: after})
	c.letters.add(heir, LetterDrive{Owner: p.Ref(), ID: after.Drive.ID, Until: org.ClocksOf(&after, c.org.Settings, c.now).Drive})
	c.entries = append(c.entries, entry(c.system, ActDrive, p.Ref(), c.now, encode(map[string]string{"drive": string(after.Drive.ID), "to": heir.Ref.ID, "rule": "R-OD-04"})))
}
