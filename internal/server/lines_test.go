package server_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"leaver/internal/server"
)

// page is a writer that may be looked at while others write.
type page struct {
	mu    sync.Mutex
	text  bytes.Buffer
	calls int
	wrote chan struct{}
}

func (p *page) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls++
	select {
	case p.wrote <- struct{}{}:
	default:
	}
	return p.text.Write(b)
}

func (p *page) read() (string, int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String(), p.calls
}

func TestLines(t *testing.T) {
	t.Run("all of them, whole and in order, with few calls", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { // no line is ever written because it has waited
			p := &page{}
			l := server.NewLines(p)
			const writers, each = 8, 500
			var wg sync.WaitGroup
			for w := range writers {
				wg.Go(func() {
					for i := range each {
						fmt.Fprintf(l, "%d %d %s\n", w, i, strings.Repeat("x", 50))
					}
				})
			}
			wg.Wait()
			l.Flush()
			text, calls := p.read()
			next := map[int]int{}
			for line := range strings.Lines(text) {
				var w, i int
				var rest string
				if n, err := fmt.Sscanf(line, "%d %d %s\n", &w, &i, &rest); n != 3 || err != nil || len(rest) != 50 || i != next[w] {
					t.Fatalf("%q behind %v: %v", line, next, err)
				}
				next[w]++
			}
			for w := range writers {
				if next[w] != each {
					t.Errorf("writer %d: %d lines", w, next[w])
				}
			}
			if calls > writers*each/10 {
				t.Errorf("%d calls", calls)
			}
		})
	})
	t.Run("a line does not wait for another one", func(t *testing.T) {
		p := &page{wrote: make(chan struct{}, 1)}
		l := server.NewLines(p)
		for range 2 {
			fmt.Fprintln(l, "alone")
			<-p.wrote
		}
	})
	t.Run("what went wrong is written at once, behind what came before", func(t *testing.T) {
		p := &page{}
		l := server.NewLines(p)
		log := slog.New(l.Handler(slog.NewTextHandler(l, nil))).With("node", "a").WithGroup("g")
		log.Info("fine")
		log.Warn("not so", "k", "v")
		if text, _ := p.read(); strings.Count(text, "\n") != 2 || strings.Index(text, "fine") > strings.Index(text, "node=a g.k=v") {
			t.Errorf("got %q", text)
		}
	})
}
