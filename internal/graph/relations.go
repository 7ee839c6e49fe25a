package graph

import (
	"net/http"
	"strings"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/wire"
)

// getManager answers GET /users/{id}/manager, 404 when there is none. R-API-20
func (s *Server) getManager(w http.ResponseWriter, r *http.Request, c *call) error {
	options, err := c.options(r, "$skip", "$filter", "$search", "$orderby")
	if err != nil {
		return err
	}
	p, err := s.plan(r.Context(), options.Select)
	if err != nil {
		return err
	}
	u, err := s.user(r.Context(), r.PathValue("user"), []string{"id", "manager"})
	if err != nil {
		return err
	}
	if u.Manager == nil {
		return wire.NotThere("manager")
	}
	m, err := s.user(r.Context(), u.Manager.ID, loading(p, options.Expand))
	if err != nil {
		return err
	}
	extra, err := s.expand(r.Context(), c, []offboard.UserRow{*m}, options.Expand)
	if err != nil {
		return err
	}
	c.write(w, http.StatusOK, func(dst []byte) []byte {
		dst = c.appendContext(dst, p.context("directoryObjects")+"/$entity")
		return append(extra.append(p.append(c.annotate(dst, m, true), m), 0), '}')
	})
	return nil
}

// managerRef answers GET /users/{id}/manager/$ref.
func (s *Server) managerRef(w http.ResponseWriter, r *http.Request, c *call) error {
	u, err := s.user(r.Context(), r.PathValue("user"), []string{"id", "manager"})
	if err != nil {
		return err
	}
	if u.Manager == nil {
		return wire.NotThere("manager")
	}
	c.write(w, http.StatusOK, func(dst []byte) []byte {
		dst = appendName(c.appendContext(dst, "$ref"), "@odata.id")
		return append(appendString(dst, c.base+"/directoryObjects/"+u.Manager.ID+"/microsoft.graph.user"), '}')
	})
	return nil
}

// setManager answers PUT /users/{id}/manager/$ref. R-API-20
func (s *Server) setManager(w http.ResponseWriter, r *http.Request, c *call) error {
	key, err := reference(r)
	if err != nil {
		return err
	}
	if err := s.cfg.Desk.SetManager(r.Context(), c.caller.Actor, r.PathValue("user"), key); err != nil {
		return err
	}
	wire.NoContent(w)
	return nil
}

// clearManager answers DELETE /users/{id}/manager/$ref, 404 when there is none; who
// may not change it does not learn that. R-API-20
func (s *Server) clearManager(w http.ResponseWriter, r *http.Request, c *call) error {
	u, err := s.user(r.Context(), r.PathValue("user"), []string{"id", "manager"})
	if err != nil {
		return err
	}
	if err := s.cfg.Desk.SetManager(r.Context(), c.caller.Actor, string(u.ID), ""); err != nil {
		return err
	}
	if u.Manager == nil {
		return wire.NotThere("manager")
	}
	wire.NoContent(w)
	return nil
}

// listReports answers GET /users/{id}/directReports.
func (s *Server) listReports(w http.ResponseWriter, r *http.Request, c *call) error {
	u, err := s.id(r)
	if err != nil {
		return err
	}
	q := offboard.UserQuery{Relation: offboard.ReportsTo, Of: string(u.ID)}
	if strings.HasSuffix(r.URL.Path, "/microsoft.graph.user") {
		return s.usersPage(w, r, c, q, "users", false)
	}
	return s.usersPage(w, r, c, q, "directoryObjects", true)
}

func (s *Server) countReports(w http.ResponseWriter, r *http.Request, c *call) error {
	u, err := s.id(r)
	if err != nil {
		return err
	}
	return s.countPeople(w, r, c, offboard.UserQuery{Relation: offboard.ReportsTo, Of: string(u.ID)})
}

// listMemberships answers GET /users/{id}/memberOf: groups, and roles behind the
// last of them. Groups hold people only, so that transitiveMemberOf is the same.
// R-API-21
func (s *Server) listMemberships(w http.ResponseWriter, r *http.Request, c *call) error {
	u, err := s.user(r.Context(), r.PathValue("user"), []string{"id", "roles"})
	if err != nil {
		return err
	}
	return s.groupsPage(w, r, c, offboard.GroupQuery{MemberID: u.ID}, "directoryObjects", true, u.Roles)
}

// listMemberGroups answers GET /users/{id}/memberOf/microsoft.graph.group.
func (s *Server) listMemberGroups(w http.ResponseWriter, r *http.Request, c *call) error {
	u, err := s.id(r)
	if err != nil {
		return err
	}
	return s.groupsPage(w, r, c, offboard.GroupQuery{MemberID: u.ID}, "groups", false, nil)
}

