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
