package cli

import (
	"context"

	"leaver/internal/graphclient"
)

type clockShow struct{}

// Run shows the clock of a practice organization.
func (c *clockShow) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	clock, err := l.Clock(ctx)
	if err != nil {
		return practiceOnly(err)
	}
	return s.clockResult(clock)
}

type clockAdvance struct {
	By string `arg:"" name:"by"`
}

// Run moves the clock of a practice organization, and does what has become due.
func (c *clockAdvance) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	clock, err := l.AdvanceClock(ctx, c.By)
	if err != nil {
		return practiceOnly(err)
	}
	return s.clockResult(clock)
}

func (s *session) clockResult(clock graphclient.Answer[graphclient.Clock]) error {
	if s.JSON {
		return s.json(clock)
	}
	s.field(s.text("cli.label.time"), s.moment(clock.V.Time))
	if clock.V.Swept != nil {
		s.showSwept(clock.V.Swept)
	}
	return nil
}

// practiceOnly says it plainly where there is no such clock.
func practiceOnly(err error) error {
	if graphclient.IsStatus(err, 404) {
		return &Fault{Exit: ExitNotFound, Code: "practiceOnly", Cause: err}
	}
	return err
}
