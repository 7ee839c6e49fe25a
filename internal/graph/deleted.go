package graph

import (
	"net/http"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/wire"
)

// castMissing answers GET /directory/deletedItems without a type. R-API-05 R-API-30
func castMissing(http.ResponseWriter, *http.Request, *call) error {
	return wire.BadRequest("Request_UnsupportedQuery", "Searches against this resource are not supported. Only specific instances can be queried.")
}

// listDeleted answers GET /directory/deletedItems/microsoft.graph.user. R-API-30
func (s *Server) listDeleted(w http.ResponseWriter, r *http.Request, c *call) error {
	return s.usersPage(w, r, c, offboard.UserQuery{Relation: offboard.DeletedPeople}, "users", false)
}

func (s *Server) countDeleted(w http.ResponseWriter, r *http.Request, c *call) error {
	return s.countPeople(w, r, c, offboard.UserQuery{Relation: offboard.DeletedPeople})
}

// listDeletedOthers answers for the types of which nothing is kept: groups go
// for good. R-API-37
func (s *Server) listDeletedOthers(w http.ResponseWriter, r *http.Request, c *call) error {
	if _, err := c.options(r, "$skip"); err != nil {
		return err
	}
	var zero int64
	head := list{context: "directoryObjects"}
	if c.eventual {
		head.count = &zero
	}
	c.collection(w, head, 0, nil)
	return nil
}

// getDeleted answers GET /directory/deletedItems/{id}, with or without a cast.
// R-API-31
func (s *Server) getDeleted(w http.ResponseWriter, r *http.Request, c *call) error {
	options, err := c.options(r, "$skip", "$filter", "$search", "$orderby", "$count")
	if err != nil {
		return err
	}
	p, err := s.plan(r.Context(), options.Select)
	if err != nil {
		return err
	}
	u, err := s.cfg.Reads.DeletedUser(r.Context(), org.UserID(r.PathValue("item")), loading(p, options.Expand))
	switch {
	case err != nil:
		return err
	case u == nil:
		return wire.NotThere(r.PathValue("item"))
	}
	extra, err := s.expand(r.Context(), c, []offboard.UserRow{*u}, options.Expand)
	if err != nil {
		return err
	}
	c.write(w, http.StatusOK, func(dst []byte) []byte {
		dst = c.appendContext(dst, p.context("directoryObjects")+"/$entity")
		dst = p.append(c.annotate(dst, u, true), u)
		return append(extra.append(dst, 0), '}')
	})
	return nil
}

// restore answers POST /directory/deletedItems/{id}/restore. R-API-32 R-RES-11
func (s *Server) restore(w http.ResponseWriter, r *http.Request, c *call) error {
	o, err := wire.ReadObject(r, true)
	if err != nil {
		return err
	}
	var how offboard.Restoring
	o.Bool("autoReconcileProxyConflict", &how.Reconcile)
	o.String("newUserPrincipalName", &how.NewUPN)
	if err := o.Done("microsoft.graph.restore"); err != nil {
		return err
	}
	back, err := s.cfg.Desk.RestoreUser(r.Context(), c.caller.Actor, r.PathValue("item"), how)
	if err != nil {
		return err
	}
	u := offboard.UserRow{User: back.Person.User}
	c.write(w, http.StatusOK, func(dst []byte) []byte {
		dst = c.appendContext(dst, "directoryObjects/$entity")
		return append(s.people.plain.append(c.annotate(dst, &u, true), &u), '}')
	})
	return nil
}

// purge answers DELETE /directory/deletedItems/{id}. R-API-33
func (s *Server) purge(w http.ResponseWriter, r *http.Request, c *call) error {
	if err := s.cfg.Desk.PurgeUser(r.Context(), c.caller.Actor, r.PathValue("item")); err != nil {
		return err
	}
	wire.NoContent(w)
	return nil
}
