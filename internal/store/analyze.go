package store

import (
	"context"
	"fmt"

	"leaver/internal/sqldb"
)

// Analyze tells PostgreSQL how large its tables have become. It finds out by
// itself within a minute; until then, after many people came in at once, it
// takes the tables for empty and reads them from end to end.
func (s *Store) Analyze(ctx context.Context) error {
	if s.db.Dialect() != sqldb.Postgres {
		return nil
	}
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, "analyze")
		return err
	})
	if err != nil {
		return outage(fmt.Errorf("look at the tables: %w", err))
	}
	return nil
}

// together puts the words and addresses of each person side by side. PostgreSQL leaves
// rows where they were put first, and they are copied in the order of their names: who
// goes, with all who were added with them, would go from pages all over these tables.
func (s *Store) together(ctx context.Context) error {
	if s.db.Dialect() != sqldb.Postgres {
		return nil
	}
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		for _, text := range []string{"cluster user_words using user_words_user", "cluster addresses using addresses_user"} {
			if _, err := tx.Exec(ctx, text); err != nil {
				return fmt.Errorf("put together what belongs to a person: %w", err)
			}
		}
		return nil
	})
}
