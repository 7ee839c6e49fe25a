package org

import (
	"testing"
	"time"
)

func TestUserClock(t *testing.T) {
	for _, c := range []struct {
		name    string
		age     time.Duration
		purging bool
		left    int
	}{
		{"R-SM-01 at the deletion", 0, false, 30},
		{"R-SM-01 a moment later", 1, false, 30},
		{"R-SM-01 on the last day", 29*Day + 1, false, 1},
		{"R-SM-01 R-RES-15 a moment before the end", 30*Day - 1, false, 1},
		{"R-SM-01 R-PERM-03 at the end", 30 * Day, true, 0},
		{"R-SM-01 long after", 300 * Day, true, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := Depart(somebody("anna"), DeleteSteps(), monday)
			now := monday.Add(c.age)
			got := ClocksOf(&p, DefaultSettings(), now)
			if !got.User.Equal(monday.Add(30*Day)) || got.Purging != c.purging || DaysLeft(got.User, now) != c.left {
				t.Errorf("user until %s, purging %v, %d days left; want 30 days on, %v, %d", got.User, got.Purging, DaysLeft(got.User, now), c.purging, c.left)
			}
		})
	}
	t.Run("R-SM-01 an active person has no clock", func(t *testing.T) {
		p := somebody("anna")
		if got := ClocksOf(&p, DefaultSettings(), monday); got != (Clocks{}) {
			t.Errorf("clocks = %+v, want none", got)
		}
	})
	t.Run("R-SM-19 thirty days are hours, whatever the clocks on the wall do", func(t *testing.T) {
		amsterdam := time.FixedZone("CET", 3600)
		p := Depart(somebody("anna"), DeleteSteps(), time.Date(2026, 3, 1, 12, 0, 0, 0, amsterdam))
		if got := ClocksOf(&p, DefaultSettings(), monday).User; !got.Equal(time.Date(2026, 3, 31, 11, 0, 0, 0, time.UTC)) {
			t.Errorf("user until %s", got)
		}
	})
}

func TestMailboxClock(t *testing.T) {
	deleted := func(p *Person) { p.Deleted = monday }
	disconnected := func(days int) func(*Person) {
		return func(p *Person) { p.Mailbox.Disconnected = monday.Add(time.Duration(days) * Day) }
	}
	held := func(p *Person) { p.Mailbox.Litigation = true }
	for _, c := range []struct {
		name    string
		changes []func(*Person)
		at      time.Duration
		want    MailboxState
		due     time.Duration // after monday; 0: never
	}{
		{"R-SM-03 active", nil, 300 * Day, MailboxActive, 0},
		{"R-SM-03 R-LIC-08 without a licence", []func(*Person){disconnected(0)}, 30*Day - 1, MailboxDisconnected, 30 * Day},
		{"R-SM-03 R-LIC-08 at the end", []func(*Person){disconnected(0)}, 30 * Day, MailboxGone, 30 * Day},
		{"R-SM-03 R-DEL-07 R-MBX-18 deleted", []func(*Person){deleted}, 30*Day - 1, MailboxSoftDeleted, 30 * Day},
		{"R-SM-03 R-DEL-07 deleted, at the end", []func(*Person){deleted}, 30 * Day, MailboxGone, 30 * Day},
		{"R-SM-04 the licence went ten days before", []func(*Person){deleted, disconnected(-10)}, 20*Day - 1, MailboxDisconnected, 20 * Day},
		{"R-SM-05 on day 29 of the deletion it is gone", []func(*Person){deleted, disconnected(-10)}, 29 * Day, MailboxGone, 20 * Day},
		{"R-SM-04 the licence went after the deletion", []func(*Person){deleted, disconnected(10)}, 30 * Day, MailboxGone, 30 * Day},
		{"R-SM-03 R-MBX-21 R-MBX-24 held and deleted", []func(*Person){deleted, held}, 300 * Day, MailboxInactive, 0},
		{"R-SM-03 R-PERM-05 held without a licence", []func(*Person){disconnected(0), held}, 300 * Day, MailboxActive, 0},
		{"R-SM-03 hold lifted early", []func(*Person){deleted, held, func(p *Person) { p.Mailbox.Litigation = false }}, 20 * Day, MailboxSoftDeleted, 30 * Day},
		{"R-SM-03 hold lifted late", []func(*Person){deleted, held, func(p *Person) { p.Mailbox.Litigation = false }}, 31 * Day, MailboxGone, 30 * Day},
		{"R-SM-03 none at all", []func(*Person){func(p *Person) { p.Mailbox = nil }}, 0, MailboxGone, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := somebody("anna")
			for _, change := range c.changes {
				change(&p)
			}
			now := monday.Add(c.at)
			if got := p.MailboxState(now); got != c.want {
				t.Errorf("mailbox = %s, want %s", got, c.want)
			}
			want := time.Time{}
			if c.due != 0 {
				want = monday.Add(c.due)
			}
			got := ClocksOf(&p, DefaultSettings(), now)
			if !got.Mailbox.Equal(want) || got.MailboxHeld != (p.Mailbox != nil && p.Mailbox.Held()) {
				t.Errorf("clock = %s, held %v; want %s", got.Mailbox, got.MailboxHeld, want)
			}
		})
	}
	t.Run("R-SM-05 told before the deletion", func(t *testing.T) {
		p := with(somebody("noor"), func(p *Person) { p.Mailbox.Disconnected, p.Licenses = monday.Add(-10*Day), nil })
		if c := told(planOf(p, Choices{}), "mailbox.goneBeforeAccount"); c == nil || !c.Date.Equal(monday.Add(20*Day)) {
			t.Errorf("mailbox.goneBeforeAccount = %v, want in 20 days", c)
		}
	})
}

