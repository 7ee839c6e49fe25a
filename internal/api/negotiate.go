package api

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// Media types of answers.
const (
	kindJSON = "application/json"
	kindCSV  = "text/csv"
	kindHTML = "text/html"
)

// offers are the media types that an answer can have.
func (route *route) offers() []string {
	if route.answer == nil {
		return route.kinds
	}
	return append([]string{kindJSON}, route.kinds...)
}

// accepts picks the media type that the client wants most, of those offered; of
// equals the first offered. It refuses with 406 when none will do. R-API-04
func (c *call) accepts(offered ...string) (string, error) {
	header := strings.Join(c.r.Header.Values("Accept"), ",")
	switch {
	case len(offered) == 0: // 204
		return "", nil
	case strings.TrimSpace(header) == "":
		return offered[0], nil
	}
	best, most := "", 0.0
	for _, kind := range offered {
		if q := quality(header, kind); q > most {
			best, most = kind, q
		}
	}
	if best == "" {
		f := wrong(c.r, "request.notAcceptable", "Accept", "offered", offered)
		f.Status = http.StatusNotAcceptable
		return "", f
	}
	return best, nil
}

// quality is how much an Accept header wants a media type; the most specific
// range counts.
func quality(header, kind string) float64 {
	major, _, _ := strings.Cut(kind, "/")
	q, specific := 0.0, 0
	for _, item := range strings.Split(header, ",") {
		media, params, err := mime.ParseMediaType(item)
		if err != nil {
			continue
		}
		rank := map[string]int{kind: 3, major + "/*": 2, "*/*": 1}[media]
		if rank <= specific {
			continue
		}
		specific, q = rank, 1
		if text, ok := params["q"]; ok {
			if v, err := strconv.ParseFloat(text, 64); err == nil && v >= 0 && v <= 1 {
				q = v
			}
		}
	}
	return q
}

// file begins an answer that is a file to keep.
func (c *call) file(kind, name string) {
	h := c.w.Header()
	h.Set("Content-Type", kind+"; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	if name != "" {
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	}
	c.w.WriteHeader(http.StatusOK)
}
