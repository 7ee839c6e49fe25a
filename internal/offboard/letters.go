package offboard

import (
	"context"
	"strings"
	"time"

	"leaver/internal/org"
)

// Letter is what an heir of files is told by the organization: one message about
// all the drives of one occasion. R-WIZ-07 R-OD-05
type Letter struct {
	Heir     org.Heir
	Reminder bool // the second one, a week before the end
	Drives   []LetterDrive
}

// LetterDrive is one drive that a letter is about.
type LetterDrive struct {
	Owner org.Ref
	ID    org.DriveID
	Until time.Time // zero: for as long as the account, or a hold, stays
}

// letters collects what heirs are to be told, so that each gets one message.
type letters struct {
	list []Letter
	of   map[string]int // place in the list, by id of the heir
}

// add notes that an heir is to be told of a drive. Who has no mailbox can't be.
func (l *letters) add(heir org.Heir, d LetterDrive) {
	if !heir.Reads {
		return
	}
	i, known := l.of[heir.Ref.ID]
	if !known {
		if l.of == nil {
			l.of = make(map[string]int)
		}
		i = len(l.list)
		l.of[heir.Ref.ID] = i
		l.list = append(l.list, Letter{Heir: heir})
	}
	l.list[i].Drives = append(l.list[i].Drives, d)
}

// post delivers the letters to their heirs' own mailboxes and gives their number.
func (d *Desk) post(ctx context.Context, tx Tx, o *org.Organization, l *letters, reminder bool, now time.Time) (int, error) {
	if d.WriteLetter == nil || len(l.list) == 0 {
		return 0, nil
	}
	out := make([]Delivery, len(l.list))
	for i := range l.list {
		letter := &l.list[i]
		letter.Reminder = reminder
		subject, text := d.WriteLetter(o, *letter)
		out[i] = Delivery{To: org.UserID(letter.Heir.Ref.ID), Message: Message{
			ID: d.NewID(), Subject: subject, SenderName: o.DisplayName, SenderAddress: "no-reply@" + o.Domains[0], Recipients: []string{letter.Heir.Mail},
			Received: now, Preview: beginning(text), Size: int64(len(text)), Content: text,
		}}
	}
	return len(out), tx.DeliverAll(ctx, out)
}

// beginning is the first words of a text, as lists of messages show them.
func beginning(text string) string {
	const limit = 255
	text = strings.Join(strings.Fields(text), " ")
	if short := []rune(text); len(short) > limit {
		return string(short[:limit])
	}
	return text
}

// tell notes what the heir of a person's files is to be told. R-WIZ-07 R-OD-05
func (b *batch) tell(it *Item, after *org.Person) {
	for i := range it.Steps {
		s := &it.Steps[i]
		if s.Kind != org.GrantDrive {
			continue
		}
		clocks := org.ClocksOf(after, b.org.Settings, b.now)
		until := clocks.Drive
		if after.Active() {
			until = clocks.DriveArchived // R-OD-20
		}
		b.letters.add(b.heirs[org.HeirKey(s.To.ID)], LetterDrive{Owner: it.User, ID: after.Drive.ID, Until: until})
	}
}

// remind tells heirs once more, a week before the files go: once, also when the
// retention changes. When nobody swept that week it is too late for it. R-OD-05
func (d *Desk) remind(ctx context.Context, total *Swept) error {
	for more := true; more; {
		sent := 0
		err := d.Store.Change(ctx, func(tx Tx) error {
			now, err := d.now(ctx, tx)
			if err != nil {
				return err
			}
			o, err := tx.Organization(ctx)
			if err != nil {
				return err
			}
			found, err := tx.Remind(ctx, o.Settings.DriveEndedBy(now.Add(org.DriveSecondNotice)), sweepChunk)
			if err != nil {
				return err
			}
			more = len(found) > 0
			l, err := reminders(ctx, tx, found, now, o.Settings)
			if err != nil {
				return err
			}
			sent, err = d.post(ctx, tx, o, l, true, now)
			return err
		})
		if err != nil {
			return err
		}
		total.Reminders += sent
	}
	return nil
}

func reminders(ctx context.Context, tx Tx, found []Reminder, now time.Time, s org.Settings) (*letters, error) {
	var ids []string
	for _, r := range found {
		ids = append(ids, r.Heirs...)
	}
	heirs, err := tx.Heirs(ctx, ids)
	if err != nil {
		return nil, err
	}
	l := &letters{}
	for _, r := range found {
		until := s.DriveEnds(r.Deleted)
		if !now.Before(until) {
			continue
		}
		for _, id := range r.Heirs {
			l.add(heirs[org.HeirKey(id)], LetterDrive{Owner: r.Owner, ID: r.Drive, Until: until})
		}
	}
	return l, nil
}
