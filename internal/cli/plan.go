package cli

import (
	"context"

	"leaver/internal/graphclient"
)

type planCommand struct {
	leavers
	Full bool
}

// Run shows what deleting would do. Nothing is changed.
func (c *planCommand) Run(ctx context.Context, s *session) error {
	a, err := c.ask(s)
	if err != nil {
		return err
	}
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	plan, err := l.Plan(ctx, a.request)
	if err != nil {
		return err
	}
	if s.JSON {
		if err := s.json(plan); err != nil {
			return err
		}
		return told(planExit(plan.V.Items))
	}
	s.showPlan(&plan.V, c.Full)
	s.showNext(&plan.V, c.command(s))
	return told(planExit(plan.V.Items))
}

// command is the delete command that carries the plan out.
func (c *planCommand) command(s *session) string {
	words := []string{"leaver", "delete"}
	if c.CSV != "" {
		words = append(words, "--csv", c.CSV)
	}
	words = append(words, c.User...)
	words = append(words, c.words()...)
	for _, flag := range []struct{ name, value string }{{"--server", s.Server}, {"--data", s.Data}, {"--database", s.Database}} {
		if flag.value != "" {
			words = append(words, flag.name, flag.value)
		}
	}
	return quote(words)
}

// planExit answers the status of a plan: refused when nobody would leave.
func planExit(items []graphclient.PlanItem) int {
	exit := ExitDone
	for _, item := range items {
		if item.Outcome != outcomeRefused {
			return ExitDone
		}
		status := ExitRefused
		if len(item.Refusals) > 0 {
			status = exitOfRefusal(item.Refusals[0].Kind, item.Refusals[0].Code)
		}
		if exit != ExitDone && exit != status {
			status = ExitRefused
		}
		exit = status
	}
	return exit
}

// The outcomes that the commands look at.
const (
	outcomeRefused = "refused"
	outcomeFailed  = "failed"
)
