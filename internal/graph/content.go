package graph

import (
	"context"
	"net/http"
	"time"

	"leaver/internal/org"
	"leaver/internal/wire"
)

// Whose mail and files may be read: an app with the permission reads
// everybody's; a person their own, and what they were given access to. A role
// opens nobody's mail.

// holder is somebody whose mailbox or drive is asked for.
type holder struct {
	*org.Person
	org *org.Organization
	now time.Time
}

// holder loads somebody with all that is theirs, active or deleted; nil when
// there is nobody.
func (s *Server) holder(ctx context.Context, ref string) (*holder, error) {
	l, err := s.cfg.Desk.LookAtAll(ctx, org.Actor{Name: "graph", System: true}, org.ReadDirectory, []string{ref})
	if err != nil || l.People[0] == nil {
		return nil, err
	}
	return &holder{l.People[0], l.Org, l.Now}, nil
}

// mailbox loads the mailbox that a path names, or refuses: there has to be one
// in use, and the caller has to be let in. or names a role's operation that lets
// the caller in too.
func (s *Server) mailbox(r *http.Request, c *call, or org.Operation) (*holder, error) {
	h, err := s.holder(r.Context(), r.PathValue("user"))
	switch {
	case err != nil:
		return nil, err
	case h == nil || !h.Active():
		return nil, wire.NotThere(r.PathValue("user"))
	case !c.caller.App && !h.OpensMailbox(c.caller.ID) && (or == "" || c.may(or) != nil):
		return nil, &wire.Fault{Status: http.StatusForbidden, Code: "ErrorAccessDenied", Message: "Access is denied. Check credentials and try again."}
	case h.MailboxState(h.now) != org.MailboxActive:
		return nil, org.Refuse(org.NotFound, "mailbox.none", "R-API-05", org.Arg{Name: "user", Value: h.Ref()})
	}
	return h, nil
}
