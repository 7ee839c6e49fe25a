package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// deadlineSample is how many people a deadline names.
const deadlineSample = 5

// clockRow says of which rows a clock runs: when it began, by an index, whose it is,
// and where that stands.
type clockRow struct{ clock, began, owner, tables string }

// clockRows are the rows behind each clock. What outlives its owner has its own. A
// hold stops a clock. R-SM-04
var clockRows = []clockRow{
	{"user", "u.deleted", theUser, "users u where u.deleted is not null"},
	{
		"mailbox", "m.disconnected", theUser,
		"mailboxes m join users u on u.pk = m.user_pk where m.disconnected is not null and not m.litigation and m.holds = ''",
	},
	{"drive", "u.deleted", theUser, "users u join drives d on d.user_pk = u.pk where u.deleted is not null and not d.held"},
	{"drive", "d.owner_deleted", theFormer, "drives d where d.owner_deleted is not null and not d.held"},
	{"driveGone", "u.deleted", theUser, "users u join drives d on d.user_pk = u.pk where u.deleted is not null and not d.held"},
	{"driveGone", "d.owner_deleted", theFormer, "drives d where d.owner_deleted is not null and not d.held"},
}

const (
	theUser   = "u.id, u.upn, u.display_name"
	theFormer = "d.former_id, d.former_name, ''"
)

// Deadlines lists the days between two moments on which a clock of somebody runs
// out, with how many people that is about: no more than limit at a time, of whole days, and
// the day on which the list goes on. limit is as much as one day can have, or more.
func (s *Store) Deadlines(ctx context.Context, settings org.Settings, from, to time.Time, limit int) ([]offboard.Deadline, time.Time, error) {
	var all []offboard.Deadline
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		all = nil
		until := to
		for _, c := range clockRows {
			for _, x := range spansOf(c.clock, settings) {
				found, err := c.deadlines(ctx, tx, from, until, x, limit+1)
				if err != nil {
					return fmt.Errorf("list the days of %s: %w", c.clock, err)
				}
				all = together(append(all, found...))
				if len(all) > limit {
					until = all[limit].Day // what the others have from here on is not shown
				}
			}
		}
		return nil
	})
	if len(all) <= limit {
		return all, time.Time{}, outage(err)
	}
	next := all[limit].Day
	return slices.DeleteFunc(all, func(d offboard.Deadline) bool { return !d.Day.Before(next) }), next, outage(err)
}

// spansOf says how long a clock runs for what began when.
func spansOf(clock string, settings org.Settings) []org.DriveSpan {
	switch clock {
	case "user":
		return []org.DriveSpan{{Lasts: org.UserRetention}}
	case "mailbox":
		return []org.DriveSpan{{Lasts: org.MailboxRetention}}
	}
	spans := settings.DriveSpans() // R-OD-02
	for i := range spans {
		switch {
		case clock == "drive":
		case spans[i].At.IsZero():
			spans[i].Lasts += org.DriveRecycle
		default:
			spans[i].At = spans[i].At.Add(org.DriveRecycle)
		}
	}
	return spans
}

// deadlines lists what of a span runs out between two moments. It goes from day to
// day, and counts no further on any of them than it has to: with as many leavers as
// it may be, a day costs what it costs with a hundred.
func (c *clockRow) deadlines(ctx context.Context, q sqldb.Querier, from, to time.Time, x org.DriveSpan, limit int) ([]offboard.Deadline, error) {
	first, last := from.Add(-x.Lasts), to.Add(-x.Lasts)
	if !x.At.IsZero() {
		if x.At.Before(from) || !x.At.Before(to) {
			return nil, nil
		}
		first, last = time.Time{}, x.Until.Add(time.Second)
	}
	if after := x.After.Add(time.Second); !x.After.IsZero() && first.Before(after) {
		first = after
	}
	if until := x.Until.Add(time.Second); !x.Until.IsZero() && until.Before(last) {
		last = until
	}
	var all []offboard.Deadline
	for first.Before(last) && len(all) < limit {
		d, end, err := c.next(ctx, q, first, last, x)
		if err != nil || d == nil {
			return all, err
		}
		all = append(all, *d)
		first = end
	}
	return all, nil
}

// next is the first deadline of what began between two moments, and from when on the
// one after it began; nil when there is none.
func (c *clockRow) next(ctx context.Context, q sqldb.Querier, first, last time.Time, x org.DriveSpan) (*offboard.Deadline, time.Time, error) {
	type row struct {
		began time.Time
		who   org.Ref
	}
	within := fmt.Sprintf(" from %s and %[2]s >= $1 and %[2]s < $2 order by %[2]s limit $3", c.tables, c.began)
	rows, err := sqldb.All(ctx, q, func(r *sqldb.Rows) (row, error) {
		var f row
		err := r.Scan(seconds{&f.began}, &f.who.ID, &f.who.Name, &f.who.DisplayName)
		f.who.Name = org.OriginalUPN(org.UserID(f.who.ID), f.who.Name)
		return f, err
	}, "select "+c.began+", "+c.owner+within, first.Unix(), last.Unix(), deadlineSample+1)
	if err != nil || len(rows) == 0 {
		return nil, last, err
	}
	d := &offboard.Deadline{Clock: c.clock, Day: x.At.Truncate(org.Day)}
	if x.At.IsZero() {
		d.Day = rows[0].began.Add(x.Lasts).Truncate(org.Day)
		if end := d.Day.Add(org.Day - x.Lasts); end.Before(last) {
			last = end
		}
	}
	for _, f := range rows {
		if f.began.Before(last) {
			d.Count++
			d.Sample = append(d.Sample, f.who)
		}
	}
	if d.Count <= deadlineSample {
		return d, last, nil
	}
	d.Sample = d.Sample[:deadlineSample]
	err = q.QueryRow(ctx, "select count(*) from (select 1"+within+") x", first.Unix(), last.Unix(), offboard.DeadlineMost+1).Scan(&d.Count)
	d.Bound()
	return d, last, err
}

// together makes one deadline of two of the same day and clock, in the order of days.
func together(all []offboard.Deadline) []offboard.Deadline {
	type key struct {
		day   int64
		clock string
	}
	seen := map[key]int{}
	out := all[:0]
	for _, d := range all {
		k := key{d.Day.Unix(), d.Clock}
		i, twice := seen[k]
		if !twice {
			seen[k] = len(out)
			out = append(out, d)
			continue
		}
		out[i].Count += d.Count
		out[i].More = out[i].More || d.More
		out[i].Bound()
		out[i].Sample = append(out[i].Sample, d.Sample[:min(len(d.Sample), deadlineSample-len(out[i].Sample))]...)
	}
	slices.SortStableFunc(out, func(a, b offboard.Deadline) int { return a.Day.Compare(b.Day) })
	return out
}