func TestSiteName(t *testing.T) {
	if got := SiteName("anna.de.vries@lindeboom.example"); got != "anna_de_vries_lindeboom_example" {
		t.Errorf("R-OD-11: got %s", got)
	}
}

func TestDriveClock(t *testing.T) {
	deleted := func(p *Person) { p.Deleted = monday }
	unlicensed := func(p *Person) { p.Drive.Unlicensed = monday }
	held := func(p *Person) { p.Drive.Held = true }
	for _, c := range []struct {
		name    string
		changes []func(*Person)
		days    int // the retention set
		at      time.Duration
		want    DriveState
	}{
		{"R-SM-07 retained", []func(*Person){deleted}, 30, 30*Day - 1, DriveRetained},
		{"R-SM-07 R-OD-06 O-11 in the recycle bin", []func(*Person){deleted}, 30, 30 * Day, DriveRecycleBin},
		{"R-SM-07 R-OD-06 its last moment", []func(*Person){deleted}, 30, 123*Day - 1, DriveRecycleBin},
		{"R-SM-07 gone", []func(*Person){deleted}, 30, 123 * Day, DriveGone},
		{"R-OD-01 ten years", []func(*Person){deleted}, 3650, 3650*Day - 1, DriveRetained},
		{"R-OD-01 R-DEL-09 nothing set is thirty days", []func(*Person){deleted}, 0, 30 * Day, DriveRecycleBin},
		{"R-OD-10 held", []func(*Person){deleted, held}, 30, 3650 * Day, DriveRetained},
		{"R-OD-03 without a licence only the other clock runs", []func(*Person){unlicensed}, 30, 60*Day - 1, DriveActive},
		{"R-SM-08 R-OD-20 read-only", []func(*Person){unlicensed}, 30, 60 * Day, DriveReadOnly},
		{"R-SM-08 R-OD-20 its last moment", []func(*Person){unlicensed}, 30, 93*Day - 1, DriveReadOnly},
		{"R-SM-08 R-OD-20 archived", []func(*Person){unlicensed}, 30, 93 * Day, DriveArchived},
		{"R-SM-08 R-RES-14 with a licence, whatever happened before", nil, 30, 3650 * Day, DriveActive},
		{"R-SM-04 deleted while unlicensed", []func(*Person){func(p *Person) { p.Drive.Unlicensed = monday.Add(-100 * Day) }, deleted}, 30, 0, DriveRetained},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := somebody("anna")
			for _, change := range c.changes {
				change(&p)
			}
			s := DefaultSettings()
			s.DriveRetentionDays = c.days
			if got := p.Drive.DriveStateAt(p.Deleted, monday.Add(c.at), s); got != c.want {
				t.Errorf("drive = %s, want %s", got, c.want)
			}
		})
	}
	s := DefaultSettings()
	t.Run("R-SM-07 R-OD-05 the dates", func(t *testing.T) {
		p := with(somebody("anna"), deleted)
		s.DriveRetentionDays = 365
		c := ClocksOf(&p, s, monday)
		if !c.Drive.Equal(monday.Add(365*Day)) || !c.DriveNotice.Equal(monday.Add(358*Day)) || !c.DriveGone.Equal(monday.Add(458*Day)) {
			t.Errorf("clocks = %+v", c)
		}
		s.DriveRetentionDays = 30 // R-OD-02: today's setting counts for who is deleted already
		if c := ClocksOf(&p, s, monday.Add(100*Day)); !c.Drive.Equal(monday.Add(30 * Day)) {
			t.Errorf("R-OD-02: drive until %s", c.Drive)
		}
	})
	t.Run("R-OD-10 a hold stops the clock", func(t *testing.T) {
		p := with(with(somebody("anna"), deleted), held)
		if c := ClocksOf(&p, s, monday); !c.Drive.IsZero() || !c.DriveHeld {
			t.Errorf("clocks = %+v", c)
		}
	})
	t.Run("R-SM-08 the dates", func(t *testing.T) {
		p := with(somebody("anna"), unlicensed)
		if c := ClocksOf(&p, s, monday); !c.DriveReadOnly.Equal(monday.Add(60*Day)) || !c.DriveArchived.Equal(monday.Add(93*Day)) || !c.Drive.IsZero() {
			t.Errorf("clocks = %+v", c)
		}
	})
}

