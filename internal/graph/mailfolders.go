package graph

import (
	"net/http"
	"strings"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

// listFolders answers GET /users/{id}/mailFolders and …/{folder}/childFolders.
// R-API-52
func (s *Server) listFolders(w http.ResponseWriter, r *http.Request, c *call) error {
	options, err := c.options(r, "$search", "$orderby")
	if err != nil {
		return err
	}
	pick, err := s.model["mailfolder"].pick(options.Select)
	if err != nil {
		return err
	}
	wanted, err := equals(options.Filter, "displayName", "id")
	if err != nil {
		return err
	}
	h, err := s.mailbox(r, c, "")
	if err != nil {
		return err
	}
	if err := s.inFolder(r, h); err != nil {
		return err
	}
	hidden := strings.EqualFold(queryOf(r, "includeHiddenFolders"), "true")
	found, err := s.cfg.Reads.MailFolders(r.Context(), h.ID, r.PathValue("folder"), hidden)
	if err != nil {
		return err
	}
	var all []thing
	for i := range found {
		if t := folderThing(h.ID, &found[i]); wanted(t) {
			all = append(all, *t)
		}
	}
	total := int64(len(all))
	head := list{context: picked("users('"+string(h.ID)+"')/mailFolders", pick)}
	all = all[min(options.Skip, len(all)):]
	if options.Top > 0 && options.Top < len(all) {
		all = all[:options.Top]
		head.next = c.self() + "?" + odata.WithSkip(r.URL.RawQuery, options.Skip+options.Top)
	}
	if options.Count {
		head.count = &total
	}
	c.things(w, head, c.style(s.model["mailfolder"], pick), all)
	return nil
}

// queryOf gives an option that is not OData's, whatever its case.
func queryOf(r *http.Request, name string) string {
	for key, values := range r.URL.Query() {
		if strings.EqualFold(key, name) {
			return values[0]
		}
	}
	return ""
}

func folderThing(owner org.UserID, f *offboard.FolderRow) *thing {
	t := &thing{typ: "mailFolder", path: "/users/" + string(owner) + "/mailFolders/" + f.ID}
	t.put("id", f.ID)
	t.put("displayName", f.Name)
	t.put("parentFolderId", text(f.ParentID))
	t.put("childFolderCount", f.Children)
	t.put("unreadItemCount", f.Unread)
	t.put("totalItemCount", f.Total)
	t.put("isHidden", f.Hidden)
	return t
}

// getFolder answers GET /users/{id}/mailFolders/{folder}.
func (s *Server) getFolder(w http.ResponseWriter, r *http.Request, c *call) error {
	options, err := c.options(r, "$skip", "$filter", "$search", "$orderby", "$count")
	if err != nil {
		return err
	}
	pick, err := s.model["mailfolder"].pick(options.Select)
	if err != nil {
		return err
	}
	h, err := s.mailbox(r, c, "")
	if err != nil {
		return err
	}
	f, err := s.folder(r, h)
	if err != nil {
		return err
	}
	c.entity(w, http.StatusOK, picked("users('"+string(h.ID)+"')/mailFolders", pick)+"/$entity", c.style(s.model["mailfolder"], pick), folderThing(h.ID, f))
	return nil
}

// folder finds the folder that a path names.
func (s *Server) folder(r *http.Request, h *holder) (*offboard.FolderRow, error) {
	f, err := s.cfg.Reads.MailFolder(r.Context(), h.ID, r.PathValue("folder"))
	if err == nil && f == nil {
		return nil, mailMissing()
	}
	return f, err
}

// inFolder refuses a path through a folder that is not there.
func (s *Server) inFolder(r *http.Request, h *holder) error {
	if r.PathValue("folder") == "" {
		return nil
	}
	_, err := s.folder(r, h)
	return err
}
