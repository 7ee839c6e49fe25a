package sqldb

import (
	"context"
	"slices"
)

// Question is a query that somebody is about to ask.
type Question struct {
	Text string
	Args []any
}

// asking is what an Update begins with.
type asking struct {
	db        *DB
	questions []Question // as the database wants them
	holds     func(note any) bool
}

type askingKey struct{}

// Asking gives a context whose Update begins with these queries. On PostgreSQL they are
// asked for all who wait in line in one round trip, before the first of them runs. So the
// answers may be older than what others of the same transaction changed since then:
// holds is told what each of those noted of its changes, see [Tx.Note], and says whether the
// answers are still what they would be now. Otherwise, and when one of them noted
// nothing, they are asked for again.
func (db *DB) Asking(ctx context.Context, holds func(note any) bool, questions ...Question) context.Context {
	if db.dialect == SQLite {
		return ctx
	}
	a := &asking{db, slices.Clone(questions), holds}
	for i := range a.questions {
		q, err := &a.questions[i], error(nil)
		if q.Text, err = db.text(q.Text); err == nil {
			q.Args, err = plain(q.Args)
		}
		if err != nil {
			return ctx // who asks will hear of it
		}
	}
	return context.WithValue(ctx, askingKey{}, a)
}

func (db *DB) asking(ctx context.Context) *asking {
	if a, ok := ctx.Value(askingKey{}).(*asking); ok && a.db == db {
		return a
	}
	return nil
}

// asked are the answers that a job got before its turn.
type asked struct {
	answers []*kept
	turn    int64 // of the writer: in another transaction they are worth nothing
	since   int   // how many had changed something by then
}

// Note says what this Update changes, for those whose questions were asked before. It
// has to cover everything.
func (tx *Tx) Note(note any) { tx.note = note }

// Meanwhile gives what was noted of the changes that the answers asked for before this
// Update do not know.
func (tx *Tx) Meanwhile() []any { return tx.meanwhile }

// Altered gives the statements by which this Update may have changed something, and
// whether these are all.
func (tx *Tx) Altered() (texts []string, all bool) { return tx.texts, len(tx.texts) < maxTold }

// maxAsked is for how many questions are asked at once. Nobody reads the answers while
// they are being sent.
const maxAsked = 24

// ask sends the questions of those who wait, when the one whose turn it is has some.
func (w *writer) ask(todo *[]*job, i int, grow bool) {
	if j := (*todo)[i]; j.asking == nil || w.answered(j) {
		return
	}
	for grow && len(*todo) < min(i+maxAsked, maxGroup) {
		j := w.next()
		if j == nil {
			break
		}
		*todo = append(*todo, j)
	}
	waiting := (*todo)[i:min(len(*todo), i+maxAsked)]
	if len(waiting) == 1 { // it asks when it likes
		return
	}
	for _, j := range waiting {
		if j.asking == nil || w.answered(j) || j.ctx.Err() != nil {
			continue
		}
		j.asked = asked{turn: w.begun, since: len(w.notes)}
		for _, q := range j.asking.questions {
			k := &kept{text: q.Text, args: q.Args}
			j.asked.answers = append(j.asked.answers, k)
			w.s.wire.queue = append(w.s.wire.queue, errand{text: k.text, args: k.args, job: j, keep: k})
		}
	}
}

// answered says that the questions of a job were asked in this transaction.
func (w *writer) answered(j *job) bool {
	return j.asking != nil && j.asked.turn == w.begun && len(j.asked.answers) > 0
}

// accept gives an Update its answers, if they still hold.
func (tx *Tx) accept() {
	w, j := tx.db.writer, tx.job
	if !w.answered(j) || tx.careful {
		return
	}
	since := w.notes[j.asked.since:]
	for _, note := range since {
		if note == nil || !j.asking.holds(note) {
			return
		}
	}
	tx.ahead, tx.meanwhile = j.asked.answers, since
}
