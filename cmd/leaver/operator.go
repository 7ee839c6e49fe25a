package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"

	"leaver/internal/identity"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/wire"
)

// operator is whoever has the data folder in hand: every request of a command
// with --data comes from them, and nobody else can send one.
type operator struct{ name string }

// Caller implements api.Authenticator.
func (o operator) Caller(r *http.Request) (wire.Caller, error) {
	return wire.Caller{Actor: org.Actor{System: true, Name: o.name, RequestID: wire.RequestID(r)}, AppID: operatorID}, nil
}

// Verify implements wire.Tokens: the token that here sends along is the operator's.
func (o operator) Verify(context.Context, string) (identity.Claims, error) {
	return identity.Claims{Subject: operatorID, IsApp: true, AppID: operatorID, AppName: o.name, Permissions: []string{"Directory.ReadWrite.All"}}, nil
}

// Presume implements wire.Subjects.
func (o operator) Presume(ctx context.Context, _ string, _ bool) (offboard.Subject, context.Context, func() error) {
	return offboard.Subject{}, ctx, nil
}

// Subject implements wire.Subjects.
func (o operator) Subject(context.Context, string, bool) (offboard.Subject, error) {
	return offboard.Subject{Found: true, Enabled: true, Roles: []org.RoleID{org.GlobalAdmin}}, nil
}

// operatorID is the subject of the operator on the Graph surface, which knows
// people and apps only.
const operatorID = "00000000-0000-0000-0000-000000000000"

// here carries out HTTP requests in this process.
type here struct {
	handler http.Handler
	running sync.WaitGroup
}

// RoundTrip implements http.RoundTripper. The answer streams: a handler that
// writes events is read as it writes.
func (h *here) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(r.Context())
	in := r.Clone(ctx)
	in.RequestURI, in.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:0"
	in.Host = r.URL.Host
	in.Header.Set("Authorization", "Bearer "+operatorID)
	if in.Body == nil {
		in.Body = http.NoBody
	}
	reader, writer := io.Pipe()
	out := &answer{header: http.Header{}, body: writer, begun: make(chan struct{})}
	h.running.Go(func() {
		defer cancel()
		defer in.Body.Close()
		out.finish(guarded(h.handler, out, in))
	})
	select {
	case <-out.begun:
	case <-ctx.Done():
		reader.CloseWithError(ctx.Err())
		return nil, ctx.Err()
	}
	return &http.Response{
		Status: http.StatusText(out.status), StatusCode: out.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: out.sent, Body: &body{reader, cancel}, ContentLength: -1, Request: r,
	}, nil
}

// errCut says that a handler gave up in the middle of its answer.
var errCut = errors.New("the answer was cut off")

// guarded runs a handler. One that gives up has its connection cut in a server;
// here the reader gets an error.
func guarded(handler http.Handler, w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		if recover() != nil {
			err = errCut
		}
	}()
	handler.ServeHTTP(w, r)
	return nil
}

// body ends the request when the reader has had enough.
type body struct {
	*io.PipeReader
	cancel context.CancelFunc
}

// Close implements io.Closer.
func (b *body) Close() error {
	b.cancel()
	return b.PipeReader.Close()
}

// answer is the http.ResponseWriter of a request in this process.
type answer struct {
	header, sent http.Header
	status       int
	body         *io.PipeWriter
	begun        chan struct{}
	once         sync.Once
}

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if status < http.StatusOK { // informational: the answer is still to come
		return
	}
	a.once.Do(func() {
		a.status, a.sent = status, a.header.Clone()
		close(a.begun)
	})
}

// Write implements io.Writer; it waits for the reader.
func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

// Flush implements http.Flusher: nothing is kept back.
func (a *answer) Flush() { a.WriteHeader(http.StatusOK) }

// finish ends the answer.
func (a *answer) finish(err error) {
	a.WriteHeader(http.StatusOK)
	_ = a.body.CloseWithError(err) // a PipeWriter has nothing to say here
}
