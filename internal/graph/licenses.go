package graph

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/wire"
)

// badGUID is what a product that is no GUID is answered with. R-API-05
func badGUID() *wire.Fault {
	return wire.BadRequest("Request_BadRequest", "Cannot convert a primitive value to the expected type 'Edm.Guid'. See the inner exception for more details")
}

// guid checks the form of a GUID and gives it in lower case.
func guid(s string) (string, bool) {
	if len(s) != 36 {
		return "", false
	}
	for i, r := range s {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (r == '-') || !dash && !strings.ContainsRune("0123456789abcdefABCDEF", r) {
			return "", false
		}
	}
	return strings.ToLower(s), true
}

// licenseChange reads the body of assignLicense: both lists have to be there.
// R-API-05 R-API-41
func licenseChange(r *http.Request) (add []org.LicenseRequest, remove []org.SkuID, err error) {
	o, err := wire.ReadObject(r, false)
	if err != nil {
		return nil, nil, err
	}
	var missing []string
	for _, name := range []string{"addLicenses", "removeLicenses"} {
		if !o.Has(name) || o.Null(name) {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		return nil, nil, wire.BadRequest("Request_BadRequest",
			"One or more parameters of the operation 'assignLicense' are missing from the request payload. The missing parameters are: "+strings.Join(missing, ", ")+".")
	}
	items, _ := o.Objects("addLicenses")
	var gone []string
	o.Strings("removeLicenses", &gone)
	if err := o.Done("microsoft.graph.assignLicense"); err != nil {
		return nil, nil, err
	}
	for _, item := range items {
		want, err := licenseRequest(item)
		if err != nil {
			return nil, nil, err
		}
		add = append(add, want)
	}
	for _, sku := range gone {
		id, ok := guid(sku)
		if !ok {
			return nil, nil, badGUID()
		}
		remove = append(remove, org.SkuID(id))
	}
	return add, remove, nil
}

func licenseRequest(o *wire.Object) (org.LicenseRequest, error) {
	var want org.LicenseRequest
	var sku string
	o.String("skuId", &sku)
	o.Strings("disabledPlans", &want.DisabledPlans)
	if err := o.Done("microsoft.graph.assignedLicense"); err != nil {
		return want, err
	}
	id, ok := guid(sku)
	if !ok {
		return want, badGUID()
	}
	want.Sku = org.SkuID(id)
	for i, plan := range want.DisabledPlans {
		if want.DisabledPlans[i], ok = guid(plan); !ok {
			return want, badGUID()
		}
	}
	return want, nil
}

// assignLicense answers POST /users/{id}/assignLicense. R-API-41
func (s *Server) assignLicense(w http.ResponseWriter, r *http.Request, c *call) error {
	add, remove, err := licenseChange(r)
	if err != nil {
		return err
	}
	if err := s.knownPlans(r.Context(), add); err != nil {
		return err
	}
	p, err := s.cfg.Desk.AssignLicenses(r.Context(), c.caller.Actor, r.PathValue("user"), add, remove)
	if err != nil {
		return err
	}
	return s.writePerson(r.Context(), w, c, &p)
}

// knownPlans refuses to turn off what a product doesn't have.
func (s *Server) knownPlans(ctx context.Context, add []org.LicenseRequest) error {
	if !slices.ContainsFunc(add, func(want org.LicenseRequest) bool { return len(want.DisabledPlans) > 0 }) {
		return nil
	}
	o, _, err := s.organization(ctx)
	if err != nil {
		return err
	}
	for _, want := range add {
		product := o.Products.Find(want.Sku)
		if product == nil {
			continue // that is refused by name
		}
		for _, plan := range want.DisabledPlans {
			if !slices.ContainsFunc(product.Plans, func(x org.ServicePlan) bool { return strings.EqualFold(x.ID, plan) }) {
				return wire.BadRequest("Request_BadRequest", "Service plan "+plan+" is not a part of license "+string(want.Sku)+".")
			}
		}
	}
	return nil
}

// reprocess answers POST /users/{id}/reprocessLicenseAssignment. R-API-44
func (s *Server) reprocess(w http.ResponseWriter, r *http.Request, c *call) error {
	p, err := s.cfg.Desk.ReprocessLicenses(r.Context(), c.caller.Actor, r.PathValue("user"))
	if err != nil {
		return err
	}
	return s.writePerson(r.Context(), w, c, &p)
}

// writePerson answers 200 with somebody as an operation left them.
func (s *Server) writePerson(ctx context.Context, w http.ResponseWriter, c *call, p *org.Person) error {
	return s.writeUser(ctx, w, c, http.StatusOK, s.people.plain, &offboard.UserRow{User: p.User}, nil)
}

// assignGroupLicense answers POST /groups/{id}/assignLicense. R-API-44
func (s *Server) assignGroupLicense(w http.ResponseWriter, r *http.Request, c *call) error {
	add, remove, err := licenseChange(r)
	if err != nil {
		return err
	}
	if err := s.knownPlans(r.Context(), add); err != nil {
		return err
	}
	g, err := s.cfg.Desk.AssignGroupLicenses(r.Context(), c.caller.Actor, groupID(r), add, remove)
	if err != nil {
		return err
	}
	c.entity(w, http.StatusAccepted, "groups/$entity", c.style(s.model["group"], nil), groupThing(g))
	return nil
}

// licenseDetails answers GET /users/{id}/licenseDetails. R-API-43
func (s *Server) licenseDetails(w http.ResponseWriter, r *http.Request, c *call) error {
	set, pick, all, err := s.details(r, c)
	if err != nil {
		return err
	}
	c.things(w, list{context: picked(set, pick)}, c.style(s.model["licensedetails"], pick), all)
	return nil
}

// licenseDetail answers GET /users/{id}/licenseDetails/{id}. R-API-43
func (s *Server) licenseDetail(w http.ResponseWriter, r *http.Request, c *call) error {
	set, pick, all, err := s.details(r, c)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(t thing) bool { return strings.EqualFold(t.props[0].value.(string), r.PathValue("license")) })
	if i < 0 {
		return wire.NotThere(r.PathValue("license"))
	}
	c.entity(w, http.StatusOK, picked(set, pick)+"/$entity", c.style(s.model["licensedetails"], pick), &all[i])
	return nil
}

