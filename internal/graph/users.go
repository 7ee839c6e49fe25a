package graph

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/wire"
)

// listUsers answers GET /users. R-API-12 R-API-14
func (s *Server) listUsers(w http.ResponseWriter, r *http.Request, c *call) error {
	return s.usersPage(w, r, c, offboard.UserQuery{}, "users", false)
}

// usersPage answers with a page of some people. typed says what each is: the
// collection is one of directory objects.
func (s *Server) usersPage(w http.ResponseWriter, r *http.Request, c *call, q offboard.UserQuery, set string, typed bool) error {
	options, err := c.options(r, "$skip")
	if err != nil {
		return err
	}
	if q.Relation != offboard.DeletedPeople { // where the cast is mandatory, R-API-30
		if err := castAllows(r, &options); err != nil {
			return err
		}
	}
	p, err := s.plan(r.Context(), options.Select)
	if err != nil {
		return err
	}
	q.ListQuery = options
	q.Select = loading(p, options.Expand)
	page, err := s.cfg.Reads.Users(r.Context(), q)
	if err != nil {
		return err
	}
	extra, err := s.expand(r.Context(), c, page.Rows, options.Expand)
	if err != nil {
		return err
	}
	head := list{context: p.context(set), next: c.next(r, page.Next), count: page.Count}
	c.collection(w, head, len(page.Rows), func(dst []byte, i int) []byte {
		u := &page.Rows[i]
		dst = p.append(c.annotate(append(dst, '{'), u, typed), u)
		return append(extra.append(dst, i), '}')
	})
	return nil
}

// castAllows refuses a condition or an order behind a type, unless it is asked for
// as an advanced query. R-API-14 R-API-21
func castAllows(r *http.Request, q *offboard.ListQuery) error {
	plain := q.Filter == nil && len(q.OrderBy) == 0
	if plain || q.Counts() || !strings.Contains(r.URL.Path, "/microsoft.graph.") {
		return nil
	}
	return wire.BadRequest("Request_UnsupportedQuery", "Unsupported Query.")
}

// loading is what the store has to load for a plan, and for the relations that
// are to be followed.
func loading(p *plan, relations []odata.Expand) []string {
	if len(relations) == 0 {
		return p.load
	}
	names := p.load
	if names == nil {
		names = standard
	}
	names = append(slices.Clone(names), "manager")
	if slices.ContainsFunc(relations, func(e odata.Expand) bool { return strings.HasSuffix(strings.ToLower(e.Path), "memberof") }) {
		names = append(names, "roles")
	}
	return names
}

// countUsers answers GET /users/$count, which has to be asked for as an
// advanced query. R-API-13
func (s *Server) countUsers(w http.ResponseWriter, r *http.Request, c *call) error {
	return s.countPeople(w, r, c, offboard.UserQuery{})
}

func (s *Server) countPeople(w http.ResponseWriter, r *http.Request, c *call, q offboard.UserQuery) error {
	options, err := c.countOptions(r)
	if err != nil {
		return err
	}
	q.ListQuery = options
	n, err := s.cfg.Reads.CountUsers(r.Context(), q)
	if err != nil {
		return err
	}
	number(w, n)
	return nil
}

// countOptions reads the options of a $count segment.
func (c *call) countOptions(r *http.Request) (offboard.ListQuery, error) {
	if !c.eventual {
		return offboard.ListQuery{}, wire.BadRequest("Request_BadRequest", "$count is not currently supported.") // R-API-05
	}
	return c.options(r, "$skip")
}

// getUser answers GET /users/{id|upn}. R-API-11 R-API-34
func (s *Server) getUser(w http.ResponseWriter, r *http.Request, c *call) error {
	options, err := c.options(r, "$skip", "$filter", "$search", "$orderby") // $count comes with $levels, R-API-20
	if err != nil {
		return err
	}
	p, err := s.plan(r.Context(), options.Select)
	if err != nil {
		return err
	}
	u, err := s.user(r.Context(), r.PathValue("user"), loading(p, options.Expand))
	if err != nil {
		return err
	}
	return s.writeUser(r.Context(), w, c, http.StatusOK, p, u, options.Expand)
}

// writeUser answers with one person.
func (s *Server) writeUser(ctx context.Context, w http.ResponseWriter, c *call, status int, p *plan, u *offboard.UserRow, relations []odata.Expand) error {
	var extra expansions
	if len(relations) > 0 {
		var err error
		if extra, err = s.expand(ctx, c, []offboard.UserRow{*u}, relations); err != nil {
			return err
		}
	}
	c.write(w, status, func(dst []byte) []byte {
		dst = c.appendContext(dst, p.context("users")+"/$entity")
		dst = p.append(c.annotate(dst, u, false), u)
		return append(extra.append(dst, 0), '}')
	})
	return nil
}

// noPhoto answers GET /users/{id}/photo: nobody has one here.
func (s *Server) noPhoto(_ http.ResponseWriter, r *http.Request, _ *call) error {
	if _, err := s.id(r); err != nil {
		return err
	}
	return &wire.Fault{Status: http.StatusNotFound, Code: "ImageNotFound", Message: "The photo wasn't found."}
}

// user finds an active person, or refuses.
func (s *Server) user(ctx context.Context, ref string, names []string) (*offboard.UserRow, error) {
	u, err := s.cfg.Reads.User(ctx, ref, names)
	if err == nil && u == nil {
		return nil, wire.NotThere(ref)
	}
	return u, err
}

// id finds the person that a path names, with no more than id and names.
func (s *Server) id(r *http.Request) (*offboard.UserRow, error) {
	return s.user(r.Context(), r.PathValue("user"), []string{"id", "displayName", "userPrincipalName"})
}
