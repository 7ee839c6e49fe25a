package org

import "time"

// Renew carries out what is due on the renewal date: a scheduled change, and
// the next term. A scheduled total below what is assigned by then is raised to
// it, so that nobody loses a licence unasked. R-LIC-25 R-LIC-35
func Renew(s Subscription, now time.Time) Subscription {
	for s.Recurring && !s.TermEnd.IsZero() && !now.Before(s.TermEnd) {
		if c := s.Scheduled; c != nil && !now.Before(c.At) {
			others := s.ProductTotal - s.Total
			s.setTotal(max(c.Total, min(s.Total, s.Assigned-others)))
		}
		months := 1
		if s.Commitment == AnnualCommitment || s.Per == "year" {
			months = 12
		}
		end := s.endAfter(months)
		s.TermStart, s.LastPurchase, s.TermEnd, s.Bound = s.TermEnd, s.TermEnd, end, 0
	}
	if !s.Recurring && !s.TermEnd.IsZero() {
		s.lapse(now)
	}
	return s
}

// lapse takes a subscription that is not renewed through its last stages: people
// notice nothing while it is expired, nobody can be assigned a seat when it is
// disabled, and at last it is deleted for good. R-LIC-36
func (s *Subscription) lapse(now time.Time) {
	expired, disabled := 30*Day, 90*Day
	if s.Channel == VolumeLicensing {
		expired, disabled = 90*Day, 60*Day
	}
	stages := []string{"Enabled", "Warning", "Suspended", "Deleted"} // as Graph calls them
	for i, ends := range []time.Time{s.TermEnd, s.TermEnd.Add(expired), s.TermEnd.Add(expired + disabled)} {
		if s.Status == stages[i] && !now.Before(ends) {
			s.Status = stages[i+1]
		}
	}
}

// over says that nothing is paid for the subscription any more. R-LIC-36
func (s *Subscription) over() bool { return s.Status == "Suspended" || s.Status == "Deleted" }

// TermAfter is the end of a first term: the same day some months later, or the
// last day of a month that is too short for it.
func TermAfter(start time.Time, months int) time.Time {
	return (&Subscription{TermStart: start, TermEnd: start}).endAfter(months)
}

// endAfter is the end of the term that follows: the same day some months later,
// or the last day of a month that is too short for it. The month after a short one
// has the day of the one before it again.
func (s *Subscription) endAfter(months int) time.Time {
	day := s.TermEnd.Day()
	if last := s.TermEnd.AddDate(0, 0, 1).Day() == 1; last {
		day = max(day, s.TermStart.Day())
	}
	first := s.TermEnd.AddDate(0, 0, 1-s.TermEnd.Day()).AddDate(0, months, 0)
	return first.AddDate(0, 0, min(day, first.AddDate(0, 1, -1).Day())-1)
}
