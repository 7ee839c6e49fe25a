package graphclient

import (
	"encoding/json"
	"testing"
)

// TestRunItemIsWhole: what this client does not know of somebody in a run is passed
// on, also when a long list is put together from pages.
func TestRunItemIsWhole(t *testing.T) {
	const sent = `{"user":"anna@contoso.com","outcome":"done","undone":true,"steps":[{"kind":"blockSignIn","later":1}],"withheld":[{"fields":["message"]}]}`
	var items []RunItem
	if err := json.Unmarshal([]byte("["+sent+"]"), &items); err != nil {
		t.Fatal(err)
	}
	if items[0].User != "anna@contoso.com" || items[0].Outcome != "done" {
		t.Errorf("got %+v", items[0])
	}
	got, err := json.Marshal(items)
	if err != nil || string(got) != "["+sent+"]" {
		t.Errorf("got %s, %v", got, err)
	}
}
