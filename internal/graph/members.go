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

// listMembers answers GET /groups/{id}/members and /owners, also with a cast.
func (s *Server) listMembers(w http.ResponseWriter, r *http.Request, c *call) error {
	q, err := s.membersOf(r)
	if err != nil {
		return err
	}
	if strings.HasSuffix(r.URL.Path, "/microsoft.graph.user") {
		return s.usersPage(w, r, c, q, "users", false)
	}
	return s.usersPage(w, r, c, q, "directoryObjects", true)
}

func (s *Server) countMembers(w http.ResponseWriter, r *http.Request, c *call) error {
	q, err := s.membersOf(r)
	if err != nil {
		return err
	}
	return s.countPeople(w, r, c, q)
}

// membersOf is the people that a path is about: members, or owners.
func (s *Server) membersOf(r *http.Request) (offboard.UserQuery, error) {
	g, err := s.group(r)
	if err != nil {
		return offboard.UserQuery{}, err
	}
	q := offboard.UserQuery{Relation: offboard.MembersOf, Of: string(g.ID)}
	if ofOwners(r) {
		q.Relation = offboard.OwnersOf
	}
	return q, nil
}

// ofOwners says that a path is about the owners of a group.
func ofOwners(r *http.Request) bool { return strings.Contains(r.Pattern, "/owners") }

// memberRefs answers GET /groups/{id}/members/$ref and /owners/$ref.
func (s *Server) memberRefs(w http.ResponseWriter, r *http.Request, c *call) error {
	q, err := s.membersOf(r)
	if err != nil {
		return err
	}
	if q.ListQuery, err = c.options(r, "$skip", "$select", "$expand"); err != nil {
		return err
	}
	q.Select = []string{"id"}
	page, err := s.cfg.Reads.Users(r.Context(), q)
	if err != nil {
		return err
	}
	head := list{context: "Collection($ref)", next: c.next(r, page.Next), count: page.Count}
	c.collection(w, head, len(page.Rows), func(dst []byte, i int) []byte {
		dst = appendName(append(dst, '{'), "@odata.id")
		return append(appendString(dst, c.base+"/directoryObjects/"+string(page.Rows[i].ID)+"/microsoft.graph.user"), '}')
	})
	return nil
}

// addMember answers POST /groups/{id}/members/$ref and /owners/$ref.
func (s *Server) addMember(w http.ResponseWriter, r *http.Request, c *call) error {
	key, err := reference(r)
	if err != nil {
		return err
	}
	if err := s.join(r, c, offboard.Membership{Group: groupID(r), Person: key, Owner: ofOwners(r)}); err != nil {
		return err
	}
	wire.NoContent(w)
	return nil
}

// join adds somebody to a group.
func (s *Server) join(r *http.Request, c *call, m offboard.Membership) error {
	err := s.cfg.Desk.ChangeMembership(r.Context(), c.caller.Actor, m)
	if x := org.RefusalOf(err); x != nil && x.Reason == "group.alreadyMember" && m.Owner {
		return wire.BadRequest("Request_BadRequest", "One or more added object references already exist for the following modified properties: 'owners'.")
	}
	return err
}

// removeMember answers DELETE /groups/{id}/members/{uid}/$ref and its kin. The
// last owner stays. R-API-72
func (s *Server) removeMember(w http.ResponseWriter, r *http.Request, c *call) error {
	key := r.PathValue("member")
	if key == "" {
		var err error
		if key, err = referenceQuery(r); err != nil {
			return err
		}
	}
	err := s.cfg.Desk.ChangeMembership(r.Context(), c.caller.Actor, offboard.Membership{Group: groupID(r), Person: key, Owner: ofOwners(r), Remove: true})
	if err != nil {
		return err
	}
	wire.NoContent(w)
	return nil
}

// expandPeople puts the first members or owners of a group into its answer.
func (s *Server) expandPeople(r *http.Request, c *call, t *thing, g *org.Group, e *odata.Expand) error {
	q := offboard.UserQuery{Of: string(g.ID)}
	switch strings.ToLower(e.Path) {
	case "members":
		e.Path, q.Relation = "members", offboard.MembersOf
	case "owners":
		e.Path, q.Relation = "owners", offboard.OwnersOf
	default:
		return noExpand("group")
	}
	people, err := s.firstPeople(r.Context(), c, q, e)
	if err != nil {
		return err
	}
	t.put(e.Path, people)
	return nil
}

// firstPeople are the first of some people, as an $expand gives them.
func (s *Server) firstPeople(ctx context.Context, c *call, q offboard.UserQuery, e *odata.Expand) (raw, error) {
	p, err := s.plan(ctx, e.Query.Select)
	if err != nil {
		return nil, err
	}
	q.Select, q.Top = p.load, maxExpanded
	page, err := s.cfg.Reads.Users(ctx, q)
	if err != nil {
		return nil, err
	}
	dst := []byte{'['}
	for i := range page.Rows {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(p.append(c.annotate(append(dst, '{'), &page.Rows[i], true), &page.Rows[i]), '}')
	}
	return append(dst, ']'), nil
}
