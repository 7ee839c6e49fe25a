package web

import (
	"net/http"
	"slices"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// driveData is the page of somebody's drive.
type driveData struct {
	P      *org.Person
	State  org.DriveState
	Clocks org.Clocks
	Access []offboard.Access
	Shares []offboard.SharedFile
	Off    *org.Refusal // why the reader can't change who has access
	Hidden *org.Refusal // why the reader can't see what shared files are called
	Who    choosing
}

func drivePage(v *visit) error { return v.drive(choosing{}, http.StatusOK) }

func (v *visit) drive(who choosing, status int) error {
	p, err := v.subject()
	if err != nil {
		return err
	}
	if r := org.MayRead(v.Actor, org.ReadDrive, p); r != nil {
		return r // R-ROLE-11
	}
	v.done("drive")
	d := driveData{
		P: p, Who: who, Clocks: org.ClocksOf(p, v.Org.Settings, v.Now), Off: org.May(v.Actor, org.ManageDrive), Hidden: org.MayRead(v.Actor, org.ReadShares, p),
	}
	if p.Drive != nil {
		d.State = p.Drive.DriveStateAt(p.Deleted, v.Now, v.Org.Settings)
	}
	detail, err := v.srv.Store.Detail(v.ctx(), p.ID)
	if err != nil {
		return err
	}
	if detail != nil {
		d.Access = slices.DeleteFunc(detail.HasAccess, func(a offboard.Access) bool { return !a.Drive })
		d.Shares = detail.Shares
	}
	v.show(status, driveView(v, d))
	return nil
}

// saveDrive gives somebody access to a whole drive, or takes it away. R-ROLE-11
func saveDrive(v *visit) error {
	p, err := v.subject()
	if err != nil {
		return err
	}
	give := v.form("do") != "revoke"
	who := choosing{Text: v.form("who")}
	if give {
		if who, err = v.chosen("who", p.ID); err != nil {
			return err
		}
	}
	again := func(status int) error {
		if !give {
			who = choosing{}
		}
		return v.drive(who, status)
	}
	if who.Asked {
		return again(http.StatusUnprocessableEntity)
	}
	_, err = v.srv.Desk.GrantDrive(v.ctx(), v.Actor, string(p.ID), who.Text, give)
	return v.settle(err, "/users/"+string(p.ID)+"/drive", "drive", again)
}
