package cli

import (
	"context"
	"strings"

	"leaver/internal/graphclient"
)

type subscriptionList struct{}

// Run lists the subscriptions.
func (c *subscriptionList) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	ledger, err := l.Subscriptions(ctx)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.json(ledger)
	}
	t := s.table(s.text("cli.column.sku"), s.text("cli.column.product"), s.text("cli.column.total"), s.text("cli.column.assigned"),
		s.text("cli.column.channel"), s.text("cli.column.commitment"), s.text("cli.column.renews"), s.text("cli.column.price")).numbers(2, 3, 7).dispensable(5, 4, 1)
	for i := range ledger.V.Value {
		s.subscriptionRow(t, &ledger.V.Value[i].V)
	}
	t.end()
	s.showWithheld(ledger.V.Withheld)
	return nil
}

func (s *session) subscriptionRow(t *table, sub *graphclient.Subscription) {
	total := s.number(sub.TotalLicenses)
	if change := sub.ScheduledChange; change != nil {
		total = s.text("cli.subscription.scheduled", "total", sub.TotalLicenses, "then", change.TotalLicenses)
	}
	price := ""
	if sub.Price.Amount > 0 {
		price = s.amount(sub.Price) + " / " + s.text("cli.per."+perOf(sub.Price))
	}
	t.row(sub.SkuPartNumber, sub.DisplayName, total, s.number(sub.AssignedLicenses), s.word("channel", sub.Channel),
		s.word("commitment", sub.Commitment), s.date(sub.TermEnd), price)
}

type subscriptionSetQuantity struct {
	SKU       string `arg:"" name:"sku"`
	Total     int    `arg:"" name:"total"`
	AtRenewal bool
}

// Run asks for a new total number of licences: not how many go, but how many
// there will be. R-LIC-21
func (c *subscriptionSetQuantity) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	ledger, err := l.Subscriptions(ctx)
	if err != nil {
		return err
	}
	when := "now"
	if c.AtRenewal {
		when = "renewal"
	}
	var found []graphclient.Subscription
	for _, sub := range ledger.V.Value {
		if v := sub.V; strings.EqualFold(v.ID, c.SKU) || strings.EqualFold(v.SkuPartNumber, c.SKU) ||
			strings.EqualFold(v.SkuID, c.SKU) || strings.EqualFold(v.DisplayName, c.SKU) {
			found = append(found, v)
		}
	}
	switch {
	case len(found) == 0 && len(ledger.V.Withheld) > 0: // it may be one that isn't shown: the server says which it is
		_, err := l.SetQuantity(ctx, c.SKU, c.Total, when)
		return err
	case len(found) == 0:
		return fault(ExitNotFound, "noSubscription", "sku", c.SKU)
	case len(found) > 1:
		ids := make([]string, len(found))
		for i := range found {
			ids[i] = found[i].ID
		}
		return usage("manySubscriptions", "sku", c.SKU, "ids", strings.Join(ids, ", "))
	}
	changed, err := l.SetQuantity(ctx, found[0].ID, c.Total, when)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.json(changed)
	}
	sub := changed.V
	if change := sub.ScheduledChange; c.AtRenewal && change != nil {
		s.printf("%s\n", s.text("cli.subscription.willBe", "product", sub.DisplayName, "total", change.TotalLicenses, "date", change.Effective))
		return nil
	}
	s.printf("%s\n", s.text("cli.subscription.is", "product", sub.DisplayName, "total", sub.TotalLicenses, "assigned", sub.AssignedLicenses))
	return nil
}
