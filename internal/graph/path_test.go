package graph

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

func testWords() vocabulary {
	v := vocabulary{}
	for _, p := range []string{
		"GET /users/{user}/memberOf/microsoft.graph.group/$count", "GET /users/delta", "POST /users/{user}/assignLicense",
		"GET /drives/{drive}/root/path/{path}/content", "GET /drives/{drive}/items/{item}/path/{path}/children", "GET /me/drive",
		"GET /directoryRoles/{role}/members", "GET /directory/deletedItems/microsoft.graph.user", "GET /directory/subscriptions/{id}",
		"DELETE /groups/{group}/owners/{user}/$ref",
	} {
		v.learn(p)
	}
	return v
}

func TestPaths(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"/v1.0/users", "v1.0|users"},
		{"/V1.0/USERS/", "v1.0|users"},
		{"/v1.0//users//anne@d", "v1.0|users|anne@d"},
		{"/v1.0/users/anne%40d/MEMBEROF", "v1.0|users|anne@d|memberOf"},
		{"/v1.0/users('anne@d')/memberOf", "v1.0|users|anne@d|memberOf"},
		{"/v1.0/users('anne%40d')/memberof/graph.group", "v1.0|users|anne@d|memberOf|microsoft.graph.group"},
		{"/v1.0/users(%27o%27%27brien@d%27)", "v1.0|users|o'brien@d"},
		{"/v1.0/users(userPrincipalName='anne@d')", "v1.0|users|anne@d"},
		{"/v1.0/users/bob_x.com%23EXT%23@d", "v1.0|users|bob_x.com#EXT#@d"},
		{"/v1.0/users/a=b@d", "v1.0|users|a=b@d"},
		{"/v1.0/users(7e06b566-0000-0000-0000-000000000000)", "v1.0|users|7e06b566-0000-0000-0000-000000000000"},
		{"/v1.0/users/delta()", "v1.0|users|delta"},
		{"/v1.0/users/microsoft.graph.delta()", "v1.0|users|delta"},
		{"/v1.0/users/x/microsoft.graph.assignLicense", "v1.0|users|x|assignLicense"},
		{"/v1.0/directory/DeletedItems/Microsoft.Graph.User", "v1.0|directory|deletedItems|microsoft.graph.user"},
		{"/v1.0/directory/deletedItems/graph.user", "v1.0|directory|deletedItems|microsoft.graph.user"},
		{"/v1.0/directoryRoles/roleTemplateId=abc/members", "v1.0|directoryRoles|roletemplateid=abc|members"},
		{"/v1.0/directoryRoles(roleTemplateId='abc')/members", "v1.0|directoryRoles|roletemplateid=abc|members"},
		{"/v1.0/directory/subscriptions(commerceSubscriptionId='s')", "v1.0|directory|subscriptions|commercesubscriptionid=s"},
		{"/v1.0/groups/g/Owners/u/$ref", "v1.0|groups|g|owners|u|$ref"},
		{"/v1.0/groups/g/owners/u/%24ref", "v1.0|groups|g|owners|u|$ref"},
		{"/v1.0/me/drive/root:/a/b.txt:/content", "v1.0|me|drive|root|path|a/b.txt|content"},
		{"/v1.0/me/drive/root:/a/b.txt", "v1.0|me|drive|root|path|a/b.txt"},
		{"/v1.0/drives/d/root:/users/content:/content", "v1.0|drives|d|root|path|users/content|content"},
		{"/v1.0/drives/d/items/i:/x:/children", "v1.0|drives|d|items|i|path|x|children"},
		{"/v1.0/drives/d/root:/a/:/children", "v1.0|drives|d|root|path|a|children"},
		{"/v1.0/drives/d/root:", "v1.0|drives|d|root"},
	} {
		a, err := testWords().parse(c.in)
		if err != nil {
			t.Errorf("%s: %v", c.in, err)
			continue
		}
		if got := strings.Join(append([]string{a.version}, a.segments...), "|"); got != c.want {
			t.Errorf("%s: got %s, want %s", c.in, got, c.want)
		}
	}
}

func TestPathTricksAreRefused(t *testing.T) {
	for _, in := range []string{
		"", "/", "/v1.0/users/../users", "/v1.0/users/%2e%2e/groups", "/v1.0/./users", "/v1.0/users/%zz", "/v1.0/users/a%00b", "/v1.0/users('..')/memberOf", "/v1.0/users(id=.)", "/v1.0/me/drive/root:/..:/content", "/v1.0/groups/%ff%fe", "/v1.0/drives/%ed%a0%80/root",
		"/v1.0/" + strings.Repeat("a/", 100), "/v1.0/" + strings.Repeat("a", 9000),
	} {
		if a, err := testWords().parse(in); err == nil {
			t.Errorf("%.60q was read as %v", in, a.segments)
		}
	}
}

// The mux has to see exactly the segments that were read: no key may become two
// segments, or a word.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{
		"/v1.0/users('anne%40d')/memberOf", "/v1.0/me/drive/root:/a/b:/content", "/v1.0/users/a%2Fb", "//v1.0//users//", "/v1.0/users(%27%27)",
		"/beta/users/%23EXT%23", "/v1.0/users/(/)", "/v1.0/drives/d/items/:/x", "/v1.0/users/é%F0%9F%98%80",
	} {
		f.Add(seed)
	}
	mux := http.NewServeMux()
	var got []string
	mux.HandleFunc("/{a}/{b}/{c}", func(_ http.ResponseWriter, r *http.Request) {
		got = []string{r.PathValue("a"), r.PathValue("b"), r.PathValue("c")}
	})
	f.Fuzz(func(t *testing.T, path string) {
		a, err := testWords().parse(path)
		if err != nil {
			return
		}
		for _, s := range a.segments {
			if s == "." || s == ".." {
				t.Fatalf("%q: segment %q would be followed", path, s)
			}
		}
		if len(a.segments) != 3 || slices.Contains(a.segments, "") {
			return
		}
		got = nil
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL = a.url()
		mux.ServeHTTP(httptest.NewRecorder(), r)
		if !slices.Equal(got, a.segments) {
			t.Fatalf("%q: the mux saw %q, want %q", path, got, a.segments)
		}
	})
}
