package web

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"leaver/internal/locale"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

func TestAddressOfMail(t *testing.T) {
	d := boxData{P: &org.Person{User: org.User{ID: "a/b"}}, Folder: &offboard.FolderRow{ID: "f?"}}
	if got := d.address(""); got != "/mail/a%2Fb/folders/f%3F" {
		t.Errorf("a folder is %s", got)
	}
	if got := d.address("x+y"); got != "/mail/a%2Fb/folders/f%3F?after=x%2By" {
		t.Errorf("its next page is %s", got)
	}
	d.After = "x+y"
	if got := d.letterAddress(&offboard.MessageRow{Message: offboard.Message{ID: "m#1"}}); got != "/mail/a%2Fb/messages/m%231?after=x%2By" {
		t.Errorf("a message of it is %s", got)
	}
	d.Box = "a&b" // in all folders
	if got := d.address(""); got != "/mail/a%2Fb?q=a%26b" {
		t.Errorf("what is looked for is %s", got)
	}
}

// TestBoxRowSaysHowItStands: a link only where there is something behind it.
func TestBoxRowSaysHowItStands(t *testing.T) {
	anna := org.Ref{ID: "anna", DisplayName: "Anna <i>", Name: "anna@x.example"}
	for name, tt := range map[string]struct {
		box  openBox
		want string
	}{
		"one's own":               {openBox{offboard.OpenMailbox{Owner: anna, Unread: 2}, true, true}, "2 unread"},
		"R-MBX-12 handed over":    {openBox{offboard.OpenMailbox{Owner: anna, Rights: []org.Right{org.FullAccess}}, false, true}, "Mailbox of Anna &lt;i&gt;"},
		"R-MBX-12 for sending":    {openBox{offboard.OpenMailbox{Owner: anna, Rights: []org.Right{org.SendAs}, Unread: 2}, false, false}, "not read what came in"},
		"R-SM-03 without licence": {openBox{offboard.OpenMailbox{Owner: anna, Rights: []org.Right{org.FullAccess, org.SendAs}}, false, false}, "can&#39;t be opened now"},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			if err := boxRow(&visit{Lang: locale.English}, tt.box).Render(t.Context(), &b); err != nil {
				t.Fatal(err)
			}
			text := b.String()
			if !strings.Contains(text, tt.want) || strings.Contains(text, `href="/mail/anna"`) != tt.box.Open || strings.Contains(text, "<i>") || !tt.box.Open && strings.Contains(text, "unread") {
				t.Errorf("it says %s", text)
			}
		})
	}
}

func TestHeadOfASavedMessage(t *testing.T) {
	m := &offboard.MessageRow{Message: offboard.Message{
		Subject: "Café\r\nBcc: x@y.example", SenderName: `De "Vries", Anna`, SenderAddress: "anna@x.example>\r\nX: y", Recipients: []string{"b@x.example", "c@x.example"}, Copies: []string{"d@x.example"},
		Received: time.Date(2026, 11, 1, 9, 5, 0, 0, time.FixedZone("", 3600)),
	}}
	want := "Date: Sun, 01 Nov 2026 08:05:00 +0000\r\n" + `From: "De \"Vries\", Anna" <anna@x.exampleX:y>` + "\r\nTo: <b@x.example>,\r\n <c@x.example>\r\nCc: <d@x.example>\r\n" +
		"Subject: =?utf-8?q?Caf=C3=A9_Bcc:_x@y.example?=\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
	if got := letterHead(m, []byte("a <b>"), 5); got != want {
		t.Errorf("got\n%s", got)
	}
	for start, kind := range map[string]string{"<html>caf\xe9": "text/html; charset=windows-1252", "\xff\xfea\x00": "text/plain; charset=utf-16"} {
		if got := letterHead(&offboard.MessageRow{}, []byte(start), int64(len(start))); !strings.Contains(got, "Content-Type: "+kind+"\r\n") || strings.Contains(got, "From") || strings.Contains(got, "To:") {
			t.Errorf("%q gives\n%s", start, got)
		}
	}
}

func TestNameOfASavedMessage(t *testing.T) {
	v := &visit{Lang: locale.English}
	for subject, want := range map[string]string{"": "(No subject).eml", "../a\\b:c?": "-a-b-c-.eml", "é ": "é.eml", strings.Repeat("é", 200): strings.Repeat("é", 80) + ".eml"} {
		if got := v.letterName(&offboard.MessageRow{Message: offboard.Message{Subject: subject}}); got != want {
			t.Errorf("%q is saved as %q, want %q", subject, got, want)
		}
	}
}

// TestFolded: a body is written in as many bytes as are announced, in short lines.
func TestFolded(t *testing.T) {
	for _, size := range []int{0, 1, 2, 3, 56, 57, 58, 113, 114, 115, 10_000} {
		var out bytes.Buffer
		lines := &folder{to: &out}
		encoder := base64.NewEncoder(base64.StdEncoding, lines)
		body := bytes.Repeat([]byte{0xfb}, size)
		for part := range bytes.SplitSeq(body, nil) {
			if _, err := encoder.Write(part); err != nil {
				t.Fatal(err)
			}
		}
		if err := encoder.Close(); err != nil {
			t.Fatal(err)
		}
		if err := lines.end(); err != nil {
			t.Fatal(err)
		}
		if int64(out.Len()) != folded(int64(size)) {
			t.Errorf("%d bytes become %d, %d were announced", size, out.Len(), folded(int64(size)))
		}
		for line := range strings.Lines(out.String()) {
			if len(line) > lineLength+2 || !strings.HasSuffix(line, "\r\n") {
				t.Errorf("a line is %q", line)
			}
		}
		if back, err := base64.StdEncoding.DecodeString(out.String()); err != nil || !bytes.Equal(back, body) {
			t.Errorf("%d bytes come back as %d, %v", size, len(back), err)
		}
	}
}

func TestFirstRunes(t *testing.T) {
	for in, want := range map[string]string{"": "", "één": "één", "één twee": "één…", "ééntwee": "éént…"} {
		if got := firstRunes(in, 4); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}
