package graph

import (
	"net/http"
	"strings"
)

// preference is how much a client wants to hear of what it wrote, or of what
// changed. R-API-73
type preference string

const (
	wantsMinimal        preference = "return=minimal"
	wantsRepresentation preference = "return=representation"
)

// prefers reads the header Prefer: the first of the two that stands there counts.
func prefers(r *http.Request) preference {
	for _, line := range r.Header.Values("Prefer") {
		for word := range strings.SplitSeq(line, ",") {
			word, _, _ = strings.Cut(word, ";")
			switch p := preference(strings.ToLower(strings.ReplaceAll(word, " ", ""))); p {
			case wantsMinimal, wantsRepresentation:
				return p
			}
		}
	}
	return ""
}

// applied says in the answer that a preference was followed.
func (p preference) applied(w http.ResponseWriter) { w.Header().Set("Preference-Applied", string(p)) }

// createdQuietly answers a request that made something and whose client does not
// want to have it repeated; false when it does.
func createdQuietly(w http.ResponseWriter, r *http.Request) bool {
	p := prefers(r)
	if p == "" {
		return false
	}
	p.applied(w)
	if p != wantsMinimal {
		return false
	}
	w.Header().Set("OData-EntityId", w.Header().Get("Location"))
	w.WriteHeader(http.StatusNoContent)
	return true
}
