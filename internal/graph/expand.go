package graph

import (
	"context"
	"slices"
	"strings"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/wire"
)

// maxExpanded is how many of a collection an $expand gives, as in Graph.
const maxExpanded = 20

// expansion is one relation of the people of an answer, as JSON for each.
type expansion struct {
	name string
	rows [][]byte // nil where there is nothing to say
}

type expansions []expansion

// append appends the relations of the person with a number.
func (e expansions) append(dst []byte, i int) []byte {
	for _, x := range e {
		if x.rows[i] != nil {
			dst = append(appendName(dst, x.name), x.rows[i]...)
		}
	}
	return dst
}

// expand follows the relations of an $expand for the people of an answer.
func (s *Server) expand(ctx context.Context, c *call, rows []offboard.UserRow, relations []odata.Expand) (expansions, error) {
	var out expansions
	for i := range relations {
		e := &relations[i]
		var x expansion
		var err error
		switch strings.ToLower(e.Path) {
		case "manager":
			x, err = s.expandManager(ctx, c, rows, e)
		case "directreports":
			x, err = s.expandReports(ctx, c, rows, e)
		case "memberof", "transitivememberof", "ownedobjects":
			x, err = s.expandGroups(ctx, c, rows, e)
		case "licensedetails":
			x, err = s.expandLicenses(ctx, rows)
		case "owneddevices", "registereddevices":
			x = noDevices(strings.EqualFold(e.Path, "ownedDevices"), len(rows))
		default:
			return nil, wire.BadRequest("BadRequest", "Parsing OData Select and Expand failed: Could not find a property named '"+
				strings.ToValidUTF8(e.Path[:min(len(e.Path), 100)], "")+"' on type 'microsoft.graph.user'.")
		}
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// expandManager gives everybody's manager, with one query for all of them and
// another for each level above. R-API-20
func (s *Server) expandManager(ctx context.Context, c *call, rows []offboard.UserRow, e *odata.Expand) (expansion, error) {
	x := expansion{name: "manager", rows: make([][]byte, len(rows))}
	p, err := s.plan(ctx, e.Query.Select)
	if err != nil {
		return x, err
	}
	wanted := map[string]bool{}
	for i := range rows {
		if rows[i].Manager != nil {
			wanted[rows[i].Manager.ID] = true
		}
	}
	managers, err := s.chain(ctx, p, wanted, e.Levels)
	if err != nil {
		return x, err
	}
	for i := range rows {
		if rows[i].Manager != nil {
			x.rows[i] = c.appendManager(nil, p, managers, rows[i].Manager.ID, e.Levels, map[string]bool{string(rows[i].ID): true})
		}
	}
	return x, nil
}

// maxLevels is how far up $levels=max goes: no organization is deeper.
const maxLevels = 50

// chain loads managers and theirs, as many levels as were asked for.
func (s *Server) chain(ctx context.Context, p *plan, wanted map[string]bool, levels int) (map[string]*offboard.UserRow, error) {
	if levels == odata.LevelsMax || levels > maxLevels {
		levels = maxLevels
	}
	found := map[string]*offboard.UserRow{}
	for ; len(wanted) > 0 && levels >= 0; levels-- {
		rows, err := s.peopleByID(ctx, p, wanted)
		if err != nil {
			return nil, err
		}
		wanted = map[string]bool{}
		for i := range rows {
			found[string(rows[i].ID)] = &rows[i]
			if m := rows[i].Manager; m != nil && found[m.ID] == nil {
				wanted[m.ID] = true
			}
		}
		if levels <= 1 {
			break
		}
	}
	return found, nil
}

// peopleByID loads active people by id, all of them at once.
func (s *Server) peopleByID(ctx context.Context, p *plan, ids map[string]bool) ([]offboard.UserRow, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	in := &odata.InExpr{X: &odata.PathExpr{Segments: []string{"id"}}}
	for id := range ids {
		in.List = append(in.List, &odata.Literal{Kind: odata.GUID, Value: strings.ToLower(id)})
	}
	names := p.load
	if names == nil {
		names = standard
	}
	q := offboard.UserQuery{ListQuery: offboard.ListQuery{Query: odata.Query{
		Select: append(append([]string{}, names...), "manager"), Filter: in, Top: len(in.List),
	}}}
	page, err := s.cfg.Reads.Users(ctx, q)
	return page.Rows, err
}

// appendManager writes a manager, and theirs inside of it; seen ends a circle.
func (c *call) appendManager(dst []byte, p *plan, all map[string]*offboard.UserRow, id string, levels int, seen map[string]bool) []byte {
	u := all[id]
	if u == nil || seen[id] {
		return nil
	}
	seen[id] = true
	dst = p.append(c.annotate(append(dst, '{'), u, true), u)
	if u.Manager != nil && (levels == odata.LevelsMax || levels > 1) {
		next := levels
		if next > 0 {
			next--
		}
		if above := c.appendManager(nil, p, all, u.Manager.ID, next, seen); above != nil {
			dst = append(appendName(dst, "manager"), above...)
		}
	}
	return append(dst, '}')
}

func (s *Server) expandReports(ctx context.Context, c *call, rows []offboard.UserRow, e *odata.Expand) (expansion, error) {
	x := expansion{name: "directReports", rows: make([][]byte, len(rows))}
	for i := range rows {
		people, err := s.firstPeople(ctx, c, offboard.UserQuery{Relation: offboard.ReportsTo, Of: string(rows[i].ID)}, e)
		if err != nil {
			return x, err
		}
		x.rows[i] = people
	}
	return x, nil
}

// expandGroups gives the groups of everybody, with the roles that they hold
// behind those where that is asked for: memberOf has both. R-API-21
func (s *Server) expandGroups(ctx context.Context, c *call, rows []offboard.UserRow, e *odata.Expand) (expansion, error) {
	i := slices.IndexFunc(groupRelations, func(name string) bool { return strings.EqualFold(name, e.Path) })
	x := expansion{name: groupRelations[i], rows: make([][]byte, len(rows))}
	pick, err := s.model["group"].pick(e.Query.Select)
	if err != nil {
		return x, err
	}
	look := c.style(s.model["group"], pick)
	look.typed = true
	for i := range rows {
		q, roles := offboard.GroupQuery{MemberID: rows[i].ID}, rows[i].Roles
		if x.name == ownedObjects {
			q, roles = offboard.GroupQuery{OwnerID: rows[i].ID}, nil
		}
		q.Top = maxExpanded
		page, err := s.cfg.Reads.Groups(ctx, q)
		if err != nil {
			return x, err
		}
		x.rows[i] = appendGroups(look, page.Rows, roles[:min(len(roles), maxExpanded-len(page.Rows))])
	}
	return x, nil
}

// The relations of people that are groups.
const ownedObjects = "ownedObjects"

var groupRelations = []string{"memberOf", "transitiveMemberOf", ownedObjects}

func appendGroups(look style, groups []org.Group, roles []org.RoleID) []byte {
	dst := []byte{'['}
	add := func(t *thing) {
		if len(dst) > 1 {
			dst = append(dst, ',')
		}
		dst = look.append(dst, t)
	}
	for i := range groups {
		add(groupThing(&groups[i]))
	}
	for _, id := range roles {
		add(roleThing(id))
	}
	return append(dst, ']')
}
