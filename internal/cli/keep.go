package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"leaver/internal/locale"
	"leaver/internal/org"
)

// Keeper is what a Host can do to an organization as a whole, beside a server
// that serves it. The errors it gives may be Faults.
type Keeper interface {
	// Check looks for what is wrong, and changes nothing.
	Check(ctx context.Context, at Stored, deep bool, progress func(done, total int)) ([]Finding, error)
	// Repair makes anew what the audit trail is searched by.
	Repair(ctx context.Context, at Stored) error
	// Backup writes everything to a new file.
	Backup(ctx context.Context, from Stored, file string, progress func(bodies int)) (Kept, error)
	// RestoreBackup brings everything back, to a place where nothing is.
	RestoreBackup(ctx context.Context, file string, to Stored, progress func(bodies int)) (Kept, error)
	// Copy moves everything to a place where nothing is.
	Copy(ctx context.Context, from, to Stored, progress func(rows int)) (Kept, error)
}

// Stored says where an organization and its bodies are.
type Stored struct {
	Place
	Bodies string // folder; empty: where leaver serve has them
}

// Finding is something that is wrong with an organization: doctor.<Code> in the
// catalogue says what, doctor.<Code>.fix how to mend it.
type Finding struct {
	Code     string
	Severity org.Severity
	Args     org.Args
}

// Kept is what was backed up, restored or copied.
type Kept struct {
	Organization string `json:"organization"`
	People       int    `json:"people"`
	Deleted      int    `json:"deletedPeople"`
	Rows         int64  `json:"rows"`
	Bodies       int    `json:"bodies"`
	Bytes        int64  `json:"bytes"`
	// Missing and Spoiled count bodies that were lost before.
	Missing int `json:"missingBodies"`
	Spoiled int `json:"spoiledBodies"`
}

// keeping are the commands that look after an organization as a whole.
type keeping struct {
	Doctor        doctorCommand        `cmd:"" group:"rest"`
	Backup        backupCommand        `cmd:"" group:"rest"`
	RestoreBackup restoreBackupCommand `cmd:"" name:"restore-backup" group:"rest"`
	Copy          copyCommand          `cmd:"" group:"rest"`
}

// stored is where the flags say the organization is; these commands work on
// the data itself.
func (s *session) stored(bodies string) (Stored, error) {
	if s.Data == "" && s.Database == "" {
		return Stored{}, usage("keepNeedsPlace")
	}
	return Stored{s.where(), bodies}, nil
}

type doctorCommand struct {
	Deep   bool
	Repair bool
	Bodies string `placeholder:"DIR"`
}

// Run looks for what is wrong with an organization, after what can be repaired has
// been when that is asked for.
func (c *doctorCommand) Run(ctx context.Context, s *session) error {
	at, err := s.stored(c.Bodies)
	if err != nil {
		return err
	}
	if c.Repair {
		if err := s.repair(ctx, at); err != nil {
			return err
		}
	}
	bar := s.bar()
	found, err := s.Host.Check(ctx, at, c.Deep, bar.draw)
	bar.clear()
	if err != nil {
		return s.unserved(err)
	}
	exit := ExitDone
	for _, f := range found {
		if f.Severity == org.Critical {
			exit = ExitFailure
		}
	}
	if s.JSON {
		if err := s.json(map[string]any{"ok": len(found) == 0, "findings": s.findings(found)}); err != nil {
			return err
		}
		return told(exit)
	}
	for _, f := range found {
		style := s.ink.warning
		if f.Severity == org.Critical {
			style = s.ink.danger
		}
		said := s.finding(f)
		s.printf("%s: %s\n", s.ink.draw(style, s.text("cli.doctor."+string(f.Severity))), wrapped(said.What, s.columns(), "  "))
		s.printf("  %s\n", wrapped(said.Fix, s.columns(), "  "))
	}
	if len(found) == 0 {
		s.printf("%s\n", s.text("cli.doctor.well"))
	}
	return told(exit)
}

// repair makes anew what can be made from the rest.
func (s *session) repair(ctx context.Context, at Stored) error {
	err := s.Host.Repair(ctx, at)
	if f := (*Fault)(nil); errors.As(err, &f) && f.Code == "inUse" { // asking the server instead would not help
		f.Advice = s.text("cli.advice.repairInUse")
	}
	if err != nil {
		return s.unserved(err)
	}
	s.tell("cli.doctor.repaired")
	return nil
}

