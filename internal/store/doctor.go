package store

import (
	"context"
	"fmt"
	"time"

	"leaver/internal/blob"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// Finding is something about an organization that is not as it has to be. The
// catalogue has the sentences: "doctor."+Code says what is wrong, with ".fix"
// behind it how to mend it.
type Finding struct {
	Code     string       `json:"code"`
	Severity org.Severity `json:"severity"`
	Args     org.Args     `json:"args"`
}

// What is the key of the sentence that says what is wrong.
func (f Finding) What() string { return "doctor." + f.Code }

// Fix is the key of the sentence that says how to mend it.
func (f Finding) Fix() string { return f.What() + ".fix" }

// String is for logs and tests.
func (f Finding) String() string { return fmt.Sprintf("%s %s %v", f.Severity, f.Code, f.Args.Map()) }

// Checkup says what a check looks at.
type Checkup struct {
	// Now is the real time; a practice organization's offset is added.
	Now time.Time
	// Bodies is where the bodies are; without it they are left out.
	Bodies *blob.Store
	// Deep also reads every person and every body, what the trail is searched by, and
	// the database file itself.
	Deep bool
	// Progress is told how many of the checks are done; it may be nil.
	Progress func(done, total int)
}

// examples is how many of the things that are wrong a finding names.
const examples = 5

// Check looks for what breaks an invariant of the organization, and changes
// nothing. It looks at one snapshot, so the organization may be served meanwhile.
func (s *Store) Check(ctx context.Context, c Checkup) ([]Finding, error) {
	d := &doctor{Checkup: c, store: s}
	steps := []func(context.Context, *sqldb.Tx) error{
		d.times, d.departures, d.trail, d.bodies,
	}
	if c.Deep {
		steps = append(steps, d.file, d.people, d.trailIndex)
	}
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		if err := tx.QueryRow(ctx, "select coalesce(max(clock_offset), 0) from organization").Scan(&d.offset); err != nil {
			return err
		}
		d.now = c.Now.Add(time.Duration(d.offset) * time.Second)
		list := checks(d.now.Add(-org.UserRetention))
		total := len(list) + len(steps)
		for i, k := range list {
			d.tell(i, total)
			if err := d.run(ctx, tx, k); err != nil {
				return err
			}
		}
		for i, step := range steps {
			d.tell(len(list)+i, total)
			if err := step(ctx, tx); err != nil {
				return err
			}
		}
		d.tell(total, total)
		return nil
	})
	if err != nil {
		return nil, outage(fmt.Errorf("check the organization: %w", err))
	}
	return d.findings, nil
}

// doctor is one check under way.
type doctor struct {
	Checkup
	store    *Store
	offset   int64 // of a practice organization's clock, in seconds
	now      time.Time
	findings []Finding
}

func (d *doctor) tell(done, total int) {
	if d.Progress != nil {
		d.Progress(done, total)
	}
}

func (d *doctor) found(code string, severity org.Severity, args ...org.Arg) {
	d.findings = append(d.findings, Finding{code, severity, args})
}

// run makes one finding of all the rows that a check gives.
func (d *doctor) run(ctx context.Context, tx *sqldb.Tx, k check, args ...any) error {
	rows, err := tx.Query(ctx, k.text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var some tally
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		some.add(name)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	d.report(k, &some)
	return nil
}

// report makes a finding of what was counted, if anything was.
func (d *doctor) report(k check, some *tally) {
	if some.count > 0 {
		d.found(k.code, k.severity, append(k.args, org.Arg{Name: "count", Value: some.count}, org.Arg{Name: "examples", Value: some.names})...)
	}
}

// tally counts things and keeps the names of the first ones.
type tally struct {
	count int
	names []string
}

func (t *tally) add(name string) {
	t.count++
	if len(t.names) < examples {
		t.names = append(t.names, name)
	}
}
