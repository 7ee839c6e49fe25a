package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"leaver/bench/internal/gen"
)

type target interface {
	Create(w int, u gen.User) (string, error)
	Get(w int, id string) error
	List(w int, cur any, top int) error // cur nil = first page
	Deep(at, top int) (any, error)      // a cursor near the at-th user
	Search(w, q int) error
	Delete(w int, id string) error
}

// lister names people that are there already (have=N), instead of making them.
type lister interface{ IDs(n int) ([]string, error) }
type restorer interface{ Restore(w int, id string) error }
type bulkCreator interface {
	BulkMax() int
	BulkCreate([]gen.User) ([]string, error)
}
type bulkDeleter interface {
	BulkMax() int
	BulkDelete([]string) error
}

func open(kind string, kv map[string]string, conns int) (target, error) {
	h := newHTTP(kv["url"], conns)
	switch kind {
	case "ref":
		return &ref{h}, nil
	case "graph":
		if kv["token"] != "" {
			h.hdr.Set("Authorization", "Bearer "+kv["token"])
		}
		return &graph{h, kv["domain"]}, nil
	}
	return nil, fmt.Errorf("unknown kind of server %q: ref or graph", kind)
}

// ---- HTTP helper

type hc struct {
	c              *http.Client
	base           string
	hdr            http.Header
	basicU, basicP string
}

func newHTTP(base string, conns int) *hc {
	tr := &http.Transport{MaxConnsPerHost: conns, MaxIdleConnsPerHost: conns, MaxIdleConns: conns, DisableCompression: true, DialContext: (&net.Dialer{}).DialContext}
	return &hc{c: &http.Client{Transport: tr, Timeout: 60 * time.Second}, base: base, hdr: http.Header{}}
}

func (h *hc) do(method, path string, body, into any, want ...int) error {
	var rd io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		rd = bytes.NewReader(b)
	}
	rq, err := http.NewRequest(method, h.base+path, rd)
	if err != nil {
		return err
	}
	for k, v := range h.hdr {
		rq.Header[k] = v
	}
	if h.basicU != "" {
		rq.SetBasicAuth(h.basicU, h.basicP)
	}
	if body != nil {
		rq.Header.Set("Content-Type", "application/json")
	}
	rs, err := h.c.Do(rq)
	if err != nil {
		return err
	}
	defer rs.Body.Close()
	b, err := io.ReadAll(rs.Body)
	if err != nil {
		return err
	}
	ok := false
	for _, c := range want {
		ok = ok || c == rs.StatusCode
	}
	if !ok {
		return fmt.Errorf("%s %s: %d %.200s", method, path, rs.StatusCode, b)
	}
	if p, isRaw := into.(*[]byte); isRaw {
		*p = b
		return nil
	}
	if p, isHdr := into.(*http.Header); isHdr {
		*p = rs.Header
		return nil
	}
	if into != nil {
		return json.Unmarshal(b, into)
	}
	return nil
}

// ---- refdir

type ref struct{ h *hc }

func (t *ref) Create(w int, u gen.User) (string, error) {
	var r struct{ ID string }
	err := t.h.do("POST", "/v1.0/users", map[string]any{"userPrincipalName": u.UPN, "displayName": u.Display, "givenName": u.Given, "surname": u.Sur, "mail": u.Mail, "department": u.Dept, "jobTitle": u.Title, "employeeId": u.EmpID, "accountEnabled": true}, &r, 201)
	return r.ID, err
}
func (t *ref) Get(w int, id string) error { return t.h.do("GET", "/v1.0/users/"+id, nil, nil, 200) }
func (t *ref) List(w int, cur any, top int) error {
	s := "0"
	if cur != nil {
		s = cur.(string)
	}
	return t.h.do("GET", "/v1.0/users?$top="+strconv.Itoa(top)+"&$skiptoken="+s, nil, nil, 200)
}
func (t *ref) Deep(at, top int) (any, error) { return strconv.Itoa(at), nil }
func (t *ref) Search(w, q int) error {
	return t.h.do("GET", "/v1.0/users?$top=20&$filter="+url.QueryEscape("startswith(displayName,'"+gen.Prefix(q)+"')"), nil, nil, 200)
}
func (t *ref) Delete(w int, id string) error {
	return t.h.do("DELETE", "/v1.0/users/"+id, nil, nil, 204)
}
func (t *ref) Restore(w int, id string) error {
	return t.h.do("POST", "/v1.0/directory/deletedItems/"+id+"/restore", nil, nil, 204)
}
func (t *ref) BulkMax() int                  { return 10000 }
func (t *ref) BulkDelete(ids []string) error { return t.h.do("POST", "/bulk/delete", ids, nil, 200) }

