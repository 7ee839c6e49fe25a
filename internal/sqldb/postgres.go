package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Numbers of the advisory locks: one write at a time, one migration at a time.
// They are per database, so organizations do not wait for each other.
const (
	writeLock   = 0x6c656176
	migrateLock = 0x6c656177
)

// lockWrite also fetches the id of the transaction, to ask for its outcome if the
// connection is lost while it commits.
const (
	beginWrite = "begin isolation level read committed read write"
	lockWrite  = "select pg_advisory_xact_lock($1), pg_current_xact_id()::text"
	lockWanted = `select exists (select 1 from pg_locks where locktype = 'advisory' and not granted and objsubid = 1 and classid = 0 and objid::bigint = $1
 and database = (select oid from pg_database where datname = current_database()))`
)

// keyed has the connection that writes go by an index wherever there is one. Its
// statements name their rows by key, and the server keeps the plan that it made
// for a table while that was young: without this it reads the journal from end to
// end for each change, however long it has become. Compiling would cost more than
// any of them takes, and seem worth it to a server that was told to avoid its scans.
const keyed = "set enable_seqscan = off; " + planned

// planned goes for all connections. Compiling a statement takes longer than any of
// ours. A merge reads an index from its first entry on, however far behind the rows
// are that are asked for, which the server does not count for a range that it is told
// later.
const planned = "set jit = off; set enable_mergejoin = off"

// postgresSource makes the connections of one kind; setup runs on each new one.
func postgresSource(cfg *pgx.ConnConfig, setup string) *sql.DB {
	db := stdlib.OpenDB(*cfg, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.PgConn().Exec(ctx, setup).ReadAll()
		return err
	}))
	// Sessions keep their connections; one from here would be of unknown age.
	db.SetMaxIdleConns(-1)
	return db
}

func (db *DB) openPostgres(ctx context.Context, opt Options) error {
	db.dialect = Postgres
	steps, err := loadMigrations(Postgres, opt.Migrations)
	if err != nil {
		return err
	}
	cfg, err := pgx.ParseConfig(opt.URL)
	if err != nil {
		return err
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = 5 * time.Second
	}
	dialer := &net.Dialer{
		Timeout:         cfg.ConnectTimeout,
		Control:         limitSilence,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 3},
	}
	cfg.DialFunc = dialer.DialContext

	reader := postgresSource(cfg, "set default_transaction_read_only = on; "+planned)
	err = preparePostgres(ctx, opt, cfg, steps, reader)
	if err != nil {
		return errors.Join(err, reader.Close())
	}
	db.readers = newPool(reader, Postgres, or(opt.Readers, 8), &db.stats.changes)
	if opt.ReadOnly {
		return nil
	}
	// Whatever the server's default is: an answered write must be on its disk.
	durable := "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'"
	if opt.NoSync {
		durable = "set synchronous_commit = off"
	}
	db.writer = newWriter(db, postgresSource(cfg, durable+"; "+keyed))
	return nil
}

// preparePostgres checks the schema and brings it up to date. Only one node at a
// time does so; the others wait for it and then find nothing to do.
func preparePostgres(ctx context.Context, opt Options, cfg *pgx.ConnConfig, steps *migrations, reader *sql.DB) error {
	conn, err := reader.Conn(ctx)
	if err != nil {
		return err
	}
	have, err := postgresVersion(ctx, opt, conn)
	if err = errors.Join(err, conn.Close()); err != nil {
		return err
	}
	if err := steps.check(have, opt.ReadOnly); err != nil || have == steps.target || opt.ReadOnly {
		return err
	}
	return migratePostgres(ctx, opt, steps, postgresSource(cfg, "set synchronous_commit = on"))
}

func migratePostgres(ctx context.Context, opt Options, steps *migrations, source *sql.DB) error {
	defer source.Close()
	conn, err := source.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "select pg_advisory_lock($1)", migrateLock); err != nil {
		return fmt.Errorf("wait for the migration of another node: %w", err)
	}
	have, err := postgresVersion(ctx, opt, conn)
	if err != nil {
		return err
	}
	if err := steps.check(have, false); err != nil || have == steps.target {
		return err
	}
	return steps.run(ctx, source)
}

func postgresVersion(ctx context.Context, opt Options, conn *sql.Conn) (int64, error) {
	var versioned bool
	err := conn.QueryRowContext(ctx, "select to_regclass($1) is not null", versionTable).Scan(&versioned)
	if err != nil || !versioned || opt.Migrations == nil {
		return 0, err
	}
	return currentVersion(ctx, conn)
}
