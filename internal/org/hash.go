package org

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"time"
)

// hashPlan is one hash over all that was decided, without the dates: they move
// with the clock, what they are attached to does not.
func hashPlan(p *Plan) string {
	h := sha256.New()
	for i := range p.Items {
		hashItem(h, &p.Items[i])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Fingerprint is the hash over the steps alone. A run compares it at the moment
// it acts, so that nobody is treated otherwise than was confirmed.
func Fingerprint(steps []Step) string {
	h := sha256.New()
	for i := range steps {
		hashStep(h, &steps[i])
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func hashItem(h hash.Hash, it *Item) {
	put(h, it.User.ID, it.User.Name, it.User.DisplayName, string(it.Outcome))
	for i := range it.Steps {
		hashStep(h, &it.Steps[i])
	}
	for i := range it.Consequences {
		c := &it.Consequences[i]
		put(h, "c", c.Rule, c.Key)
		hashArgs(h, c.Args)
	}
	for _, r := range it.Refusals {
		put(h, "r", r.Reason, r.Target)
	}
}

func hashStep(h hash.Hash, s *Step) {
	put(h, "s", string(s.Kind), s.To.ID, s.Name, s.Replies.Inside, s.Replies.Outside, string(s.Replies.Audience), string(s.Sub), string(s.When))
	put(h, s.Aliases...)
	for _, sku := range s.Skus {
		put(h, string(sku))
	}
	for _, r := range s.Roles {
		put(h, string(r))
	}
}

func hashArgs(h hash.Hash, args Args) {
	for _, a := range args {
		switch v := a.Value.(type) {
		case time.Time:
		case string:
			put(h, v)
		case Ref:
			put(h, v.ID)
		default:
			fmt.Fprintf(h, "%v\x00", v)
		}
	}
}

// put writes strings with their ends marked, so that none runs into the next.
func put(h hash.Hash, ss ...string) {
	var end = [1]byte{0}
	for _, s := range ss {
		h.Write([]byte(s))
		h.Write(end[:])
	}
	end[0] = 1
	h.Write(end[:])
}

// StateHash is a fingerprint of everything about a person that the steps of a
// plan follow from. A run compares it at the moment it acts: nobody is treated
// otherwise than was confirmed.
func StateHash(p *Person) string {
	h := sha256.New()
	put(h, string(p.ID), p.UPN, p.DisplayName, fmt.Sprint(p.AccountEnabled, p.Synced, p.PasswordHash == NoPassword, p.Drive != nil, p.InRoleGroup, p.InRestrictedUnit))
	for _, r := range p.Roles {
		put(h, string(r))
	}
	for _, a := range p.Addresses {
		put(h, a.Proxy())
	}
	for _, l := range p.Licenses {
		put(h, string(l.Sku), string(l.Group))
	}
	if m := p.Mailbox; m != nil {
		reason, _ := m.NeedsLicense()
		put(h, string(m.Type), m.ForwardTo, reason, fmt.Sprint(m.Litigation, m.Disconnected.IsZero()))
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}
