package cli

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"leaver/internal/graphclient"
)

type deleteCommand struct {
	leavers
	Yes            bool   `short:"y"`
	Result         string `placeholder:"FILE"`
	Override       string `placeholder:"massDelete"`
	IdempotencyKey string `placeholder:"KEY"`
}

// massDelete is the name by which a run above the threshold is confirmed. R-AD-07
const massDelete = "massDelete"

// Run plans, shows the plan, has it confirmed and carries it out.
func (c *deleteCommand) Run(ctx context.Context, s *session) error {
	if err := c.check(s); err != nil {
		return err
	}
	a, err := c.ask(s)
	if err != nil {
		return err
	}
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	if done, err := c.again(ctx, s, l, a); done || err != nil {
		return err
	}
	plan, err := c.plan(ctx, s, l, a)
	if err != nil {
		return err
	}
	if !c.Yes {
		if err := s.confirmDelete(ctx, plan); err != nil {
			return err
		}
	}
	a.request.Hash, a.request.Override = plan.Hash, c.Override
	started, err := l.StartDeparture(ctx, a.request, firstOf(c.IdempotencyKey, s.NewKey()))
	if err != nil {
		return err
	}
	ended, err := s.follow(ctx, l, started.V.ID)
	if err != nil {
		return err
	}
	return s.showResult(ctx, l, ended, a, c.Result)
}

// again answers the run that the same key began before, when there is one: a
// script that lost its connection asks for it anew. R-SM-14
func (c *deleteCommand) again(ctx context.Context, s *session, l *link, a *ask) (bool, error) {
	if c.IdempotencyKey == "" {
		return false, nil
	}
	before, err := l.DepartureByKey(ctx, c.IdempotencyKey)
	if before == nil || err != nil {
		return false, err
	}
	if before.Total != len(a.request.Users) {
		return true, fault(ExitRefused, "departure.keyReused")
	}
	for i := range before.Items { // the first of them
		asked := a.request.Users[i].User
		if it := &before.Items[i]; !strings.EqualFold(it.User, asked) && !strings.EqualFold(it.ID, asked) {
			return true, fault(ExitRefused, "departure.keyReused")
		}
	}
	ended, err := s.follow(ctx, l, before.ID)
	if err != nil {
		return true, err
	}
	return true, s.showResult(ctx, l, ended, a, c.Result)
}

// check refuses what could not be confirmed, or not be told of, before anything is
// asked.
func (c *deleteCommand) check(s *session) error {
	if err := whoIs(c.User, c.CSV); err != nil {
		return err
	}
	if err := writable(c.Result); err != nil {
		return err
	}
	switch {
	case c.Override != "" && c.Override != massDelete:
		return usage("badOverride", "value", c.Override)
	case c.Yes:
		return nil
	case s.JSON, c.CSV == "-", !s.Terminal.In:
		return usage("needYes")
	}
	return nil
}

// plan plans, and shows the plan unless it is confirmed already. Of many people the
// items are not kept.
func (c *deleteCommand) plan(ctx context.Context, s *session, l *link, a *ask) (*graphclient.Plan, error) {
	many := len(a.request.Users) > 1
	if many && c.Yes {
		plan, err := l.PlanBriefly(ctx, a.request)
		if err != nil || plan.V.Leaving > 0 {
			return &plan.V, errors.Join(err, c.unnoticed(&plan.V))
		}
	} else if many {
		v := s.viewPlan(len(a.request.Users), false)
		plan, err := l.PlanEach(ctx, a.request, func(p *graphclient.Plan) error {
			if p.Leaving == 0 {
				return errNobody
			}
			return c.unnoticed(p)
		}, v.add)
		if err == nil {
			v.end(&plan)
		}
		if !errors.Is(err, errNobody) {
			return &plan, err
		}
	}
	plan, err := l.Plan(ctx, a.request)
	if err == nil {
		err = c.refused(s, a, plan)
	}
	if err == nil && !c.Yes {
		s.showPlan(&plan.V)
	}
	return &plan.V, err
}

var errNobody = errors.New("nobody would leave")

// unnoticed stops a run that is larger than goes unnoticed. R-AD-07
func (c *deleteCommand) unnoticed(plan *graphclient.Plan) error {
	if plan.MassDelete && c.Override != massDelete {
		return fault(ExitRefused, "departure.massDelete", "count", plan.Leaving)
	}
	return nil
}

// refused stops a run in which nobody would leave, or that is larger than goes
// unnoticed. A file of results is written all the same: the one of an earlier
// run would look like an answer.
func (c *deleteCommand) refused(s *session, a *ask, answer graphclient.Answer[graphclient.Plan]) error {
	plan := &answer.V
	if plan.Leaving == 0 {
		if c.Result != "" {
			if err := s.writeResults(c.Result, a, listed(refusedItems(plan.Items))); err != nil {
				return err
			}
		}
		if len(plan.Items) == 1 && len(plan.Items[0].Refusals) > 0 {
			r := plan.Items[0].Refusals[0]
			return &Fault{
				Exit: exitOfRefusal(r.Kind, r.Code), Code: r.Code, Said: r.Text, Advice: firstOf(r.Hint, s.adviceOn(r.Code, r.Text)),
			}
		}
		switch {
		case s.JSON:
			if err := s.json(answer); err != nil {
				return err
			}
		case c.Result != "-":
			s.showPlan(plan)
		}
		return fault(planExit(plan.Items), "allRefused", "count", len(plan.Items))
	}
	return c.unnoticed(plan)
}

// confirmDelete has one person confirmed with a letter, and many with their
// number, which nobody types by accident.
func (s *session) confirmDelete(ctx context.Context, plan *graphclient.Plan) error {
	n := plan.Leaving
	if len(plan.Items) == 1 {
		return s.confirm(ctx, s.text("cli.ask.deleteOne", "user", s.nameOf(plan.Items[0].DisplayName, plan.Items[0].User)), s.isYes)
	}
	return s.confirm(ctx, s.text("cli.ask.deleteMany", "count", n), func(answer string) bool { return answer == strconv.Itoa(n) })
}

// confirmable refuses what has to be confirmed where nobody can be asked, unless
// it is already.
func (s *session) confirmable(sure bool) error {
	if !sure && (!s.Terminal.In || s.JSON) {
		return usage("needYesHere")
	}
	return nil
}

// confirm asks a question on standard error; the answer has to please.
func (s *session) confirm(ctx context.Context, question string, pleases func(string) bool) error {
	if err := s.out.Flush(); err != nil {
		return err
	}
	_, _ = io.WriteString(s.Stderr, "\n"+question+" ")
	answers := make(chan string, 1)
	go func() { // ends with the process when nobody answers
		line, _ := s.typed.ReadString('\n')
		answers <- strings.TrimSpace(line)
	}()
	select {
	case answer := <-answers:
		if pleases(answer) {
			return nil
		}
		return fault(ExitFailure, "notConfirmed")
	case <-ctx.Done():
		_, _ = io.WriteString(s.Stderr, "\n")
		return ctx.Err()
	}
}

// isYes takes a yes in either language.
func (s *session) isYes(answer string) bool {
	switch strings.ToLower(answer) {
	case "y", "yes", "j", "ja":
		return true
	}
	return false
}
