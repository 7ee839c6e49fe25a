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
	if s.JSON {
		return s.planJSON(ctx, l, a)
	}
	v := s.viewPlan(len(a.request.Users), c.Full)
	plan, err := l.PlanEach(ctx, a.request, nil, v.add)
	if err != nil {
		return err
	}
	v.end(&plan)
	s.showNext(&plan, c.command(s))
	return told(v.exit.status())
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
	var e exit
	for i := range items {
		e.add(&items[i])
	}
	return e.status()
}

// exit is the status of a plan whose items come one by one.
type exit struct {
	goes    bool // somebody leaves
	refused int  // the status of all who don't, as far as it is the same
}

func (e *exit) add(item *graphclient.PlanItem) {
	if item.Outcome != outcomeRefused {
		e.goes = true
		return
	}
	status := ExitRefused
	if len(item.Refusals) > 0 {
		status = exitOfRefusal(item.Refusals[0].Kind, item.Refusals[0].Code)
	}
	e.refuse(status)
}

// refuse adds one more refusal.
func (e *exit) refuse(status int) {
	if e.refused != ExitDone && e.refused != status {
		status = ExitRefused
	}
	e.refused = status
}

func (e *exit) status() int {
	if e.goes {
		return ExitDone
	}
	return e.refused
}

// The outcomes that the commands look at.
const (
	outcomeRefused = "refused"
	outcomeFailed  = "failed"
)
