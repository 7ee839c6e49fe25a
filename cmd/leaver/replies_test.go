package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"leaver/internal/cli"
	"leaver/internal/graphclient"
)

// TestReplies: what no flag names of an automatic reply stays as it is: to whom
// outside it goes, and when. R-MBX-29
func TestReplies(t *testing.T) {
	place := cli.Place{Data: practiceData(t)}
	h := &host{version: "test", stderr: io.Discard, now: time.Now, operator: "operator"}
	const mailbox = "http://leaver.localhost/api/v1/mailboxes/anna.devries@lindeboom.example"
	set := func(replies string) {
		t.Helper()
		opened, err := h.Open(t.Context(), place)
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, mailbox, strings.NewReader(`{"automaticReplies":`+replies+`}`))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := opened.HTTP.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(resp.Body.Close(), opened.Close()); err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s, %v", replies, resp.Status, err)
		}
	}
	say := func(flags ...string) (string, graphclient.AutomaticReplies) {
		t.Helper()
		var out, errs bytes.Buffer
		p := &cli.Program{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }, Now: time.Now, NewKey: newID, Host: h}
		if got := p.Run(t.Context(), append([]string{"mailbox", "set", "anna.devries@lindeboom.example", "--json", "--data", place.Data}, flags...)); got != cli.ExitDone {
			t.Fatalf("%q: exit %d: %s", flags, got, &errs)
		}
		var m graphclient.Mailbox
		if err := json.Unmarshal(out.Bytes(), &m); err != nil {
			t.Fatal(err)
		}
		return out.String(), *m.AutomaticReplies
	}
	set(`{"status":"alwaysEnabled","internalReplyMessage":"In","externalReplyMessage":"Out","externalAudience":"contactsOnly"}`)
	if _, r := say("--reply-inside", "Inside"); r.ExternalAudience != "contactsOnly" || r.ExternalReplyMessage != "Out" || r.InternalReplyMessage != "Inside" {
		t.Errorf("to contacts only: %+v", r)
	}
	const dates = `"scheduledStartDateTime":"2027-07-01T00:00:00Z","scheduledEndDateTime":"2027-08-01T00:00:00Z"`
	set(`{"status":"scheduled","internalReplyMessage":"In",` + dates + `}`)
	said, r := say("--reply-outside", "Outside")
	if r.Status != "scheduled" || !strings.Contains(strings.ReplaceAll(said, `": "`, `":"`), `"scheduledEndDateTime":"2027-08-01T00:00:00Z"`) {
		t.Errorf("on for a month: %+v in %s", r, said)
	}
	if r.ExternalAudience != "all" || r.ExternalReplyMessage != "Outside" || r.InternalReplyMessage != "In" {
		t.Errorf("the first reply outside goes to all: %+v", r)
	}
	if _, r := say("--reply-inside", "none", "--reply-outside", "none"); r.Status != "disabled" {
		t.Errorf("without a text: %+v", r)
	}
}
