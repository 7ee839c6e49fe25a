package api

import (
	"strconv"
	"strings"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/tabular"
)

// dialect is how CSV files are written: a byte order mark, so that a spreadsheet
// reads the letters right.
var dialect = tabular.Dialect{BOM: true}

// choiceHeadings are the columns of Leaver's own file of departures, so that a
// result can be used as input again.
var choiceHeadings = []string{
	"userPrincipalName", "removeLicenses", "reduceSubscriptions", "mailTo", "mailboxDisplayName", "replyInside", "replyOutside", "removeAliases",
	"filesTo", "holdMailbox",
}

func choiceCells(it *offboard.Item) []string {
	c := &it.Choices
	name := it.Asked
	if it.User.Name != "" {
		name = it.User.Name
	}
	return []string{
		name, boolCell(c.RemoveLicenses), boolCell(c.ReduceSubscriptions), textCell(c.MailTo), textCell(c.MailboxDisplayName), textCell(c.ReplyInside),
		textCell(c.ReplyOutside), aliasCell(c.RemoveAliases), textCell(c.FilesTo), boolCell(c.HoldMailbox),
	}
}

func boolCell(b *bool) string {
	if b == nil {
		return ""
	}
	return strconv.FormatBool(*b)
}

func textCell(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func aliasCell(a *org.Aliases) string {
	switch {
	case a == nil:
		return ""
	case a.All:
		return tabular.All
	}
	return strings.Join(a.List, ";")
}

// journalChunk is how many items one look at the journal takes for a file.
const journalChunk = 500

// result serves GET departures/{id}/result: the columns of the input and what
// became of each row. R-BULK-11 R-SM-14
func (a *API) result(c *call) error {
	var out *tabular.ResultWriter
	err := eachChunk(c, a.Desk.Departure, func(dep *offboard.Departure) error {
		c.file(kindCSV, "departure-"+string(dep.ID)+"-result.csv")
		out = tabular.NewResultWriter(c.w, dialect, choiceHeadings)
		return nil
	}, func(items []offboard.Item) error {
		for i := range items {
			it := &items[i]
			row := tabular.Outcome{Outcome: string(it.Outcome), Code: it.Code, Rule: it.Rule, Message: messageOf(c.lang, it)}
			if err := out.Write(choiceCells(it), row); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return out.Flush()
}
