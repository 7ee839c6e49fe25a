package graph

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

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
	h := w.Header()
	h.Set("Content-Type", mimeOf(f))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	h.Set("X-Content-Type-Options", "nosniff") // what people put in their drive is nobody's page
	if f.Body == "" {
		h.Set("Content-Length", "0")
		w.WriteHeader(http.StatusOK)
		return nil
	}
	body, err := s.cfg.Bodies.Open(r.Context(), f.Body)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }() // only read
	if seeker, ok := body.(io.ReadSeeker); ok {
		http.ServeContent(w, r, f.Name, f.Modified, seeker) // ranges and all
		return nil
	}
	h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	_, err = io.Copy(w, body)
	return err
}

// upload answers PUT …/content: a new file under a path, or other content for a
// file that is there. Folders that a path names and that are missing are made.
func (s *Server) upload(w http.ResponseWriter, r *http.Request, c *call) error {
	d, err := s.drive(r, c)
	if err != nil {
		return err
	}
	goal, err := s.goal(r, d)
	if err != nil {
		return err
	}
	if !d.whole {
		return closed()
	}
	hash, size, err := s.cfg.Bodies.Put(r.Context(), http.MaxBytesReader(w, r.Body, s.cfg.MaxUpload))
	if err != nil {
		return tooBig(err)
	}
	file := offboard.File{Name: goal.name, Size: size, Mime: kindOf(r, goal.name), Body: hash}
	if goal.found != nil {
		if err := s.cfg.Desk.ReplaceFile(r.Context(), c.caller.Actor, d.place(goal.found.ID), file); err != nil {
			return err
		}
		return s.writeItem(w, r, c, d, http.StatusOK, goal.found.ID)
	}
	for _, name := range slices.Backward(goal.folders) {
		file = offboard.File{Name: name, Folder: true, Files: []offboard.File{file}}
	}
	made, err := s.cfg.Desk.AddFile(r.Context(), c.caller.Actor, d.place(goal.parent), file)
	if err != nil {
		return err
	}
	for len(made.Files) > 0 {
		made = made.Files[0]
	}
	return s.writeItem(w, r, c, d, http.StatusCreated, made.ID)
}

func tooBig(err error) error {
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return &wire.Fault{
			Status: http.StatusRequestEntityTooLarge, Code: "maxFileSizeExceeded",
			Message: "The file is larger than the " + strconv.FormatInt(large.Limit>>20, 10) + " MB that one request may bring.",
		}
	}
	return err
}

// goal is where an upload is to end up.
type goal struct {
	found   *offboard.FileRow // the file that is there already
	parent  string            // the deepest folder that is there, "" for the top
	folders []string          // those to be made below it
	name    string
}

// goal finds where an upload goes: the item itself, or a path below it.
func (s *Server) goal(r *http.Request, d *drive) (goal, error) {
	var g goal
	at, names := r.PathValue("item"), namesOf(r.PathValue("path"))
	if at != "" && at != top {
		f, err := s.cfg.Reads.File(r.Context(), d.ID, at)
		if err != nil || f == nil {
			return g, firstOf(err, noItem())
		}
		if len(names) == 0 && !f.Folder {
			g.found, g.name = f, f.Name
			return g, nil
		}
		g.parent = f.ID
	}
	if len(names) == 0 {
		return g, wire.BadRequest("invalidRequest", "A folder can't be given content: name a file in it.")
	}
	for i, name := range names {
		if !goodName(name) {
			return g, wire.BadRequest("invalidRequest", "The provided name cannot contain any of the characters \" * : < > ? / \\ |, or be longer than 255.")
		}
		f, err := s.named(r, d, g.parent, name)
		last := i == len(names)-1
		switch {
		case err != nil:
			return g, err
		case f == nil:
			g.folders, g.name = names[i:len(names)-1], names[len(names)-1]
			return g, nil
		case last && f.Folder, !last && !f.Folder:
			return g, &wire.Fault{Status: http.StatusConflict, Code: "nameAlreadyExists", Message: "Name already exists"}
		case last:
			g.found, g.name = f, f.Name
		default:
			g.parent = f.ID
		}
	}
	return g, nil
}