// saidFinding is a finding in the words of the catalogue.
type saidFinding struct {
	Code     string         `json:"code"`
	Severity org.Severity   `json:"severity"`
	What     string         `json:"what"`
	Fix      string         `json:"fix"`
	Args     map[string]any `json:"args"`
}

func (s *session) finding(f Finding) saidFinding {
	args := f.Args.Map()
	said := func(key string) string { return clean(locale.Text(s.lang, key, args)) }
	return saidFinding{f.Code, f.Severity, said("doctor." + f.Code), said("doctor." + f.Code + ".fix"), args}
}

func (s *session) findings(found []Finding) []saidFinding {
	all := make([]saidFinding, len(found))
	for i, f := range found {
		all[i] = s.finding(f)
	}
	return all
}

type backupCommand struct {
	File   string `arg:"" name:"backup"`
	Bodies string `placeholder:"DIR"`
}

// Run writes a backup.
func (c *backupCommand) Run(ctx context.Context, s *session) error {
	from, err := s.stored(c.Bodies)
	if err != nil {
		return err
	}
	bar := s.bar()
	kept, err := s.Host.Backup(ctx, from, c.File, bar.counting("cli.keep.bodies"))
	bar.clear()
	if err != nil {
		return s.unserved(err)
	}
	return s.kept("cli.backup.done", kept, c.File)
}

type restoreBackupCommand struct {
	File   string `arg:"" name:"backup"`
	Bodies string `placeholder:"DIR"`
}

// Run brings an organization back from a backup.
func (c *restoreBackupCommand) Run(ctx context.Context, s *session) error {
	to, err := s.stored(c.Bodies)
	if err != nil {
		return err
	}
	bar := s.bar()
	kept, err := s.Host.RestoreBackup(ctx, c.File, to, bar.counting("cli.keep.bodies"))
	bar.clear()
	if err != nil {
		return s.unserved(err)
	}
	return s.kept("cli.restoreBackup.done", kept, firstOf(s.Data, "--database"))
}

type copyCommand struct {
	From       string `required:"" placeholder:"DIR|URL"`
	To         string `required:"" placeholder:"DIR|URL"`
	FromBodies string `placeholder:"DIR"`
	ToBodies   string `placeholder:"DIR"`
}

// Run moves an organization to another place.
func (c *copyCommand) Run(ctx context.Context, s *session) error {
	from, to := Stored{placeOf(c.From), c.FromBodies}, Stored{placeOf(c.To), c.ToBodies}
	if from.Place == to.Place || from.Data != "" && filepath.Clean(from.Data) == filepath.Clean(to.Data) {
		return usage("copyToItself")
	}
	bar := s.bar()
	kept, err := s.Host.Copy(ctx, from, to, bar.counting("cli.keep.rows"))
	bar.clear()
	if err != nil {
		return s.unserved(err)
	}
	return s.kept("cli.copy.done", kept, firstOf(to.Data, "--database"))
}

// placeOf tells a folder and the address of a database apart.
func placeOf(text string) Place {
	if strings.Contains(text, "://") {
		return Place{Database: text}
	}
	return Place{Data: text}
}

// counting shows a number that grows, on a terminal.
func (b *bar) counting(key string) func(int) {
	return func(n int) {
		if b.w != nil && n%100 == 0 {
			b.line = b.s.text(key, "count", n)
			fmt.Fprintf(b.w, "\r\x1b[K%s", b.line)
		}
	}
}

// kept says what was backed up, restored or copied.
func (s *session) kept(key string, k Kept, place string) error {
	if s.JSON {
		return s.json(k)
	}
	s.tell(key, "organization", k.Organization, "count", k.People, "deleted", k.Deleted, "bodies", k.Bodies, "place", place)
	if lost := k.Missing + k.Spoiled; lost > 0 {
		s.tell("cli.keep.lost", "count", lost)
	}
	return nil
}

// unserved words a refusal that no server has worded.
func (s *session) unserved(err error) error {
	r, worded := org.RefusalOf(err), (*Fault)(nil)
	if r == nil || errors.As(err, &worded) {
		return err
	}
	return &Fault{Exit: ExitFailure, Code: r.Reason, Said: locale.Text(s.lang, "refusal."+r.Reason, r.Args.Map()), Advice: s.hint(r.Reason), Cause: err}
}
