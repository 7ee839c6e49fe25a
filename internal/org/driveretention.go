package org

import (
	"reflect"
	"slices"
	"time"
)

// PastRetention is how long drives were kept before the setting was changed.
type PastRetention struct {
	Days  int       `json:"days"`
	Until time.Time `json:"until"`
}

// DriveSpan is a stretch of deletions whose drives end alike: those behind After,
// up to Until (zero: all later ones). They end when Lasts has passed since the
// deletion, or all of them at one moment, At.
type DriveSpan struct {
	After, Until time.Time
	Lasts        time.Duration
	At           time.Time
}

// DriveSpans says when drives of deleted people go to the recycle bin, for all
// deletions, oldest first. A changed retention counts from the deletion for
// whoever is still in the process. A shorter one moves the drives whose time has
// passed when it comes, so that each has its days in the recycle bin; a longer one
// brings nothing out of there, which only an administrator does. R-OD-02 R-OD-06
func (s Settings) DriveSpans() []DriveSpan {
	var spans []DriveSpan
	var came, cut time.Time // when the value came; the deletions up to cut are accounted for
	add := func(until time.Time, x DriveSpan) {
		if until.After(cut) {
			x.After, x.Until = cut, until
			spans, cut = append(spans, x), until
		}
	}
	for _, past := range append(slices.Clip(s.DriveRetentionPast), PastRetention{Days: int(s.DriveRetention() / Day)}) {
		lasts := time.Duration(past.Days) * Day
		if !came.IsZero() {
			add(came.Add(-lasts), DriveSpan{At: came})
		}
		if past.Until.IsZero() {
			spans = append(spans, DriveSpan{After: cut, Lasts: lasts})
			break
		}
		add(past.Until.Add(-lasts), DriveSpan{Lasts: lasts})
		came = past.Until
	}
	return spans
}

// DriveEnds is when the drive of somebody deleted then goes to the recycle bin.
// R-OD-01 R-OD-02
func (s Settings) DriveEnds(deleted time.Time) time.Time {
	if len(s.DriveRetentionPast) == 0 {
		return deleted.Add(s.DriveRetention())
	}
	spans := s.DriveSpans()
	i := slices.IndexFunc(spans, func(x DriveSpan) bool { return x.Until.IsZero() || !deleted.After(x.Until) })
	if at := spans[i].At; !at.IsZero() {
		return at
	}
	return deleted.Add(spans[i].Lasts)
}

// DriveEndedBy is the last deletion whose drive has ended by a moment. R-OD-02
func (s Settings) DriveEndedBy(at time.Time) time.Time {
	var last time.Time
	for _, x := range s.DriveSpans() {
		d := at.Add(-x.Lasts)
		switch {
		case !x.At.IsZero() && x.At.After(at):
			return last
		case !x.At.IsZero() || !x.Until.IsZero() && d.After(x.Until):
			d = x.Until
		}
		if d.After(last) {
			last = d
		}
	}
	return last
}

// OnlyDrives says that settings differ in the retention of drives, if at all.
func (s Settings) OnlyDrives(other Settings) bool {
	other.DriveRetentionDays, other.DriveRetentionPast = s.DriveRetentionDays, nil
	s.DriveRetentionPast = nil
	return reflect.DeepEqual(s, other)
}

// Retain sets how long drives are kept from now on. R-OD-01
func (s *Settings) Retain(before Settings, now time.Time) {
	s.DriveRetentionPast = before.DriveRetentionPast
	if s.DriveRetention() != before.DriveRetention() {
		s.DriveRetentionPast = append(slices.Clip(s.DriveRetentionPast), PastRetention{int(before.DriveRetention() / Day), now})
	}
}
