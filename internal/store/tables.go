package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"math"
	"slices"
	"strings"

	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// TableSum is what a table holds: two tables with the same sum hold the same
// rows, in whichever of the databases they are.
type TableSum struct {
	Rows int64  `json:"rows"`
	Hash string `json:"hash"`
}

// Sums gives what every table of the organization holds, on one snapshot.
func (s *Store) Sums(ctx context.Context) (map[string]TableSum, error) {
	sums := map[string]TableSum{}
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		tables, err := listTables(ctx, tx)
		if err != nil {
			return err
		}
		for _, t := range tables {
			if sums[t.name], err = t.read(ctx, tx, nil); err != nil {
				return err
			}
		}
		return nil
	})
	return sums, outage(err)
}

// table is one table of the schema, as the database itself describes it: a
// migration that adds one needs nothing here.
type table struct {
	name    string
	columns []string
	kinds   []string // boolean, blob, or anything else
	key     []string // of the primary key, in order
}

// versions is the table of the migrations, which belongs to the database and
// not to the organization.
const versions = "schema_versions"

// listTables describes the tables, the one that says that there is an
// organization last: what is half copied must not look like one.
func listTables(ctx context.Context, q sqldb.Querier) ([]table, error) {
	names, err := sqldb.All(ctx, q, sqldb.Value[string], `{sqlite select name from sqlite_schema where type = 'table' and name not like 'sqlite%'}
 {postgres select table_name::text from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE'} order by 1`)
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	names = slices.DeleteFunc(names, func(n string) bool { return n == versions || n == "organization" })
	tables := make([]table, 0, len(names)+1)
	for _, name := range append(names, "organization") {
		t, err := describe(ctx, q, name)
		if err != nil {
			return nil, fmt.Errorf("describe table %s: %w", name, err)
		}
		tables = append(tables, t)
	}
	return tables, nil
}

func describe(ctx context.Context, q sqldb.Querier, name string) (table, error) {
	t := table{name: name}
	rows, err := q.Query(ctx, `{sqlite select name, lower(type), pk from pragma_table_info($1) order by cid}
 {postgres select c.column_name::text, c.data_type::text, coalesce(k.ordinal_position, 0)::bigint from information_schema.columns c
 left join (information_schema.key_column_usage k join information_schema.table_constraints x on x.constraint_name = k.constraint_name
  and x.table_schema = k.table_schema and x.table_name = k.table_name and x.constraint_type = 'PRIMARY KEY')
 on k.table_schema = c.table_schema and k.table_name = c.table_name and k.column_name = c.column_name
 where c.table_schema = current_schema() and c.table_name = $1 order by c.ordinal_position}`, name)
	if err != nil {
		return t, err
	}
	defer rows.Close()
	places := map[int64]string{}
	for rows.Next() {
		var column, kind string
		var place int64
		if err := rows.Scan(&column, &kind, &place); err != nil {
			return t, err
		}
		if kind == "bytea" {
			kind = "blob"
		}
		t.columns, t.kinds = append(t.columns, column), append(t.kinds, kind)
		if place > 0 {
			places[place] = column
		}
	}
	for i := range len(places) {
		t.key = append(t.key, places[int64(i+1)])
	}
	if len(t.key) == 0 && rows.Err() == nil {
		return t, fmt.Errorf("it has no primary key")
	}
	return t, rows.Err()
}

// read goes through the rows in the order of the key and gives their sum. do
// gets them in portions and may be nil.
func (t *table) read(ctx context.Context, q sqldb.Querier, do func(rows [][]any) error) (TableSum, error) {
	sum := summer{hash: sha256.New()}
	rows, err := q.Query(ctx, "select "+strings.Join(t.columns, ", ")+" from "+t.name+" order by "+strings.Join(t.key, ", "))
	if err != nil {
		return TableSum{}, fmt.Errorf("read table %s: %w", t.name, err)
	}
	defer rows.Close()
	var portion [][]any
	dest := make([]any, len(t.columns))
	for rows.Next() {
		values := make([]any, len(t.columns))
		for i := range values {
			dest[i] = &values[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return TableSum{}, err
		}
		for i := range values {
			values[i] = plainValue(t.kinds[i], values[i])
		}
		sum.add(values)
		if do == nil {
			continue
		}
		if portion = append(portion, values); len(portion) == copyPortion {
			if err := do(portion); err != nil {
				return TableSum{}, err
			}
			portion = portion[:0]
		}
	}
	if err := rows.Err(); err != nil {
		return TableSum{}, fmt.Errorf("read table %s: %w", t.name, err)
	}
	if len(portion) > 0 {
		if err := do(portion); err != nil {
			return TableSum{}, err
		}
	}
	return TableSum{sum.rows, hex.EncodeToString(sum.hash.Sum(nil))}, nil
}

// plainValue gives a value the type that both databases take for its column.
func plainValue(kind string, v any) any {
	switch x := v.(type) {
	case int64:
		if kind == "boolean" {
			return x != 0
		}
	case []byte:
		if kind != "blob" {
			return string(x)
		}
	case string:
		if kind == "blob" {
			return []byte(x)
		}
	}
	return v
}

// summer adds up rows.
type summer struct {
	hash hash.Hash
	rows int64
	buf  []byte
}

// add takes a row: for each value its kind, its length and its bytes.
func (s *summer) add(values []any) {
	b := s.buf[:0]
	for _, v := range values {
		switch v := v.(type) {
		case nil:
			b = append(b, 'n')
		case bool:
			b = append(b, 'b', '0')
			if v {
				b[len(b)-1] = '1'
			}
		case int64:
			b = binary.AppendVarint(append(b, 'i'), v)
		case float64:
			b = binary.BigEndian.AppendUint64(append(b, 'f'), math.Float64bits(v))
		case []byte:
			b = append(binary.AppendUvarint(append(b, 'y'), uint64(len(v))), v...)
		case string:
			b = append(binary.AppendUvarint(append(b, 's'), uint64(len(v))), v...)
		default:
			b = fmt.Appendf(append(b, '?'), "%v", v)
		}
	}
	s.hash.Write(b) // a hash never fails
	s.buf, s.rows = b, s.rows+1
}

// Heading gives the name of the organization, and how many people are active
// and in Deleted users.
func (s *Store) Heading(ctx context.Context) (name string, active, deleted int, err error) {
	err = s.db.QueryRow(ctx, "select display_name, people, deleted_people from organization").Scan(&name, &active, &deleted)
	if errors.Is(err, sqldb.ErrNoRows) {
		err = org.Refuse(org.Unavailable, "organization.none", "")
	}
	return name, active, deleted, outage(err)
}
