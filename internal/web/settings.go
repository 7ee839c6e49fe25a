package web

import (
	"net/http"
	"strconv"
	"time"

	"leaver/internal/org"
)

// settingsData is the page of settings.
type settingsData struct {
	Name           string
	S              org.Settings
	Secondary      choosing // user name of the secondary owner
	Was            string
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
			d.Secondary.Text = p.UPN
		}
	}
	return v.settings(d, http.StatusOK)
}

func (v *visit) settings(d settingsData, status int) error {
	v.Section = "settings"
	d.MayAll = v.May(org.ManageSettings)
	d.MayAny = d.MayAll || v.May(org.ManageDriveRules)
	d.Was = fingerprint(v.Org.DisplayName, v.Org.Settings)
	v.show(status, settingsView(v, d))
	return nil
}

// saveSettings changes what the reader may change. A SharePoint administrator's
// form has the drive retention only. R-OD-01 R-API-64
func saveSettings(v *visit) error {
	op := org.ManageDriveRules
	if v.r.PostForm.Has("name") {
		op = org.ManageSettings
	}
	if r := org.May(v.Actor, op); r != nil {
		return r
	}
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
		d.S.Education = v.form("education") == "yes"
		if answered, err := v.secondary(&d); err != nil || answered {
			return err
		}
	}
	if bad != "" {
		v.say("critical", v.T("web.products.number"))
		return v.settings(d, http.StatusUnprocessableEntity)
	}
	_, err := v.srv.Desk.ChangeOrganization(v.ctx(), v.Actor, func(o *org.Organization) error {
		if err := v.unmoved(o.DisplayName, o.Settings); err != nil {
			return err
		}
		o.DisplayName, o.Settings = d.Name, d.S
		return nil
	})
	return v.settle(err, "/settings", "settings", func(status int) error { return v.settings(d, status) })
}

// secondary reads who the secondary owner is to be; true when it is not clear and
// the page was shown again. R-OD-04
func (v *visit) secondary(d *settingsData) (answered bool, err error) {
	if d.Secondary, err = v.chosen("secondary", ""); err != nil {
		return false, err
	}
	d.S.SecondaryOwner = ""
	if d.Secondary.Text == "" {
		d.Secondary.Asked = false
		return false, nil
	}
	if d.Secondary.Asked {
		return true, v.settings(*d, http.StatusUnprocessableEntity)
	}
	p, err := v.person(d.Secondary.Text)
	if err == nil && !p.Active() {
		err = org.Refuse(org.NotFound, "user.notFound", "R-DEL-06", org.Arg{Name: "user", Value: d.Secondary.Text})
	}
	if err != nil {
		return true, v.settle(err, "", "", func(status int) error { return v.settings(*d, status) })
	}
	d.S.SecondaryOwner = p.ID
	return false, nil
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
