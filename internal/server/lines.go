package server

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

const (
	// linesWait is how long a line of the log may wait for others.
	linesWait = 10 * time.Millisecond
	// linesSize is how many bytes may wait.
	linesSize = 32 << 10
)

// Lines writes the lines of a log that come close after each other with one call:
// a call for each costs a twentieth of a small answer, and requests that end at
// the same time wait for each other in it.
type Lines struct {
	out     io.Writer
	mu      sync.Mutex // guards what follows
	waiting []byte
	spare   []byte
	timer   *time.Timer
	writing sync.Mutex // keeps them in their order; taken before mu
}

// NewLines makes Lines that go to out. Call Flush at the end.
func NewLines(out io.Writer) *Lines { return &Lines{out: out} }

// Write takes one line.
func (l *Lines) Write(line []byte) (int, error) {
	l.mu.Lock()
	l.waiting = append(l.waiting, line...)
	first, full := len(l.waiting) == len(line), len(l.waiting) >= linesSize
	if first && !full {
		if l.timer == nil {
			l.timer = time.AfterFunc(linesWait, l.Flush)
		} else {
			l.timer.Reset(linesWait)
		}
	}
	l.mu.Unlock()
	if full {
		l.Flush()
	}
	return len(line), nil
}

// Flush writes what waits.
func (l *Lines) Flush() {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.mu.Lock()
	lines := l.waiting
	l.waiting = l.spare[:0]
	l.mu.Unlock()
	if len(lines) > 0 {
		_, _ = l.out.Write(lines) // there is nowhere to say that it failed
	}
	l.mu.Lock()
	l.spare = lines
	l.mu.Unlock()
}

// Handler is a handler of records that writes to these lines. What may have gone
// wrong doesn't wait: the process may be about to end.
func (l *Lines) Handler(inner slog.Handler) slog.Handler { return prompt{inner, l} }

type prompt struct {
	slog.Handler
	lines *Lines
}

// Handle writes a record.
func (p prompt) Handle(ctx context.Context, r slog.Record) error {
	err := p.Handler.Handle(ctx, r)
	if r.Level >= slog.LevelWarn {
		p.lines.Flush()
	}
	return err
}

// WithAttrs keeps what Handle does.
func (p prompt) WithAttrs(attrs []slog.Attr) slog.Handler {
	return prompt{p.Handler.WithAttrs(attrs), p.lines}
}

// WithGroup keeps what Handle does.
func (p prompt) WithGroup(name string) slog.Handler {
	return prompt{p.Handler.WithGroup(name), p.lines}
}
