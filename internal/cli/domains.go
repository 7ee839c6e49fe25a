package cli

import (
	"context"
	"slices"

	"leaver/internal/graphclient"
)

type domainList struct{}

// Run lists the domains, the default one first.
func (c *domainList) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	o, err := l.Organization(ctx)
	if err != nil {
		return err
	}
	return s.domainResult(&o.V)
}

// domainResult writes the domains of an organization.
func (s *session) domainResult(o *graphclient.Organization) error {
	if s.JSON {
		return s.json(map[string][]string{"value": slices.Concat([]string{}, o.Domains)})
	}
	for i, domain := range o.Domains {
		if i == 0 && len(o.Domains) > 1 {
			domain = s.text("cli.domain.default", "domain", domain)
		}
		s.printf("%s\n", clean(domain))
	}
	return nil
}

type domainAdd struct {
	Domain  string `arg:"" name:"domain"`
	Default bool
}

// Run adds a domain. R-ROLE-22
func (c *domainAdd) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	o, err := l.AddDomain(ctx, c.Domain)
	if err == nil && c.Default {
		o, err = l.MakeDefaultDomain(ctx, c.Domain)
	}
	if err != nil {
		return err
	}
	return s.domainResult(&o.V)
}

type domainRemove struct {
	Domain string `arg:"" name:"domain"`
}

// Run removes a domain that nobody has a name or an address in.
func (c *domainRemove) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	if err := l.RemoveDomain(ctx, c.Domain); err != nil {
		return err
	}
	s.tell("cli.domain.removed", "domain", c.Domain)
	return nil
}
