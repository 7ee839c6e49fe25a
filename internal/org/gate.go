package org

import (
	"slices"
	"strings"
)

// Gate decides whether actor may delete target, in the order that R-SM-10 sets;
// nil means yes. keep says that the account will be kept to anchor a shared
// mailbox (R-DEL-32): forwarding and being shared already are then judged by the
// choices, not here.
func Gate(actor Actor, target *Person, o *Organization, keep bool) *Refusal {
	if r := May(actor, DeleteUser); r != nil {
		return r // (2) R-DEL-35
	}
	switch {
	case !target.Active():
		return Refuse(NotFound, "user.notFound", "R-SM-02", Arg{"user", target.Ref()}) // (3)
	case target.ID == actor.ID:
		return Refuse(Denied, "user.self", "R-ROLE-05") // (4) O-02
	case !actor.System && !covers(actor.Roles, target.roleRows()):
		return outranked(target) // (5)
	case isGlobalAdmin(target) && target.AccountEnabled && o.GlobalAdmins <= 1:
		return Refuse(Denied, "user.lastGlobalAdmin", "R-ROLE-21", Arg{"user", target.Ref()}) // (6) O-02
	case target.Synced:
		return Refuse(Invalid, "user.synced", "R-AD-01", Arg{"user", target.Ref()}) // (7) R-AD-08 R-DEL-11 R-AD-05 R-DEL-36 R-AD-14 O-03
	}
	if !keep {
		if r := anchors(target); r != nil {
			return r // (8) (9)
		}
	}
	if !actor.System && !Outranks(actor.Roles, target) {
		return closedOff(target) // (10)
	}
	return nil
}

// anchors refuses to delete an account that a mailbox hangs on. R-DEL-31 M-01
func anchors(target *Person) *Refusal {
	m := target.Mailbox
	switch {
	case m == nil:
		return nil
	case m.ForwardTo != "":
		return Refuse(Conflict, "user.forwards", "R-DEL-30", Arg{"user", target.Ref()}, Arg{"to", m.ForwardTo}) // (8)
	case m.Type == SharedMailbox:
		return Refuse(Conflict, "user.sharedMailbox", "R-DEL-30", Arg{"user", target.Ref()}) // (9)
	}
	return nil
}

// closedOff refuses for a role-assignable group or a restricted unit.
func closedOff(target *Person) *Refusal {
	return Refuse(Denied, "user.roleGroup", "R-ROLE-13", Arg{"user", target.Ref()})
}

func outranked(target *Person) *Refusal {
	return Refuse(Denied, "user.outranks", "R-ROLE-14", Arg{"user", target.Ref()}, Arg{"roles", append(append([]RoleID{}, target.Roles...), target.SuspendedRoles...)})
}

func isGlobalAdmin(p *Person) bool { return slices.Contains(p.Roles, GlobalAdmin) }

// GateRestore decides whether actor may bring target back; nil means yes. R-SM-13
func GateRestore(actor Actor, target *Person, clock Clocks) *Refusal {
	return gateDeleted(actor, target, clock, RestoreUser)
}

// GatePurge decides whether actor may delete target for good; nil means yes.
// Only what is in Deleted users can be purged. R-SM-02 R-PERM-01 R-PERM-09
func GatePurge(actor Actor, target *Person, clock Clocks) *Refusal {
	return gateDeleted(actor, target, clock, PurgeUser)
}

// NotInDeletedUsers refuses a name or an id that nobody has who could come back. R-SM-02
func NotInDeletedUsers(ref string) *Refusal {
	return Refuse(NotFound, "deleted.notFound", "R-SM-02", Arg{"user", strings.TrimSpace(ref)})
}

func gateDeleted(actor Actor, target *Person, clock Clocks, op Operation) *Refusal {
	if r := May(actor, op); r != nil {
		return r // R-ROLE-19 R-ROLE-20
	}
	switch {
	case target.Active():
		return Refuse(NotFound, "user.notDeleted", "R-SM-02", Arg{"user", target.Ref()})
	case clock.Purging:
		return Refuse(NotFound, "user.purging", "R-RES-15", Arg{"user", target.Ref()}) // R-PERM-03
	}
	return beyond(actor, target)
}

// beyond refuses what only a higher role may do to the target. R-ROLE-13
func beyond(actor Actor, target *Person) *Refusal {
	switch {
	case actor.System:
		return nil
	case !covers(actor.Roles, target.roleRows()):
		return outranked(target)
	case !Outranks(actor.Roles, target):
		return closedOff(target)
	}
	return nil
}
