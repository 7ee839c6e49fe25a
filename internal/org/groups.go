package org

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

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

// GateGroup says why the actor can't change a group; nil when they can. A
// role-assignable group is a Privileged Role Administrator's. R-AD-08 R-ROLE-12
func GateGroup(actor Actor, g *Group) *Refusal {
	switch {
	case g.RoleAssignable:
		return May(actor, ManageRole)
	case g.Synced:
		return Refuse(Invalid, "group.synced", "R-AD-08", Arg{"group", g.Ref()})
	}
	return May(actor, ManageGroup)
}

// GateMembership says why the members of a group, or its owners, can't be
// changed by the actor; nil when they can. R-DEL-13 R-AD-08
func GateMembership(actor Actor, g *Group, owners bool) *Refusal {
	if r := GateGroup(actor, g); r != nil {
		return r
	}
	if g.Rule != "" && !owners {
		return Refuse(Invalid, "group.dynamic", "R-DEL-13", Arg{"group", g.Ref()})
	}
	return nil
}

// LastOwner refuses to take a group's only owner from it; owners are those there
// are, and going is one of them or not. R-API-72
func LastOwner(g *Group, owners []Ref, going Ref) *Refusal {
	if len(owners) == 1 && owners[0].ID == going.ID {
		return Refuse(Invalid, "group.lastOwner", "R-API-72", Arg{"user", going}, Arg{"group", g.Ref()})
	}
	return nil
}

// GateGroupDeletion says why the actor can't delete a group; nil when they can.
// One that gives licences can't go. R-LIC-18
func GateGroupDeletion(actor Actor, g *Group) *Refusal {
	if r := GateGroup(actor, g); r != nil {
		return r
	}
	if len(g.Licenses) > 0 {
		return Refuse(Conflict, "group.licensed", "R-LIC-18", Arg{"group", g.Ref()})
	}
	return nil
}

// GateGroupLicenses says why the actor can't change what a group gives; nil when
// they can, also when its members come from elsewhere. A distribution list gives
// nothing. R-ROLE-09 R-LIC-14
func GateGroupLicenses(actor Actor, g *Group) *Refusal {
	if r := May(actor, AssignLicense); r != nil {
		return r
	}
	if !g.Security && !g.Unified {
		return Refuse(Invalid, "group.onlyMail", "R-LIC-14", Arg{"group", g.Ref()})
	}
	return nil
}

// maxDescription is how long the description of a group may be. The number is
// Graph's.
const maxDescription = 1024

// CheckGroup says what is wrong with a group's own properties; nil when nothing is.
func CheckGroup(g *Group) *Refusal {
	if strings.TrimSpace(g.DisplayName) == "" {
		return Refuse(Invalid, "group.noDisplayName", "R-API-10").On("displayName")
	}
	for _, f := range []struct {
		field, value string
		limit        int
	}{{"displayName", g.DisplayName, maxName}, {"mailNickname", g.MailNickname, maxNickname}, {"description", g.Description, maxDescription}} {
		control := func(r rune) bool {
			return unicode.IsControl(r) && (f.field != "description" || r != '\n' && r != '\r' && r != '\t')
		}
		switch {
		case !utf8.ValidString(f.value) || strings.ContainsFunc(f.value, control):
			return Refuse(Invalid, "group.badText", "R-API-10", Arg{"field", f.field}).On(f.field)
		case utf8.RuneCountInString(f.value) > f.limit:
			return Refuse(Invalid, "group.tooLong", "R-API-10", Arg{"field", f.field}, Arg{"limit", f.limit}).On(f.field)
		}
	}
	if strings.ContainsFunc(g.MailNickname, notInNickname) {
		return Refuse(Invalid, "group.badNickname", "R-API-10", Arg{"nickname", g.MailNickname}).On("mailNickname")
	}
	return nil
}

// notInNickname are the characters that a mail nickname can't have, as Graph says.
func notInNickname(r rune) bool {
	return r > unicode.MaxASCII || r <= ' ' || strings.ContainsRune(`@()\[]";:<>,`, r)
}

// CheckNewGroup says why a group can't be made by the actor; nil when it can. What
// Graph can make can be made: security groups and Microsoft 365 groups, which have
// mail.
func CheckNewGroup(actor Actor, g *Group) *Refusal {
	switch {
	case GateGroup(actor, g) != nil:
		return GateGroup(actor, g)
	case g.Unified && !g.MailEnabled || !g.Unified && (g.MailEnabled || !g.Security):
		return Refuse(Invalid, "group.kind", "R-API-10").On("groupTypes")
	case g.RoleAssignable && (!g.Security || g.Rule != ""):
		return Refuse(Invalid, "group.roleKind", "R-ROLE-13").On("isAssignableToRole")
	}
	return CheckGroup(g)
}

// Nickname makes a mail nickname of a group's name: what of it an address can have.
func Nickname(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case bare[r] != "":
			b.WriteString(bare[r])
		case notInNickname(r) || strings.ContainsRune(`.-/&+`, r):
			if s := b.String(); s != "" && !strings.HasSuffix(s, "-") {
				b.WriteByte('-')
			}
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		}
	}
	s := b.String()
	return strings.Trim(s[:min(len(s), maxNickname)], "-")
}

// bare are the letters of our languages without what stands above or below them.
var bare = map[rune]string{
	'à': "a", 'á': "a", 'â': "a", 'ã': "a", 'ä': "a", 'å': "a", 'æ': "ae", 'ç': "c", 'è': "e", 'é': "e", 'ê': "e", 'ë': "e", 'ì': "i", 'í': "i", 'î': "i",
	'ï': "i", 'ñ': "n", 'ò': "o", 'ó': "o", 'ô': "o", 'õ': "o", 'ö': "o", 'ø': "o", 'œ': "oe", 'ß': "ss", 'ù': "u", 'ú': "u", 'û': "u", 'ü': "u", 'ý': "y", 'ÿ': "y",
	'ĳ': "ij",
}
