package wire_test

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/wire"
)

func TestDownload(t *testing.T) {
	const bytes = "<script>alert(1)</script>"
	file := func(name string) *offboard.FileRow {
		return &offboard.FileRow{File: offboard.File{ID: "f", Name: name, Size: int64(len(bytes)), Mime: "text/html", Body: "body", Modified: noon}}
	}
	get := func(t *testing.T, f *offboard.FileRow, part string, failing error) (*httptest.ResponseRecorder, error) {
		t.Helper()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
		if part != "" {
			r.Header.Set("Range", part)
		}
		w := httptest.NewRecorder()
		return w, wire.Download(w, r, f, func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(bytes)), failing })
	}
	for _, name := range []string{
		"plan.html", `a "b" \ c.txt`, "Überblick – één.docx", "a\r\nSet-Cookie: x=y.txt", "semi;colon=.txt", "%41.txt", "日本.pdf",
	} {
		t.Run("to be saved under its name, never shown: "+name, func(t *testing.T) {
			w, err := get(t, file(name), "", nil)
			if err != nil || w.Body.String() != bytes {
				t.Fatalf("got %q, %v", w.Body, err)
			}
			line := w.Header().Get("Content-Disposition")
			kind, said, err := mime.ParseMediaType(line)
			if err != nil || kind != "attachment" || said["filename"] != name || strings.ContainsAny(line, "\r\n") {
				t.Errorf("%s gives %q, %q (%v)", line, kind, said, err)
			}
			if w.Header().Get("X-Content-Type-Options") != "nosniff" {
				t.Error("browsers may guess what it is")
			}
		})
	}
	t.Run("a part", func(t *testing.T) {
		w, err := get(t, file("a"), "bytes=8-12", nil)
		if err != nil || w.Code != http.StatusPartialContent || w.Body.String() != "alert" {
			t.Errorf("got %d %q, %v", w.Code, w.Body, err)
		}
	})
	t.Run("nothing in it", func(t *testing.T) {
		f := file("a")
		f.Body, f.Size = "", 0
		if w, err := get(t, f, "", errors.New("asked for")); err != nil || w.Code != http.StatusOK || w.Body.Len() != 0 {
			t.Errorf("got %d %q, %v", w.Code, w.Body, err)
		}
	})
	t.Run("a body that is missing is said before the answer begins", func(t *testing.T) {
		if w, err := get(t, file("a"), "", io.ErrUnexpectedEOF); !errors.Is(err, io.ErrUnexpectedEOF) || len(w.Header()) != 0 || w.Body.Len() != 0 {
			t.Errorf("got %v, %v %q", err, w.Header(), w.Body)
		}
	})
}
