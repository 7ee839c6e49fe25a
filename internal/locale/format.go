package locale

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// months holds the names of the months, by language and from January on.
var months = map[Lang][12]string{
	English: {
		"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November", "December",
	},
	Dutch: {
		"januari", "februari", "maart", "april", "mei", "juni",
		"juli", "augustus", "september", "oktober", "november", "december",
	},
}

// shortMonths holds the names of the months as tables have room for.
var shortMonths = map[Lang][12]string{
	English: {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
	Dutch:   {"jan.", "feb.", "mrt.", "apr.", "mei", "jun.", "jul.", "aug.", "sep.", "okt.", "nov.", "dec."},
}

// Date writes the day of t, in t's own time zone: 21 November 2026.
// The zero time is nothing.
func Date(lang Lang, t time.Time) string { return day(months, lang, t) }

// ShortDate writes the day of t for a table: 21 Nov 2026.
func ShortDate(lang Lang, t time.Time) string { return day(shortMonths, lang, t) }

// day writes a day with the given names of months.
func day(names map[Lang][12]string, lang Lang, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d %s %d", t.Day(), names[lang][t.Month()-1], t.Year())
}

// DateTime writes the day and minute of t, in t's own time zone:
// 21 November 2026 at 14:05. The zero time is nothing.
func DateTime(lang Lang, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return Text(lang, "format.dateTime", map[string]any{"date": Date(lang, t), "time": t.Format("15:04")})
}

// Number writes n in groups of three digits: 1,234.
func Number(lang Lang, n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(groupMark(lang))
		}
		b.WriteRune(digit)
	}
	return b.String()
}

// decimal writes x with at most one digit behind the mark.
func decimal(lang Lang, x float64) string {
	tenths := int64(math.Round(x * 10))
	sign := ""
	if tenths < 0 {
		sign, tenths = "-", -tenths
	}
	if tenths%10 == 0 {
		return sign + Number(lang, tenths/10)
	}
	return sign + Number(lang, tenths/10) + decimalMark(lang) + strconv.FormatInt(tenths%10, 10)
}

func groupMark(lang Lang) string {
	if lang == Dutch {
		return "."
	}
	return ","
}

func decimalMark(lang Lang) string {
	if lang == Dutch {
		return ","
	}
	return "."
}

// Bytes writes an amount of data as Microsoft 365 does, in units of 1024 and
// with one digit behind the mark where that says something: 62 GB, 1.5 MB.
func Bytes(lang Lang, n int64) string {
	units := []string{"KB", "MB", "GB", "TB", "PB"}
	if n > -1024 && n < 1024 {
		return Text(lang, "format.bytes", map[string]any{"count": n})
	}
	x, unit := float64(n)/1024, 0
	for math.Abs(x) >= 1023.95 && unit < len(units)-1 { // what would be written as 1,024
		x, unit = x/1024, unit+1
	}
	return decimal(lang, x) + " " + units[unit]
}

// Cents is how many digits the amounts of a currency have behind the point.
func Cents(currency string) int {
	if currency == "JPY" || currency == "KRW" {
		return 0
	}
	return 2
}

// Money writes an amount in the smallest coins of its currency: €8.40.
func Money(lang Lang, minor int64, currency string) string {
	sign := ""
	if minor < 0 {
		sign, minor = "-", -minor
	}
	amount := Number(lang, minor/100) + fmt.Sprintf("%s%02d", decimalMark(lang), minor%100)
	if Cents(currency) == 0 {
		amount = Number(lang, minor)
	}
	symbols := map[string]string{"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥"}
	symbol, known := symbols[currency]
	switch {
	case !known:
		return currency + " " + sign + amount
	case lang == Dutch:
		return symbol + " " + sign + amount
	}
	return sign + symbol + amount
}

// List writes an enumeration: a, b and c.
func List(lang Lang, items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	last := len(items) - 1
	return Text(lang, "format.list", map[string]any{"first": strings.Join(items[:last], ", "), "last": items[last]})
}

// Duration writes a length of time in its largest whole unit: 30 days,
// 4 hours, 1 minute.
func Duration(lang Lang, d time.Duration) string {
	d = max(d, -d)
	switch {
	case d >= 24*time.Hour:
		return Text(lang, "format.days", map[string]any{"count": int64(d / (24 * time.Hour))})
	case d >= time.Hour:
		return Text(lang, "format.hours", map[string]any{"count": int64(d / time.Hour)})
	case d >= time.Minute:
		return Text(lang, "format.minutes", map[string]any{"count": int64(d / time.Minute)})
	}
	return Text(lang, "format.seconds", map[string]any{"count": int64(d / time.Second)})
}

// DaysLeft writes how long a window stays open: 12 days left. Zero days is the
// last day, less than none a window that has closed.
func DaysLeft(lang Lang, days int) string {
	if days < 0 {
		return Text(lang, "format.windowClosed", nil)
	}
	return Text(lang, "format.daysLeft", map[string]any{"count": days})
}
