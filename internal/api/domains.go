package api

import "net/http"

// domainRequest names a domain.
type domainRequest struct {
	Domain string `json:"domain" doc:"Such as school.example."`
}

// addDomain serves POST domains. R-ROLE-22
func (a *API) addDomain(c *call) error {
	var body domainRequest
	if err := c.decode(&body, smallBody, false); err != nil {
		return err
	}
	if body.Domain == "" {
		return wrong(c.r, "request.missing", "domain", "field", "domain")
	}
	if err := a.Desk.AddDomain(c.ctx(), c.actor, body.Domain); err != nil {
		return err
	}
	return a.organization(c)
}

// makeDefaultDomain serves POST domains/{domain}/default.
func (a *API) makeDefaultDomain(c *call) error {
	if err := c.decode(&struct{}{}, smallBody, true); err != nil {
		return err
	}
	if err := a.Desk.MakeDefaultDomain(c.ctx(), c.actor, c.r.PathValue("domain")); err != nil {
		return err
	}
	return a.organization(c)
}

// removeDomain serves DELETE domains/{domain}.
func (a *API) removeDomain(c *call) error {
	if err := a.Desk.RemoveDomain(c.ctx(), c.actor, c.r.PathValue("domain")); err != nil {
		return err
	}
	return c.done()
}

func domainRoutes() []route {
	missing, used := []int{http.StatusNotFound}, []int{http.StatusNotFound, http.StatusConflict}
	return []route{
		{
			method: http.MethodPost, path: "domains", id: "addDomain", tag: "organization", summary: "Let user names and addresses be in another domain",
			scopes: writeDomains, body: domainRequest{}, example: `{"domain":"school.example"}`, answer: organizationView{},
			refuses: []int{http.StatusConflict}, serve: (*API).addDomain,
		},
		{
			method: http.MethodPost, path: "domains/{domain}/default", id: "makeDefaultDomain", tag: "organization", summary: "Make a domain the one of new user names",
			scopes: writeDomains, answer: organizationView{}, refuses: missing, serve: (*API).makeDefaultDomain,
		},
		{
			method: http.MethodDelete, path: "domains/{domain}", id: "removeDomain", tag: "organization", summary: "Remove a domain that nobody has a name or address in",
			scopes: writeDomains, status: http.StatusNoContent, refuses: used, serve: (*API).removeDomain,
		},
	}
}
