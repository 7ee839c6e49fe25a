package org

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

func TestArgsKeepTheirTypes(t *testing.T) {
	want := Args{
		{"text", "x"},
		{"count", 3},
		{"date", time.Date(2027, 6, 21, 0, 0, 0, 0, time.UTC)},
		{"user", Ref{ID: "1", Name: "a@b", DisplayName: "A"}},
		{"people", []Ref{{ID: "2"}}},
		{"devices", []string{"pc"}},
		{"price", Money{840, "EUR"}},
		{"size", 62 * GB},
		{"role", BillingAdmin},
		{"roles", []RoleID{GlobalAdmin}},
	}
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Args
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v\nwant %#v", got, want)
	}
}
