package org

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func yes() *bool              { return new(true) }
func no() *bool               { return new(false) }
func word(s string) *string   { return &s }
func mailTo(s string) Choices { return Choices{MailTo: word(s + "@lindeboom.example")} }

func TestContradictions(t *testing.T) {
	bram := word("bram@lindeboom.example")
	for _, c := range []struct {
		name    string
		choices Choices
		reason  string
		rule    string
		target  string
	}{
		{"R-SM-17 hold and hand over", Choices{MailTo: bram, HoldMailbox: yes()}, "choice.holdAndShare", "R-SM-17", "holdMailbox"},
		{"R-LIC-21 stop paying and keep", Choices{RemoveLicenses: no(), ReduceSubscriptions: yes()}, "choice.stopPayingKeepsLicense", "R-LIC-21", "reduceSubscriptions"},
		{"R-DEL-07 reply of a deleted mailbox", Choices{ReplyInside: word("gone")}, "choice.replyNeedsMailTo", "R-DEL-07", "replyInside"},
		{"R-DEL-07 reply outside of a deleted mailbox", Choices{ReplyOutside: word("gone")}, "choice.replyNeedsMailTo", "R-DEL-07", "replyInside"},
		{"R-WIZ-09 name of a deleted mailbox", Choices{MailboxDisplayName: word("Former")}, "choice.renameNeedsMailTo", "R-WIZ-09", "mailboxDisplayName"},
		{"R-WIZ-10 the same as nothing", Choices{MailTo: bram, ReplyOutside: word(ReplySame)}, "choice.sameNeedsInside", "R-WIZ-10", "replyOutside"},
		{"R-WIZ-10 the same as itself", Choices{MailTo: bram, ReplyInside: word("Same")}, "choice.sameInside", "R-WIZ-10", "replyInside"},
		{"R-WIZ-09 a name of 257 letters", Choices{MailTo: bram, MailboxDisplayName: word(strings.Repeat("é", 257))}, "user.tooLong", "R-API-10", "mailboxDisplayName"},
		{"R-WIZ-09 a name of two lines", Choices{MailTo: bram, MailboxDisplayName: word("Anna\nformerly")}, "user.badText", "R-API-10", "mailboxDisplayName"},
	} {
		t.Run(c.name, func(t *testing.T) {
			it := planOf(somebody("anna"), c.choices)
			wantRefusal(t, it, c.reason, c.rule)
			if r := it.Refusals[0]; r.Target != c.target || r.Kind != Invalid {
				t.Errorf("refusal = %s on %q, want invalid on %q", r.Kind, r.Target, c.target)
			}
		})
	}
	t.Run("R-WIZ-10 words in any case", func(t *testing.T) {
		c := Choices{MailTo: bram, MailboxDisplayName: word(strings.Repeat("é", 256)), ReplyInside: word("AUTO"), ReplyOutside: word("Same")}
		it := planOf(somebody("anna"), c)
		if s := stepOf(it.Steps, SetAutomaticReplies); s == nil || s.Replies.Inside == "AUTO" || s.Replies.Outside != s.Replies.Inside {
			t.Errorf("replies = %+v of %v, want the prewritten one for both", s, it.Refusals)
		}
	})
	t.Run("R-SM-15 every contradiction is told at once", func(t *testing.T) {
		c := Choices{RemoveLicenses: no(), ReduceSubscriptions: yes(), ReplyInside: word("gone"), MailboxDisplayName: word("Former")}
		want := []string{"choice.stopPayingKeepsLicense", "choice.replyNeedsMailTo", "choice.renameNeedsMailTo"}
		if got := reasons(planOf(somebody("anna"), c)); !slices.Equal(got, want) {
			t.Errorf("refusals = %v, want %v", got, want)
		}
	})
	t.Run("R-SM-15 blank is not chosen", func(t *testing.T) {
		blank := word("  ")
		c := Choices{MailTo: blank, ReplyInside: blank, ReplyOutside: blank, MailboxDisplayName: blank, FilesTo: blank, HoldMailbox: no(), ReduceSubscriptions: no()}
		wantPlan(t, planOf(somebody("anna"), c), OutcomeDelete)
	})
}

func TestChoicesOver(t *testing.T) {
	full := func(s string, b bool) Choices {
		return Choices{
			RemoveLicenses: &b, ReduceSubscriptions: &b, MailTo: &s, MailboxDisplayName: &s, ReplyInside: &s, ReplyOutside: &s,
			RemoveAliases: &Aliases{List: []string{s}}, FilesTo: &s, HoldMailbox: &b,
		}
	}
	own, defaults := full("own", false), full("default", true)
	if got := own.Over(defaults); !reflect.DeepEqual(got, own) {
		t.Errorf("own over defaults = %+v, want own", got)
	}
	if got := (Choices{}).Over(defaults); !reflect.DeepEqual(got, defaults) {
		t.Errorf("nothing over defaults = %+v, want the defaults", got)
	}
}

func TestReferences(t *testing.T) {
	for _, c := range []struct {
		choices Choices
		want    []string
	}{
		{Choices{}, nil},
		{Choices{MailTo: word(" bram@x "), FilesTo: word("NONE")}, []string{"bram@x"}},
		{Choices{MailTo: word("bram@x"), FilesTo: word("carla@x")}, []string{"bram@x", "carla@x"}},
	} {
		if got := c.choices.References(); !slices.Equal(got, c.want) {
			t.Errorf("References = %q, want %q", got, c.want)
		}
	}
}

func TestChoicesJSON(t *testing.T) {
	for _, text := range []string{
		`{}`,
		`{"removeLicenses":false,"reduceSubscriptions":true,"mailTo":"a","mailboxDisplayName":"b","replyInside":"auto","replyOutside":"same",` +
			`"removeAliases":"all","filesTo":"none","holdMailbox":true}`,
		`{"removeAliases":["x@lindeboom.example"]}`,
		`{"removeAliases":[]}`,
	} {
		var c Choices
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			t.Fatalf("read %s: %v", text, err)
		}
		if got, err := json.Marshal(c); err != nil || string(got) != text {
			t.Errorf("written back = %s (%v), want %s", got, err, text)
		}
	}
	for _, text := range []string{`{"removeAliases":"some"}`, `{"removeAliases":7}`, `{"removeAliases":{"all":true}}`, `{"removeAliases":[1]}`} {
		var c Choices
		if err := json.Unmarshal([]byte(text), &c); err == nil {
			t.Errorf("%s is taken, want an error", text)
		}
	}
}
