package store

import (
	"fmt"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// collect makes the rows of all newcomers.
func (s *seeding) collect(people []offboard.Newcomer) error {
	for i := range people {
		if err := s.person(&people[i]); err != nil {
			return fmt.Errorf("%s: %w", people[i].Person.UPN, err)
		}
	}
	return nil
}

func (s *seeding) person(n *offboard.Newcomer) error {
	p := &n.Person
	user := s.users[string(p.ID)]
	row := append([]any{user}, stateArgs(p)...)
	row = append(row, profileArgs(p)...)
	row[len(row)-1] = nil // the manager by key instead of by id
	if p.ManagerID != "" {
		row[len(row)-1] = s.users[string(p.ManagerID)]
	}
	s.add("users", append(row, string(p.ID), unix(p.Created))...)
	for _, w := range words(p) {
		s.add("user_words", w, user)
	}
	for i, a := range p.Addresses {
		s.add("addresses", Fold(a.Value), a.Value, user, a.Primary, i)
	}
	if err := s.roles(n, user); err != nil {
		return err
	}
	for _, l := range p.Licenses {
		sku, known := s.skus[string(l.Sku)]
		if !known {
			return fmt.Errorf("no product %s", l.Sku)
		}
		s.add("licenses", user, sku, s.groups[string(l.Group)], joined(l.DisabledPlans), l.Error, unix(l.Assigned))
	}
	for _, g := range n.Member {
		s.add("group_members", user, s.groups[string(g)])
	}
	for _, g := range n.Owner {
		s.add("group_owners", user, s.groups[string(g)])
	}
	if err := s.mailbox(n, user); err != nil {
		return err
	}
	return s.drive(n, user)
}

func (s *seeding) roles(n *offboard.Newcomer, user int64) error {
	active, suspended := n.Person.Roles, n.Person.SuspendedRoles
	if len(n.RoleIDs) != len(active)+len(suspended) {
		return fmt.Errorf("%d ids for %d roles", len(n.RoleIDs), len(active)+len(suspended))
	}
	for i, id := range n.RoleIDs {
		if i < len(active) {
			s.add("role_assignments", id, user, string(active[i]), false)
		} else {
			s.add("role_assignments", id, user, string(suspended[i-len(active)]), true)
		}
	}
	return nil
}

func (s *seeding) mailbox(n *offboard.Newcomer, user int64) error {
	m := n.Person.Mailbox
	if m == nil {
		return nil
	}
	replies, err := encode(m.Replies, m.Replies == org.Replies{})
	if err != nil {
		return fmt.Errorf("replies: %w", err)
	}
	mailbox := s.key("mailboxes")
	s.add("mailboxes", mailbox, string(m.Type), m.ForwardTo, Fold(m.ForwardTo), m.KeepCopy, replies, m.Litigation, joined(m.Holds), m.Archive,
		int64(m.Size), null(m.Disconnected), user, n.MailboxID, "", "")
	for _, x := range m.Permissions {
		s.add("mailbox_permissions", mailbox, s.users[string(x.Who)], string(x.Right))
	}
	for i := range n.Folders {
		f := &n.Folders[i]
		folder := s.key("folders")
		s.add("folders", folder, f.ID, mailbox, nil, f.Name, f.WellKnown, false)
		for j := range f.Messages {
			x := &f.Messages[j]
			s.add("messages", x.ID, mailbox, folder, x.Subject, x.SenderName, x.SenderAddress, addressed(x), unix(x.Received), x.Read,
				x.Preview, x.Size, x.Body, x.Content)
		}
	}
	return nil
}

func (s *seeding) drive(n *offboard.Newcomer, user int64) error {
	d := n.Person.Drive
	switch {
	case d == nil:
		return nil
	case d.ID == "":
		return fmt.Errorf("the drive has no id")
	}
	drive := s.key("drives")
	s.add("drives", drive, string(d.ID), user, int64(d.Size), d.Items, d.Held, null(d.Unlicensed), "", "")
	for _, g := range d.Grants {
		s.add("drive_grants", drive, s.users[string(g.Who)])
	}
	for _, x := range n.Devices {
		s.add("drive_devices", drive, x.Name, unix(x.LastSync))
	}
	s.files(n.Files, drive, nil)
	return nil
}

// files adds files under a folder; parent is nil at the top.
func (s *seeding) files(files []offboard.File, drive int64, parent any) {
	for i := range files {
		f := &files[i]
		item := s.key("drive_items")
		s.add("drive_items", item, f.ID, drive, parent, f.Name, f.Folder, f.Size, f.Mime, f.Body, unix(f.Created), unix(f.Modified))
		for _, x := range f.Shared {
			s.add("item_permissions", x.ID, item, drive, s.users[string(x.Who)], x.Role, null(x.Expires))
		}
		s.files(f.Files, drive, item)
	}
}
