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
	all := l.Subscriptions(ctx)
	if s.JSON {
		return jsonList(s, all, 0)
	}
	t := s.table(s.text("cli.column.sku"), s.text("cli.column.product"), s.text("cli.column.total"), s.text("cli.column.assigned"),
		s.text("cli.column.channel"), s.text("cli.column.commitment"), s.text("cli.column.renews"), s.text("cli.column.price")).numbers(2, 3, 7).dispensable(5, 4, 1)
	_, err = each(all, 0, func(sub graphclient.Subscription) { s.subscriptionRow(t, &sub) })
	t.end()
	return err
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
	var found []graphclient.Subscription
	for sub, err := range l.Subscriptions(ctx) {
		if err != nil {
			return err
		}
		if v := sub.V; strings.EqualFold(v.ID, c.SKU) || strings.EqualFold(v.SkuPartNumber, c.SKU) ||
			strings.EqualFold(v.SkuID, c.SKU) || strings.EqualFold(v.DisplayName, c.SKU) {
			found = append(found, v)
		}
	}
	switch {
	case len(found) == 0:
		return fault(ExitNotFound, "noSubscription", "sku", c.SKU)
	case len(found) > 1:
		ids := make([]string, len(found))
		for i := range found {
			ids[i] = found[i].ID
		}
		return usage("manySubscriptions", "sku", c.SKU, "ids", strings.Join(ids, ", "))
	}
	when := "now"
	if c.AtRenewal {
		when = "renewal"
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
