package offboard_test

import (
	"testing"

	"leaver/internal/sqldb"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

func TestVerifyAudit(t *testing.T) {
	for name, c := range map[string]struct {
		tamper string
		bad    int64
		reason string
	}{
		"nothing was touched":      {"", 0, ""},
		"a changed row":            {"update audit set target_name = 'somebody else' where seq = 5", 5, "changed"},
		"a changed detail":         {"update audit set detail = '{}' where seq = 5", 5, "changed"},
		"a removed row":            {"delete from audit where seq = 5", 5, "missing"},
		"the last row removed":     {"delete from audit where seq = 10", 10, "missing"},
		"a row made up at the end": {"insert into audit select 11, at, actor_id, actor_name, action, target_id, target_name, result, request, detail, hash from audit where seq = 10", 11, "changed"},
		"two rows exchanged":       {"update audit set seq = case seq when 5 then 60 when 6 then 50 end where seq in (5, 6)", 5, "missing"},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				o := newOffice(t, s)
				for _, upn := range crowd(t, s, 10) {
					if err := o.DeleteUser(t.Context(), boss, upn); err != nil {
						t.Fatal(err)
					}
				}
				if c.tamper != "" {
					if err := s.DB().Update(t.Context(), func(tx *sqldb.Tx) error {
						_, err := tx.Exec(t.Context(), c.tamper)
						return err
					}); err != nil {
						t.Fatal(err)
					}
				}
				v, err := o.VerifyAudit(t.Context(), boss)
				if err != nil || v.OK != (c.bad == 0) || v.FirstBad != c.bad || v.Reason != c.reason {
					t.Errorf("got %+v, %v; want row %d %s", v, err, c.bad, c.reason)
				}
			})
		})
	}
}
