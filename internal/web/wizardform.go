package web

import (
	"slices"
	"strings"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// wizardForm is the form of the guided delete, as it was filled in.
type wizardForm struct {
	Licenses     string // remove, stop or keep
	Mail         string // gone, share or hold
	MailTo       string
	Rename       string
	Reply        bool
	ReplyInside  string
	ReplyAuto    string // the text that was prewritten, to see whether it was changed
	ReplyIn      string // the language asked for just now
	Outside      string // same, other or none
	ReplyOutside string
	Aliases      []string // to remove
	Files        string   // manager, other or none
	FilesTo      string
}

func readWizard(v *visit) wizardForm {
	f := wizardForm{
		Licenses: v.form("licenses"), Mail: v.form("mail"), MailTo: v.form("mailTo"), Rename: v.form("rename"), Reply: v.form("reply") == "yes",
		ReplyInside: lines(v.form("replyInside")), ReplyAuto: lines(v.form("replyAuto")), ReplyIn: v.form("replyIn"),
		Outside: v.form("outside"), ReplyOutside: lines(v.form("replyOutside")), Files: v.form("files"), FilesTo: v.form("filesTo"),
		Aliases: v.r.PostForm["alias"],
	}
	if field, value, ok := strings.Cut(v.form("set"), "="); ok { // a person that was offered and chosen
		switch field {
		case "mailTo":
			f.MailTo = value
		case "filesTo":
			f.FilesTo = value
		}
	}
	for _, one := range []struct {
		field *string
		among []string
	}{
		{&f.Licenses, []string{"remove", "stop", "keep"}},
		{&f.Mail, []string{"gone", "share", "hold"}},
		{&f.Outside, []string{"same", "other", "none"}},
		{&f.Files, []string{"manager", "other", "none"}},
	} {
		if !slices.Contains(one.among, *one.field) {
			*one.field = one.among[0]
		}
	}
	return f
}

// lines makes the ends of lines of a form those of everything else.
func lines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// mailOpen and filesOpen say that somebody is still to be chosen.
func (f *wizardForm) mailOpen() bool { return f.Mail == "share" && !strings.Contains(f.MailTo, "@") }

func (f *wizardForm) filesOpen() bool { return f.Files == "other" && !strings.Contains(f.FilesTo, "@") }
func (f *wizardForm) open() bool      { return f.mailOpen() || f.filesOpen() }

// request is what the form asks of the desk.
func (f *wizardForm) request(p *org.Person) offboard.Request {
	return offboard.Request{People: []offboard.Wish{{User: string(p.ID), Choices: f.choices()}}}
}

// choices are what the form says, each as the contract names it.
func (f *wizardForm) choices() org.Choices {
	yes, no := true, false
	c := org.Choices{RemoveAliases: &org.Aliases{List: f.Aliases}}
	switch f.Licenses {
	case "stop":
		c.ReduceSubscriptions = &yes
	case "keep":
		c.RemoveLicenses = &no
	}
	switch f.Mail {
	case "hold":
		c.HoldMailbox = &yes
	case "share":
		c.MailTo, c.MailboxDisplayName = &f.MailTo, &f.Rename
		if f.Reply {
			c.ReplyInside = &f.ReplyInside
			c.ReplyOutside = f.outside()
		}
	}
	switch f.Files {
	case "other":
		c.FilesTo = &f.FilesTo
	case "none":
		none := org.FilesToNobody
		c.FilesTo = &none
	}
	return c
}

func (f *wizardForm) outside() *string {
	same := org.ReplySame
	switch f.Outside {
	case "same":
		return &same
	case "other":
		return &f.ReplyOutside
	}
	return nil
}

// fields are the form's values, to be carried from page to page.
func (f *wizardForm) fields() [][2]string {
	reply := ""
	if f.Reply {
		reply = "yes"
	}
	all := [][2]string{
		{"licenses", f.Licenses},
		{"mail", f.Mail},
		{"mailTo", f.MailTo},
		{"rename", f.Rename},
		{"reply", reply},
		{"replyInside", f.ReplyInside},
		{"replyAuto", f.ReplyAuto},
		{"outside", f.Outside},
		{"replyOutside", f.ReplyOutside},
		{"files", f.Files},
		{"filesTo", f.FilesTo},
	}
	for _, a := range f.Aliases {
		all = append(all, [2]string{"alias", a})
	}
	return all
}
