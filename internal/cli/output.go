package cli

import (
	"bufio"
	"encoding/json"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"leaver/internal/graphclient"
	"leaver/internal/locale"
)

// json writes a value for machines.
func (s *session) json(value any) error {
	encoder := json.NewEncoder(s.out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// jsonList writes a list for machines as it comes in, each element on a line of
// its own: {"value":[…]}, as Graph gives it, all pages joined.
func jsonList[T any](s *session, all iter.Seq2[graphclient.Answer[T], error], limit int) error {
	n := 0
	s.printf(`{"value":[`)
	for element, err := range all {
		if err != nil {
			return err
		}
		if n > 0 {
			s.printf(",")
		}
		s.printf("\n%s", element.JSON)
		if n++; n == limit {
			break
		}
	}
	s.printf("\n]}\n")
	return nil
}

// jsonFile writes a whole list for machines to a file, or to standard output.
func jsonFile[T any](s *session, name string, all iter.Seq2[graphclient.Answer[T], error]) error {
	return s.output(name, func(w io.Writer) error {
		here := *s
		here.out = bufio.NewWriter(w)
		if err := jsonList(&here, all, 0); err != nil {
			return err
		}
		return here.out.Flush()
	})
}

// each calls do for the first elements of a list.
func each[T any](all iter.Seq2[graphclient.Answer[T], error], limit int, do func(T)) (int, error) {
	n := 0
	for element, err := range all {
		if err != nil {
			return n, err
		}
		do(element.V)
		if n++; n == limit {
			break
		}
	}
	return n, nil
}

// date writes a day for a table, and nothing for no date.
func (s *session) date(t time.Time) string { return locale.ShortDate(s.lang, t) }

// moment writes a day and time.
func (s *session) moment(t time.Time) string { return locale.DateTime(s.lang, t) }

// number writes a number.
func (s *session) number(n int) string { return locale.Number(s.lang, int64(n)) }

// amount writes money that the server gave in its main unit.
func (s *session) amount(a graphclient.Amount) string {
	text := strconv.FormatFloat(a.Amount, 'f', locale.Cents(a.Currency), 64)
	minor, err := strconv.ParseInt(strings.Replace(text, ".", "", 1), 10, 64)
	if err != nil {
		return text + " " + clean(a.Currency)
	}
	return locale.Money(s.lang, minor, clean(a.Currency))
}

// yesNo writes a truth.
func (s *session) yesNo(v bool) string {
	if v {
		return s.text("cli.yes")
	}
	return s.text("cli.no")
}

// word translates a word of the API that the catalogue knows, and gives others
// as they are.
func (s *session) word(area, word string) string {
	if key := "cli.word." + area + "." + word; locale.Has(s.lang, key) {
		return s.text(key)
	}
	return clean(word)
}
