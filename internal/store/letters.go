package store

import (
	"context"
	"fmt"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// inbox is where a mailbox keeps what comes in.
type inbox struct {
	mailbox int64
	folder  int64 // 0: there is none yet
}

// DeliverAll implements offboard.Content.
func (t *txn) DeliverAll(ctx context.Context, letters []offboard.Delivery) error {
	ids := make([]string, len(letters))
	for i, l := range letters {
		ids[i] = string(l.To)
	}
	boxes, err := t.inboxes(ctx, ids)
	if err != nil {
		return err
	}
	var rows, sizes [][]any
	for _, l := range letters {
		box, ok := boxes[l.To]
		if !ok {
			continue
		}
		if box.folder == 0 {
			if box.folder, err = t.addFolder(ctx, box.mailbox, "inbox"); err != nil {
				return err
			}
			boxes[l.To] = box
		}
		m := &l.Message
		rows = append(rows, []any{
			m.ID, box.mailbox, box.folder, m.Subject, m.SenderName, m.SenderAddress, addressed(m), unix(m.Received), m.Read, m.Preview, m.Size, m.Body, m.Content,
		})
		sizes = append(sizes, []any{m.Size, box.mailbox})
	}
	if _, err := t.InsertRows(ctx, "messages", messageRow, rows); err != nil {
		return fmt.Errorf("deliver messages: %w", err)
	}
	_, err = t.ExecAll(ctx, "update mailboxes set size = size + $1 where pk = $2", sizes)
	return err
}

var messageRow = []string{
	"id", "mailbox_pk", "folder_pk", "subject", "sender_name", "sender_address", "recipients", "received", "is_read", "preview", "size", "body", "content",
}

// inboxes finds the mailboxes of active people.
func (t *txn) inboxes(ctx context.Context, ids []string) (map[org.UserID]inbox, error) {
	type found struct {
		who org.UserID
		box inbox
	}
	list, err := sqldb.All(ctx, t, func(r *sqldb.Rows) (found, error) {
		var f found
		return f, r.Scan(&f.who, &f.box.mailbox, &f.box.folder)
	}, `select u.id, m.pk, coalesce((select f.pk from folders f where f.mailbox_pk = m.pk and f.well_known = 'inbox'), 0)
 from users u join mailboxes m on m.user_pk = u.pk where u.id in {texts $1} and u.deleted is null`, sqldb.Texts(ids))
	if err != nil {
		return nil, fmt.Errorf("find mailboxes: %w", err)
	}
	boxes := make(map[org.UserID]inbox, len(list))
	for _, f := range list {
		boxes[f.who] = f.box
	}
	return boxes, nil
}

// endings are the drives with heirs of people who were deleted between $1 and
// $2, whether their account is still there or not.
const endings = `select u.deleted as moment, d.pk as drive, d.id, u.id as owner, u.upn, u.display_name from users u join drives d on d.user_pk = u.pk
   where u.deleted > $1 and u.deleted <= $2 and not d.held and exists (select 1 from drive_grants g where g.drive_pk = d.pk)
 union all select d.owner_deleted, d.pk, d.id, d.former_id, d.former_name, '' from drives d
   where d.owner_deleted > $1 and d.owner_deleted <= $2 and not d.held and exists (select 1 from drive_grants g where g.drive_pk = d.pk)`

// reminded is up to which deletion heirs were reminded; a changed retention moves
// the date of all. R-OD-02
var reminded = mark{column: "reminded", moments: "select moment from (" + endings + ") e"}

// Remind implements offboard.Reminders.
func (t *txn) Remind(ctx context.Context, deletedUpTo time.Time, limit int) ([]offboard.Reminder, error) {
	found, err := beyond(ctx, t, reminded, 0, deletedUpTo.Unix(), limit, func(from, until int64) ([]offboard.Reminder, error) {
		return t.reminders(ctx, from, until)
	})
	if err != nil {
		return nil, fmt.Errorf("list whose files end soon: %w", err)
	}
	return found, nil
}

func (t *txn) reminders(ctx context.Context, since, until int64) ([]offboard.Reminder, error) {
	rows, err := t.Query(ctx, `select e.moment, e.id, e.owner, e.upn, e.display_name, w.id from (`+endings+`) e
 join drive_grants g on g.drive_pk = e.drive join users w on w.pk = g.who_pk where w.deleted is null order by e.moment, e.drive, w.pk`, since, until)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []offboard.Reminder
	for rows.Next() {
		var r offboard.Reminder
		var heir string
		if err := rows.Scan(seconds{&r.Deleted}, &r.Drive, &r.Owner.ID, &r.Owner.Name, &r.Owner.DisplayName, &heir); err != nil {
			return nil, err
		}
		if n := len(out); n == 0 || out[n-1].Drive != r.Drive {
			r.Owner.Name = org.OriginalUPN(org.UserID(r.Owner.ID), r.Owner.Name)
			out = append(out, r)
		}
		last := &out[len(out)-1]
		last.Heirs = append(last.Heirs, heir)
	}
	return out, rows.Err()
}

var _ offboard.Reminders = (*txn)(nil)
