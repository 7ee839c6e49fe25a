package web

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/wire"
)

// How many drives the account page and a page of drives show, and how many files
// a page of a folder.
const (
	fewDrives  = 20
	drivesMax  = 50
	folderPart = 100
)

// openDrive is a drive that the reader can open, or could.
type openDrive struct {
	*offboard.DriveRow
	offboard.Opening
	Own bool
}

// openDrives are some of them, and where the next page begins.
type openDrives struct {
	List  []openDrive
	Next  string
	First bool
}

// openDrives lists the reader's own drive and those they were given access to.
// R-OD-04
func (v *visit) openDrives(after string, limit int) (openDrives, error) {
	all := openDrives{First: after == ""}
	if all.First {
		own, err := v.srv.Store.DriveOf(v.ctx(), v.Person.ID)
		if err != nil {
			return all, err
		}
		if own != nil {
			all.List = append(all.List, v.opened(own, v.Person))
		}
	}
	page, err := v.srv.Store.OpenDrives(v.ctx(), offboard.OpenDriveQuery{Who: v.Person.ID, After: after, Limit: limit})
	if err != nil {
		return all, err
	}
	ids := make([]string, len(page.Rows))
	for i := range page.Rows {
		ids[i] = page.Rows[i].Owner.ID
	}
	owners, err := v.people(ids)
	if err != nil {
		return all, err
	}
	for i := range page.Rows {
		all.List = append(all.List, v.opened(&page.Rows[i], owners[ids[i]]))
	}
	all.Next = page.Next
	return all, nil
}

func (v *visit) opened(row *offboard.DriveRow, owner *org.Person) openDrive {
	return openDrive{row, row.Opening(owner, v.Person.ID, v.Org.Settings, v.Now), row.Owner.ID == string(v.Person.ID)}
}

// drivesPage lists more drives than the account page does.
func drivesPage(v *visit) error {
	v.Section = "account"
	all, err := v.openDrives(v.r.URL.Query().Get("after"), drivesMax)
	if err != nil {
		return err
	}
	return v.render(drivesView(v, all))
}

// openDrive finds the drive that the path names. Who has no access to it learns
// nothing of it. R-OD-04
func (v *visit) openDrive() (openDrive, error) {
	v.Section = "account"
	row, err := v.srv.Store.Drive(v.ctx(), org.DriveID(v.r.PathValue("id")))
	if err != nil {
		return openDrive{}, err
	}
	if row == nil {
		return openDrive{}, notOpen()
	}
	owners, err := v.people([]string{row.Owner.ID})
	if err != nil {
		return openDrive{}, err
	}
	d := v.opened(row, owners[row.Owner.ID])
	switch {
	case !d.Whole:
		return d, notOpen()
	case !d.There():
		v.show(http.StatusNotFound, closedDriveView(v, d)) // R-SM-07
		return d, errAnswered
	case !d.Readable():
		v.show(http.StatusLocked, closedDriveView(v, d)) // R-OD-20
		return d, errAnswered
	}
	return d, nil
}

func notOpen() error { return org.Refuse(org.NotFound, "drive.notOpen", "R-OD-04") }

// folderData is a page of what lies in a folder of a drive.
type folderData struct {
	Drive openDrive
	Path  []offboard.FileRow // from the top to this folder; empty at the top
	Rows  []offboard.FileRow
	Next  string
	First bool
}

// folderPage shows what lies in a folder, and at the top without one.
func folderPage(v *visit) error {
	d, err := v.openDrive()
	if err != nil {
		return err
	}
	q := offboard.FileQuery{Drive: d.ID, FoldersFirst: true}
	q.Top, q.SkipToken = folderPart, v.r.URL.Query().Get("after")
	f := folderData{Drive: d, First: q.SkipToken == ""}
	if v.r.PathValue("item") != "" {
		at, err := v.item(d)
		if err != nil {
			return err
		}
		if !at.Folder {
			return v.redirect(itemAddress(at) + "/content")
		}
		q.Parent = at.ID
		if f.Path, err = v.above(at); err != nil {
			return err
		}
	}
	page, err := v.srv.Store.Files(v.ctx(), q)
	if err != nil && !f.First {
		return v.redirect(f.address("")) // a page that is no more: begin anew
	}
	if err != nil {
		return err
	}
	f.Rows, f.Next = page.Rows, page.Next
	return v.render(folderView(v, f))
}

// item finds the file or folder of a drive that the path names.
func (v *visit) item(d openDrive) (*offboard.FileRow, error) {
	f, err := v.srv.Store.File(v.ctx(), d.ID, v.r.PathValue("item"))
	if err == nil && f == nil {
		return nil, org.Refuse(org.NotFound, "drive.noItem", "", org.Arg{Name: "item", Value: v.r.PathValue("item")})
	}
	return f, err
}

// deepest is how many folders above one another are shown.
const deepest = 50

// above gives the way from the top of a drive to one of its folders.
func (v *visit) above(f *offboard.FileRow) ([]offboard.FileRow, error) {
	way := []offboard.FileRow{*f}
	for f.ParentID != "" && len(way) < deepest {
		up, err := v.srv.Store.File(v.ctx(), f.Drive, f.ParentID)
		if err != nil {
			return nil, err
		}
		if up == nil {
			break // moved while we looked
		}
		way = append(way, *up)
		f = up
	}
	slices.Reverse(way)
	return way, nil
}

// downloadFile gives the bytes of a file, to be saved.
func downloadFile(v *visit) error {
	d, err := v.openDrive()
	if err != nil {
		return err
	}
	f, err := v.item(d)
	if err != nil {
		return err
	}
	if f.Folder {
		return v.redirect(itemAddress(f))
	}
	v.w.Header().Set("Cache-Control", "private, no-cache")
	return wire.Download(v.w, v.r, f, func() (io.ReadCloser, error) { return v.srv.Bodies.Open(v.ctx(), f.Body) })
}

func itemAddress(f *offboard.FileRow) string {
	return "/drives/" + url.PathEscape(string(f.Drive)) + "/items/" + url.PathEscape(f.ID)
}

// address is that of this folder, from a page on.
func (f *folderData) address(after string) string {
	at := "/drives/" + url.PathEscape(string(f.Drive.ID))
	if n := len(f.Path); n > 0 {
		at = itemAddress(&f.Path[n-1])
	}
	if after != "" {
		at += "?after=" + url.QueryEscape(after)
	}
	return at
}

// filesTitle is what the page of a drive is called.
func (v *visit) filesTitle(d openDrive) string {
	if d.Own {
		return v.T("web.files.own")
	}
	return v.T("web.files.of", "person", nameOf(d.Owner))
}

// closedText says why a drive can't be opened.
func (v *visit) closedText(d openDrive) string {
	if d.There() {
		return v.T("web.files.archived")
	}
	return v.T("web.files.expired", "date", d.Until)
}

// clock tells whether the drive closes, and when.
func (d openDrive) clock(now time.Time) (days int, runs bool) {
	return org.DaysLeft(d.Until, now), !d.Until.IsZero()
}
