package api

import (
	"strconv"
	"strings"
)

// cells are the columns of a record about what the person had.
func (b *belongings) cells() []string {
	mailbox := []string{"", "", "", "", ""}
	if m := b.Mailbox; m != nil {
		mailbox[0] = string(m.Type)
		if s := m.mailboxSettings; s != nil { // else the reader's roles don't open them
			copy(mailbox[1:], []string{textCell(s.ForwardTo), strconv.FormatBool(s.KeepCopy), strconv.FormatBool(s.LitigationHold), joinEach(s.Permissions, permission.cell)})
		}
	}
	drive := []string{"", "", ""}
	if d := b.Drive; d != nil {
		drive[0], drive[1] = string(d.ID), strconv.FormatInt(int64(d.Size), 10)
		if d.driveSettings != nil {
			drive[2] = joinEach(d.Grants, named.label)
		}
	}
	line := []string{
		strconv.FormatBool(b.AccountEnabled), textCell(b.Mail), joinEach(b.Addresses, addressView.cell), b.managerLabel(), joinEach(b.Roles, roleView.label),
		joinEach(b.Licenses, licenseView.label),
	}
	line = append(append(line, mailbox...), drive...)
	return append(line, textCell(b.Department), textCell(b.JobTitle), textCell(b.UsageLocation), textCell(b.PreferredLanguage))
}

func (b *belongings) managerLabel() string {
	if b.Manager == nil {
		return ""
	}
	return b.Manager.label()
}

// label is how a person is called in one cell.
func (n named) label() string {
	if n.UserPrincipalName != "" {
		return n.UserPrincipalName
	}
	if n.DisplayName != "" {
		return n.DisplayName
	}
	return n.ID
}

// cell is the address as proxyAddresses spells it.
func (a addressView) cell() string {
	if a.Primary {
		return "SMTP:" + a.Value
	}
	return "smtp:" + a.Value
}

func (r roleView) label() string { return r.DisplayName }

func (l licenseView) label() string { return l.DisplayName }

func (p permission) cell() string {
	rights := make([]string, len(p.Rights))
	for i, r := range p.Rights {
		rights[i] = string(r)
	}
	return p.Who.label() + "=" + strings.Join(rights, ",")
}

func joinEach[T any](list []T, cell func(T) string) string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = cell(x)
	}
	return strings.Join(out, ";")
}
