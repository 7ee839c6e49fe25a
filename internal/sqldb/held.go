package sqldb

import "context"

// held is a snapshot of SQLite that a reader keeps between single statements for
// as long as nothing changes: to begin and to end one takes as long as to find a
// row. While somebody holds an old one the log can't begin anew, so the writer has
// the idle ones end theirs after each change.
type held struct {
	open    bool
	version int64
}

// hold readies a session for a single statement at a version. One that changes
// from one statement to the next is not worth a snapshot.
func (s *session) hold(version int64) {
	if s.held.open && s.held.version != version {
		s.let()
	}
	if !s.held.open && s.held.version == version {
		_, err := s.simple(context.Background(), "begin")
		s.held.open = err == nil
	}
	s.held.version = version
}

// let ends the snapshot.
func (s *session) let() {
	if s.held.open {
		s.held.open = false
		_, _ = s.simple(context.Background(), "rollback") // there is none any more when it fails
	}
}

// changed ends the snapshots of the idle sessions, which are old now.
func (p *pool) changed() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.idle {
		s.let()
	}
}
