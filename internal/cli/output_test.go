package cli

import (
	"testing"

	"leaver/internal/graphclient"
	"leaver/internal/locale"
)

// TestAmount writes money that the server gave in its main unit.
func TestAmount(t *testing.T) {
	for currency, want := range map[string]string{"EUR": "€1,500.40", "JPY": "¥1,500", "CHF": "CHF 1,500.40"} {
		amount := 1500.4
		if currency == "JPY" {
			amount = 1500
		}
		s, _ := newSession(t, locale.English, 0)
		if got := s.amount(graphclient.Amount{Amount: amount, Currency: currency}); got != want {
			t.Errorf("%s: got %s, want %s", currency, got, want)
		}
	}
}
