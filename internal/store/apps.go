package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

const appColumns = "id, app_id, display_name, roles, enabled, session_epoch, created, details"

func scanApp(r *sqldb.Rows) (offboard.App, error) {
	var a offboard.App
	var roles, details string
	if err := r.Scan(&a.ID, &a.AppID, &a.DisplayName, &roles, &a.Enabled, &a.SessionEpoch, seconds{&a.Created}, &details); err != nil {
		return a, err
	}
	for _, role := range strings.Fields(roles) {
		a.Roles = append(a.Roles, org.RoleID(role))
	}
	if err := json.Unmarshal([]byte(details), &a.AppDetails); err != nil {
		return a, fmt.Errorf("app %s: %w", a.ID, err)
	}
	return a, nil
}

// findApp finds an app by its object id or client id; nil when there is none.
func findApp(ctx context.Context, db sqldb.Querier, id string) (*offboard.App, error) {
	a, err := sqldb.One(ctx, db, scanApp, "select "+appColumns+" from apps where id = $1 or app_id = $1", Fold(id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, nil
	}
	return &a, err
}

// Apps implements offboard.Apps.
func (t *txn) Apps(ctx context.Context) ([]offboard.App, error) {
	return sqldb.All(ctx, t, scanApp, "select "+appColumns+" from apps order by display_name, id")
}

// App implements offboard.Apps.
func (t *txn) App(ctx context.Context, id string) (*offboard.App, error) { return findApp(ctx, t, id) }

// SaveApp implements offboard.Apps.
func (t *txn) SaveApp(ctx context.Context, a *offboard.App) error {
	details, err := json.Marshal(a.AppDetails)
	if err != nil {
		return err
	}
	roles := make([]string, len(a.Roles))
	for i, r := range a.Roles {
		roles[i] = string(r)
	}
	t.touched = append(t.touched, subjectKey{Fold(a.ID), true})
	_, err = t.Exec(ctx, `insert into apps (id, app_id, display_name, roles, enabled, session_epoch, created, details)
 values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do update set display_name = excluded.display_name, roles = excluded.roles,
 enabled = excluded.enabled, session_epoch = excluded.session_epoch, details = excluded.details`,
		Fold(a.ID), Fold(a.AppID), a.DisplayName, strings.Join(roles, " "), a.Enabled, a.SessionEpoch, unix(a.Created), string(details))
	if err != nil {
		return fmt.Errorf("save app %s: %w", a.AppID, err)
	}
	return nil
}

// DeleteApp implements offboard.Apps.
func (t *txn) DeleteApp(ctx context.Context, id string) (bool, error) {
	a, err := findApp(ctx, t, id)
	if err != nil || a == nil {
		return false, err
	}
	t.touched = append(t.touched, subjectKey{a.ID, true})
	_, err = t.Exec(ctx, "delete from apps where id = $1", a.ID)
	return true, err
}

var _ offboard.Apps = (*txn)(nil)
