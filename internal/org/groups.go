package org

import "time"

// Group is a group of any kind: security, Microsoft 365 (Unified), mail-enabled,
// dynamic (Rule), synchronised, licence-bearing, role-assignable.
type Group struct {
	Key            int64
	ID             GroupID
	DisplayName    string
	Description    string
	Mail           string
	MailNickname   string
	Unified        bool
	Security       bool
	MailEnabled    bool
	Rule           string // the membership rule of a dynamic group
	Synced         bool
	RoleAssignable bool
	Licenses       []License
	Created        time.Time
}

// Ref names the group in a sentence.
func (g *Group) Ref() Ref { return Ref{ID: string(g.ID), DisplayName: g.DisplayName} }
