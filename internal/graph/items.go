package graph

import (
	"net/http"
	"strings"

	"leaver/internal/offboard"
	"leaver/internal/wire"
)

// item finds what a path names in a drive: nil for its beginning.
func (s *Server) item(r *http.Request, c *call, d *drive) (*offboard.FileRow, error) {
	var f *offboard.FileRow
	var err error
	path := namesOf(r.PathValue("path"))
	at := r.PathValue("item")
	if at != "" && at != top {
		if f, err = s.cfg.Reads.File(r.Context(), d.ID, at); err != nil || f == nil {
			return nil, firstOf(err, noItem())
		}
	}
	switch {
	case len(path) > 0 && f != nil:
		f, err = s.below(r, d, f, path)
	case len(path) > 0:
		f, err = s.cfg.Reads.FileAt(r.Context(), d.ID, path)
	}
	switch {
	case err != nil:
		return nil, err
	case f == nil && len(path) > 0:
		return nil, noItem()
	}
	return f, s.readable(r, c, d, f)
}

// below walks names down from an item.
func (s *Server) below(r *http.Request, d *drive, f *offboard.FileRow, path []string) (*offboard.FileRow, error) {
	for _, name := range path {
		found, err := s.named(r, d, f.ID, name)
		if err != nil || found == nil {
			return nil, err
		}
		f = found
	}
	return f, nil
}

// readable refuses an item that the caller may not read: all of the drive, or
// what was shared with them, itself or a folder above it.
func (s *Server) readable(r *http.Request, c *call, d *drive, f *offboard.FileRow) error {
	if d.whole {
		return nil
	}
	if f == nil {
		return closed()
	}
	shares, err := s.cfg.Reads.Shares(r.Context(), d.ID, f.ID)
	if err != nil {
		return err
	}
	_, now, err := s.organization(r.Context())
	if err != nil {
		return err
	}
	for i := range shares {
		if x := &shares[i]; x.Who == c.caller.ID && (x.Expires.IsZero() || x.Expires.After(now)) {
			return nil
		}
	}
	return closed()
}

func namesOf(path string) []string {
	var names []string
	for name := range strings.SplitSeq(path, "/") {
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}

// getItem answers GET …/root, …/items/{id} and …/root:/path. R-API-61
func (s *Server) getItem(w http.ResponseWriter, r *http.Request, c *call) error {
	options, err := c.options(r, "$skip", "$filter", "$search", "$orderby", "$count")
	if err != nil {
		return err
	}
	pick, err := s.model["driveitem"].pick(options.Select)
	if err != nil {
		return err
	}
	d, err := s.drive(r, c)
	if err != nil {
		return err
	}
	f, err := s.item(r, c, d)
	if err != nil {
		return err
	}
	t := c.itemThing(d, f)
	if f == nil {
		if t, err = s.rootThing(r, c, d); err != nil {
			return err
		}
	}
	c.entity(w, http.StatusOK, picked("drives('"+string(d.ID)+"')/items", pick)+"/$entity", c.style(s.model["driveitem"], pick), t)
	return nil
}

// rootThing is the folder that a drive begins with; it is not stored.
func (s *Server) rootThing(r *http.Request, c *call, d *drive) (*thing, error) {
	q := offboard.FileQuery{Drive: d.ID}
	q.Count, q.Top = true, 1
	page, err := s.cfg.Reads.Files(r.Context(), q)
	if err != nil {
		return nil, err
	}
	var children int64
	if page.Count != nil {
		children = *page.Count
	}
	t := c.itemThing(d, nil)
	folder := thing{}
	folder.put("childCount", children)
	t.put("folder", folder)
	t.put("root", thing{})
	return t, nil
}

// itemThing is a file or folder; nil is the beginning of the drive.
func (c *call) itemThing(d *drive, f *offboard.FileRow) *thing {
	t := &thing{typ: "driveItem"}
	base := "/drives/" + string(d.ID)
	if f == nil {
		t.path = base + "/root"
		t.put("id", top)
		t.put("name", top)
		t.put("size", int64(d.Size))
		t.put("webUrl", c.host+base)
		return t
	}
	parent := thing{}
	parent.put("driveId", string(d.ID))
	parent.put("driveType", "business")
	above := f.ParentID
	if above == "" {
		above = top
	}
	parent.put("id", above)
	t.path = base + "/items/" + f.ID
	t.put("id", f.ID)
	t.put("name", f.Name)
	t.put("size", f.Size)
	t.put("createdDateTime", f.Created)
	t.put("lastModifiedDateTime", f.Modified)
	t.put("eTag", wire.FileTag(f))
	t.put("cTag", `"c:`+wire.FileTag(f)[1:])
	t.put("webUrl", c.host+base+"/items/"+f.ID)
	t.put("createdBy", identityOf(d.Owner))
	t.put("lastModifiedBy", identityOf(d.Owner))
	t.put("parentReference", parent)
	kind := thing{}
	if f.Folder {
		kind.put("childCount", f.Children)
		t.put("folder", kind)
		return t
	}
	kind.put("mimeType", wire.MimeOf(f))
	t.put("file", kind)
	return t
}

// listChildren answers GET …/children. R-API-61
func (s *Server) listChildren(w http.ResponseWriter, r *http.Request, c *call) error {
	options, err := c.options(r, "$skip", "$search")
	if err != nil {
		return err
	}
	pick, err := s.model["driveitem"].pick(options.Select)
	if err != nil {
		return err
	}
	d, err := s.drive(r, c)
	if err != nil {
		return err
	}
	f, err := s.item(r, c, d)
	if err != nil {
		return err
	}
	q := offboard.FileQuery{ListQuery: options, Drive: d.ID}
	if f != nil {
		q.Parent = f.ID
	}
	if q.Top == 0 {
		q.Top = 200 // OneDrive's own page
	}
	page, err := s.cfg.Reads.Files(r.Context(), q)
	if err != nil {
		return err
	}
	all := make([]thing, len(page.Rows))
	for i := range page.Rows {
		all[i] = *c.itemThing(d, &page.Rows[i])
	}
	head := list{context: picked("drives('"+string(d.ID)+"')/items", pick), next: c.next(r, page.Next), count: page.Count}
	c.things(w, head, c.style(s.model["driveitem"], pick), all)
	return nil
}