// details are somebody's products, with the name of their set and what was selected.
func (s *Server) details(r *http.Request, c *call) (set string, pick []string, all []thing, err error) {
	options, err := c.options(r, "$skip", "$filter", "$search", "$orderby", "$expand")
	if err != nil {
		return "", nil, nil, err
	}
	if pick, err = s.model["licensedetails"].pick(options.Select); err != nil {
		return "", nil, nil, err
	}
	u, err := s.user(r.Context(), r.PathValue("user"), []string{"id", "assignedLicenses"})
	if err != nil {
		return "", nil, nil, err
	}
	o, _, err := s.organization(r.Context())
	if err != nil {
		return "", nil, nil, err
	}
	return "users('" + string(u.ID) + "')/licenseDetails", pick, detailThings(o, u), nil
}

func detailThings(o *org.Organization, u *offboard.UserRow) []thing {
	var all []thing
	seen := map[org.SkuID]bool{}
	for i := range u.Licenses {
		l := &u.Licenses[i]
		product := o.Products.Find(l.Sku)
		if l.Error != "" || seen[l.Sku] || product == nil {
			continue
		}
		seen[l.Sku] = true
		id := string(u.ID) + "_" + string(l.Sku)
		t := thing{typ: "licenseDetails", path: "/users/" + string(u.ID) + "/licenseDetails/" + id}
		t.put("id", id)
		t.put("skuId", string(l.Sku))
		t.put("skuPartNumber", product.PartNumber)
		t.put("servicePlans", planThings(product.Plans, l.DisabledPlans))
		all = append(all, t)
	}
	return all
}

func (s *Server) expandLicenses(ctx context.Context, rows []offboard.UserRow) (expansion, error) {
	x := expansion{name: "licenseDetails", rows: make([][]byte, len(rows))}
	o, _, err := s.organization(ctx)
	if err != nil {
		return x, err
	}
	for i := range rows {
		u, err := s.cfg.Reads.User(ctx, string(rows[i].ID), []string{"id", "assignedLicenses"})
		if err != nil || u == nil {
			return x, err
		}
		x.rows[i] = appendValue(nil, detailThings(o, u))
	}
	return x, nil
}

// picked is a context with what was selected.
func picked(set string, pick []string) string {
	if pick == nil {
		return set
	}
	return set + "(" + strings.Join(pick, ",") + ")"
}