// listMemberRoles answers GET /users/{id}/memberOf/microsoft.graph.directoryRole.
func (s *Server) listMemberRoles(w http.ResponseWriter, r *http.Request, c *call) error {
	u, err := s.user(r.Context(), r.PathValue("user"), []string{"id", "roles"})
	if err != nil {
		return err
	}
	return s.writeRoles(w, r, c, u.Roles)
}

func (s *Server) countMemberships(w http.ResponseWriter, r *http.Request, c *call) error {
	return s.countGroupsOf(w, r, c, func(u *offboard.UserRow) (offboard.GroupQuery, int) {
		return offboard.GroupQuery{MemberID: u.ID}, len(u.Roles)
	})
}

func (s *Server) countMemberGroups(w http.ResponseWriter, r *http.Request, c *call) error {
	return s.countGroupsOf(w, r, c, func(u *offboard.UserRow) (offboard.GroupQuery, int) { return offboard.GroupQuery{MemberID: u.ID}, 0 })
}

// listOwned answers GET /users/{id}/ownedObjects. R-API-21
func (s *Server) listOwned(w http.ResponseWriter, r *http.Request, c *call) error {
	u, err := s.id(r)
	if err != nil {
		return err
	}
	return s.groupsPage(w, r, c, offboard.GroupQuery{OwnerID: u.ID}, "directoryObjects", true, nil)
}

func (s *Server) countOwned(w http.ResponseWriter, r *http.Request, c *call) error {
	return s.countGroupsOf(w, r, c, func(u *offboard.UserRow) (offboard.GroupQuery, int) { return offboard.GroupQuery{OwnerID: u.ID}, 0 })
}

func (s *Server) countGroupsOf(w http.ResponseWriter, r *http.Request, c *call, of func(u *offboard.UserRow) (offboard.GroupQuery, int)) error {
	options, err := c.countOptions(r)
	if err != nil {
		return err
	}
	u, err := s.user(r.Context(), r.PathValue("user"), []string{"id", "roles"})
	if err != nil {
		return err
	}
	q, more := of(u)
	q.ListQuery = options
	n, err := s.cfg.Reads.CountGroups(r.Context(), q)
	if err != nil {
		return err
	}
	if options.Filter != nil || options.Search != nil {
		more = 0 // a condition on groups finds no role
	}
	number(w, n+int64(more))
	return nil
}

// memberGroups answers POST /users/{id}/getMemberGroups and getMemberObjects.
func (s *Server) memberGroups(w http.ResponseWriter, r *http.Request, c *call) error {
	o, err := wire.ReadObject(r, true)
	if err != nil {
		return err
	}
	if !o.Has("securityEnabledOnly") {
		return wire.BadRequest("Request_BadRequest", "One or more parameters of the operation 'getMemberGroups' are missing from the request payload. "+
			"The missing parameters are: securityEnabledOnly.")
	}
	securityOnly := false
	o.Bool("securityEnabledOnly", &securityOnly)
	if err := o.Done("microsoft.graph.getMemberGroups"); err != nil {
		return err
	}
	ids, err := s.groupsOf(r, securityOnly)
	if err != nil {
		return err
	}
	c.strings(w, ids)
	return nil
}

// checkMemberGroups answers POST /users/{id}/checkMemberGroups.
func (s *Server) checkMemberGroups(w http.ResponseWriter, r *http.Request, c *call) error {
	o, err := wire.ReadObject(r, false)
	if err != nil {
		return err
	}
	var asked []string
	given := o.Strings("groupIds", &asked) && !o.Null("groupIds")
	if err := o.Done("microsoft.graph.checkMemberGroups"); err != nil {
		return err
	}
	switch {
	case !given:
		return wire.BadRequest("Request_BadRequest", "One or more parameters of the operation 'checkMemberGroups' are missing from the request payload. "+
			"The missing parameters are: groupIds.")
	case len(asked) > maxBatch:
		return wire.BadRequest("Request_BadRequest", "At most 20 groups can be asked about at once.")
	}
	held, err := s.groupsOf(r, false)
	if err != nil {
		return err
	}
	set := map[org.GroupID]bool{}
	for _, id := range held {
		set[id] = true
	}
	var found []org.GroupID
	for _, id := range asked {
		if id := org.GroupID(lowerGUID(id)); set[id] {
			found = append(found, id)
		}
	}
	c.strings(w, found)
	return nil
}

func (s *Server) groupsOf(r *http.Request, securityOnly bool) ([]org.GroupID, error) {
	u, err := s.id(r)
	if err != nil {
		return nil, err
	}
	return s.cfg.Reads.MemberGroups(r.Context(), u.ID, securityOnly)
}

// strings answers with a collection of strings.
func (c *call) strings(w http.ResponseWriter, ids []org.GroupID) {
	c.collection(w, list{context: "Collection(Edm.String)"}, len(ids), func(dst []byte, i int) []byte { return appendString(dst, string(ids[i])) })
}