// ---- Microsoft Graph v1.0: Leaver itself. token=… domain=…

type graph struct {
	h      *hc
	domain string
}

func (t *graph) Create(w int, u gen.User) (string, error) {
	var r struct{ ID string }
	name := strings.ReplaceAll(strings.SplitN(u.UPN, "@", 2)[0], "'", "")
	err := t.h.do("POST", "/v1.0/users", map[string]any{"userPrincipalName": name + "@" + t.domain, "mailNickname": name, "displayName": u.Display, "givenName": u.Given, "surname": u.Sur,
		"department": u.Dept, "jobTitle": u.Title, "employeeId": u.EmpID, "accountEnabled": true, "passwordProfile": map[string]any{"password": "Welkom-2026!x", "forceChangePasswordNextSignIn": false}}, &r, 201)
	return r.ID, err
}

// special are accounts of the practice organization that deleting treats differently.
const special = " admin admin2 useradmin billing license exchange sharepoint helpdesk reader anna.devries bram.jansen carla.smit daan.visser eva.bakker femke.mulder gijs.dekker hanna.bos ivo.peters jan.meijer kim.degroot lars.vos mila.kok rosa.vandam tim.wolters umar.yilmaz olaf.dijk sara.blom "

func (t *graph) IDs(n int) ([]string, error) {
	var ids []string
	for p := "/v1.0/users?$top=999&$select=id,userPrincipalName"; p != "" && len(ids) < n; {
		var r struct {
			Value []struct{ ID, UserPrincipalName string }
			Next  string `json:"@odata.nextLink"`
		}
		if err := t.h.do("GET", p, nil, &r, 200); err != nil {
			return nil, err
		}
		for _, u := range r.Value {
			if name, _, _ := strings.Cut(u.UserPrincipalName, "@"); !strings.Contains(special, " "+name+" ") && len(ids) < n {
				ids = append(ids, u.ID)
			}
		}
		p = ""
		if u, err := url.Parse(r.Next); err == nil && r.Next != "" {
			p = u.RequestURI()
		}
	}
	return ids, nil
}
func (t *graph) Get(w int, id string) error { return t.h.do("GET", "/v1.0/users/"+id, nil, nil, 200) }
func (t *graph) List(w int, cur any, top int) error {
	p := "/v1.0/users?$top=" + strconv.Itoa(top)
	if cur != nil {
		p = cur.(string)
	}
	return t.h.do("GET", p, nil, nil, 200)
}

// Deep follows nextLink until about at users have passed, as a client has to.
func (t *graph) Deep(at, top int) (any, error) {
	p := "/v1.0/users?$top=" + strconv.Itoa(top)
	for seen := 0; seen < at; seen += top {
		var r struct {
			Next string `json:"@odata.nextLink"`
		}
		if err := t.h.do("GET", p, nil, &r, 200); err != nil {
			return nil, err
		}
		if r.Next == "" {
			break
		}
		u, err := url.Parse(r.Next)
		if err != nil {
			return nil, err
		}
		p = u.RequestURI()
	}
	return p, nil
}
func (t *graph) Search(w, q int) error {
	return t.h.do("GET", "/v1.0/users?$top=20&$filter="+url.QueryEscape("startswith(displayName,'"+gen.Prefix(q)+"')"), nil, nil, 200)
}
func (t *graph) Delete(w int, id string) error {
	return t.h.do("DELETE", "/v1.0/users/"+id, nil, nil, 204)
}
func (t *graph) Restore(w int, id string) error {
	return t.h.do("POST", "/v1.0/directory/deletedItems/"+id+"/restore", map[string]any{}, nil, 200)
}
