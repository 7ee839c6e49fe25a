package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
)

func get(t *testing.T, transport http.RoundTripper, ctx context.Context) (*http.Response, error) { //nolint:revive // t comes first in a test
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://leaver.localhost/x?y=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	return transport.RoundTrip(r)
}

// TestHereStreams reads an answer while it is being written.
func TestHereStreams(t *testing.T) {
	next := make(chan string)
	h := &here{handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.RequestURI != "/x?y=1" || r.Header.Get("Authorization") == "" {
			t.Errorf("the handler sees %q with %v", r.RequestURI, r.Header)
		}
		w.Header().Set("X-Early", "yes")
		w.WriteHeader(http.StatusAccepted)
		w.Header().Set("X-Late", "yes")
		for line := range next {
			_, _ = io.WriteString(w, line+"\n")
		}
	})}
	resp, err := get(t, h, t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusAccepted || resp.Header.Get("X-Early") != "yes" || resp.Header.Get("X-Late") != "" {
		t.Errorf("got %d %v", resp.StatusCode, resp.Header)
	}
	lines := bufio.NewScanner(resp.Body)
	for _, want := range []string{"one", "two"} {
		next <- want
		if !lines.Scan() || lines.Text() != want {
			t.Errorf("read %q, want %q", lines.Text(), want)
		}
	}
	close(next)
	if lines.Scan() {
		t.Errorf("read %q, want the end", lines.Text())
	}
	h.running.Wait()
}

// TestHereLetsGo: who closes the answer, or gives up waiting for it, ends the handler.
func TestHereLetsGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &here{handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusOK)
			<-r.Context().Done()
		})}
		resp, err := get(t, h, t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		h.running.Wait()

		silent := &here{handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })}
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			synctest.Wait()
			cancel()
		}()
		if resp, err := get(t, silent, ctx); err == nil {
			_ = resp.Body.Close()
			t.Error("got an answer, want the cancellation")
		}
		silent.running.Wait()
	})
}

// TestHereCuts: a handler that gives up in the middle is an error to the reader.
func TestHereCuts(t *testing.T) {
	h := &here{handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half")
		panic(http.ErrAbortHandler)
	})}
	resp, err := get(t, h, t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, err := io.ReadAll(resp.Body); string(text) != "half" || err == nil {
		t.Errorf("read %q, %v, want half and an error", text, err)
	}
}
