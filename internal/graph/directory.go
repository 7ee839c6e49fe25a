package graph

import (
	"net/http"
	"slices"

	"leaver/internal/org"
	"leaver/internal/wire"
)

// serviceRoot answers GET /v1.0: what there is.
func (s *Server) serviceRoot(w http.ResponseWriter, _ *http.Request, c *call) error {
	sets := []string{"users", "groups", "directoryObjects", "directoryRoles", "domains", "drives", "organization", "subscribedSkus"}
	single := []string{"me", "admin", "directory", "roleManagement"}
	c.collection(w, list{context: ""}, len(sets)+len(single), func(dst []byte, i int) []byte {
		kind, name := "EntitySet", ""
		if i < len(sets) {
			name = sets[i]
		} else {
			kind, name = "Singleton", single[i-len(sets)]
		}
		dst = appendString(append(dst, `{"name":`...), name)
		dst = appendString(append(dst, `,"kind":`...), kind)
		return append(appendString(append(dst, `,"url":`...), name), '}')
	})
	return nil
}

// describe answers GET /v1.0/$metadata.
func describe(w http.ResponseWriter, _ *http.Request, _ *call) error {
	wire.Bytes(w, http.StatusOK, "application/xml", metadata)
	return nil
}

// listOrganizations answers GET /organization: there is one.
func (s *Server) listOrganizations(w http.ResponseWriter, r *http.Request, c *call) error {
	pick, t, err := s.organizationThing(r, c)
	if err != nil {
		return err
	}
	c.things(w, list{context: picked("organization", pick)}, c.style(s.model["organization"], pick), []thing{*t})
	return nil
}

// getOrganization answers GET /organization/{id}.
func (s *Server) getOrganization(w http.ResponseWriter, r *http.Request, c *call) error {
	pick, t, err := s.organizationThing(r, c)
	if err != nil {
		return err
	}
	if !t.equals("id", r.PathValue("organization")) {
		return wire.NotThere(r.PathValue("organization"))
	}
	c.entity(w, http.StatusOK, picked("organization", pick)+"/$entity", c.style(s.model["organization"], pick), t)
	return nil
}

func (s *Server) organizationThing(r *http.Request, c *call) (pick []string, t *thing, err error) {
	options, err := c.options(r, "$skip", "$search", "$orderby", "$filter", "$expand")
	if err != nil {
		return nil, nil, err
	}
	if pick, err = s.model["organization"].pick(options.Select); err != nil {
		return nil, nil, err
	}
	o, _, err := s.organization(r.Context())
	if err != nil {
		return nil, nil, err
	}
	domains := make([]thing, len(o.Domains))
	for i, d := range o.Domains {
		domains[i].put("capabilities", "Email")
		domains[i].put("isDefault", i == 0)
		domains[i].put("isInitial", i == len(o.Domains)-1)
		domains[i].put("name", d)
		domains[i].put("type", "Managed")
	}
	t = &thing{typ: "organization", path: "/organization/" + o.ID}
	t.put("id", o.ID)
	t.put("deletedDateTime", nil)
	t.put("businessPhones", []string{})
	t.put("countryLetterCode", text(o.UsageLocation))
	t.put("defaultUsageLocation", text(o.UsageLocation))
	t.put("displayName", o.DisplayName)
	t.put("onPremisesSyncEnabled", nil)
	t.put("preferredLanguage", text(o.Settings.DefaultLanguage))
	t.put("technicalNotificationMails", []string{})
	t.put("tenantType", "AAD")
	t.put("assignedPlans", []string{})
	t.put("provisionedPlans", []string{})
	t.put("verifiedDomains", domains)
	return pick, t, nil
}

// listDomains answers GET /domains.
func (s *Server) listDomains(w http.ResponseWriter, r *http.Request, c *call) error {
	pick, all, err := s.domains(r, c)
	if err != nil {
		return err
	}
	c.things(w, list{context: picked("domains", pick)}, c.style(s.model["domain"], pick), all)
	return nil
}

