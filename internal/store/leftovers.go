package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// LeftDrive implements offboard.Leftovers: of two people of one name the one who
// was deleted last.
func (t *txn) LeftDrive(ctx context.Context, ref string) (*offboard.DriveRow, error) {
	d, err := sqldb.One(ctx, t, scanDrive, driveColumns+driveTables+`d.user_pk is null and d.owner_deleted is not null
 and (d.id = $1 or d.former_id = $1 or lower(d.former_name) = $2) order by d.owner_deleted desc limit 1`, ref, Fold(ref))
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for the drive of %s: %w", ref, err)
	}
	d.Grants, err = grantees(ctx, t, d.ID)
	return d, err
}

// grantees are who has access to a whole drive.
func grantees(ctx context.Context, q sqldb.Querier, drive org.DriveID) ([]org.UserID, error) {
	return sqldb.All(ctx, q, sqldb.Value[org.UserID], `select u.id from drives d join drive_grants g on g.drive_pk = d.pk join users u on u.pk = g.who_pk
 where d.id = $1 order by u.pk`, string(drive))
}

// KeepDrive implements offboard.Leftovers.
func (t *txn) KeepDrive(ctx context.Context, id org.DriveID, keep bool) error {
	_, err := t.Exec(ctx, "update drives set held = $1 where id = $2", keep, string(id))
	return err
}

// GrantLeftDrive implements offboard.Leftovers.
func (t *txn) GrantLeftDrive(ctx context.Context, id org.DriveID, who *org.Person) error {
	_, err := t.Exec(ctx, "insert into drive_grants (drive_pk, who_pk) values ((select pk from drives where id = $1), $2)", string(id), who.Key)
	return err
}

// ReleaseMailbox implements offboard.Leftovers.
func (t *txn) ReleaseMailbox(ctx context.Context, ref string, due time.Time) (*org.Ref, error) {
	type left struct {
		pk    int64
		owner org.Ref
	}
	m, err := sqldb.One(ctx, t, func(r *sqldb.Rows) (left, error) {
		var l left
		return l, r.Scan(&l.pk, &l.owner.ID, &l.owner.Name)
	}, `select pk, former_id, former_name from mailboxes where user_pk is null and (litigation or holds <> '')
 and (former_id = $1 or lower(former_name) = $2) order by pk desc limit 1`, ref, Fold(ref))
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for the mailbox of %s: %w", ref, err)
	}
	_, err = t.Exec(ctx, "update mailboxes set litigation = $1, holds = '', due = case when due > $2 then due else $2 end where pk = $3", false, unix(due), m.pk)
	return &m.owner, err
}