// goodName says that a file or folder may be called so.
func goodName(name string) bool {
	return name != "" && name != "." && name != ".." && len(name) <= 255 && strings.TrimSpace(name) == name &&
		!strings.ContainsAny(name, "\"*:<>?/\\|") && !strings.ContainsFunc(name, func(c rune) bool { return c < ' ' || c == 0x7f })
}

func kindOf(r *http.Request, name string) string {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil && kind != "application/octet-stream" && len(kind) < 100 {
		return kind
	}
	if byName := mime.TypeByExtension(path.Ext(name)); byName != "" {
		return byName
	}
	return "application/octet-stream"
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

// createFolder answers POST …/children.
func (s *Server) createFolder(w http.ResponseWriter, r *http.Request, c *call) error {
	o, err := wire.ReadObject(r, false)
	if err != nil {
		return err
	}
	var name string
	o.String("name", &name)
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
	if there, err := s.named(r, d, parent, name); err != nil || there != nil {
		return firstOf(err, &wire.Fault{Status: http.StatusConflict, Code: "nameAlreadyExists", Message: "Name already exists"})
	}
	made, err := s.cfg.Desk.AddFile(r.Context(), c.caller.Actor, d.place(parent), offboard.File{Name: name, Folder: true})
	if err != nil {
		return err
	}
	return s.writeItem(w, r, c, d, http.StatusCreated, made.ID)
}

// invite answers POST …/invite. Access is given at once; nobody is written to,
// for there is no mail out of an embedded organization. R-API-61
func (s *Server) invite(w http.ResponseWriter, r *http.Request, c *call) error {
	ask, err := readInvitation(r)
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
	if f == nil {
		return wire.BadRequest("invalidRequest", "The whole drive can't be shared: share a file or folder in it.")
	}
	for i, who := range ask.who {
		if ask.who[i], err = s.addressee(r, who); err != nil {
			return err
		}
	}
	made, err := s.cfg.Desk.ShareFile(r.Context(), c.caller.Actor, d.place(f.ID), ask.who, ask.role, ask.expires)
	if x := org.RefusalOf(err); x != nil && x.Reason == "user.notFound" {
		return wire.BadRequest("invalidRequest", "One of the recipients is not an active user of this organization.")
	}
	if err != nil {
		return err
	}
	all := make([]thing, len(made))
	for i := range made {
		all[i] = permissionThing(d, f, &made[i])
	}
	c.things(w, list{context: "Collection(microsoft.graph.permission)"}, c.style(s.model["permission"], nil), all)
	return nil
}

// addressee finds whose an address is, which need not be the user name.
func (s *Server) addressee(r *http.Request, ref string) (string, error) {
	if !strings.Contains(ref, "@") {
		return ref, nil
	}
	u, err := s.cfg.Reads.User(r.Context(), ref, []string{"id"})
	if err != nil || u != nil {
		return ref, err
	}
	q := offboard.UserQuery{}
	q.Select, q.Top = []string{"id"}, 1
	q.Filter = &odata.LambdaExpr{
		Path: &odata.PathExpr{Segments: []string{"proxyAddresses"}}, Var: "x",
		Body: &odata.CompareExpr{Op: odata.OpEq, Left: &odata.PathExpr{Segments: []string{"x"}}, Right: &odata.Literal{Kind: odata.Text, Value: "smtp:" + ref}},
	}
	page, err := s.cfg.Reads.Users(r.Context(), q)
	if err != nil || len(page.Rows) == 0 {
		return ref, err
	}
	return string(page.Rows[0].ID), nil
}

// invitation is what an invite asks for.
type invitation struct {
	who     []string
	role    string
	expires time.Time
}

func readInvitation(r *http.Request) (invitation, error) {
	var in invitation
	o, err := wire.ReadObject(r, false)
	if err != nil {
		return in, err
	}
	var roles []string
	var message, expires string
	var flag bool
	o.Strings("roles", &roles)
	o.String("message", &message)
	o.String("expirationDateTime", &expires)
	o.Bool("requireSignIn", &flag)
	o.Bool("sendInvitation", &flag)
	o.Raw("retainInheritedPermissions")
	people, _ := o.Objects("recipients")
	if err := o.Done("microsoft.graph.invite"); err != nil {
		return in, err
	}
	for _, p := range people {
		var ref string
		for _, name := range []string{"email", "alias", "objectId"} {
			p.String(name, &ref)
		}
		if err := p.Done("microsoft.graph.driveRecipient"); err != nil {
			return in, err
		}
		in.who = append(in.who, ref)
	}
	switch {
	case len(in.who) == 0 || len(in.who) > maxBatch || slices.Contains(in.who, ""):
		return in, wire.BadRequest("invalidRequest", "Name 1 to 20 recipients, each by email, alias or objectId.")
	case len(roles) != 1 || roles[0] != "read" && roles[0] != "write":
		return in, wire.BadRequest("invalidRequest", "roles has to be [\"read\"] or [\"write\"].")
	case len(message) > 2000:
		return in, wire.BadRequest("invalidRequest", "message may hold 2000 characters.")
	}
	in.role = roles[0]
	if expires == "" {
		return in, nil
	}
	if in.expires, err = time.Parse(time.RFC3339, expires); err != nil {
		return in, wire.BadRequest("invalidRequest", "expirationDateTime has to be a time such as 2026-12-31T00:00:00Z.")
	}
	return in, nil
}

func permissionThing(d *drive, f *offboard.FileRow, x *offboard.ShareRow) thing {
	t := thing{typ: "permission"}
	t.put("id", x.ID)
	t.put("roles", []string{x.Role})
	t.put("grantedTo", identityOf(x.To))
	t.put("grantedToV2", identityOf(x.To))
	t.put("expirationDateTime", x.Expires)
	if x.Item != f.ID {
		from := thing{}
		from.put("driveId", string(d.ID))
		from.put("id", x.Item)
		t.put("inheritedFrom", from)
	}
	return t
}

// listPermissions answers GET …/permissions. R-API-62
func (s *Server) listPermissions(w http.ResponseWriter, r *http.Request, c *call) error {
	d, f, err := s.sharedItem(r, c)
	if err != nil {
		return err
	}
	owner := thing{typ: "permission"}
	owner.put("id", "owner")
	owner.put("roles", []string{"owner"})
	owner.put("grantedTo", identityOf(d.Owner))
	owner.put("grantedToV2", identityOf(d.Owner))
	all := []thing{owner}
	if f != nil {
		shares, err := s.cfg.Reads.Shares(r.Context(), d.ID, f.ID)
		if err != nil {
			return err
		}
		for i := range shares {
			all = append(all, permissionThing(d, f, &shares[i]))
		}
	}
	c.things(w, list{context: "drives('" + string(d.ID) + "')/permissions"}, c.style(s.model["permission"], nil), all)
	return nil
}

func (s *Server) sharedItem(r *http.Request, c *call) (*drive, *offboard.FileRow, error) {
	d, err := s.drive(r, c)
	if err != nil {
		return nil, nil, err
	}
	f, err := s.item(r, c, d)
	return d, f, err
}

// removePermission answers DELETE …/permissions/{id}. R-API-62
func (s *Server) removePermission(w http.ResponseWriter, r *http.Request, c *call) error {
	d, f, err := s.sharedItem(r, c)
	if err != nil {
		return err
	}
	id := r.PathValue("permission")
	if f == nil || id == "owner" {
		return wire.BadRequest("invalidRequest", "The owner's own access can't be taken away.")
	}
	if err := s.cfg.Desk.UnshareFile(r.Context(), c.caller.Actor, d.place(f.ID), id); err != nil {
		return err
	}
	wire.NoContent(w)
	return nil
}
