package org

import (
	"encoding/json"
	"fmt"
	"time"
)

// argJSON is an Arg as it is stored: the type stands beside the value, so that a
// sentence read back years later formats its dates and amounts as on the first day.
type argJSON struct {
	Name  string          `json:"name"`
	Type  string          `json:"type,omitempty"` // empty: a text
	Value json.RawMessage `json:"value"`
}

// MarshalJSON writes what UnmarshalJSON reads back with the same type.
func (a Arg) MarshalJSON() ([]byte, error) {
	value, err := json.Marshal(a.Value)
	return mustMarshal(argJSON{a.Name, argType(a.Value), value}, err)
}

func mustMarshal(v any, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

func argType(v any) string {
	switch v.(type) {
	case string:
		return ""
	case int:
		return "int"
	case time.Time:
		return "time"
	case Ref:
		return "ref"
	case []Ref:
		return "refs"
	case []string:
		return "texts"
	case Money:
		return "money"
	case Bytes:
		return "bytes"
	case RoleID:
		return "role"
	case []RoleID:
		return "roles"
	case Operation:
		return "operation"
	case *Refusal:
		return "refusal"
	}
	return "other"
}

// UnmarshalJSON reads an argument with its type.
func (a *Arg) UnmarshalJSON(b []byte) error {
	var j argJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	a.Name = j.Name
	var err error
	switch j.Type {
	case "":
		a.Value, err = read[string](j.Value)
	case "int":
		a.Value, err = read[int](j.Value)
	case "time":
		a.Value, err = read[time.Time](j.Value)
	case "ref":
		a.Value, err = read[Ref](j.Value)
	case "refs":
		a.Value, err = read[[]Ref](j.Value)
	case "texts":
		a.Value, err = read[[]string](j.Value)
	case "money":
		a.Value, err = read[Money](j.Value)
	case "bytes":
		a.Value, err = read[Bytes](j.Value)
	case "role":
		a.Value, err = read[RoleID](j.Value)
	case "roles":
		a.Value, err = read[[]RoleID](j.Value)
	case "operation":
		a.Value, err = read[Operation](j.Value)
	case "refusal":
		a.Value, err = read[*Refusal](j.Value)
	default:
		a.Value, err = read[any](j.Value)
	}
	if err != nil {
		return fmt.Errorf("argument %s: %w", a.Name, err)
	}
	return nil
}

func read[T any](b []byte) (T, error) {
	var v T
	err := json.Unmarshal(b, &v)
	return v, err
}
