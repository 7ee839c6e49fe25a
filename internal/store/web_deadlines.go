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

// clockRows are the rows behind each clock: when it began, whose it is, and
// where that stands. What outlives its owner has its own. A hold stops a clock. R-SM-04
var clockRows = []struct {
	clock, began, owner, tables string
}{
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
// out, with how many people that is about.
func (s *Store) Deadlines(ctx context.Context, settings org.Settings, from, to time.Time) ([]offboard.Deadline, error) {
	var all []offboard.Deadline
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		all = nil
		for _, c := range clockRows {
			for _, x := range spansOf(c.clock, settings) {
				found, err := deadlines(ctx, tx, c.began, c.owner, c.tables, from, to, x)
				if err != nil {
					return fmt.Errorf("list the days of %s: %w", c.clock, err)
				}
				for i := range found {
					found[i].Clock = c.clock
				}
				all = append(all, found...)
			}
		}
		return nil
	})
	all = together(all)
	slices.SortStableFunc(all, func(a, b offboard.Deadline) int { return a.Day.Compare(b.Day) })
	return all, outage(err)
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

// deadlines lists what of a span runs out between two moments.
func deadlines(ctx context.Context, tx *sqldb.Tx, began, owner, tables string, from, to time.Time, x org.DriveSpan) ([]offboard.Deadline, error) {
	const day = int64(org.Day / time.Second)
	shift, ends := int64(x.Lasts/time.Second), began+" + $3"
	first, last := from.Add(-x.Lasts).Unix(), to.Add(-x.Lasts).Unix()
	if !x.At.IsZero() {
		if x.At.Before(from) || !x.At.Before(to) {
			return nil, nil
		}
		shift, ends = x.At.Unix(), "0 * "+began+" + $3" // all at once
		first, last = x.After.Unix()+1, x.Until.Unix()+1
	}
	if !x.After.IsZero() {
		first = max(first, x.After.Unix()+1)
	}
	if !x.Until.IsZero() {
		last = min(last, x.Until.Unix()+1)
	}
	within := fmt.Sprintf("%s and %s >= $1 and %s < $2", tables, began, began)
	days, err := sqldb.All(ctx, tx, func(r *sqldb.Rows) (offboard.Deadline, error) {
		var d offboard.Deadline
		var n int64
		err := r.Scan(&n, &d.Count)
		d.Day = at(n * day)
		return d, err
	}, fmt.Sprintf("select (%s) / $4, count(*) from %s group by 1 order by 1", ends, within), first, last, shift, day)
	if err != nil || len(days) == 0 {
		return days, err
	}
	for i := range days {
		start, end := first, last
		if x.At.IsZero() {
			start = max(start, days[i].Day.Unix()-shift)
			end = min(end, days[i].Day.Unix()-shift+day)
		}
		days[i].Sample, err = sqldb.All(ctx, tx, func(r *sqldb.Rows) (org.Ref, error) {
			var ref org.Ref
			err := r.Scan(&ref.ID, &ref.Name, &ref.DisplayName)
			ref.Name = org.OriginalUPN(org.UserID(ref.ID), ref.Name)
			return ref, err
		}, fmt.Sprintf("select %s from %s order by %s, 1 limit $3", owner, within, began), start, end, deadlineSample)
		if err != nil {
			return nil, err
		}
	}
	return days, nil
}

// together makes one deadline of two of the same day and clock.
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
		out[i].Sample = append(out[i].Sample, d.Sample[:min(len(d.Sample), deadlineSample-len(out[i].Sample))]...)
	}
	return out
}
