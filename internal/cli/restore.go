package cli

import (
	"context"
	"slices"

	"leaver/internal/graphclient"
	"leaver/internal/tabular"
)

type deletedList struct {
	Search string `placeholder:"TEXT"`
	Limit  int    `placeholder:"N"`
}

// Run lists Deleted users with the days they have left.
func (c *deletedList) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	all := l.Deleted(ctx, c.Search, 0)
	if s.JSON {
		return jsonList(s, all, c.Limit)
	}
	t := s.table(s.text("cli.column.user"), s.text("cli.column.name"), s.text("cli.column.deleted"), s.text("cli.column.left"),
		s.text("cli.column.purged"), s.text("cli.column.id")).numbers(3).dispensable(5, 2)
	n, err := each(all, c.Limit, func(d graphclient.DeletedUser) {
		t.row(d.UserPrincipalName, d.DisplayName, s.date(d.Deleted), s.text("cli.days", "count", d.DaysLeft), s.date(d.Clocks.User), d.ID)
	})
	t.end()
	if err == nil && n == 0 {
		s.tell("cli.deleted.none")
	}
	return err
}

type restoreCommand struct {
	User         []string `arg:"" optional:"" name:"user"`
	CSV          string   `name:"csv" placeholder:"FILE"`
	NewName      string   `placeholder:"UPN"`
	PasswordFile string   `placeholder:"FILE" xor:"password"`
	KeepPassword bool     `xor:"password"`
	Result       string   `placeholder:"FILE"`
}

// Run brings people back from Deleted users.
func (c *restoreCommand) Run(ctx context.Context, s *session) error {
	file, users, err := c.who(s)
	if err == nil {
		err = writable(c.Result)
	}
	if err != nil {
		return err
	}
	password := ""
	if c.PasswordFile != "" {
		if password, err = s.password(c.PasswordFile, ""); err != nil {
			return err
		}
	}
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	if len(users) == 1 && file == nil {
		return c.one(ctx, s, l, users[0], password)
	}
	results, err := l.RestoreMany(ctx, users, !c.KeepPassword)
	if err != nil {
		return err
	}
	return s.showResults(results, file, c.Result)
}

// who says who comes back, and the file that said so.
func (c *restoreCommand) who(s *session) (*tabular.File, []string, error) {
	if err := whoIs(c.User, c.CSV); err != nil {
		return nil, nil, err
	}
	switch {
	case (c.CSV != "" || len(c.User) > 1) && (c.NewName != "" || c.PasswordFile != ""):
		return nil, nil, usage("oneOnly")
	case c.CSV == "":
		return nil, c.User, nil
	}
	file, err := s.readTable(c.CSV, tabular.ForRestores)
	if err != nil {
		return nil, nil, err
	}
	var users []string
	for row := range file.Restores() {
		users = append(users, row.ObjectID)
	}
	return file, users, nil
}

// one brings one person back and says what could not come along.
func (c *restoreCommand) one(ctx context.Context, s *session, l *link, user, password string) error {
	generate := password == "" && !c.KeepPassword
	restored, err := l.Restore(ctx, user, graphclient.Restoring{
		NewUserPrincipalName: c.NewName, Password: password, GeneratePassword: &generate,
	})
	if err != nil {
		return err
	}
	if s.JSON {
		return s.json(restored)
	}
	back := restored.V.User
	s.printf("%s\n", s.text("cli.restore.done", "user", s.nameOf(back.DisplayName, firstOf(back.UserPrincipalName, user))))
	s.showNotes(user, restored.V.Notes, false)
	s.showPassword(restored.V.Password)
	return nil
}

// showPassword writes a password that was made up, this once.
func (s *session) showPassword(password string) {
	if password == "" {
		return
	}
	s.field(s.text("cli.label.password"), password)
	s.tell("cli.passwordOnce")
}

// showResults writes what became of many, and answers by the exit status.
func (s *session) showResults(results graphclient.Answer[graphclient.Results], file *tabular.File, resultFile string) error {
	items := make([]graphclient.RunItem, len(results.V.Value))
	var passwords []string
	if anyPassword(results.V.Value) {
		passwords = make([]string, len(items))
	}
	for i, r := range results.V.Value {
		if passwords != nil {
			passwords[i] = r.Password
		}
		items[i] = graphclient.RunItem{User: r.User, Outcome: r.Outcome, Code: r.Code, Rule: r.Rule, Message: r.Message}
	}
	var unwritten error // the table holds passwords that nobody has seen: it is shown all the same
	if resultFile != "" {
		a := &ask{file: file}
		if file != nil {
			for row := range file.Restores() {
				a.cells = append(a.cells, row.Cells)
			}
		}
		unwritten = s.writeRows(resultFile, a, listed(items), passwords)
	}
	switch {
	case s.JSON:
		if err := s.json(results); err != nil {
			return err
		}
	case resultFile != "-":
		s.resultTable(results.V.Value)
		for _, r := range results.V.Value {
			s.showNotes(r.User, r.Notes, true)
		}
	}
	if unwritten != nil {
		return unwritten
	}
	return told(runExit(countOutcomes(items)))
}

func anyPassword(all []graphclient.Result) bool {
	return slices.ContainsFunc(all, func(r graphclient.Result) bool { return r.Password != "" })
}

// resultTable writes what became of each, with the new passwords where there are.
func (s *session) resultTable(all []graphclient.Result) {
	headings := []string{s.text("cli.column.user"), s.text("cli.column.outcome")}
	passwords := anyPassword(all)
	if passwords {
		headings = append(headings, s.text("cli.label.password"))
	}
	t := s.table(append(headings, s.text("cli.column.message"))...).wrapping()
	for _, r := range all {
		cells := []string{r.User, s.text("outcome." + r.Outcome)}
		if passwords {
			cells = append(cells, r.Password)
		}
		t.row(append(cells, s.messageOf(r.Message, r.Rule))...)
	}
	t.end()
}

type purgeCommand struct {
	User []string `arg:"" name:"user"`
	Yes  bool     `short:"y"`
}

// Run deletes people for good. Each has to be typed, or all confirmed by --yes.
func (c *purgeCommand) Run(ctx context.Context, s *session) error {
	if err := s.confirmable(c.Yes); err != nil {
		return err
	}
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	if !c.Yes {
		for _, user := range c.User {
			question := s.text("cli.ask.purge", "user", user)
			if err := s.confirm(ctx, question, func(answer string) bool { return answer == user }); err != nil {
				return err
			}
		}
	}
	if len(c.User) == 1 && !s.JSON {
		if err := l.Purge(ctx, c.User[0]); err != nil {
			return err
		}
		s.tell("cli.purge.done", "user", c.User[0])
		return nil
	}
	results, err := l.PurgeMany(ctx, c.User)
	if err != nil {
		return err
	}
	return s.showResults(results, nil, "")
}

type sweepCommand struct{}

// Run does everything whose date has come.
func (c *sweepCommand) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	swept, err := l.Sweep(ctx)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.json(swept)
	}
	s.showSwept(&swept.V)
	return nil
}

func (s *session) showSwept(swept *graphclient.Swept) {
	for _, part := range []struct {
		key string
		n   int
	}{
		{"people", swept.People},
		{"mailboxes", swept.Mailboxes},
		{"drives", swept.Drives},
		{"subscriptions", swept.Subscriptions},
		{"delegated", swept.Delegated},
		{"reminders", swept.Reminders},
		{"bodies", swept.Bodies},
	} {
		s.field(s.text("cli.swept."+part.key), s.number(part.n))
	}
}
