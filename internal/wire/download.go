package wire

import (
	"io"
	"mime"
	"net/http"
	"strconv"

	"leaver/internal/offboard"
)

// MimeOf is the kind of a file, as it was said when it came.
func MimeOf(f *offboard.FileRow) string {
	if f.Mime == "" {
		return "application/octet-stream"
	}
	return f.Mime
}

// FileTag changes with the content of a file.
func FileTag(f *offboard.FileRow) string {
	version := strconv.FormatInt(f.Modified.Unix(), 10)
	if len(f.Body) > 16 { // two versions of one second differ, too
		version = f.Body[:16]
	}
	return `"` + f.ID + "," + version + `"`
}

// Download answers with the bytes of a file, to be saved and never shown: what
// people put in their drive is nobody's page. It answers requests for parts, too.
func Download(w http.ResponseWriter, r *http.Request, f *offboard.FileRow, open func() (io.ReadCloser, error)) error {
	body := &ranged{size: f.Size, open: open}
	defer func() { _ = body.Close() }() // only read
	if f.Body != "" {
		if err := body.move(); err != nil { // a body that is missing is said before the answer begins
			return err
		}
	}
	h := w.Header()
	h.Set("Content-Type", MimeOf(f))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	h.Set("X-Content-Type-Options", "nosniff")
	if f.Body == "" {
		h.Set("Content-Length", "0")
		w.WriteHeader(http.StatusOK)
		return nil
	}
	h.Set("Etag", FileTag(f))
	http.ServeContent(w, r, f.Name, f.Modified, body) // parts of it, and whether it has changed
	return nil
}
