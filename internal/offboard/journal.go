package offboard

import (
	"slices"
	"time"

	"leaver/internal/org"
)

// Status is where a departure stands.
type Status string

// The statuses.
const (
	Running Status = "running"
	Done    Status = "done"
	Partial Status = "partial" // some items were refused or failed
	Failed  Status = "failed"  // none succeeded
	Undone  Status = "undone"
)

// ItemOutcome is what was observed for one person of a departure; never free
// text, never a success that was not read back.
type ItemOutcome string

// The outcomes of an item or a step.
const (
	ItemPending    ItemOutcome = "pending"
	ItemRunning    ItemOutcome = "running"
	ItemDone       ItemOutcome = "done"
	ItemSkipped    ItemOutcome = "skipped"
	ItemNeedsHuman ItemOutcome = "needsHuman"
	ItemRefused    ItemOutcome = "refused"
	ItemFailed     ItemOutcome = "failed"
)

// Departure is one run over one or many people.
type Departure struct {
	Key        int64
	ID         org.DepartureID
	Status     Status
	CreatedBy  org.Actor
	Created    time.Time
	Ended      time.Time
	Hash       string // of the plan that was confirmed
	Idempotent string // the caller's key
	Total      int
	Counts     map[ItemOutcome]int
	Node       string // who works on it
	Lease      time.Time
	Undoing    bool // the run is being put back
	UndoneBy   string
	Next       int // ordinal of the first item not yet worked on, in the run or in its undo
}

// Item is one person of a departure.
type Item struct {
	Departure int64 // key of the departure it belongs to
	Ordinal   int
	Asked     string
	UserKey   int64
	User      org.Ref
	Plan      org.Outcome // delete or keepAsSharedMailbox
	Outcome   ItemOutcome
	Code      string // refusal reason or cause
	Rule      string
	Args      org.Args
	Choices   org.Choices
	Steps     []org.Step
	State     string      // org.StateHash of the person when the plan was confirmed
	Before    *org.Person // as it was, from the moment the item is done
	Ran       time.Time   // when the steps were applied
	Skipped   []int       // which of the steps were not possible any more; Notes say why
	Notes     []org.Note  // what could not be done, or not be put back
	Undone    bool        // the person was put back since
	Withheld  []Withheld  // what was taken out for its reader, see Withhold
	Earlier   int64       // key of the item by which the person had left before; 0 for the first
}

// StepOutcome says what became of one of the steps. Of a refused person nothing
// is changed.
func (it *Item) StepOutcome(step int) ItemOutcome {
	switch {
	case it.Outcome == ItemRefused, it.Outcome == ItemFailed, slices.Contains(it.Skipped, step):
		return ItemSkipped
	}
	return it.Outcome
}

// Entry is one row of the audit trail. Detail never holds a password or token.
type Entry struct {
	Seq     int64
	At      time.Time
	Actor   org.Actor
	Action  string
	Target  org.Ref
	Result  string // success, or the reason of the refusal
	Request string
	Detail  string // JSON: before and after, as far as the action has them
	Hash    []byte
}

// The actions of the trail. R-DEL-21
const (
	ActDelete       = "Delete user"
	ActPurge        = "Hard Delete user"
	ActRestore      = "Restore user"
	ActKeep         = "Convert user to shared mailbox"
	ActUndo         = "Undo departure"
	ActStart        = "Start departure"
	ActAddUser      = "Add user"
	ActUpdateUser   = "Update user"
	ActPassword     = "Reset user password"
	ActRevoke       = "Revoke sign-in sessions"
	ActManager      = "Set user manager"
	ActLicense      = "Change user license"
	ActGroupLicense = "Change group license"
	ActRoleAdd      = "Add member to role"
	ActRoleRemove   = "Remove member from role"
	ActMailbox      = "Update mailbox"
	ActPermission   = "Change mailbox permission"
	ActDrive        = "Change drive permission"
	ActQuantity     = "Change subscription quantity"
	ActRenewal      = "Renew subscription"
	ActGroup        = "Update group"
	ActGroupDelete  = "Delete group"
	ActMemberAdd    = "Add member to group"
	ActMemberRemove = "Remove member from group"
	ActOwnerAdd     = "Add owner to group"
	ActOwnerRemove  = "Remove owner from group"
	ActExpire       = "Expire content"
	ActSettings     = "Update settings"
	ActDomains      = "Update domains"
	ActClock        = "Advance clock"
	ActApp          = "Update application"
	ActInit         = "Create organization"
)
