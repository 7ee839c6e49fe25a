package web

import (
	"net/http"
)

// domainsData is the page of the organization's domains.
type domainsData struct {
	Name string // typed
}

func domainsPage(v *visit) error {
	v.done("domains")
	return v.domains("", http.StatusOK)
}

func (v *visit) domains(name string, status int) error {
	v.Section = "settings"
	v.show(status, domainsView(v, domainsData{Name: name}))
	return nil
}

// saveDomains adds a domain, removes one, or makes one the default.
func saveDomains(v *visit) error {
	name := v.form("domain")
	do := v.srv.Desk.AddDomain
	typed := name
	switch v.form("do") {
	case "default":
		do, typed = v.srv.Desk.MakeDefaultDomain, ""
	case "remove":
		do, typed = v.srv.Desk.RemoveDomain, ""
	}
	err := do(v.ctx(), v.Actor, name)
	return v.settle(err, "/settings/domains", "domains", func(status int) error { return v.domains(typed, status) })
}
