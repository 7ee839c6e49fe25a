package offboard

import (
	"time"

	"leaver/internal/org"
)

// WebSession is somebody signed in to the admin centre. Of the token in the
// cookie only its hash is kept. Sessions live by the real clock.
type WebSession struct {
	Handle   string // hash of the token
	ID       string // names the session on a page, and opens nothing
	PersonID org.UserID
	Epoch    int64 // of the person at the time; a session does not outlive it, R-DEL-12
	Created  time.Time
	Seen     time.Time
	Expires  time.Time
	Address  string
	Agent    string
	// Pending: the password was right, the passkey is still to come.
	Pending   bool
	Challenge string // of a passkey that is asked for or being added
}

// Passkey is the second factor of one person.
type Passkey struct {
	ID         string // of the credential
	PersonID   org.UserID
	Name       string
	Credential string // as the library for passkeys writes it
	Created    time.Time
	Used       time.Time
}

// Draft is work of one administrator that waits for a decision, such as a file
// that was read and not yet confirmed; then it stays with the departure.
type Draft struct {
	ID        string
	OwnerID   org.UserID
	Departure org.DepartureID
	Created   time.Time
	Content   []byte
}
