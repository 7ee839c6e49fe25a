package graph_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// shapes are the schemas of Graph's types, and of what it wraps them in.
type shapes struct {
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	known    map[string]*jsonschema.Schema
}

const schemaURL = "graph.schema.json"

// faultSchema is the form of an error. R-API-02 R-API-03
const faultSchema = `{"type":"object","required":["error"],"additionalProperties":false,"properties":{"error":{"type":"object",
"required":["code","message","innerError"],"additionalProperties":false,"properties":{"code":{"type":"string","minLength":1},"message":{"type":"string","minLength":1},
"details":{"type":"array","items":{"type":"object","required":["code"],"properties":{"target":{"type":"string"},"code":{"type":"string"}}}},
"innerError":{"type":"object","required":["date","request-id","client-request-id"],"properties":{"date":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d$"},
"request-id":{"type":"string","minLength":1},"client-request-id":{"type":"string","minLength":1}}}}}}}`

var graphShapes = sync.OnceValues(func() (*shapes, error) {
	c := jsonschema.NewCompiler()
	for url, read := range map[string]func() ([]byte, error){
		schemaURL:           func() ([]byte, error) { return os.ReadFile("testdata/" + schemaURL) },
		"fault.schema.json": func() ([]byte, error) { return []byte(faultSchema), nil },
	} {
		b, err := read()
		if err != nil {
			return nil, err
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if err != nil {
			return nil, err
		}
		if err := c.AddResource(url, doc); err != nil {
			return nil, err
		}
	}
	return &shapes{compiler: c, known: map[string]*jsonschema.Schema{}}, nil
})

func (s *shapes) validate(t testing.TB, what, location string, value any) {
	t.Helper()
	s.mu.Lock()
	schema := s.known[location]
	if schema == nil {
		var err error
		if schema, err = s.compiler.Compile(location); err != nil {
			s.mu.Unlock()
			t.Fatalf("%s: %v", what, err)
		}
		s.known[location] = schema
	}
	s.mu.Unlock()
	if err := schema.Validate(value); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

// kinds says what type the objects of a context are; the first that matches.
var kinds = []struct{ context, typ string }{
	{`^users\('[^']*'\)/licenseDetails`, "licenseDetails"},
	{`^users\('[^']*'\)/mailFolders`, "mailFolder"},
	{`^users\('[^']*'\)/messages`, "message"},
	{`^users\('[^']*'\)/mailboxSettings/automaticRepliesSetting`, "automaticRepliesSetting"},
	{`^users\('[^']*'\)/mailboxSettings/userPurpose`, ""},
	{`^users\('[^']*'\)/mailboxSettings`, "mailboxSettings"},
	{`^drives\('[^']*'\)/items`, "driveItem"},
	{`^drives\('[^']*'\)/permissions`, "permission"},
	{`^Collection\(microsoft.graph.permission\)`, "permission"},
	{`^drives`, "drive"},
	{`^users`, "user"},
	{`^groups`, "group"},
	{`^directoryObjects`, "@odata.type"},
	{`^directoryRoles`, "directoryRole"},
	{`^roleManagement/directory/roleAssignments`, "unifiedRoleAssignment"},
	{`^roleManagement/directory/roleDefinitions`, "unifiedRoleDefinition"},
	{`^directory/subscriptions`, "companySubscription"},
	{`^subscribedSkus`, "subscribedSku"},
	{`^organization`, "organization"},
	{`^domains`, "domain"},
	{`^admin/sharepoint/settings`, ""},
	{`^(Collection\(Edm.String\)|Edm.Boolean|\$ref|Collection\(\$ref\))`, ""},
}

// check validates the form of an answer: every one of the Graph surface. It
// keeps its body.
func (a *answer) check() {
	a.t.Helper()
	if a.header.Get("request-id") == "" {
		a.t.Errorf("%s: no request-id", a.what)
	}
	if !strings.HasPrefix(a.header.Get("Content-Type"), "application/json") || len(a.raw) == 0 {
		return
	}
	if err := json.Unmarshal(a.raw, &a.body); err != nil {
		a.t.Fatalf("%s: %v\n%.300s", a.what, err, a.raw)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(a.raw))
	fatal(a.t, err)
	checkValue(a.t, a.what, a.status, value, strings.Contains(a.header.Get("Content-Type"), "odata.metadata=none"))
}

func checkValue(t testing.TB, what string, status int, value any, bare bool) {
	t.Helper()
	all, err := graphShapes()
	fatal(t, err)
	object, _ := value.(map[string]any)
	if status >= 400 {
		all.validate(t, what, "fault.schema.json", value)
		return
	}
	if parts, ok := object["responses"].([]any); ok {
		for _, p := range parts {
			checkPart(t, what, p.(map[string]any))
		}
		return
	}
	context, _ := object["@odata.context"].(string)
	if bare || context == "" {
		if !bare && !strings.HasSuffix(what, "/v1.0/") {
			t.Errorf("%s: no @odata.context", what)
		}
		return
	}
	typ := typeOf(t, what, context)
	if list, ok := object["value"].([]any); ok {
		for _, item := range list {
			validateAs(t, all, what, typ, item)
		}
		return
	}
	validateAs(t, all, what, typ, value)
}

func checkPart(t testing.TB, what string, p map[string]any) {
	t.Helper()
	status, err := p["status"].(json.Number).Int64()
	fatal(t, err)
	if body, ok := p["body"].(map[string]any); ok {
		checkValue(t, what+" part", int(status), body, false)
	}
}

func typeOf(t testing.TB, what, context string) string {
	t.Helper()
	_, fragment, ok := strings.Cut(context, "$metadata#")
	if !ok {
		t.Errorf("%s: odd context %s", what, context)
	}
	for _, k := range kinds {
		if regexp.MustCompile(k.context).MatchString(fragment) {
			return k.typ
		}
	}
	t.Errorf("%s: no type known for the context %s", what, fragment)
	return ""
}

func validateAs(t testing.TB, all *shapes, what, typ string, value any) {
	t.Helper()
	if typ == "@odata.type" {
		object, _ := value.(map[string]any)
		name, _ := object["@odata.type"].(string)
		typ = strings.TrimPrefix(name, "#microsoft.graph.")
		if typ == "" {
			t.Errorf("%s: an object of a mixed collection has no @odata.type", what)
		}
	}
	if typ != "" {
		all.validate(t, what, schemaURL+"#/$defs/microsoft.graph."+typ, value)
	}
}
