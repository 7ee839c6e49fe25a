package locale

import (
	"testing"
	"time"
)

type size int64

func (s size) ByteCount() int64 { return int64(s) }

type price struct{ cents int64 }

func (p price) MoneyParts() (int64, string) { return p.cents, "EUR" }

type window int

func (w window) MessageParts() (string, map[string]any) {
	return "format.daysLeft", map[string]any{"count": int(w)}
}

type (
	seats int
	upn   string
	light int
)

func (light) String() string { return "green" }

func TestTextPlural(t *testing.T) {
	tests := []struct {
		count any
		want  string
	}{
		{0, "laatste dag"},
		{1, "nog 1 dag"},
		{2, "nog 2 dagen"},
		{int64(1), "nog 1 dag"},
		{seats(1200), "nog 1.200 dagen"},
	}
	for _, tt := range tests {
		if got := Text(Dutch, "format.daysLeft", map[string]any{"count": tt.count}); got != tt.want {
			t.Errorf("with count %v: got %q, want %q", tt.count, got, tt.want)
		}
	}
}

func TestTextShowsWhatIsMissing(t *testing.T) {
	if got := Text(English, "format.noSuchKey", nil); got != "format.noSuchKey" {
		t.Errorf("an unknown key: got %q, want the key", got)
	}
	if got := Text(English, "format.days", nil); got != "format.days" {
		t.Errorf("a plural without its count: got %q, want the key", got)
	}
	if got, want := Text(English, "format.list", map[string]any{"first": "a"}), "a and {last}"; got != want {
		t.Errorf("a missing argument: got %q, want %q", got, want)
	}
}

func TestTextDoesNotFillTwice(t *testing.T) {
	args := map[string]any{"first": "{last}", "last": "b"}
	if got, want := Text(English, "format.list", args), "{last} and b"; got != want {
		t.Errorf("an argument that looks like a placeholder: got %q, want %q", got, want)
	}
}

func TestValue(t *testing.T) {
	tests := []struct {
		name   string
		value  any
		en, nl string
	}{
		{"text", "anna", "anna", "anna"},
		{"typed text", upn("anna@lindeboom.example"), "anna@lindeboom.example", "anna@lindeboom.example"},
		{"whole number", 1234, "1,234", "1.234"},
		{"typed number", seats(1234), "1,234", "1.234"},
		{"unsigned number", uint16(1234), "1,234", "1.234"},
		{"a number with a name", light(3), "green", "green"},
		{"fraction", 1234.56, "1,234.6", "1.234,6"},
		{"fraction below zero", -0.04, "0", "0"},
		{"date", time.Date(2026, 5, 4, 23, 0, 0, 0, time.UTC), "4 May 2026", "4 mei 2026"},
		{"duration", 30 * 24 * time.Hour, "30 days", "30 dagen"},
		{"bytes", size(62 << 30), "62 GB", "62 GB"},
		{"money", price{840}, "€8.40", "€ 8,40"},
		{"a message", window(3), "3 days left", "nog 3 dagen"},
		{"list", []string{"a", "b", "c"}, "a, b and c", "a, b en c"},
		{"typed list", []upn{"a", "b"}, "a and b", "a en b"},
		{"list of messages", []window{1, 2}, "1 day left and 2 days left", "nog 1 dag en nog 2 dagen"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Value(English, tt.value); got != tt.en {
				t.Errorf("in English: got %q, want %q", got, tt.en)
			}
			if got := Value(Dutch, tt.value); got != tt.nl {
				t.Errorf("in Dutch: got %q, want %q", got, tt.nl)
			}
		})
	}
}

func BenchmarkText(b *testing.B) {
	args := map[string]any{"count": 12}
	for b.Loop() {
		Text(Dutch, "format.daysLeft", args)
	}
}
