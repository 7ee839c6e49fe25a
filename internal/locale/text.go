package locale

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Text answers the message for key in lang with args in its places, each
// written as the language writes a value of its type: a time.Time as a date
// (see Date), a whole number in groups, a time.Duration, a []string as an
// enumeration, an amount of bytes or money, a message inside the message.
// A key that isn't there comes back as it is, so that a missing text shows.
func Text(lang Lang, key string, args map[string]any) string {
	all, _ := catalog()
	message, ok := all[lang][form(all[lang], lang, key, args)]
	if !ok {
		return key
	}
	return message.fill(lang, args)
}

// form answers the key of the plural form that the argument "count" asks for.
func form(in map[string]template, lang Lang, key string, args map[string]any) string {
	n, counts := whole(args["count"])
	if _, plain := in[key]; plain || !counts {
		return key
	}
	if _, ok := in[key+".zero"]; ok && n == 0 {
		return key + ".zero"
	}
	if plural.Cardinal.MatchPlural(language.Make(string(lang)), int(max(n, -n)), 0, 0, 0, 0) == plural.One {
		return key + ".one"
	}
	return key + ".other"
}

// A template is a message cut at its placeholders.
type template []part

// A part is a piece of text, or the name of an argument.
type part struct {
	text string
	name string // empty: text stands there as it is
}

var placeholder = regexp.MustCompile(`\{([A-Za-z][A-Za-z0-9]*)\}`)

// parse cuts a message at its placeholders.
func parse(message string) template {
	var parts template
	at := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(message, -1) {
		if m[0] > at {
			parts = append(parts, part{text: message[at:m[0]]})
		}
		parts = append(parts, part{text: message[m[0]:m[1]], name: message[m[2]:m[3]]})
		at = m[1]
	}
	if at < len(message) {
		parts = append(parts, part{text: message[at:]})
	}
	return parts
}

// fill writes the message. A placeholder without its argument stays as it is.
func (t template) fill(lang Lang, args map[string]any) string {
	if len(t) == 1 && t[0].name == "" {
		return t[0].text
	}
	var b strings.Builder
	for _, p := range t {
		if value, ok := args[p.name]; ok && p.name != "" {
			b.WriteString(Value(lang, value))
		} else {
			b.WriteString(p.text)
		}
	}
	return b.String()
}

// byteCounter is a value that is an amount of bytes.
type byteCounter interface{ ByteCount() int64 }

// moneyed is a value that is money: cents, or what the currency has for them.
type moneyed interface {
	MoneyParts() (minor int64, currency string)
}

// messenger is a value that is itself a message: a role, a step, a product.
type messenger interface {
	MessageParts() (key string, args map[string]any)
}

// Value writes one value the way Text writes an argument of its type.
func Value(lang Lang, value any) string {
	switch v := value.(type) {
	case string:
		return v
	case messenger:
		key, args := v.MessageParts()
		return Text(lang, key, args)
	case byteCounter:
		return Bytes(lang, v.ByteCount())
	case moneyed:
		minor, currency := v.MoneyParts()
		return Money(lang, minor, currency)
	case time.Time:
		return Date(lang, v)
	case time.Duration:
		return Duration(lang, v)
	case []string:
		return List(lang, v)
	case float64:
		return decimal(lang, v)
	case fmt.Stringer: // before numbers: an enumeration has names
		return v.String()
	}
	if n, ok := whole(value); ok {
		return Number(lang, n)
	}
	if v := reflect.ValueOf(value); v.Kind() == reflect.Slice {
		items := make([]string, v.Len())
		for i := range items {
			items[i] = Value(lang, v.Index(i).Interface())
		}
		return List(lang, items)
	}
	return fmt.Sprint(value)
}

// whole answers the value of a whole number of any type.
func whole(value any) (int64, bool) {
	switch v := reflect.ValueOf(value); {
	case v.CanInt():
		return v.Int(), true
	case v.CanUint() && v.Uint() <= math.MaxInt64:
		return int64(v.Uint()), true
	}
	return 0, false
}
