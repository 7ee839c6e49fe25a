package identity

import (
	"net/url"
	"slices"
	"strings"
)

// The resource that is meant where none is named, and its other name.
const (
	graphResource = "https://graph.microsoft.com"
	graphAppID    = "00000003-0000-0000-c000-000000000000"
)

// scopes is what a client asks for, read from the scope parameter.
type scopes struct {
	raw      string
	resource string   // the audience of the access token
	names    []string // delegated permissions by name
	all      bool     // .default: everything that the app has
	openid   bool
	offline  bool
	identity []string // openid, profile, email: as asked
}

// readScopes reads what a client asks for. legacy is the resource parameter of
// the older endpoint and counts where there is no scope.
func (s *Server) readScopes(c *call, raw, legacy string) (scopes, error) {
	if raw == "" && legacy != "" {
		raw = strings.TrimRight(legacy, "/") + "/.default"
	}
	asked := scopes{raw: raw}
	for _, item := range strings.Fields(raw) {
		switch word := strings.ToLower(item); word {
		case "openid", "profile", "email":
			asked.openid = asked.openid || word == "openid"
			asked.identity = append(asked.identity, word)
			continue
		case "offline_access":
			asked.offline = true
			continue
		}
		if err := s.readScope(c, &asked, item); err != nil {
			return scopes{}, err
		}
	}
	if asked.resource == "" {
		asked.resource = graphResource
	}
	return asked, nil
}

// readScope reads one word: User.Read, .default, or one of them behind a resource.
func (s *Server) readScope(c *call, asked *scopes, item string) error {
	resource, name := graphResource, item
	if cut := strings.LastIndexByte(item, '/'); cut >= 0 {
		resource, name = strings.TrimRight(item[:cut], "/"), item[cut+1:]
	}
	if !isScopeName(name) {
		return refuse(70011, item)
	}
	audience, ok := s.audience(c.base, resource)
	switch {
	case !ok:
		return refuse(500011, resource, c.tenant.DisplayName)
	case asked.resource != "" && asked.resource != audience:
		return refuse(700022, asked.raw)
	}
	asked.resource = audience
	if strings.EqualFold(name, ".default") {
		asked.all = true
	} else {
		asked.names = append(asked.names, name)
	}
	return nil
}

func isScopeName(name string) bool {
	for _, r := range name {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		digit := r >= '0' && r <= '9'
		if !letter && !digit && !strings.ContainsRune("._-", r) {
			return false
		}
	}
	return name != "" && name != "."
}

// audience answers the aud of tokens for resource, and whether the
// organization knows it: Microsoft Graph, this host, and what is configured.
func (s *Server) audience(base, resource string) (string, bool) {
	resource = strings.TrimRight(resource, "/")
	if strings.EqualFold(resource, graphResource) || strings.EqualFold(resource, graphAppID) {
		return graphResource, true
	}
	if sameOrigin(resource, base) {
		return base, true
	}
	for _, known := range s.cfg.Resources {
		if strings.EqualFold(resource, strings.TrimRight(known, "/")) {
			return strings.TrimRight(known, "/"), true
		}
	}
	return "", false
}

// sameOrigin tells whether a names the host of base and nothing below it.
func sameOrigin(a, base string) bool {
	x, err := url.Parse(a)
	if err != nil || strings.Trim(x.Path, "/") != "" || x.RawQuery != "" || x.User != nil {
		return false
	}
	y, err := url.Parse(base)
	return err == nil && strings.EqualFold(x.Scheme, y.Scheme) && strings.EqualFold(x.Host, y.Host)
}

// granted answers the delegated permissions that the token will carry. An app
// gets no more than its registration says; what the person may do limits it
// again at each call.
func (a scopes) granted(app App) ([]string, error) {
	if a.all && len(app.Delegated) == 0 {
		return nil, refuse(65001, app.DisplayName, ".default")
	}
	var granted []string
	if a.all {
		granted = slices.Clone(app.Delegated)
	}
	for _, name := range a.names {
		at := slices.IndexFunc(app.Delegated, func(d string) bool { return strings.EqualFold(d, name) })
		if at < 0 {
			return nil, refuse(65001, app.DisplayName, name)
		}
		if !slices.Contains(granted, app.Delegated[at]) {
			granted = append(granted, app.Delegated[at])
		}
	}
	return append(granted, a.identity...), nil
}

// answer is the scope of the token response: what was asked, in the words that
// the client looks for in its cache, and what was granted.
func (a scopes) answer(granted []string) string {
	var words []string
	for _, word := range strings.Fields(a.raw) {
		if !strings.EqualFold(word, "offline_access") && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	for _, name := range granted {
		if !slices.ContainsFunc(words, func(w string) bool { return w == name || strings.HasSuffix(w, "/"+name) }) {
			words = append(words, name)
		}
	}
	return strings.Join(words, " ")
}
