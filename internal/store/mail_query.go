package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// mailPage is how many messages a page has when nobody says. R-API-52
const mailPage = 10

// messageResource is what can be asked about messages; x is the table of messages.
func messageResource() *odata.Resource {
	return odata.NewResource(odata.Description{
		Name: "Message", Type: "microsoft.graph.message", Basic: true, Search: []string{"subject", "from/emailAddress/address"},
		Properties: []odata.Property{
			{Name: "id", SQL: "x.id", Ops: odata.OpsEqual, NotNull: true},
			{Name: "receivedDateTime", SQL: "x.received", Kind: odata.Seconds, Ops: odata.OpsOrdered | odata.OpSort, NotNull: true},
			{Name: "isRead", SQL: "x.is_read", Kind: odata.Boolean, Ops: odata.OpsEqual, NotNull: true},
			unfolded("subject", "x.subject", textOps|odata.OpSort),
			unfolded("from/emailAddress/address", "x.sender_address", textOps|odata.OpSort),
			unfolded("from/emailAddress/name", "x.sender_name", textOps),
			unfolded("sender/emailAddress/address", "x.sender_address", textOps),
		},
	})
}

// mailboxOf finds the mailbox of an active person, $1.
const mailboxOf = "(select m.pk from mailboxes m join users u on u.pk = m.user_pk where u.id = $1 and u.deleted is null)"

func messageColumns() []column[offboard.MessageRow] {
	return []column[offboard.MessageRow]{
		{"x.id", func(r *offboard.MessageRow) any { return &r.ID }},
		{"(select f.id from folders f where f.pk = x.folder_pk)", func(r *offboard.MessageRow) any { return text{&r.FolderID} }},
		{"x.subject", func(r *offboard.MessageRow) any { return &r.Subject }},
		{"x.sender_name", func(r *offboard.MessageRow) any { return &r.SenderName }},
		{"x.sender_address", func(r *offboard.MessageRow) any { return &r.SenderAddress }},
		{"x.recipients", func(r *offboard.MessageRow) any { return recipients{&r.Message} }},
		{"x.received", func(r *offboard.MessageRow) any { return seconds{&r.Received} }},
		{"x.is_read", func(r *offboard.MessageRow) any { return &r.Read }},
		{"x.preview", func(r *offboard.MessageRow) any { return &r.Preview }},
		{"x.size", func(r *offboard.MessageRow) any { return &r.Size }},
		{"x.body", func(r *offboard.MessageRow) any { return &r.Body }},
		{"x.content", func(r *offboard.MessageRow) any { return &r.Content }},
	}
}

// recipients are those a message went to, and behind an empty line those who got a
// copy: nobody looks for them, and a message has few.
type recipients struct{ of *offboard.Message }

func (x recipients) Scan(v any) error {
	return scanText(v, func(t string) {
		to, copies, _ := strings.Cut(t, "\n\n")
		x.of.Recipients, x.of.Copies = splitLines(to), splitLines(copies)
	})
}

func addressed(m *offboard.Message) string {
	if len(m.Copies) == 0 {
		return joined(m.Recipients)
	}
	return joined(m.Recipients) + "\n\n" + joined(m.Copies)
}

// Messages gives a page of messages of an active person, newest first. R-API-52
func (s *Store) Messages(ctx context.Context, q offboard.MessageQuery) (offboard.Page[offboard.MessageRow], error) {
	l := list[offboard.MessageRow]{
		resource: s.messages, scope: "messages\x00" + string(q.User) + "\x00" + q.Folder, columns: messageColumns(),
		from: " from messages x where x.mailbox_pk = " + mailboxOf, args: []any{string(q.User)}, size: mailPage,
		order: []odata.SortColumn{
			{Name: "receivedDateTime", SQL: "x.received", Kind: odata.Seconds, Desc: true}, {Name: "pk", SQL: "x.pk", Kind: odata.Integer, Desc: true},
		},
	}
	if q.Folder != "" {
		l.from = " from messages x where x.folder_pk = (select f.pk from folders f where f.mailbox_pk = " + mailboxOf + " and " + folderIs + ")"
		l.args = append(l.args, q.Folder)
	}
	page, err := l.page(ctx, s.db, &q.ListQuery, q.Count)
	return page, outage(err)
}

// folderIs matches a folder's id or well-known name, $2.
const folderIs = "(f.id = $2 or (f.well_known <> '' and f.well_known = lower($2)))"

