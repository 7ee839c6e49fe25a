package cli

import (
	"context"
	"strings"

	"leaver/internal/graphclient"
	"leaver/internal/locale"
)

type driveShow struct {
	User string `arg:"" name:"user"`
}

// Run shows a drive.
func (c *driveShow) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	return s.driveResult(ctx, l, c.User)
}

// driveResult shows a drive as it is now.
func (s *session) driveResult(ctx context.Context, l *link, user string) error {
	drive, err := l.Drive(ctx, user)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.json(drive)
	}
	s.showDrive(&drive.V)
	s.showWithheld(drive.V.Withheld)
	return nil
}

func (s *session) showDrive(d *graphclient.Drive) {
	s.field(s.text("cli.label.state"), s.word("driveState", d.State))
	s.field(s.text("cli.label.size"), locale.Bytes(s.lang, d.Size))
	s.field(s.text("cli.label.items"), s.number(d.Items))
	s.field(s.text("cli.label.access"), names(d.Grants))
	s.field(s.text("cli.label.sharedWith"), names(d.SharedWith))
	var computers []string
	for _, computer := range d.Devices {
		computers = append(computers, computer.Name)
	}
	s.field(s.text("cli.label.computers"), strings.Join(computers, ", "))
}

type driveGrant struct {
	User string `arg:"" name:"user"`
	Who  string `arg:"" name:"who"`
}

// Run gives somebody access to a whole drive.
func (c *driveGrant) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	if _, err := l.GrantDrive(ctx, c.User, c.Who); err != nil {
		return err
	}
	return s.driveResult(ctx, l, c.User)
}

type driveRevoke struct {
	User string `arg:"" name:"user"`
	Who  string `arg:"" name:"who"`
}

// Run takes access to a drive away from somebody.
func (c *driveRevoke) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	if err := l.RevokeDrive(ctx, c.User, c.Who); err != nil {
		return err
	}
	s.tell("cli.access.revoked", "who", c.Who, "user", c.User)
	return nil
}

type driveRestore struct {
	User string `arg:"" name:"left"`
	To   string `required:"" placeholder:"UPN"`
}

// Run brings the drive of somebody who was purged back for somebody else. R-OD-06
func (c *driveRestore) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	drive, err := l.RestoreDrive(ctx, c.User, c.To)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.json(drive)
	}
	s.printf("%s\n", s.text("cli.drive.restored", "owner", firstOf(drive.V.Owner, c.User), "who", c.To))
	s.field(s.text("cli.column.id"), drive.V.ID)
	s.field(s.text("cli.label.size"), locale.Bytes(s.lang, drive.V.Size))
	s.field(s.text("cli.label.items"), s.number(drive.V.Items))
	return nil
}

type driveRelease struct {
	User string `arg:"" name:"left"`
	Yes  bool   `short:"y"`
}

// Run lets go of the drive of somebody who was purged. R-OD-09
func (c *driveRelease) Run(ctx context.Context, s *session) error {
	return s.release(ctx, c.User, c.Yes, "cli.drive.released", func(l *link) error { return l.ReleaseDrive(ctx, c.User) })
}

// release has it confirmed that what outlived somebody's account goes.
func (s *session) release(ctx context.Context, user string, sure bool, done string, do func(*link) error) error {
	if err := s.confirmable(sure); err != nil {
		return err
	}
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	if !sure {
		if err := s.confirm(ctx, s.text("cli.ask.release", "user", user), s.isYes); err != nil {
			return err
		}
	}
	if err := do(l); err != nil {
		return err
	}
	s.tell(done, "user", user)
	return nil
}
