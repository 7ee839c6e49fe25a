package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"strings"
)

//go:embed assets
var assetFiles embed.FS

// assets are the files that pages load, by the name with a hash in it under
// which they are served: a browser may keep them for ever.
type assets struct {
	byName map[string]asset  // app.1a2b3c4d.css
	names  map[string]string // app.css: app.1a2b3c4d.css
}

type asset struct {
	kind          string
	plain, packed []byte
}

func loadAssets() (assets, error) {
	a := assets{byName: map[string]asset{}, names: map[string]string{}}
	for name, kind := range map[string]string{"app.css": "text/css; charset=utf-8", "app.js": "text/javascript; charset=utf-8", "icon.svg": "image/svg+xml"} {
		body, err := assetFiles.ReadFile("assets/" + name)
		if err != nil {
			return a, fmt.Errorf("read %s: %w", name, err)
		}
		var packed bytes.Buffer
		zw, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
		if err != nil {
			return a, err
		}
		if _, err := zw.Write(body); err != nil {
			return a, fmt.Errorf("pack %s: %w", name, err)
		}
		if err := zw.Close(); err != nil {
			return a, fmt.Errorf("pack %s: %w", name, err)
		}
		sum := sha256.Sum256(body)
		ext := path.Ext(name)
		served := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
		a.byName[served] = asset{kind, body, packed.Bytes()}
		a.names[name] = served
	}
	return a, nil
}

// path is where a page finds a file.
func (a assets) path(name string) string { return "/assets/" + a.names[name] }

func (s *Server) asset(w http.ResponseWriter, r *http.Request) {
	f, ok := s.assets.byName[r.PathValue("file")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body := f.plain
	if acceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = f.packed
	}
	_, _ = w.Write(body) // the client has gone: nothing to do about it
}

func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(part, ";")
		if strings.TrimSpace(name) == "gzip" && strings.TrimSpace(q) != "q=0" {
			return true
		}
	}
	return false
}
