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
	l, err := s.shortList(r, c, "directoryRole", "directoryRoles", "roleTemplateId", "displayName", "id")
	if err != nil {
		return err
	}
	all := make([]thing, len(roles))
	for i, id := range roles {
		all[i] = *roleThing(id)
	}
	return s.writeShort(w, r, c, l, all, s.ofRole(c))
}

// ofRole are the relations of a role.
func (s *Server) ofRole(c *call) map[string]relation {
	return map[string]relation{"members": func(ctx context.Context, e *odata.Expand, rows []thing) ([]raw, error) {
		held := make([]raw, len(rows))
		for i := range rows {
			var err error
			if held[i], err = s.firstPeople(ctx, c, offboard.UserQuery{Relation: offboard.HoldersOf, Of: rows[i].text("id")}, e); err != nil {
				return nil, err
			}
		}
		return held, nil
	}}
}

// role is the role that a path names, by id or roleTemplateId=….
func role(r *http.Request) (org.RoleID, error) {
	key := r.PathValue("role")
	id := org.RoleID(strings.ToLower(strings.TrimPrefix(key, "roletemplateid=")))
	if _, ok := org.RoleByID(id); !ok {
		return "", wire.NotThere(strings.TrimPrefix(key, "roletemplateid="))
	}
	return id, nil
}

// getRole answers GET /directoryRoles/{id}.
func (s *Server) getRole(w http.ResponseWriter, r *http.Request, c *call) error {
	id, err := role(r)
	if err != nil {
		return err
	}
	return s.shortEntity(w, r, c, "directoryRole", "directoryRoles", roleThing(id), s.ofRole(c))
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
	l, err := s.shortList(r, c, "unifiedRoleDefinition", definitionSet, "displayName", "id", "templateId")
	if err != nil {
		return err
	}
	var all []thing
	for _, d := range org.RoleDefinitions() {
		all = append(all, *definitionThing(d))
	}
	return s.writeShort(w, r, c, l, all, nil)
}

// The sets that contexts name.
const (
	definitionSet = "roleManagement/directory/roleDefinitions"
	assignmentSet = "roleManagement/directory/roleAssignments"
)

// getDefinition answers GET /roleManagement/directory/roleDefinitions/{id}.
func (s *Server) getDefinition(w http.ResponseWriter, r *http.Request, c *call) error {
	id, err := role(r)
	if err != nil {
		return err
	}
	d, _ := org.RoleByID(id)
	return s.shortEntity(w, r, c, "unifiedRoleDefinition", definitionSet, definitionThing(d), nil)
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
