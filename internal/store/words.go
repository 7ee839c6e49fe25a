package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// wordStarts are the characters behind which a word of a name begins. R-API-15
const wordStarts = " -("

// words are what somebody is found by: the words of their names, their user name
// and their address, folded, each once. The user name is the one from before a
// deletion, so that deleting and restoring leaves them alone.
func words(p *org.Person) []string {
	all := []string{Fold(org.OriginalUPN(p.ID, p.UPN)), Fold(p.Mail)}
	for _, name := range []string{p.DisplayName, p.GivenName, p.Surname} {
		folded := Fold(name)
		all = append(all, folded)
		for i, r := range folded {
			if strings.ContainsRune(wordStarts, r) {
				all = append(all, strings.TrimLeft(folded[i+1:], wordStarts))
			}
		}
	}
	for i, w := range all {
		all[i], _, _ = strings.Cut(w, " ") // a search looks for one word at a time
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return slices.DeleteFunc(all, func(w string) bool { return w == "" })
}

// saveWords keeps the table of words in step with a person.
func (t *txn) saveWords(ctx context.Context, c *offboard.Change) error {
	b, a := &c.Before, &c.After
	if b.Key != 0 && b.DisplayName == a.DisplayName && b.GivenName == a.GivenName && b.Surname == a.Surname && b.Mail == a.Mail &&
		org.OriginalUPN(b.ID, b.UPN) == org.OriginalUPN(a.ID, a.UPN) {
		return nil
	}
	var before []string
	if b.Key != 0 {
		before = words(b)
	}
	after := words(a)
	if slices.Equal(before, after) {
		return nil
	}
	gone := slices.DeleteFunc(before, func(w string) bool { return slices.Contains(after, w) })
	if err := t.dropWords(ctx, c.After.Key, gone); err != nil {
		return err
	}
	list, err := json.Marshal(after)
	if err != nil {
		return err
	}
	if _, err := t.Exec(ctx, `insert into user_words (word, user_pk)
 select value, $2 from {sqlite json_each($1)}{postgres jsonb_array_elements_text($1::jsonb) as x(value)} where true on conflict do nothing`,
		string(list), c.After.Key); err != nil {
		return fmt.Errorf("save the words to find %s by: %w", c.After.ID, err)
	}
	return nil
}

// dropWords removes words of one person.
func (t *txn) dropWords(ctx context.Context, user int64, gone []string) error {
	if len(gone) == 0 {
		return nil
	}
	if err := t.Later(ctx, "delete from user_words where word in {texts $1} and user_pk = $2", sqldb.Texts(gone), user); err != nil {
		return fmt.Errorf("forget words: %w", err)
	}
	return nil
}

// dropNames removes the words and addresses of people who go for good. On SQLite in the
// order of those tables, all over which they are spread; PostgreSQL, which keeps rows
// where they were put first, finds those of a person side by side.
func (t *txn) dropNames(ctx context.Context, people []offboard.Purged) error {
	if t.Dialect() == sqldb.Postgres {
		keys := make([]int64, len(people))
		for i, p := range people {
			keys[i] = p.Person.Key
		}
		return t.each(ctx, keys, "delete from user_words where user_pk in {ints $1}")
	}
	var found [][]any
	var addresses []string
	for _, p := range people {
		for _, w := range words(p.Person) {
			found = append(found, []any{w, p.Person.Key})
		}
		for _, a := range p.Person.Addresses {
			addresses = append(addresses, Fold(a.Value))
		}
	}
	slices.SortFunc(found, func(a, b []any) int { return strings.Compare(a[0].(string), b[0].(string)) }) //nolint:forcetypeassert // from above
	if _, err := t.ExecAll(ctx, "delete from user_words where word = $1 and user_pk = $2", found); err != nil {
		return fmt.Errorf("forget words: %w", err)
	}
	slices.Sort(addresses)
	_, err := t.Exec(ctx, "delete from addresses where address_key in {texts $1}", sqldb.Texts(addresses))
	return err
}
