package web

import (
	"slices"
	"strings"
	"time"

	"leaver/internal/org"
)

// topic sorts a consequence under the part of the wizard that it belongs to.
func topic(c org.Consequence) string {
	area, _, _ := strings.Cut(c.Key, ".")
	switch area {
	case "license", "bill":
		return "licenses"
	case "mailbox", "mail":
		return "mail"
	case "addresses":
		return "aliases"
	case "files":
		return "files"
	}
	return "account"
}

// about are the consequences of one topic.
func about(all []org.Consequence, name string) []org.Consequence {
	return slices.DeleteFunc(slices.Clone(all), func(c org.Consequence) bool { return topic(c) != name })
}

// moment is a date on the line of a plan.
type moment struct {
	At    time.Time
	Label string
	Last  bool // what is lost then can't come back
}

// clockOf names the clock behind a dated consequence.
var clockOf = map[string]string{
	"account.purged": "clock.user", "mailbox.softDeleted": "clock.mailbox", "mailbox.goneBeforeAccount": "clock.mailbox",
	"files.retained": "clock.drive", "files.secondNotice": "clock.driveNotice", "files.gone": "clock.driveGone",
	"files.readOnly": "clock.driveReadOnly", "files.archived": "clock.driveArchived",
}

// moments puts the dates of consequences on a line, several of one day together.
func (v *visit) moments(all []org.Consequence) []moment {
	days := map[string]*moment{}
	var line []*moment
	add := func(at time.Time, label string, last bool) {
		key := at.Format(time.DateOnly)
		m := days[key]
		if m == nil {
			m = &moment{At: at}
			days[key] = m
			line = append(line, m)
		}
		if m.Label != "" {
			label = m.Label + "; " + lowerFirst(label)
		}
		m.Label, m.Last = label, m.Last || last
	}
	for _, c := range all {
		if c.Date.IsZero() {
			continue
		}
		if key, ok := clockOf[c.Key]; ok {
			add(c.Date, v.T(key), strings.HasSuffix(key, "user") || strings.HasSuffix(key, "mailbox") || strings.HasSuffix(key, "Gone"))
		}
		if strings.HasPrefix(c.Key, "bill.") {
			add(c.Date, v.T("web.plan.billUntil"), false)
		}
	}
	slices.SortFunc(line, func(a, b *moment) int { return a.At.Compare(b.At) })
	out := []moment{{At: v.Now, Label: v.T("web.plan.today")}}
	for _, m := range line {
		out = append(out, *m)
	}
	return out
}

func lowerFirst(s string) string {
	if len(s) < 2 || strings.ToUpper(s[:2]) == s[:2] || strings.HasPrefix(s, "OneDrive") {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// saved is a sentence about money that stops being spent.
func (v *visit) saved(s org.Saving) string {
	return v.T("web.plan.saving", "count", s.Seats, "product", s.Product, "amount", s.Monthly, "date", s.From)
}

// undoUntil is how long undo is possible: the last day that the account can come
// back, zero when there is no such day.
func undoUntil(all []org.Consequence) time.Time {
	for _, c := range all {
		if c.Key == "account.purged" {
			return c.Date
		}
	}
	return time.Time{}
}
