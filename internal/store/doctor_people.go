package store

import (
	"context"
	"encoding/json"

	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// file lets SQLite look at its own file. PostgreSQL looks after its files itself.
func (d *doctor) file(ctx context.Context, tx *sqldb.Tx) error {
	if d.store.db.Dialect() != sqldb.SQLite {
		return nil
	}
	k := check{code: "file", severity: org.Critical, text: "select integrity_check from pragma_integrity_check where integrity_check <> 'ok'"}
	return d.run(ctx, tx, k)
}

// people reads every person and compares what is derived with what it is
// derived from: folded names, and the words that a search looks for.
func (d *doctor) people(ctx context.Context, tx *sqldb.Tx) error {
	var folded, searched tally
	var last, all, kept int64
	for {
		rows, err := sqldb.All(ctx, tx, scanPerson, selectPeople+"where u.pk > $1 order by u.pk limit 500", last)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			break
		}
		last = rows[len(rows)-1].Key
		if err := complete(ctx, tx, rows); err != nil {
			return err
		}
		keys, err := foldedKeys(ctx, tx, rows[0].Key, last)
		if err != nil {
			return err
		}
		var pairs [][2]any
		for _, r := range rows {
			p := &r.Person
			want := [4]string{Fold(org.OriginalUPN(p.ID, p.UPN)), Fold(p.DisplayName), Fold(p.Surname), Fold(p.Mail)}
			if keys[p.Key] != want {
				folded.add(p.UPN)
			}
			for _, w := range words(p) {
				pairs = append(pairs, [2]any{w, p.Key})
			}
		}
		all += int64(len(pairs))
		if err := d.missingWords(ctx, tx, pairs, &searched); err != nil {
			return err
		}
	}
	if err := tx.QueryRow(ctx, "select count(*) from user_words").Scan(&kept); err != nil {
		return err
	}
	if kept > all-int64(searched.count) {
		searched.add("+")
	}
	d.report(check{code: "folded", severity: org.Critical}, &folded)
	d.report(check{code: "words", severity: org.Critical}, &searched)
	return nil
}

// foldedKeys gives the folded texts of people, by their key.
func foldedKeys(ctx context.Context, tx *sqldb.Tx, from, to int64) (map[int64][4]string, error) {
	rows, err := tx.Query(ctx, "select pk, upn_key, display_key, surname_key, mail_key from users where pk >= $1 and pk <= $2", from, to)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	keys := map[int64][4]string{}
	for rows.Next() {
		var pk int64
		var k [4]string
		if err := rows.Scan(&pk, &k[0], &k[1], &k[2], &k[3]); err != nil {
			return nil, err
		}
		keys[pk] = k
	}
	return keys, rows.Err()
}

// missingWords counts the words that are not in the table of words.
func (d *doctor) missingWords(ctx context.Context, tx *sqldb.Tx, pairs [][2]any, some *tally) error {
	list, err := json.Marshal(pairs)
	if err != nil {
		return err
	}
	rows, err := tx.Query(ctx, `select x.word from (
 {sqlite select json_extract(value, '$[0]') as word, json_extract(value, '$[1]') as user_pk from json_each($1)}
 {postgres select v ->> 0 as word, (v ->> 1)::bigint as user_pk from jsonb_array_elements($1::jsonb) v}) x
 where not exists (select 1 from user_words w where w.word = x.word and w.user_pk = x.user_pk)`, string(list))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var word string
		if err := rows.Scan(&word); err != nil {
			return err
		}
		some.add(word)
	}
	return rows.Err()
}
