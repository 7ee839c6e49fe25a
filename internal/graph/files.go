package graph

import (
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/wire"
)

// named finds what lies in a folder under a name; nil when there is nothing.
func (s *Server) named(r *http.Request, d *drive, parent, name string) (*offboard.FileRow, error) {
	if parent == "" {
		return s.cfg.Reads.FileAt(r.Context(), d.ID, []string{name})
	}
	q := offboard.FileQuery{Drive: d.ID, Parent: parent}
	q.Top = 1
	q.Filter = &odata.CompareExpr{
		Op: odata.OpEq, Left: &odata.PathExpr{Segments: []string{"name"}}, Right: &odata.Literal{Kind: odata.Text, Value: name},
	}
	page, err := s.cfg.Reads.Files(r.Context(), q)
	if err != nil || len(page.Rows) == 0 {
		return nil, err
	}
	return &page.Rows[0], nil
}

// place is where a change in a drive happens.
func (d *drive) place(item string) offboard.Place {
	return offboard.Place{Owner: org.UserID(d.Owner.ID), Drive: d.ID, Item: item}
}

// download answers GET …/content with the bytes themselves.
func (s *Server) download(w http.ResponseWriter, r *http.Request, c *call) error {
	d, err := s.drive(r, c)
	if err != nil {
		return err
	}
	f, err := s.item(r, c, d)
	if err != nil {
		return err
	}
	if f == nil || f.Folder {
		return wire.BadRequest("invalidRequest", "A folder has no content to download.")
	}
	return wire.Download(w, r, f, func() (io.ReadCloser, error) { return s.cfg.Bodies.Open(r.Context(), f.Body) })
}

// writeItem answers with an item as it is now.
func (s *Server) writeItem(w http.ResponseWriter, r *http.Request, c *call, d *drive, status int, id string) error {
	f, err := s.cfg.Reads.File(r.Context(), d.ID, id)
	if err != nil || f == nil {
		return firstOf(err, noItem())
	}
	c.entity(w, status, "drives('"+string(d.ID)+"')/items/$entity", c.style(s.model["driveitem"], nil), c.itemThing(d, f))
	return nil
}

// conflictBehavior says what to do where a name is taken: fail, replace or
// rename. It stands in the address of an upload and in the body of a new folder.
const conflictBehavior = "@microsoft.graph.conflictBehavior"

func nameTaken() *wire.Fault {
	return &wire.Fault{Status: http.StatusConflict, Code: "nameAlreadyExists", Message: "Name already exists"}
}

// maxRenames is how many names are tried for a file that is to be called
// otherwise.
const maxRenames = 100

// freeName finds a name that is free, as OneDrive does: "plan 1.txt".
func (s *Server) freeName(r *http.Request, d *drive, parent, name string) (string, error) {
	kind := path.Ext(name)
	for n := 1; n <= maxRenames; n++ {
		tried := strings.TrimSuffix(name, kind) + " " + strconv.Itoa(n) + kind
		if there, err := s.named(r, d, parent, tried); err != nil || there == nil {
			return tried, err
		}
	}
	return "", nameTaken()
}

// createFolder answers POST …/children.
func (s *Server) createFolder(w http.ResponseWriter, r *http.Request, c *call) error {
	o, err := wire.ReadObject(r, false)
	if err != nil {
		return err
	}
	var name, behave string
	o.String("name", &name)
	o.String(conflictBehavior, &behave)
	isFolder := o.Has("folder") && !o.Null("folder")
	o.Raw("folder")
	if err := o.Done("microsoft.graph.driveItem"); err != nil {
		return err
	}
	if !isFolder || !goodName(name) {
		return wire.BadRequest("invalidRequest", "A folder needs a good name and the facet 'folder'.")
	}
	d, err := s.drive(r, c)
	if err != nil {
		return err
	}
	f, err := s.item(r, c, d)
	if err != nil {
		return err
	}
	parent := ""
	if f != nil {
		parent = f.ID
	}
	if !d.whole {
		return closed()
	}
	there, err := s.named(r, d, parent, name)
	switch {
	case err != nil:
		return err
	case there != nil && behave == "rename":
		if name, err = s.freeName(r, d, parent, name); err != nil {
			return err
		}
	case there != nil:
		return nameTaken()
	}
	made, err := s.cfg.Desk.AddFile(r.Context(), c.caller.Actor, d.place(parent), offboard.File{Name: name, Folder: true})
	if err != nil {
		return err
	}
	return s.writeItem(w, r, c, d, http.StatusCreated, made.ID)
}
