package offboard_test

import (
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

func TestOpening(t *testing.T) {
	noon := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	ago := func(days int) time.Time { return noon.AddDate(0, 0, -days) }
	s := org.DefaultSettings()
	lasts := int(s.DriveRetention() / org.Day)
	active := func(unlicensed time.Time) *org.Person {
		return &org.Person{User: org.User{ID: "anna"}, Drive: &org.Drive{ID: "d", Unlicensed: unlicensed}}
	}
	gone := func(deleted time.Time) *org.Person {
		return &org.Person{User: org.User{ID: "anna", Deleted: deleted}, Drive: &org.Drive{ID: "d"}}
	}
	for name, tt := range map[string]struct {
		owner                  *org.Person
		deleted                time.Time
		held                   bool
		who                    org.UserID
		whole, there, readable bool
		until                  time.Time
	}{
		"one's own":                               {owner: active(time.Time{}), who: "anna", whole: true, there: true, readable: true},
		"R-OD-04 given access":                    {owner: active(time.Time{}), who: "bram", whole: true, there: true, readable: true},
		"a stranger":                              {owner: active(time.Time{}), who: "carla", there: true, readable: true},
		"R-OD-20 archived":                        {owner: active(ago(2000)), who: "bram", whole: true, there: true, until: ago(2000).Add(org.UnlicensedArchive)},
		"R-OD-04 of somebody deleted":             {owner: gone(ago(10)), deleted: ago(10), who: "bram", whole: true, there: true, readable: true, until: ago(10 - lasts)},
		"R-DEL-12 not one's own any more":         {owner: gone(ago(10)), deleted: ago(10), who: "anna", there: true, readable: true, until: ago(10 - lasts)},
		"R-SM-07 of somebody purged":              {deleted: ago(lasts - 1), who: "bram", whole: true, there: true, readable: true, until: noon.AddDate(0, 0, 1)},
		"R-OD-06 to the day itself":               {deleted: ago(lasts), who: "bram", whole: true, until: noon},
		"R-OD-10 a hold keeps it, without an end": {deleted: ago(5000), held: true, who: "bram", whole: true, there: true, readable: true},
	} {
		t.Run(name, func(t *testing.T) {
			d := offboard.DriveRow{ID: "d", Owner: org.Ref{ID: "anna"}, Deleted: tt.deleted, Held: tt.held, Grants: []org.UserID{"bram"}}
			got := d.Opening(tt.owner, tt.who, s, noon)
			if got.Whole != tt.whole || got.There() != tt.there || got.Readable() != tt.readable || !got.Until.Equal(tt.until) {
				t.Errorf("got %+v (there %t, readable %t)", got, got.There(), got.Readable())
			}
		})
	}
}
