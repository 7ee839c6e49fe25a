package web

import (
	"net/http"
	"net/url"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// leftData is the page of what outlived its owner's account.
type leftData struct {
	Box                       string
	Drives                    []leftDrive
	Mailboxes                 []offboard.LeftMailbox
	MoreDrives, MoreMailboxes string // addresses of the next pages
	First                     bool
	OffDrive, OffMailbox      *org.Refusal
	Asked                     org.DriveID // whose form is shown again
	Who                       choosing
}

// leftDrive is a drive without owner, with where it stands.
type leftDrive struct {
	offboard.DriveRow
	State      org.DriveState
	Ends, Gone time.Time // when it moves to the recycle bin, and is gone from there
	WithAccess []org.Ref
	GoesAtOnce bool // letting go of it removes it: its dates have passed
}

func leftPage(v *visit) error { return v.left(leftData{}, http.StatusOK) }

// left lists what is left of people who are gone for good. R-SM-07 R-PERM-05
func (v *visit) left(d leftData, status int) error {
	v.Section = "deleted"
	v.done("driveRestored", "driveReleased", "mailboxReleased")
	asked := v.r.URL.Query()
	d.Box = asked.Get("q")
	d.OffDrive, d.OffMailbox = org.May(v.Actor, org.ManageDrive), org.May(v.Actor, org.ManageMailbox)
	after := func(name string) offboard.LeftQuery {
		return offboard.LeftQuery{Box: d.Box, After: asked.Get(name), Limit: pageSize + 1}
	}
	d.First = asked.Get("drives") == "" && asked.Get("mailboxes") == ""
	drives, err := v.srv.Store.LeftDrives(v.ctx(), after("drives"))
	if err != nil {
		return err
	}
	if d.Mailboxes, err = v.srv.Store.LeftMailboxes(v.ctx(), after("mailboxes")); err != nil {
		return err
	}
	if len(drives) > pageSize {
		drives = drives[:pageSize]
		d.MoreDrives = leftHref(d.Box, "drives", drives[pageSize-1].Owner)
	}
	if len(d.Mailboxes) > pageSize {
		d.Mailboxes = d.Mailboxes[:pageSize]
		d.MoreMailboxes = leftHref(d.Box, "mailboxes", d.Mailboxes[pageSize-1].Owner)
	}
	if d.Drives, err = v.leftDrives(drives); err != nil {
		return err
	}
	v.show(status, leftView(v, d))
	return nil
}

// leftHref is the page behind somebody.
func leftHref(box, list string, last org.Ref) string {
	q := url.Values{list: {last.Name + " " + last.ID}}
	if box != "" {
		q.Set("q", box)
	}
	return "/deleted/left?" + q.Encode()
}

// leftDrives says of each drive where it stands. What is gone and only waits for
// the sweep is left out. R-OD-06
func (v *visit) leftDrives(rows []offboard.DriveRow) ([]leftDrive, error) {
	var ids []string
	for i := range rows {
		for _, who := range rows[i].Grants {
			ids = append(ids, string(who))
		}
	}
	people, err := v.people(ids)
	if err != nil {
		return nil, err
	}
	var all []leftDrive
	for i := range rows {
		x := leftDrive{DriveRow: rows[i]}
		x.State = (&org.Drive{Held: x.Held}).DriveStateAt(x.Deleted, v.Now, v.Org.Settings)
		if x.State == org.DriveGone {
			continue
		}
		x.Ends = v.Org.Settings.DriveEnds(x.Deleted)
		x.Gone = x.Ends.Add(org.DriveRecycle)
		x.GoesAtOnce = !v.Now.Before(x.Gone)
		for _, who := range x.Grants {
			if p := people[string(who)]; p != nil {
				x.WithAccess = append(x.WithAccess, p.Ref())
			}
		}
		all = append(all, x)
	}
	return all, nil
}

// saveLeft brings a drive back, or lets go of a drive or a mailbox. R-OD-06
// R-OD-09 R-MBX-25
func saveLeft(v *visit) error {
	again := func(status int) error { return v.left(leftData{}, status) }
	ref := v.form("ref")
	if v.form("do") == "restore" {
		who, err := v.chosen("who", "")
		if err != nil {
			return err
		}
		typed := func(status int) error {
			return v.left(leftData{Asked: org.DriveID(ref), Who: who}, status)
		}
		if who.Asked {
			return typed(http.StatusUnprocessableEntity)
		}
		_, err = v.srv.Desk.RestoreDrive(v.ctx(), v.Actor, ref, who.Text)
		return v.settle(err, "/deleted/left", "driveRestored", typed)
	}
	if v.form("sure") != "yes" {
		v.say("critical", v.T("web.tickFirst"))
		return again(http.StatusUnprocessableEntity)
	}
	if v.form("do") == "releaseDrive" {
		return v.settle(v.srv.Desk.ReleaseDrive(v.ctx(), v.Actor, ref), "/deleted/left", "driveReleased", again)
	}
	return v.settle(v.srv.Desk.ReleaseMailbox(v.ctx(), v.Actor, ref), "/deleted/left", "mailboxReleased", again)
}

// names are the names of people.
func names(refs []org.Ref) []string {
	all := make([]string, len(refs))
	for i, r := range refs {
		all[i] = nameOf(r)
	}
	return all
}
