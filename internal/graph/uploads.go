package graph

import (
	"errors"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"leaver/internal/offboard"
	"leaver/internal/wire"
)

// upload answers PUT …/content: a new file under a path, or other content for a
// file that is there. Folders that a path names and that are missing are made.
func (s *Server) upload(w http.ResponseWriter, r *http.Request, c *call) error {
	d, err := s.drive(r, c)
	if err != nil {
		return err
	}
	goal, err := s.goal(r, d)
	if err != nil {
		return err
	}
	if !d.whole {
		return closed()
	}
	hash, size, err := s.cfg.Bodies.Put(r.Context(), http.MaxBytesReader(w, r.Body, s.cfg.MaxUpload))
	if err != nil {
		return tooBig(err)
	}
	file := offboard.File{Name: goal.name, Size: size, Mime: kindOf(r, goal.name), Body: hash}
	if goal.found != nil {
		if err := s.cfg.Desk.ReplaceFile(r.Context(), c.caller.Actor, d.place(goal.found.ID), file); err != nil {
			return err
		}
		return s.writeItem(w, r, c, d, http.StatusOK, goal.found.ID)
	}
	for _, name := range slices.Backward(goal.folders) {
		file = offboard.File{Name: name, Folder: true, Files: []offboard.File{file}}
	}
	made, err := s.cfg.Desk.AddFile(r.Context(), c.caller.Actor, d.place(goal.parent), file)
	if err != nil {
		return err
	}
	for len(made.Files) > 0 {
		made = made.Files[0]
	}
	return s.writeItem(w, r, c, d, http.StatusCreated, made.ID)
}

func tooBig(err error) error {
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return &wire.Fault{
			Status: http.StatusRequestEntityTooLarge, Code: "maxFileSizeExceeded",
			Message: "The file is larger than the " + strconv.FormatInt(large.Limit>>20, 10) + " MB that one request may bring.",
		}
	}
	return err
}

// goal is where an upload is to end up.
type goal struct {
	found   *offboard.FileRow // the file that is there already
	parent  string            // the deepest folder that is there, "" for the top
	folders []string          // those to be made below it
	name    string
}

// goal finds where an upload goes: the item itself, or a path below it.
func (s *Server) goal(r *http.Request, d *drive) (goal, error) {
	var g goal
	at, names := r.PathValue("item"), namesOf(r.PathValue("path"))
	if at != "" && at != top {
		f, err := s.cfg.Reads.File(r.Context(), d.ID, at)
		if err != nil || f == nil {
			return g, firstOf(err, noItem())
		}
		if len(names) == 0 && !f.Folder {
			g.found, g.name = f, f.Name
			return g, nil
		}
		g.parent = f.ID
	}
	if len(names) == 0 {
		return g, wire.BadRequest("invalidRequest", "A folder can't be given content: name a file in it.")
	}
	for i, name := range names {
		if !goodName(name) {
			return g, wire.BadRequest("invalidRequest", "The provided name cannot contain any of the characters \" * : < > ? / \\ |, or be longer than 255.")
		}
		f, err := s.named(r, d, g.parent, name)
		last := i == len(names)-1
		switch {
		case err != nil:
			return g, err
		case f == nil:
			g.folders, g.name = names[i:len(names)-1], names[len(names)-1]
			return g, nil
		case last && f.Folder, !last && !f.Folder:
			return g, &wire.Fault{Status: http.StatusConflict, Code: "nameAlreadyExists", Message: "Name already exists"}
		case last:
			g.found, g.name = f, f.Name
		default:
			g.parent = f.ID
		}
	}
	return g, nil
}

// goodName says that a file or folder may be called so.
func goodName(name string) bool {
	return name != "" && name != "." && name != ".." && len(name) <= 255 && strings.TrimSpace(name) == name &&
		!strings.ContainsAny(name, "\"*:<>?/\\|") && !strings.ContainsFunc(name, func(c rune) bool { return c < ' ' || c == 0x7f })
}

func kindOf(r *http.Request, name string) string {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil && kind != "application/octet-stream" && len(kind) < 100 {
		return kind
	}
	if byName := mime.TypeByExtension(path.Ext(name)); byName != "" {
		return byName
	}
	return "application/octet-stream"
}
