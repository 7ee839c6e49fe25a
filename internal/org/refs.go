package org

import "time"

// Identifiers have types of their own. All are GUIDs in their canonical form;
// nothing parses them.
type (
	// UserID is the id of a person.
	UserID string
	// GroupID is the id of a group.
	GroupID string
	// SkuID is the id of a product.
	SkuID string
	// SubscriptionID is the id of a subscription.
	SubscriptionID string
	// DriveID is the id of a drive.
	DriveID string
	// DepartureID is the id of a run.
	DepartureID string
)

// Ref names somebody or something in a sentence: enough to show, link and sort.
type Ref struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	DisplayName string `json:"displayName,omitempty"`
}

// String is what a sentence shows.
func (r Ref) String() string {
	if r.DisplayName != "" && r.Name != "" {
		return r.DisplayName + " (" + r.Name + ")"
	}
	return r.Name + r.DisplayName
}

// Money is an amount in the minor unit of its currency (cents for EUR).
type Money struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
}

// MoneyParts lets a message catalogue format the amount for its language.
func (m Money) MoneyParts() (minor int64, currency string) { return m.Minor, m.Currency }

// Times multiplies an amount.
func (m Money) Times(n int) Money { return Money{m.Minor * int64(n), m.Currency} }

// Bytes is a size; a message catalogue shows it in the unit that reads best.
type Bytes int64

// ByteCount lets a message catalogue format the size for its language.
func (b Bytes) ByteCount() int64 { return int64(b) }

// GB is the unit in which mailbox limits are stated.
const GB = Bytes(1 << 30)

// Day is 24 hours: the texts say "30 days", the arithmetic is exact. R-SM-19
const Day = 24 * time.Hour

// Arg is one named value of a sentence.
type Arg struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

// Args are the named values of a sentence, in the order given.
type Args []Arg

// Hidden stands in a sentence for what its reader's roles don't open. R-ROLE-11
type Hidden string

// What can be hidden.
const (
	HiddenPerson  Hidden = "person"
	HiddenAddress Hidden = "address"
)

// MessageParts lets a message catalogue say that something is not shown.
func (h Hidden) MessageParts() (key string, args map[string]any) { return "hidden." + string(h), nil }

// Map gives the arguments as a message catalogue takes them.
func (a Args) Map() map[string]any {
	m := make(map[string]any, len(a))
	for _, x := range a {
		switch v := x.Value.(type) {
		case Ref:
			m[x.Name] = v.String()
		case []Ref:
			names := make([]string, len(v))
			for i, r := range v {
				names[i] = r.String()
			}
			m[x.Name] = names
		default:
			m[x.Name] = x.Value
		}
	}
	return m
}

// Get returns the named value, or nil.
func (a Args) Get(name string) any {
	for _, x := range a {
		if x.Name == name {
			return x.Value
		}
	}
	return nil
}
