package graph

import (
	"net/http"
	"net/url"
	"strings"

	"leaver/internal/wire"
)

// referenceOf reads the link of a reference and gives the key of what it names:
// …/users/{id}, …/users('{id}'), …/directoryObjects/{id}, with or without a type
// behind it, whatever the host.
func referenceOf(link string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(link))
	if err == nil {
		segments := strings.Split(u.Path, "/")
		for i, s := range segments {
			if name, key, ok := invocation(s); ok && isSet(name) && key != "" {
				return named(key), nil
			}
			if isSet(s) && i+1 < len(segments) && segments[i+1] != "" {
				return segments[i+1], nil
			}
		}
	}
	return "", wire.BadRequest("Request_BadRequest", "Invalid URL format specified in @odata.id for reference-property object.")
}

func isSet(name string) bool {
	return strings.EqualFold(name, "users") || strings.EqualFold(name, "directoryObjects")
}

// reference reads the body of a POST or PUT to …/$ref.
func reference(r *http.Request) (string, error) {
	o, err := wire.ReadObject(r, false)
	if err != nil {
		return "", err
	}
	var link string
	if !o.String("@odata.id", &link) || link == "" {
		if o.Err != nil {
			return "", o.Err
		}
		return "", wire.BadRequest("Request_BadRequest", "A value is required for property '@odata.id'.")
	}
	return referenceOf(link)
}

// referenceQuery reads the reference of DELETE …/$ref?$id=….
func referenceQuery(r *http.Request) (string, error) {
	for name, values := range r.URL.Query() {
		if n := strings.ToLower(strings.TrimLeft(name, "$@")); n == "id" || n == "odata.id" {
			return referenceOf(values[0])
		}
	}
	return "", wire.BadRequest("Request_BadRequest", "The option $id is needed, with the address of the object that is to be removed.")
}
