package wire

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"net/http"

	"leaver/internal/offboard"
)

// maxReplayed is how large the body of a request may be that can be served twice.
const maxReplayed = 4 << 10

// As serves a request for its caller, or refuses as Caller does. early says that it
// does nothing before it asks the database, and changes nothing but what is in one
// transaction. Such a request begins at once, for the caller as they stood last, where
// asking for them beforehand would take a round trip: that question goes with its first
// query, or with the first one in its transaction, and nothing is answered and nothing
// is kept before it has been settled. Whoever stands otherwise by now is asked for, and
// the request served from its beginning. R-DEL-12
func (a *Auth) As(w http.ResponseWriter, r *http.Request, early bool, serve func(w http.ResponseWriter, r *http.Request, c Caller) error) error {
	claims, err := a.claims(r)
	if err != nil {
		return err
	}
	if early && r.ContentLength >= 0 && r.ContentLength <= maxReplayed {
		was, ctx, settle := a.Subjects.Presume(r.Context(), claims.Subject, claims.IsApp)
		if settle != nil {
			again, err := replayed(r)
			if err != nil {
				return err
			}
			out := &presuming{ResponseWriter: w, header: w.Header().Clone(), settle: settle}
			caller, err := callerOf(r, &claims, was)
			if err == nil {
				err = serve(out, r.WithContext(ctx), caller)
			}
			if out.begin(); !errors.Is(out.err, offboard.ErrSubjectChanged) {
				return errors.Join(out.err, err)
			}
			again()
		}
	}
	now, err := a.Subjects.Subject(r.Context(), claims.Subject, claims.IsApp)
	if err != nil {
		return err
	}
	c, err := callerOf(r, &claims, now)
	if err != nil {
		return err
	}
	return serve(w, r, c)
}

// replayed reads the body of a request into memory; again puts it back to its
// beginning.
func replayed(r *http.Request) (again func(), err error) {
	if r.ContentLength == 0 {
		return func() {}, nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, unreadable()
	}
	again = func() { r.Body = io.NopCloser(bytes.NewReader(body)) }
	again()
	return again, nil
}

// presuming is an answer that begins when it is settled who it is for. When that
// is somebody else than was presumed, nothing of it is sent.
type presuming struct {
	http.ResponseWriter
	header http.Header
	settle func() error
	begun  bool
	err    error
}

// Header is what the answer would have, until it begins.
func (p *presuming) Header() http.Header { return p.header }

// begin settles who the answer is for.
func (p *presuming) begin() {
	if p.begun {
		return
	}
	p.begun = true
	if p.err = p.settle(); p.err != nil {
		return
	}
	own := p.ResponseWriter.Header()
	clear(own)
	maps.Copy(own, p.header)
	p.header = own
}

// WriteHeader begins the answer.
func (p *presuming) WriteHeader(status int) {
	if p.begin(); p.err == nil {
		p.ResponseWriter.WriteHeader(status)
	}
}

// Write goes on with the answer.
func (p *presuming) Write(b []byte) (int, error) {
	if p.begin(); p.err != nil {
		return len(b), nil // as if it had been sent: another answer follows
	}
	return p.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (p *presuming) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// Flush sends what has been written.
func (p *presuming) Flush() {
	if p.begin(); p.err == nil {
		_ = http.NewResponseController(p.ResponseWriter).Flush() // not all can
	}
}
