package graph

import (
	"context"
	"net/http"
	"strings"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/wire"
)

// listAssignments answers GET /roleManagement/directory/roleAssignments. R-API-71
func (s *Server) listAssignments(w http.ResponseWriter, r *http.Request, c *call) error {
	l, err := s.shortList(r, c, "unifiedRoleAssignment", assignmentSet, "principalId", "roleDefinitionId", "id", "directoryScopeId")
	if err != nil {
		return err
	}
	found, err := s.cfg.Reads.RoleAssignments(r.Context(), "", "")
	if err != nil {
		return err
	}
	all := make([]thing, len(found))
	for i := range found {
		all[i] = *assignmentThing(&found[i])
	}
	return s.writeShort(w, r, c, l, all, s.ofAssignment(c))
}

// ofAssignment are the relations of a role assignment: who, and which role.
func (s *Server) ofAssignment(c *call) map[string]relation {
	return map[string]relation{
		"principal": func(ctx context.Context, e *odata.Expand, rows []thing) ([]raw, error) {
			p, err := s.plan(ctx, e.Query.Select)
			if err != nil {
				return nil, err
			}
			ids := map[string]bool{}
			for i := range rows {
				ids[rows[i].text("principalId")] = true
			}
			people, err := s.peopleByID(ctx, p, ids)
			if err != nil {
				return nil, err
			}
			held := make([]raw, len(rows))
			for i := range rows {
				held[i] = raw("null") // deleted meanwhile
				for j := range people {
					if string(people[j].ID) == rows[i].text("principalId") {
						held[i] = append(p.append(c.annotate([]byte{'{'}, &people[j], true), &people[j]), '}')
					}
				}
			}
			return held, nil
		},
		"roleDefinition": func(_ context.Context, e *odata.Expand, rows []thing) ([]raw, error) {
			model := s.model["unifiedroledefinition"]
			pick, err := model.pick(e.Query.Select)
			if err != nil {
				return nil, err
			}
			held := make([]raw, len(rows))
			for i := range rows {
				d, _ := org.RoleByID(org.RoleID(rows[i].text("roleDefinitionId")))
				held[i] = c.style(model, pick).append(nil, definitionThing(d))
			}
			return held, nil
		},
	}
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
	return s.shortEntity(w, r, c, "unifiedRoleAssignment", assignmentSet, assignmentThing(a), s.ofAssignment(c))
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
	c.entity(w, http.StatusCreated, assignmentSet+"/$entity", c.style(s.model["unifiedroleassignment"], nil), assignmentThing(&made[0]))
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
