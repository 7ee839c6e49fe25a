package wire

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
)

// JSON answers with a value. Characters such as < stay readable: what is sent
// is data, never part of a page.
func JSON(w http.ResponseWriter, status int, value any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		status = http.StatusInternalServerError // a value of ours that can't be written: nothing to tell the client
		b.Reset()
	}
	Bytes(w, status, "application/json; charset=utf-8", bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// Bytes answers with a body that is ready. A header that is set already stays.
func Bytes(w http.ResponseWriter, status int, contentType string, body []byte) {
	h := w.Header()
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", contentType)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store") // names and mail are nobody's to keep
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may have left: there is nobody to tell
}

// NoContent answers that all is done and there is nothing to say.
func NoContent(w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) }
