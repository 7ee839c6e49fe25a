package cli

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"leaver/internal/graphclient"
	"leaver/internal/locale"
)

// TestPlanJSON writes a plan part by part as it would be written whole.
func TestPlanJSON(t *testing.T) {
	for _, tt := range []struct {
		plan string
		exit int
	}{
		{`{"hash":"h","leaving":0,"savings":{"now":[]},"items":[]}`, ExitDone},
		{`{"hash":"<h>","massDelete":false,"items":[{"user":"a\u00e9","outcome":"refused","refusals":[{"kind":"notFound","code":"user.notFound"}]}]}`, ExitNotFound},
		{`{"items":[{"user":"a","outcome":"delete","steps":[{"kind":"x"},{}]},{"user":"b","outcome":"refused","steps":[]}],"leaving":1}`, ExitDone},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, tt.plan)
		}))
		address, err := url.Parse(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		s, out := newSession(t, locale.English, 0)
		err = s.planJSON(t.Context(), &link{Client: &graphclient.Client{Server: address, HTTP: server.Client()}}, &ask{})
		if got := exitStatus(s, err); got != tt.exit {
			t.Errorf("%s: exit %d (%v), want %d", tt.plan, got, err, tt.exit)
		}
		whole, all := newSession(t, locale.English, 0)
		if err := whole.json(json.RawMessage(tt.plan)); err != nil {
			t.Fatal(err)
		}
		if got, want := written(t, s, out), written(t, whole, all); got != want {
			t.Errorf("in parts\n%s\nwhole\n%s", got, want)
		}
		server.Close()
	}
}

func exitStatus(s *session, err error) int {
	if err == nil {
		return ExitDone
	}
	return s.asFault(err).Exit
}
