package locale

import (
	"testing"
	"time"
)

func TestFormats(t *testing.T) {
	moment := time.Date(2026, 11, 21, 14, 5, 9, 0, time.UTC)
	tests := []struct {
		name   string
		format func(Lang) string
		en, nl string
	}{
		{"date", func(l Lang) string { return Date(l, moment) }, "21 November 2026", "21 november 2026"},
		{"date of a day below ten", func(l Lang) string { return Date(l, time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)) }, "1 March 2027", "1 maart 2027"},
		{"date in its own zone", func(l Lang) string { return Date(l, moment.In(time.FixedZone("", 11*3600))) }, "22 November 2026", "22 november 2026"},
		{"no date", func(l Lang) string { return Date(l, time.Time{}) }, "", ""},
		{"short date", func(l Lang) string { return ShortDate(l, time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)) }, "2 Mar 2026", "2 mrt. 2026"},
		{"moment", func(l Lang) string { return DateTime(l, moment) }, "21 November 2026 at 14:05", "21 november 2026 om 14:05"},
		{"no moment", func(l Lang) string { return DateTime(l, time.Time{}) }, "", ""},
		{"small number", func(l Lang) string { return Number(l, 999) }, "999", "999"},
		{"number", func(l Lang) string { return Number(l, 1234567) }, "1,234,567", "1.234.567"},
		{"negative number", func(l Lang) string { return Number(l, -123456) }, "-123,456", "-123.456"},
		{"bytes", func(l Lang) string { return Bytes(l, 1) }, "1 byte", "1 byte"},
		{"below a kilobyte", func(l Lang) string { return Bytes(l, 1023) }, "1,023 bytes", "1.023 bytes"},
		{"kilobytes", func(l Lang) string { return Bytes(l, 1536) }, "1.5 KB", "1,5 KB"},
		{"not 1,024 MB", func(l Lang) string { return Bytes(l, 1<<30-1) }, "1 GB", "1 GB"},
		{"gigabytes", func(l Lang) string { return Bytes(l, 62<<30) }, "62 GB", "62 GB"},
		{"just over a limit", func(l Lang) string { return Bytes(l, 50<<30+200<<20) }, "50.2 GB", "50,2 GB"},
		{"money", func(l Lang) string { return Money(l, 840, "EUR") }, "€8.40", "€ 8,40"},
		{"much money", func(l Lang) string { return Money(l, 123456789, "EUR") }, "€1,234,567.89", "€ 1.234.567,89"},
		{"cents", func(l Lang) string { return Money(l, 5, "EUR") }, "€0.05", "€ 0,05"},
		{"money back", func(l Lang) string { return Money(l, -840, "EUR") }, "-€8.40", "€ -8,40"},
		{"no cents in yen", func(l Lang) string { return Money(l, 1500, "JPY") }, "¥1,500", "¥ 1.500"},
		{"a currency without a sign", func(l Lang) string { return Money(l, 1500, "SEK") }, "SEK 15.00", "SEK 15,00"},
		{"empty list", func(l Lang) string { return List(l, nil) }, "", ""},
		{"list of one", func(l Lang) string { return List(l, []string{"a"}) }, "a", "a"},
		{"list of two", func(l Lang) string { return List(l, []string{"a", "b"}) }, "a and b", "a en b"},
		{"list", func(l Lang) string { return List(l, []string{"a", "b", "c"}) }, "a, b and c", "a, b en c"},
		{"a day", func(l Lang) string { return Duration(l, 47*time.Hour) }, "1 day", "1 dag"},
		{"days", func(l Lang) string { return Duration(l, 720*time.Hour) }, "30 days", "30 dagen"},
		{"hours", func(l Lang) string { return Duration(l, 5*time.Hour) }, "5 hours", "5 uur"},
		{"minutes", func(l Lang) string { return Duration(l, 90*time.Second) }, "1 minute", "1 minuut"},
		{"no time", func(l Lang) string { return Duration(l, 0) }, "0 seconds", "0 seconden"},
		{"days left", func(l Lang) string { return DaysLeft(l, 12) }, "12 days left", "nog 12 dagen"},
		{"a day left", func(l Lang) string { return DaysLeft(l, 1) }, "1 day left", "nog 1 dag"},
		{"the last day", func(l Lang) string { return DaysLeft(l, 0) }, "last day", "laatste dag"},
		{"too late", func(l Lang) string { return DaysLeft(l, -3) }, "no days left", "geen dagen meer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.format(English); got != tt.en {
				t.Errorf("in English: got %q, want %q", got, tt.en)
			}
			if got := tt.format(Dutch); got != tt.nl {
				t.Errorf("in Dutch: got %q, want %q", got, tt.nl)
			}
		})
	}
}