// Message finds one message of an active person; nil when there is none.
func (s *Store) Message(ctx context.Context, user org.UserID, id string) (*offboard.MessageRow, error) {
	l := list[offboard.MessageRow]{columns: messageColumns()}
	m, err := l.one(ctx, s.db, l.selected(nil)+" from messages x where x.id = $2 and x.mailbox_pk = "+mailboxOf, string(user), id)
	return m, outage(err)
}

const folderRows = `select f.id, coalesce((select p.id from folders p where p.pk = f.parent_pk), ''), f.name, f.well_known, f.hidden,
 (select count(*) from folders c where c.mailbox_pk = f.mailbox_pk and c.parent_pk = f.pk and not c.hidden),
 (select count(*) from messages x where x.folder_pk = f.pk and not x.is_read), (select count(*) from messages x where x.folder_pk = f.pk)
 from folders f where f.mailbox_pk = ` + mailboxOf

func scanFolder(r *sqldb.Rows) (offboard.FolderRow, error) {
	var f offboard.FolderRow
	return f, r.Scan(&f.ID, &f.ParentID, &f.Name, &f.WellKnown, &f.Hidden, &f.Children, &f.Unread, &f.Total)
}

// MailFolders lists the folders of an active person's mailbox: those inside
// parent, which may be a well-known name, or those at the top. R-API-52
func (s *Store) MailFolders(ctx context.Context, user org.UserID, parent string, hidden bool) ([]offboard.FolderRow, error) {
	inside, args := "f.parent_pk is null", []any{string(user), parent, hidden}
	if parent != "" {
		inside = "f.parent_pk = (select f.pk from folders f where f.mailbox_pk = " + mailboxOf + " and " + folderIs + ")"
	}
	found, err := sqldb.All(ctx, s.db, scanFolder, folderRows+" and "+inside+" and (not f.hidden or $3) and $2 = $2 order by f.pk", args...)
	return found, outage(err)
}

// MailFolder finds one folder by id or well-known name; nil when there is none.
func (s *Store) MailFolder(ctx context.Context, user org.UserID, ref string) (*offboard.FolderRow, error) {
	f, err := sqldb.One(ctx, s.db, scanFolder, folderRows+" and "+folderIs, string(user), ref)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, nil
	}
	return &f, outage(err)
}

// openMailboxes selects a page of the mailboxes in which $1 has a right.
const openMailboxes = `select u.id, u.upn, u.display_name, u.display_key,
 (select count(*) from folders f join messages x on x.folder_pk = f.pk where f.mailbox_pk = m.pk and f.well_known = 'inbox' and not x.is_read)
 from mailboxes m join users u on u.pk = m.user_pk where u.deleted is null
 and m.pk in (select p.mailbox_pk from mailbox_permissions p join users w on w.pk = p.who_pk where w.id = $1)
 and (u.display_key > $2 or u.display_key = $2 and u.id > $3) order by u.display_key, u.id limit $4`

// rightsIn are the rights of $1 in the mailbox of $2.
const rightsIn = `select p.permission from mailbox_permissions p join mailboxes m on m.pk = p.mailbox_pk join users u on u.pk = m.user_pk
 join users w on w.pk = p.who_pk where w.id = $1 and u.id = $2 order by p.permission`

// OpenMailboxes gives a page of the mailboxes of others that somebody was given a
// right in. R-MBX-12
func (s *Store) OpenMailboxes(ctx context.Context, q offboard.OpenMailboxQuery) (offboard.Page[offboard.OpenMailbox], error) {
	var page offboard.Page[offboard.OpenMailbox]
	id, name, _ := strings.Cut(q.After, " ")
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		page = offboard.Page[offboard.OpenMailbox]{}
		keys := []string{}
		found, err := sqldb.All(ctx, tx, func(r *sqldb.Rows) (offboard.OpenMailbox, error) {
			m, key := offboard.OpenMailbox{}, ""
			err := r.Scan(&m.Owner.ID, &m.Owner.Name, &m.Owner.DisplayName, &key, &m.Unread)
			keys = append(keys, key)
			return m, err
		}, openMailboxes, string(q.Who), name, id, q.Limit+1)
		if err != nil {
			return fmt.Errorf("list the mailboxes that somebody has access to: %w", err)
		}
		if page.Rows = found; len(found) > q.Limit {
			page.Rows = found[:q.Limit]
			page.Next = found[q.Limit-1].Owner.ID + " " + keys[q.Limit-1]
		}
		for i := range page.Rows {
			m := &page.Rows[i]
			if m.Rights, err = sqldb.All(ctx, tx, sqldb.Value[org.Right], rightsIn, string(q.Who), m.Owner.ID); err != nil {
				return fmt.Errorf("load the rights in a mailbox: %w", err)
			}
		}
		return nil
	})
	return page, outage(err)
}
