package org

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// StateHash is a fingerprint of everything about a person that the steps of a
// plan follow from. A run compares it at the moment it acts: nobody is treated
// otherwise than was confirmed.
func StateHash(p *Person) string {
	d := make(digest, 0, 512)
	flag := strconv.FormatBool
	d.text(string(p.ID), p.UPN, p.DisplayName, flag(p.AccountEnabled), flag(p.Synced), flag(p.PasswordHash == NoPassword), flag(p.Drive != nil),
		flag(p.InRoleGroup), flag(p.InRestrictedUnit))
	d.text(p.PreferredLanguage) // of the prewritten reply
	list(&d, p.Roles)
	d.count(len(p.Addresses))
	for _, a := range p.Addresses {
		d.text(a.Proxy())
	}
	d.count(len(p.Licenses))
	for _, l := range p.Licenses {
		d.text(string(l.Sku), string(l.Group), l.Error)
		list(&d, l.DisabledPlans)
	}
	if m := p.Mailbox; m != nil {
		reason, _ := m.NeedsLicense()
		d.text(string(m.Type), m.ForwardTo, reason, flag(m.Litigation), flag(m.Held()), flag(m.Disconnected.IsZero()))
	}
	sum := sha256.Sum256(d)
	return hex.EncodeToString(sum[:12])
}
