package api

import (
	"encoding/json"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"leaver/internal/wire"
)

// faultView is how every call says no, in Graph's form.
type faultView struct {
	Error faultBody `json:"error"`
}

type faultBody struct {
	Code    string        `json:"code" doc:"Stable; programs branch on it. For a rule that refuses, its reason."`
	Message string        `json:"message" doc:"In the language of Accept-Language: what happened and what to do."`
	Inner   faultInner    `json:"innerError"`
	Details []wire.Detail `json:"details,omitempty" doc:"The fields, the rows or the rule behind it."`
}

type faultInner struct {
	Code            string `json:"code,omitempty"`
	Date            string `json:"date"`
	Message         string `json:"message,omitempty"`
	RequestID       string `json:"request-id"`
	ClientRequestID string `json:"client-request-id"`
	Status          string `json:"status,omitempty"`
}

// newDocument is the OpenAPI description of the table.
func newDocument(routes []route) object {
	types := schemas{}
	paths := object{}
	for i := range routes {
		r := &routes[i]
		path := "/" + r.path
		if paths[path] == nil {
			paths[path] = object{}
		}
		operations, _ := paths[path].(object)
		operations[strings.ToLower(r.method)] = r.operation(types)
	}
	types.of(reflect.TypeFor[faultView]())
	return object{
		"openapi": "3.1.0",
		"info": object{
			"title": "Leaver", "version": "v1",
			"description": "What Microsoft Graph has no words for: plans, departures and their progress, the recycle bin, subscriptions, mailboxes, drives and the audit trail. " +
				"People are named by user principal name or id. Texts are in the language of Accept-Language (nl, en).",
			"license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"},
		},
		"servers":  []any{object{"url": strings.TrimSuffix(Prefix, "/")}},
		"security": []any{object{"bearer": []string{}}},
		"paths":    paths,
		"components": object{
			"schemas":         map[string]any(types),
			"securitySchemes": object{"bearer": object{"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
			"responses": object{"Fault": object{
				"description": "No, and why.",
				"content": object{kindJSON: object{
					"schema": object{"$ref": "#/components/schemas/Fault"},
					"example": object{"error": object{
						"code": "user.outranks", "message": "You don't have the appropriate permissions for this person. Ask a Global Administrator.",
						"innerError": object{"date": "2026-11-21T12:00:00", "request-id": "0196c2a4-0d5e-7c1b-9d5a-2b6d1f1c9a11", "client-request-id": "0196c2a4-0d5e-7c1b-9d5a-2b6d1f1c9a11"},
						"details":    []any{object{"code": "R-ROLE-14", "rule": "R-ROLE-14", "message": "You don't have the appropriate permissions for this person."}},
					}},
				}},
			}},
		},
	}
}

var pathParam = regexp.MustCompile(`\{([a-z]+)\}`)

// operation describes one line of the table.
func (r *route) operation(types schemas) object {
	out := object{"operationId": r.id, "summary": r.summary, "tags": []string{r.tag}, "responses": r.responses(types)}
	about := r.about
	if len(r.scopes) > 0 {
		about = strings.TrimSpace(about + "\n\nNeeds one of these permissions: " + strings.Join(r.scopes, ", ") + ".")
	}
	if about != "" {
		out["description"] = about
	}
	if params := r.parameters(); len(params) > 0 {
		out["parameters"] = params
	}
	if r.body != nil {
		kind := r.bodyKind
		if kind == "" {
			kind = kindJSON
		}
		media := object{"schema": types.of(reflect.TypeOf(r.body))}
		if r.example != "" {
			media["example"] = json.RawMessage(r.example)
		}
		out["requestBody"] = object{"required": !r.optional, "content": object{kind: media}}
	}
	return out
}

func (r *route) parameters() []any {
	var out []any
	for _, m := range pathParam.FindAllStringSubmatch(r.path, -1) {
		about := map[string]string{"user": "User principal name or id.", "who": "User principal name or id.", "id": "Id."}[m[1]]
		out = append(out, object{"name": m[1], "in": "path", "required": true, "description": about, "schema": object{"type": "string"}})
	}
	for _, p := range r.query {
		out = append(out, object{"name": p.name, "in": "query", "description": p.about, "schema": object{"type": p.kind}})
	}
	out = append(out, object{
		"name": "Accept-Language", "in": "header", "description": "nl or en, with weights.", "schema": object{"type": "string"}, "example": "nl, en;q=0.8",
	})
	if r.keyed {
		out = append(out, object{
			"name": "Idempotency-Key", "in": "header", "description": "The same key again gives the same departure.",
			"schema": object{"type": "string", "maxLength": 255},
		})
	}
	return out
}

func (r *route) responses(types schemas) object {
	content := object{}
	if r.answer != nil {
		content[kindJSON] = object{"schema": types.of(reflect.TypeOf(r.answer))}
	}
	for _, kind := range r.kinds {
		content[kind] = object{"schema": object{"type": "string"}}
	}
	status := r.status
	if status == 0 {
		status = http.StatusOK
	}
	good := object{"description": http.StatusText(status)}
	if len(content) > 0 {
		good["content"] = content
	}
	out := object{strconv.Itoa(status): good}
	if r.later {
		out[strconv.Itoa(http.StatusAccepted)] = object{"description": "It takes longer, and goes on.", "content": content}
	}
	refuses := append([]int{
		http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable,
	}, r.refuses...)
	if len(content) > 0 {
		refuses = append(refuses, http.StatusNotAcceptable)
	}
	if r.body != nil {
		refuses = append(refuses, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	for _, code := range refuses {
		out[strconv.Itoa(code)] = object{"$ref": "#/components/responses/Fault"}
	}
	return out
}