// getDomain answers GET /domains/{name}.
func (s *Server) getDomain(w http.ResponseWriter, r *http.Request, c *call) error {
	pick, all, err := s.domains(r, c)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(t thing) bool { return t.equals("id", r.PathValue("domain")) })
	if i < 0 {
		return wire.NotThere(r.PathValue("domain"))
	}
	c.entity(w, http.StatusOK, picked("domains", pick)+"/$entity", c.style(s.model["domain"], pick), &all[i])
	return nil
}

func (s *Server) domains(r *http.Request, c *call) (pick []string, all []thing, err error) {
	options, err := c.options(r, "$skip", "$search", "$orderby", "$filter", "$expand")
	if err != nil {
		return nil, nil, err
	}
	if pick, err = s.model["domain"].pick(options.Select); err != nil {
		return nil, nil, err
	}
	o, _, err := s.organization(r.Context())
	if err != nil {
		return nil, nil, err
	}
	for i, d := range o.Domains {
		t := thing{typ: "domain", path: "/domains/" + d}
		t.put("id", d)
		t.put("authenticationType", "Managed")
		t.put("availabilityStatus", nil)
		t.put("isAdminManaged", true)
		t.put("isDefault", i == 0)
		t.put("isInitial", i == len(o.Domains)-1)
		t.put("isRoot", true)
		t.put("isVerified", true)
		t.put("supportedServices", []string{"Email"})
		all = append(all, t)
	}
	return pick, all, nil
}

// getObject answers GET /directoryObjects/{id}, with or without a type: a
// person, a group or a role.
func (s *Server) getObject(w http.ResponseWriter, r *http.Request, c *call) error {
	id := lowerGUID(r.PathValue("object"))
	u, err := s.cfg.Reads.User(r.Context(), id, nil)
	if err != nil {
		return err
	}
	if u != nil {
		c.write(w, http.StatusOK, func(dst []byte) []byte {
			dst = c.appendContext(dst, "directoryObjects/$entity")
			return append(s.people.plain.append(c.annotate(dst, u, true), u), '}')
		})
		return nil
	}
	g, err := s.cfg.Reads.Group(r.Context(), org.GroupID(id))
	if err != nil {
		return err
	}
	var t *thing
	if g != nil {
		t = groupThing(g)
	} else if _, ok := org.RoleByID(org.RoleID(id)); ok {
		t = roleThing(org.RoleID(id))
	} else {
		return wire.NotThere(r.PathValue("object"))
	}
	look := c.style(nil, nil)
	look.typed = true
	c.entity(w, http.StatusOK, "directoryObjects/$entity", look, t)
	return nil
}

// driveRule answers GET /admin/sharepoint/settings: how long the drive of a
// deleted user is kept. R-API-64
func (s *Server) driveRule(w http.ResponseWriter, r *http.Request, c *call) error {
	o, _, err := s.organization(r.Context())
	if err != nil {
		return err
	}
	c.writeDriveRule(w, o)
	return nil
}

func (c *call) writeDriveRule(w http.ResponseWriter, o *org.Organization) {
	t := &thing{}
	t.put("deletedUserPersonalSiteRetentionPeriodInDays", o.Settings.DriveRetentionDays)
	c.entity(w, http.StatusOK, "admin/sharepoint/settings/$entity", c.style(nil, nil), t)
}

// setDriveRule answers PATCH /admin/sharepoint/settings. R-API-64 R-OD-01
func (s *Server) setDriveRule(w http.ResponseWriter, r *http.Request, c *call) error {
	body, err := wire.ReadObject(r, false)
	if err != nil {
		return err
	}
	days := 0
	given := body.Int("deletedUserPersonalSiteRetentionPeriodInDays", &days)
	if err := body.Done("microsoft.graph.tenantAdmin.sharepointSettings"); err != nil {
		return err
	}
	after, err := s.cfg.Desk.ChangeOrganization(r.Context(), c.caller.Actor, func(o *org.Organization) error {
		if given {
			o.Settings.DriveRetentionDays = days
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.writeDriveRule(w, after)
	return nil
}

// notHere answers what Graph has and an embedded organization has not.
func notHere(what string) handler {
	return func(http.ResponseWriter, *http.Request, *call) error {
		return &wire.Fault{Status: http.StatusNotImplemented, Code: "NotImplemented", Message: what + " are not part of this organization."}
	}
}
