package graph

import (
	"net/http"
	"slices"
	"strings"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/wire"
)

// roleThing is a role that somebody holds. Its id is that of its template: there
// is one of each. R-API-70
func roleThing(id org.RoleID) *thing {
	t := &thing{typ: "directoryRole", path: "/directoryRoles/" + string(id)}
	d, _ := org.RoleByID(id)
	t.put("id", string(id))
	t.put("deletedDateTime", nil)
	t.put("description", text(d.Description))
	t.put("displayName", id.Name())
	t.put("roleTemplateId", string(id))
	return t
}

// listRoles answers GET /directoryRoles: those that somebody holds. R-API-70
func (s *Server) listRoles(w http.ResponseWriter, r *http.Request, c *call) error {
	roles, err := s.cfg.Reads.ActiveRoles(r.Context())
	if err != nil {
		return err
	}
	return s.writeRoles(w, r, c, roles)
}

func (s *Server) writeRoles(w http.ResponseWriter, r *http.Request, c *call, roles []org.RoleID) error {
	options, err := c.options(r, "$skip", "$search", "$orderby")
	if err != nil {
		return err
	}
	pick, err := s.model["directoryrole"].pick(options.Select)
	if err != nil {
		return err
	}
	wanted, err := equals(options.Filter, "roleTemplateId", "displayName", "id")
	if err != nil {
		return err
	}
	var all []thing
	for _, id := range roles {
		if t := roleThing(id); wanted(t) {
			all = append(all, *t)
		}
	}
	c.things(w, list{context: picked("directoryRoles", pick)}, c.style(s.model["directoryrole"], pick), all)
	return nil
}

// equals reads a filter of the kind "name eq 'value'" for lists that are short
// and not in the database; other filters are refused.
func equals(filter odata.Expr, names ...string) (func(t *thing) bool, error) {
	if filter == nil {
		return func(*thing) bool { return true }, nil
	}
	if e, ok := filter.(*odata.CompareExpr); ok && e.Op == odata.OpEq {
		path, isPath := e.Left.(*odata.PathExpr)
		value, isValue := e.Right.(*odata.Literal)
		if isPath && isValue && len(path.Segments) == 1 {
			i := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, path.Segments[0]) })
			want, isText := value.Value.(string)
			if i >= 0 && isText {
				return func(t *thing) bool { return t.equals(names[i], want) }, nil
			}
		}
	}
	return nil, wire.BadRequest("Request_UnsupportedQuery", "Unsupported Query. These can be filtered by 'eq' on "+strings.Join(names, ", ")+".")
}

// equals says that a property has a text, without regard to case.
func (t *thing) equals(name, want string) bool {
	for _, p := range t.props {
		if s, ok := p.value.(string); ok && p.name == name {
			return strings.EqualFold(s, want)
		}
	}
	return false
}

// role is the role that a path names, by id or roleTemplateId=….
func role(r *http.Request) (org.RoleID, error) {
	key := r.PathValue("role")
	id := org.RoleID(strings.ToLower(strings.TrimPrefix(key, "roletemplateid=")))
	if _, ok := org.RoleByID(id); !ok {
		return "", wire.NotThere(key)
	}
	return id, nil
}

// getRole answers GET /directoryRoles/{id}.
func (s *Server) getRole(w http.ResponseWriter, r *http.Request, c *call) error {
	id, err := role(r)
	if err != nil {
		return err
	}
	c.entity(w, http.StatusOK, "directoryRoles/$entity", c.style(s.model["directoryrole"], nil), roleThing(id))
	return nil
}

// listHolders answers GET /directoryRoles/{id}/members. R-API-70
func (s *Server) listHolders(w http.ResponseWriter, r *http.Request, c *call) error {
	id, err := role(r)
	if err != nil {
		return err
	}
	return s.usersPage(w, r, c, offboard.UserQuery{Relation: offboard.HoldersOf, Of: string(id)}, "directoryObjects", true)
}

// addHolder answers POST /directoryRoles/{id}/members/$ref.
func (s *Server) addHolder(w http.ResponseWriter, r *http.Request, c *call) error {
	id, err := role(r)
	if err != nil {
		return err
	}
	key, err := reference(r)
	if err != nil {
		return err
	}
	if _, err := s.cfg.Desk.AssignRole(r.Context(), c.caller.Actor, key, id); err != nil {
		return err
	}
	wire.NoContent(w)
	return nil
}

// removeHolder answers DELETE /directoryRoles/{id}/members/{uid}/$ref. R-API-70
func (s *Server) removeHolder(w http.ResponseWriter, r *http.Request, c *call) error {
	id, err := role(r)
	if err != nil {
		return err
	}
	if _, err := s.cfg.Desk.RemoveRole(r.Context(), c.caller.Actor, r.PathValue("member"), id); err != nil {
		return err
	}
	wire.NoContent(w)
	return nil
}

// listDefinitions answers GET /roleManagement/directory/roleDefinitions. R-API-71
func (s *Server) listDefinitions(w http.ResponseWriter, r *http.Request, c *call) error {
	options, err := c.options(r, "$skip", "$search", "$orderby")
	if err != nil {
		return err
	}
	pick, err := s.model["unifiedroledefinition"].pick(options.Select)
	if err != nil {
		return err
	}
	wanted, err := equals(options.Filter, "displayName", "id", "templateId")
	if err != nil {
		return err
	}
	var all []thing
	for _, d := range org.RoleDefinitions() {
		if t := definitionThing(d); wanted(t) {
			all = append(all, *t)
		}
	}
	c.things(w, list{context: picked("roleManagement/directory/roleDefinitions", pick)}, c.style(s.model["unifiedroledefinition"], pick), all)
	return nil
}

