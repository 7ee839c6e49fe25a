package graph

import (
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/wire"
)

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
	for i, who := range ask.who {
		if ask.who[i], err = s.addressee(r, who); err != nil {
			return err
		}
	}
	if f == nil {
		return s.inviteToAll(w, r, c, d, &ask)
	}
	made, err := s.cfg.Desk.ShareFile(r.Context(), c.caller.Actor, d.place(f.ID), ask.who, ask.role, ask.expires)
	if err != nil {
		return badInvitation(err)
	}
	all := make([]thing, len(made))
	for i := range made {
		all[i] = permissionThing(d, f, &made[i])
	}
	placed(d, f, all)
	c.things(w, list{context: "Collection(microsoft.graph.permission)"}, c.style(s.model["permission"], nil), all)
	return nil
}

// inviteToAll gives people access to the whole drive, which can be written to
// then; less than that is given by sharing what is in it. R-API-61 R-WIZ-07
func (s *Server) inviteToAll(w http.ResponseWriter, r *http.Request, c *call, d *drive, ask *invitation) error {
	if ask.role != "write" || !ask.expires.IsZero() {
		return wire.BadRequest("invalidRequest", "The whole drive can be shared with roles [\"write\"] and without an end only. Share a file or folder in it otherwise.")
	}
	made, err := s.cfg.Desk.ShareDrive(r.Context(), c.caller.Actor, d.Owner.ID, ask.who, true)
	if err != nil {
		return badInvitation(err)
	}
	all := make([]thing, len(made))
	for i := range made {
		all[i] = grantThing(made[i])
	}
	placed(d, nil, all)
	c.things(w, list{context: "Collection(microsoft.graph.permission)"}, c.style(s.model["permission"], nil), all)
	return nil
}

// badInvitation says in the words of a drive what is wrong with an invitation.
func badInvitation(err error) error {
	x := org.RefusalOf(err)
	switch {
	case x == nil:
		return err
	case x.Reason == "user.notFound":
		return wire.BadRequest("invalidRequest", "One of the recipients is not an active user of this organization.")
	case x.Reason == "drive.shareOver":
		return wire.BadRequest("invalidRequest", "expirationDateTime has to be in the future.")
	}
	return err
}

// wholeDrive begins the id of a permission that is access to the whole drive.
const wholeDrive = "drive-"

func grantThing(to org.Ref) thing {
	t := thing{typ: "permission"}
	t.put("id", wholeDrive+to.ID)
	t.put("roles", []string{"write"})
	t.put("grantedTo", identityOf(to))
	t.put("grantedToV2", identityOf(to))
	t.put("expirationDateTime", nil)
	return t
}

// addressee finds whom a recipient names who is not named by user name or id: by
// an address, or by an alias, which is what stands before its @.
func (s *Server) addressee(r *http.Request, ref string) (string, error) {
	u, err := s.cfg.Reads.User(r.Context(), ref, []string{"id"})
	if err != nil || u != nil {
		return ref, err
	}
	q := offboard.UserQuery{}
	q.Select, q.Top = []string{"id"}, 1
	q.Filter = same([]string{"mailNickname"}, ref)
	if strings.Contains(ref, "@") {
		q.Filter = &odata.LambdaExpr{Path: &odata.PathExpr{Segments: []string{"proxyAddresses"}}, Var: "x", Body: same([]string{"x"}, "smtp:"+ref)}
	}
	page, err := s.cfg.Reads.Users(r.Context(), q)
	if err != nil || len(page.Rows) == 0 {
		return ref, err
	}
	return string(page.Rows[0].ID), nil
}

// same is the condition that a property is a text.
func same(path []string, text string) odata.Expr {
	return &odata.CompareExpr{Op: odata.OpEq, Left: &odata.PathExpr{Segments: path}, Right: &odata.Literal{Kind: odata.Text, Value: text}}
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
	o.Strings("roles", &roles)
	o.String("message", &message)
	o.String("expirationDateTime", &expires)
	for _, name := range []string{"requireSignIn", "sendInvitation"} {
		var flag bool
		if o.Raw(name); !o.Null(name) { // null is as good as nothing
			o.Bool(name, &flag)
		}
	}
	o.Raw("retainInheritedPermissions")
	people, _ := o.Objects("recipients")
	if err := o.Done("microsoft.graph.invite"); err != nil {
		return in, err
	}
	for _, p := range people {
		var ref, given string
		for _, name := range []string{"email", "alias", "objectId"} {
			if p.String(name, &given) && given != "" {
				ref = given
			}
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
	case utf8.RuneCountInString(message) > 2000:
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

// placed says where the permissions of an item, or of the whole drive, are found.
func placed(d *drive, f *offboard.FileRow, all []thing) {
	at := "/drives/" + string(d.ID) + "/root"
	if f != nil {
		at = "/drives/" + string(d.ID) + "/items/" + f.ID
	}
	for i := range all {
		id, _ := all[i].props[0].value.(string)
		all[i].path = at + "/permissions/" + id
	}
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
	d, all, err := s.permissions(r, c)
	if err != nil {
		return err
	}
	c.things(w, list{context: "drives('" + string(d.ID) + "')/permissions"}, c.style(s.model["permission"], nil), all)
	return nil
}

// getPermission answers GET …/permissions/{id}. R-API-62
func (s *Server) getPermission(w http.ResponseWriter, r *http.Request, c *call) error {
	d, all, err := s.permissions(r, c)
	if err != nil {
		return err
	}
	for i := range all {
		if all[i].equals("id", r.PathValue("permission")) {
			c.entity(w, http.StatusOK, "drives('"+string(d.ID)+"')/permissions/$entity", c.style(s.model["permission"], nil), &all[i])
			return nil
		}
	}
	return noItem()
}

// permissions are the owner's own, those to the whole drive, and those to the
// item and what it lies in.
func (s *Server) permissions(r *http.Request, c *call) (*drive, []thing, error) {
	d, f, err := s.sharedItem(r, c)
	if err != nil {
		return nil, nil, err
	}
	owner := thing{typ: "permission"}
	owner.put("id", "owner")
	owner.put("roles", []string{"owner"})
	owner.put("grantedTo", identityOf(d.Owner))
	owner.put("grantedToV2", identityOf(d.Owner))
	all := []thing{owner}
	for _, who := range d.Grants {
		u, err := s.cfg.Reads.User(r.Context(), string(who), []string{"id", "displayName", "userPrincipalName"})
		if err != nil {
			return nil, nil, err
		}
		if u != nil {
			all = append(all, grantThing(u.Ref()))
		}
	}
	if f == nil {
		placed(d, f, all)
		return d, all, nil
	}
	shares, err := s.cfg.Reads.Shares(r.Context(), d.ID, f.ID)
	if err != nil {
		return nil, nil, err
	}
	for i := range shares {
		all = append(all, permissionThing(d, f, &shares[i]))
	}
	placed(d, f, all)
	return d, all, nil
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
	if id == "owner" {
		return wire.BadRequest("invalidRequest", "The owner's own access can't be taken away.")
	}
	if who, whole := strings.CutPrefix(id, wholeDrive); whole && slices.Contains(d.Grants, org.UserID(who)) {
		if _, err := s.cfg.Desk.ShareDrive(r.Context(), c.caller.Actor, d.Owner.ID, []string{who}, false); err != nil {
			return err
		}
		wire.NoContent(w)
		return nil
	}
	if f == nil {
		return noItem()
	}
	if err := s.cfg.Desk.UnshareFile(r.Context(), c.caller.Actor, d.place(f.ID), id); err != nil {
		return err
	}
	wire.NoContent(w)
	return nil
}
