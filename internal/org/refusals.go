package org

import "errors"

// Kind says how a caller should react to a refusal. Each surface owns one table
// from Kind to its own kind of answer.
type Kind string

// The kinds of refusal, as house rules name them.
const (
	Invalid         Kind = "invalid"         // the request itself is wrong
	Unauthenticated Kind = "unauthenticated" // nobody is signed in
	Denied          Kind = "denied"          // this actor may not do this
	NotFound        Kind = "notFound"
	Conflict        Kind = "conflict" // the state of the organization forbids it
	Stale           Kind = "stale"    // the facts moved since they were shown
	Throttled       Kind = "throttled"
	Unavailable     Kind = "unavailable"
	Internal        Kind = "internal"
)

// Kinds lists every Kind; a surface's table is checked against it.
func Kinds() []Kind {
	return []Kind{Invalid, Unauthenticated, Denied, NotFound, Conflict, Stale, Throttled, Unavailable, Internal}
}

// Refusal is a rule that says no. Reason is the key of a sentence in the
// catalogue ("refusal."+Reason) and the stable code that programs branch on.
// Target names the field or property that was wrong, where there is one.
type Refusal struct {
	Kind   Kind   `json:"kind"`
	Reason string `json:"reason"`
	Rule   string `json:"rule,omitempty"`
	Target string `json:"target,omitempty"`
	Args   Args   `json:"args,omitempty"`
}

// Error makes a Refusal an error. It is for logs; people read the catalogue.
func (r *Refusal) Error() string {
	if r.Rule == "" {
		return string(r.Kind) + ": " + r.Reason
	}
	return string(r.Kind) + ": " + r.Reason + " (" + r.Rule + ")"
}

// MessageParts lets a sentence say why something was refused.
func (r *Refusal) MessageParts() (key string, args map[string]any) {
	return "refusal." + r.Reason, r.Args.Map()
}

// Refuse makes a refusal. Args come in pairs of name and value.
func Refuse(kind Kind, reason, rule string, args ...Arg) *Refusal {
	return &Refusal{Kind: kind, Reason: reason, Rule: rule, Args: args}
}

// On names the field or property that was wrong.
func (r *Refusal) On(target string) *Refusal {
	r.Target = target
	return r
}

// RefusalOf finds the refusal in an error, or nil when the error is not one.
func RefusalOf(err error) *Refusal {
	if r, ok := errors.AsType[*Refusal](err); ok {
		return r
	}
	return nil
}