// getDefinition answers GET /roleManagement/directory/roleDefinitions/{id}.
func (s *Server) getDefinition(w http.ResponseWriter, r *http.Request, c *call) error {
	id, err := role(r)
	if err != nil {
		return err
	}
	d, _ := org.RoleByID(id)
	c.entity(w, http.StatusOK, "roleManagement/directory/roleDefinitions/$entity", c.style(s.model["unifiedroledefinition"], nil), definitionThing(d))
	return nil
}

func definitionThing(d org.RoleDefinition) *thing {
	t := &thing{typ: "unifiedRoleDefinition", path: "/roleManagement/directory/roleDefinitions/" + string(d.ID)}
	t.put("id", string(d.ID))
	t.put("description", d.Description)
	t.put("displayName", d.DisplayName)
	t.put("isBuiltIn", true)
	t.put("isEnabled", true)
	t.put("resourceScopes", []string{"/"})
	t.put("templateId", string(d.ID))
	t.put("version", "1")
	t.put("rolePermissions", []thing{})
	return t
}

// listAssignments answers GET /roleManagement/directory/roleAssignments. R-API-71
func (s *Server) listAssignments(w http.ResponseWriter, r *http.Request, c *call) error {
	options, err := c.options(r, "$skip", "$search", "$orderby")
	if err != nil {
		return err
	}
	pick, err := s.model["unifiedroleassignment"].pick(options.Select)
	if err != nil {
		return err
	}
	wanted, err := equals(options.Filter, "principalId", "roleDefinitionId", "id", "directoryScopeId")
	if err != nil {
		return err
	}
	found, err := s.cfg.Reads.RoleAssignments(r.Context(), "", "")
	if err != nil {
		return err
	}
	var all []thing
	for i := range found {
		if t := assignmentThing(&found[i]); wanted(t) {
			all = append(all, *t)
		}
	}
	c.things(w, list{context: picked("roleManagement/directory/roleAssignments", pick)}, c.style(s.model["unifiedroleassignment"], pick), all)
	return nil
}

func assignmentThing(a *offboard.RoleAssignment) *thing {
	t := &thing{typ: "unifiedRoleAssignment", path: "/roleManagement/directory/roleAssignments/" + a.ID}
	t.put("id", a.ID)
	t.put("principalId", a.Principal.ID)
	t.put("directoryScopeId", "/")
	t.put("roleDefinitionId", string(a.Role))
	return t
}

// assignment finds the assignment that a path names, or refuses.
func (s *Server) assignment(r *http.Request) (*offboard.RoleAssignment, error) {
	a, err := s.cfg.Reads.RoleAssignment(r.Context(), r.PathValue("assignment"))
	if err == nil && a == nil {
		return nil, wire.NotThere(r.PathValue("assignment"))
	}
	return a, err
}

// getAssignment answers GET /roleManagement/directory/roleAssignments/{id}.
func (s *Server) getAssignment(w http.ResponseWriter, r *http.Request, c *call) error {
	a, err := s.assignment(r)
	if err != nil {
		return err
	}
	s.writeAssignment(w, c, http.StatusOK, a)
	return nil
}

func (s *Server) writeAssignment(w http.ResponseWriter, c *call, status int, a *offboard.RoleAssignment) {
	c.entity(w, status, "roleManagement/directory/roleAssignments/$entity", c.style(s.model["unifiedroleassignment"], nil), assignmentThing(a))
}

// assignRole answers POST /roleManagement/directory/roleAssignments. R-API-71
func (s *Server) assignRole(w http.ResponseWriter, r *http.Request, c *call) error {
	o, err := wire.ReadObject(r, false)
	if err != nil {
		return err
	}
	var principal, definition, scope string
	o.String("principalId", &principal)
	o.String("roleDefinitionId", &definition)
	o.String("directoryScopeId", &scope)
	if err := o.Done("microsoft.graph.unifiedRoleAssignment"); err != nil {
		return err
	}
	switch {
	case principal == "":
		return wire.BadValue("principalId", "unifiedRoleAssignment")
	case definition == "":
		return wire.BadValue("roleDefinitionId", "unifiedRoleAssignment")
	case scope != "/":
		return wire.BadValue("directoryScopeId", "unifiedRoleAssignment") // roles are held for the whole organization
	}
	id := org.RoleID(strings.ToLower(definition))
	p, err := s.cfg.Desk.AssignRole(r.Context(), c.caller.Actor, principal, id)
	if err != nil {
		return err
	}
	made, err := s.cfg.Reads.RoleAssignments(r.Context(), id, p.ID)
	if err != nil {
		return err
	}
	if len(made) == 0 {
		return wire.NotThere(principal) // taken away again by somebody else meanwhile
	}
	s.writeAssignment(w, c, http.StatusCreated, &made[0])
	return nil
}

// removeAssignment answers DELETE /roleManagement/directory/roleAssignments/{id}. R-API-71
func (s *Server) removeAssignment(w http.ResponseWriter, r *http.Request, c *call) error {
	if err := c.may(org.ManageRole); err != nil {
		return err // before it is said whether there is one
	}
	a, err := s.assignment(r)
	if err != nil {
		return err
	}
	if _, err := s.cfg.Desk.RemoveRole(r.Context(), c.caller.Actor, a.Principal.ID, a.Role); err != nil {
		return err
	}
	wire.NoContent(w)
	return nil
}