func TestSettingsCheck(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Settings)
		want   string
	}{
		{"R-OD-01 the default", func(*Settings) {}, ""},
		{"R-OD-01 29 days", func(s *Settings) { s.DriveRetentionDays = 29 }, "settings.driveRetention"},
		{"R-OD-01 30 days", func(s *Settings) { s.DriveRetentionDays = 30 }, ""},
		{"R-OD-01 3650 days", func(s *Settings) { s.DriveRetentionDays = 3650 }, ""},
		{"R-OD-01 3651 days", func(s *Settings) { s.DriveRetentionDays = 3651 }, "settings.driveRetention"},
		{"R-AD-07 no threshold", func(s *Settings) { s.MassDeleteCount = 0 }, "settings.massDeleteCount"},
		{"R-AD-07 more than all", func(s *Settings) { s.MassDeletePercent = 101 }, "settings.massDeletePercent"},
		{"R-SM-06 a negative stay", func(s *Settings) { s.PurgedMailboxDays = -1 }, "settings.purgedMailbox"},
		{"R-SM-06 no stay", func(s *Settings) { s.PurgedMailboxDays = 0 }, ""},
		{"R-SM-06 a year", func(s *Settings) { s.PurgedMailboxDays = 365 }, ""},
		{"R-SM-06 more than a year", func(s *Settings) { s.PurgedMailboxDays = 366 }, "settings.purgedMailbox"},
		{"R-WIZ-10 a language without texts", func(s *Settings) { s.DefaultLanguage = "fr" }, "settings.language"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := DefaultSettings()
			c.change(&s)
			if got := reason(s.Check()); got != c.want {
				t.Errorf("Check = %q, want %q", got, c.want)
			}
		})
	}
}
