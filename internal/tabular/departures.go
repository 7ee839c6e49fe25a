package tabular

import (
	"iter"
	"strings"
)

// The words that stand for a choice instead of a value.
const (
	All  = "all"  // removeAliases: every alias
	None = "none" // filesTo: nobody
	Auto = "auto" // a reply: the prewritten text
	Same = "same" // replyOutside: as inside
)

const (
	maxMailboxName = 256
	maxReply       = 32 << 10
)

// DepartureRow is one row of a file of people who leave, with the choices made
// for this person. An empty cell is nil: the default given with the run.
type DepartureRow struct {
	Row                 int
	User                string // a user principal name or an object id
	RemoveLicenses      *bool
	ReduceSubscriptions *bool
	HoldMailbox         *bool
	MailTo              *string // a user principal name or an object id
	MailboxDisplayName  *string
	ReplyInside         *string  // a text, or Auto
	ReplyOutside        *string  // a text, Auto or Same
	FilesTo             *string  // a user principal name, an object id, or None
	RemoveAliases       []string // addresses, or only All; nil when not given
	Cells               []string // the row as it was, one for each heading
}

// Departures gives the rows of a file of departures, in order. There are none
// when the file has problems or is of another kind.
func (f *File) Departures() iter.Seq[DepartureRow] {
	return func(yield func(DepartureRow) bool) {
		if len(f.Problems) > 0 || !f.Format.departures() {
			return
		}
		for in := range f.records(nil) {
			d := in.departure()
			d.Cells = in.original()
			if !yield(d) {
				return
			}
		}
	}
}

// departure reads the row as a departure.
func (in *record) departure() DepartureRow {
	d := DepartureRow{
		Row:                 in.row,
		User:                in.somebody(fieldUPN),
		RemoveLicenses:      in.truth(fieldRemoveLicenses),
		ReduceSubscriptions: in.truth(fieldReduceSubscriptions),
		HoldMailbox:         in.truth(fieldHoldMailbox),
		MailTo:              given(in.somebody(fieldMailTo)),
		MailboxDisplayName:  given(in.text(fieldMailboxDisplayName, maxMailboxName)),
		ReplyInside:         given(word(in.text(fieldReplyInside, maxReply), Auto)),
		ReplyOutside:        given(word(word(in.text(fieldReplyOutside, maxReply), Auto), Same)),
		RemoveAliases:       in.aliases(),
	}
	if strings.EqualFold(in.key(fieldFilesTo), None) {
		d.FilesTo = given(None)
	} else {
		d.FilesTo = given(in.somebody(fieldFilesTo))
	}
	in.requireCells()
	return d
}

// given answers nil for an empty cell.
func given(cell string) *string {
	if cell == "" {
		return nil
	}
	return &cell
}

// word answers the word when that is what the cell says, in capitals or not.
func word(cell, word string) string {
	if strings.EqualFold(cell, word) {
		return word
	}
	return cell
}

// aliases reads the addresses to remove. They are joined with semicolons; commas
// and blanks are taken too, as no address has them.
func (in *record) aliases() []string {
	cell := in.list(fieldRemoveAliases)
	if cell == "" {
		return nil
	}
	if strings.EqualFold(cell, All) {
		return []string{All}
	}
	addresses := strings.FieldsFunc(cell, func(c rune) bool { return c == ';' || c == ',' || c == ' ' })
	for i, address := range addresses {
		if len(address) > 5 && strings.EqualFold(address[:5], "smtp:") {
			address = address[5:]
		}
		local, domain, ok := strings.Cut(address, "@")
		if !ok || local == "" || !validDomain(domain) {
			in.problem(fieldRemoveAliases, BadAddress, args{"value": shown(address)})
		}
		addresses[i] = address
	}
	return addresses
}
