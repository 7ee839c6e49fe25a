package org

import (
	"reflect"
	"slices"
	"strings"
	"time"
)

// Person is everything that belongs to one human being and that a departure can
// change. A run turns one Person value into another; what is saved is the
// difference, and the value before is kept so that it can be put back.
type Person struct {
	User
	Addresses      []Address `json:"addresses,omitempty"`
	Roles          []RoleID  `json:"roles,omitempty"`
	SuspendedRoles []RoleID  `json:"suspendedRoles,omitempty"` // held when the account was deleted, R-DEL-03
	// InRoleGroup: member or owner of a role-assignable group; InRestrictedUnit:
	// in a restricted-management administrative unit. Both close the deletion
	// gate for most administrators. R-ROLE-13
	InRoleGroup      bool      `json:"inRoleGroup,omitempty"`
	InRestrictedUnit bool      `json:"inRestrictedUnit,omitempty"`
	Licenses         []License `json:"licenses,omitempty"`
	// LicensesRemoved is when the licences of a deleted account were taken away
	// on purpose; purging then leaves no mailbox behind. R-PERM-04
	LicensesRemoved time.Time `json:"licensesRemoved,omitzero"`
	Mailbox         *Mailbox  `json:"mailbox,omitempty"`
	Drive           *Drive    `json:"drive,omitempty"`
}

// License is one product held by one person, directly or through a group.
type License struct {
	Sku           SkuID     `json:"skuId"`
	Group         GroupID   `json:"assignedByGroup,omitempty"` // empty: assigned directly
	DisabledPlans []string  `json:"disabledPlans,omitempty"`
	Error         string    `json:"error,omitempty"` // R-LIC-16
	Assigned      time.Time `json:"lastUpdatedDateTime,omitzero"`
}

// Seats lists the distinct products that this person consumes a seat of: none
// when deleted, one for each product however many ways it came. R-LIC-14 R-SM-18
func (p *Person) Seats() []SkuID {
	if !p.Active() {
		return nil
	}
	return p.Products()
}

// Products lists the distinct products on record, deleted or not.
func (p *Person) Products() []SkuID {
	var skus []SkuID
	for _, l := range p.Licenses {
		if l.Error == "" && !slices.Contains(skus, l.Sku) {
			skus = append(skus, l.Sku)
		}
	}
	return skus
}

// Inherited says that the product comes through a group (too).
func (p *Person) Inherited(sku SkuID) bool {
	return slices.ContainsFunc(p.Licenses, func(l License) bool { return l.Sku == sku && l.Group != "" })
}

// Clone copies the person so that changing the copy leaves the original alone.
func (p *Person) Clone() Person {
	c := *p
	c.BusinessPhones = slices.Clone(p.BusinessPhones)
	c.OtherMails = slices.Clone(p.OtherMails)
	c.Addresses = slices.Clone(p.Addresses)
	c.Roles = slices.Clone(p.Roles)
	c.SuspendedRoles = slices.Clone(p.SuspendedRoles)
	c.Licenses = slices.Clone(p.Licenses)
	if p.Mailbox != nil {
		m := *p.Mailbox
		m.Permissions = slices.Clone(m.Permissions)
		m.Holds = slices.Clone(m.Holds)
		c.Mailbox = &m
	}
	if p.Drive != nil {
		d := *p.Drive
		d.Grants = slices.Clone(d.Grants)
		c.Drive = &d
	}
	return c
}

// Same says that two persons are the same in everything that putting back can
// put back: sessions that ended stay ended.
func Same(a, b Person) bool {
	for _, p := range []*Person{&a, &b} {
		*p = p.Clone()
		p.SessionEpoch, p.SessionsValidFrom, p.Departed = 0, time.Time{}, 0
		p.ParkedPasswordHash = ""
		slices.Sort(p.Roles)
		slices.SortFunc(p.Licenses, func(x, y License) int {
			return strings.Compare(string(x.Sku)+string(x.Group), string(y.Sku)+string(y.Group))
		})
		slices.SortFunc(p.Addresses, func(x, y Address) int { return strings.Compare(x.Value, y.Value) })
		p.Roles, p.SuspendedRoles, p.Licenses, p.Addresses = orNil(p.Roles), orNil(p.SuspendedRoles), orNil(p.Licenses), orNil(p.Addresses)
		if p.Mailbox != nil {
			p.Mailbox.Fresh = false
			p.Mailbox.Permissions, p.Mailbox.Holds = orNil(p.Mailbox.Permissions), orNil(p.Mailbox.Holds)
		}
		if p.Drive != nil {
			p.Drive.Grants = orNil(p.Drive.Grants)
		}
	}
	return reflect.DeepEqual(a, b)
}

// orNil makes no difference between an empty list and none.
func orNil[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}
