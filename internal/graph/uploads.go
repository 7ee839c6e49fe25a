package graph

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"leaver/internal/offboard"
	"leaver/internal/org"
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
	body := &sent{Reader: http.MaxBytesReader(w, r.Body, s.cfg.MaxUpload)}
	hash, size, err := s.cfg.Bodies.Put(r.Context(), body)
	if err != nil {
		return tooBig(body.reason(err))
	}
	file := offboard.File{Size: size, Body: hash}
	id, created, err := s.put(r, c, d, &goal, file)
	for range 2 { // somebody put one there meanwhile
		if x := org.RefusalOf(err); x == nil || x.Reason != "file.exists" {
			break
		}
		if goal, err = s.goal(r, d); err == nil {
			id, created, err = s.put(r, c, d, &goal, file)
		}
	}
	if err != nil {
		return s.drop(r.Context(), hash, err)
	}
	status := http.StatusOK
	if created {
		status = http.StatusCreated
	}
	return s.writeItem(w, r, c, d, status, id)
}

// put makes the file that an upload is about, or gives it other content.
func (s *Server) put(r *http.Request, c *call, d *drive, g *goal, file offboard.File) (id string, created bool, err error) {
	file.Name, file.Mime = g.name, kindOf(r, g.name)
	over, err := seen(r, g)
	switch {
	case err != nil:
		return "", false, err
	case g.found != nil:
		return g.found.ID, false, s.cfg.Desk.ReplaceFile(r.Context(), c.caller.Actor, d.place(g.found.ID), file, over)
	}
	for _, name := range slices.Backward(g.folders) {
		file = offboard.File{Name: name, Folder: true, Files: []offboard.File{file}}
	}
	made, err := s.cfg.Desk.AddFile(r.Context(), c.caller.Actor, d.place(g.parent), file)
	if err != nil {
		return "", false, err
	}
	for len(made.Files) > 0 {
		made = made.Files[0]
	}
	return made.ID, true, nil
}

// seen reads If-Match: the content that the caller has seen and means to replace, nil
// for whatever is there. RFC 9110 section 13.1.1
func seen(r *http.Request, g *goal) (over *string, err error) {
	match := r.Header.Get("If-Match")
	switch {
	case match == "", match == "*" && g.found != nil:
		return nil, nil
	case g.found != nil && strings.Contains(match, wire.FileTag(g.found)):
		return &g.found.Body, nil
	}
	return nil, org.Refuse(org.Stale, "file.changed", "R-API-61", org.Arg{Name: "file", Value: g.name})
}

// drop lets go of a body that was stored for something that failed, and gives
// why it failed.
func (s *Server) drop(ctx context.Context, hash string, why error) error {
	if err := s.cfg.Desk.DropBody(context.WithoutCancel(ctx), hash); err != nil {
		s.cfg.Log.WarnContext(ctx, "a body stays on disk that nothing needs", "body", hash, "error", err.Error()) // doctor finds it
	}
	return why
}

// sent reads what a client sends and remembers whether that went wrong: the
// trouble is then the client's, not the disk's.
type sent struct {
	io.Reader
	err error
}

func (b *sent) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = err
	}
	return n, err
}

// reason tells a body that did not come whole from one that could not be kept.
func (b *sent) reason(err error) error {
	if large := (*http.MaxBytesError)(nil); b.err == nil || errors.As(err, &large) || errors.Is(err, context.Canceled) {
		return err
	}
	return wire.BadRequest("invalidRequest", "The content of the file could not be read to its end.")
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
	behave := r.URL.Query().Get(conflictBehavior)
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
		case last && behave == "rename":
			g.name, err = s.freeName(r, d, g.parent, name)
			return g, err
		case last && (f.Folder || behave == "fail"), !last && !f.Folder:
			return g, nameTaken()
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
