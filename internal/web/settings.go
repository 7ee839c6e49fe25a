package web

import (
	"net/http"
	"strconv"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// settingsData is the page of settings.
type settingsData struct {
	Name           string
	S              org.Settings
	Secondary      string // user name of the secondary owner
	Apps           []offboard.App
	MayAll, MayAny bool
}

func settingsPage(v *visit) error {
	v.done("settings")
	d := settingsData{Name: v.Org.DisplayName, S: v.Org.Settings}
	if d.S.SecondaryOwner != "" {
		p, err := v.person(string(d.S.SecondaryOwner))
		if err != nil && org.RefusalOf(err) == nil {
			return err
		}
		if p != nil {
			d.Secondary = p.UPN
		}
	}
	return v.settings(d, http.StatusOK)
}

func (v *visit) settings(d settingsData, status int) error {
	v.Section = "settings"
	d.MayAll = v.May(org.ManageSettings)
	d.MayAny = d.MayAll || v.May(org.ManageDriveRules)
	if v.May(org.ManageApps) {
		var err error
		if d.Apps, err = v.srv.Desk.ListApps(v.ctx(), v.Actor); err != nil {
			return err
		}
	}
	v.show(status, settingsView(v, d))
	return nil
}

// saveSettings changes what the reader may change. A SharePoint administrator's
// form has the drive retention only. R-OD-01 R-API-64
func saveSettings(v *visit) error {
	d := settingsData{Name: v.Org.DisplayName, S: v.Org.Settings}
	bad := ""
	number := func(name string, field *int) {
		if !v.r.PostForm.Has(name) {
			return
		}
		n, err := strconv.Atoi(v.form(name))
		if err != nil {
			bad = name
			return
		}
		*field = n
	}
	number("driveRetention", &d.S.DriveRetentionDays)
	if v.r.PostForm.Has("name") {
		number("massCount", &d.S.MassDeleteCount)
		number("massPercent", &d.S.MassDeletePercent)
		number("purgedMailbox", &d.S.PurgedMailboxDays)
		d.Name, d.S.DefaultLanguage, d.S.DriveDelegation = v.form("name"), v.form("language"), v.form("delegation") == "yes"
		d.Secondary, d.S.SecondaryOwner = v.form("secondary"), ""
		if d.Secondary != "" {
			p, err := v.person(d.Secondary)
			if r := org.RefusalOf(err); r != nil {
				v.refuse(r)
				return v.settings(d, statuses[r.Kind])
			}
			if err != nil {
				return err
			}
			d.S.SecondaryOwner = p.ID
		}
	}
	if bad != "" {
		v.say("critical", v.T("web.products.number"))
		return v.settings(d, http.StatusUnprocessableEntity)
	}
	_, err := v.srv.Desk.ChangeOrganization(v.ctx(), v.Actor, func(o *org.Organization) error {
		o.DisplayName, o.Settings = d.Name, d.S
		return nil
	})
	if r := org.RefusalOf(err); r != nil {
		v.refuse(r)
		return v.settings(d, statuses[r.Kind])
	}
	if err != nil {
		return err
	}
	return v.redirect("/settings?done=settings")
}

// clockPage is there in a practice organization only.
func clockPage(v *visit) error {
	if !v.Org.Practice {
		return org.Refuse(org.NotFound, "clock.notPractice", "")
	}
	v.Section = "settings"
	return v.render(clockView(v, nil))
}

// advanceClock moves the clock, and shows what happened on the way.
func advanceClock(v *visit) error {
	v.Section = "settings"
	days, err := strconv.Atoi(v.form("days"))
	if err != nil {
		v.say("critical", v.T("web.products.number"))
		v.show(http.StatusUnprocessableEntity, clockView(v, nil))
		return nil
	}
	days = min(max(days, -1), 100_000) // far outside of what the desk takes, and no overflow
	now, swept, err := v.srv.Desk.AdvanceClock(v.ctx(), v.Actor, time.Duration(days)*org.Day)
	if r := org.RefusalOf(err); r != nil {
		if r.Kind == org.NotFound {
			return r
		}
		v.refuse(r)
		v.show(statuses[r.Kind], clockView(v, nil))
		return nil
	}
	if err != nil {
		return err
	}
	v.Now = now
	return v.render(clockView(v, &swept))
}
