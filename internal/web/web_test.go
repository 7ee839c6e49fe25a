package web

import (
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"leaver/internal/locale"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

func TestLocal(t *testing.T) {
	for to, want := range map[string]string{
		"/users?q=a": "/users?q=a", "/": "/", "": "/", "users": "/", "//evil.example": "/", "https://evil.example/x": "/", `/\evil.example`: "/",
		"/x\\..": "/", "javascript:alert(1)": "/", "/a b": "/a b",
	} {
		if got := local(to); got != want {
			t.Errorf("local(%q) = %q, want %q", to, got, want)
		}
	}
}

func TestBackTo(t *testing.T) {
	for to, want := range map[string]string{
		"/users/1/delete/plan": "/users/1/delete", "/users/1/delete/run": "/users/1/delete", "/users/1/delete": "/users/1/delete", "/products/1": "/products/1",
	} {
		if got := backTo(to); got != want {
			t.Errorf("backTo(%q) = %q, want %q", to, got, want)
		}
	}
}

// TestEveryKindOfRefusalHasAnAnswer fails for a kind that pages can't answer.
func TestEveryKindOfRefusalHasAnAnswer(t *testing.T) {
	for _, k := range org.Kinds() {
		if statuses[k] < 400 {
			t.Errorf("%s has no status", k)
		}
		if key := "web.error." + string(k); k != org.Internal && !locale.Has(locale.English, key) {
			t.Errorf("there is no text %s", key)
		}
	}
}

// TestWordsForEverything fails for a value of the domain that a page would show
// as it is.
func TestWordsForEverything(t *testing.T) {
	keys := []string{}
	for _, a := range actions() {
		keys = append(keys, "web.action."+actionKey(a))
	}
	for _, x := range views() {
		keys = append(keys, "web.users.view."+orText(string(x), "all"))
	}
	for _, x := range groupViews() {
		keys = append(keys, "web.group.view."+orText(string(x), "all"))
	}
	for _, c := range columns() {
		keys = append(keys, "web.users.column."+c)
	}
	for _, c := range []org.Channel{org.Direct, org.Partner, org.VolumeLicensing, org.ProductKey} {
		keys = append(keys, "web.channel."+string(c))
	}
	for _, c := range []org.Commitment{org.NoCommitment, org.MonthlyCommitment, org.AnnualCommitment} {
		keys = append(keys, "web.commitment."+string(c))
	}
	for _, d := range []org.DriveState{org.DriveActive, org.DriveReadOnly, org.DriveArchived, org.DriveRetained, org.DriveRecycleBin, org.DriveGone} {
		keys = append(keys, "web.drive."+string(d))
	}
	for _, s := range []offboard.Status{offboard.Running, offboard.Done, offboard.Partial, offboard.Failed, offboard.Undone} {
		keys = append(keys, "web.run.status."+string(s), "outcome."+string(s))
	}
	for _, o := range []org.Outcome{org.OutcomeDelete, org.OutcomeKeep, org.OutcomeRefused} {
		keys = append(keys, "web.plan.lead."+string(o), "web.plan.sure."+string(o), "web.plan.run."+string(o))
	}
	for _, key := range keys {
		for _, lang := range locale.Languages() {
			if !locale.Has(lang, key) {
				t.Errorf("%s has no %s", lang, key)
			}
		}
	}
}

func TestChoicesOfTheWizard(t *testing.T) {
	yes, no := true, false
	tests := map[string]struct {
		form wizardForm
		want org.Choices
	}{
		"R-WIZ-04 as it begins":          {wizardForm{Licenses: "remove", Mail: "gone", Files: "manager"}, org.Choices{}},
		"R-WIZ-05 stop paying":           {wizardForm{Licenses: "stop", Mail: "gone", Files: "manager"}, org.Choices{ReduceSubscriptions: &yes}},
		"R-DEL-05 keep the licences":     {wizardForm{Licenses: "keep", Mail: "gone", Files: "manager"}, org.Choices{RemoveLicenses: &no}},
		"R-MBX-21 hold":                  {wizardForm{Licenses: "remove", Mail: "hold", Files: "manager"}, org.Choices{HoldMailbox: &yes}},
		"R-WIZ-07 files to nobody":       {wizardForm{Licenses: "remove", Mail: "gone", Files: "none"}, org.Choices{FilesTo: ptr("none")}},
		"R-WIZ-10 same reply outside":    {wizardForm{Licenses: "remove", Mail: "share", MailTo: "b@x", Rename: "N", Reply: true, ReplyInside: "In", Outside: "same", Files: "manager"}, org.Choices{MailTo: ptr("b@x"), MailboxDisplayName: ptr("N"), ReplyInside: ptr("In"), ReplyOutside: ptr("same")}},
		"R-WIZ-10 no reply outside":      {wizardForm{Licenses: "remove", Mail: "share", MailTo: "b@x", Rename: "N", Reply: true, ReplyInside: "In", Outside: "none", Files: "manager"}, org.Choices{MailTo: ptr("b@x"), MailboxDisplayName: ptr("N"), ReplyInside: ptr("In")}},
		"R-DEL-07 a reply needs an heir": {wizardForm{Licenses: "remove", Mail: "gone", Reply: true, ReplyInside: "In", Files: "manager"}, org.Choices{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := tt.form.choices()
			if got.RemoveAliases == nil || len(got.RemoveAliases.List) != 0 {
				t.Errorf("no alias was ticked, got %+v", got.RemoveAliases)
			}
			got.RemoveAliases = nil
			if a, b := show(got), show(tt.want); a != b {
				t.Errorf("got %s, want %s", a, b)
			}
		})
	}
}

func ptr(s string) *string { return &s }

func show(c org.Choices) string {
	s := ""
	for _, p := range []*string{c.MailTo, c.MailboxDisplayName, c.ReplyInside, c.ReplyOutside, c.FilesTo} {
		if p != nil {
			s += *p
		}
		s += "|"
	}
	for _, p := range []*bool{c.RemoveLicenses, c.ReduceSubscriptions, c.HoldMailbox} {
		switch {
		case p == nil:
			s += "-"
		case *p:
			s += "y"
		default:
			s += "n"
		}
	}
	return s
}

func TestMomentsOfOneDayStandTogether(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	v := &visit{Lang: locale.English, Now: now}
	line := v.moments([]org.Consequence{
		{Key: "files.gone", Date: now.AddDate(0, 0, 123)},
		{Key: "account.purged", Date: now.AddDate(0, 0, 30)},
		{Key: "mailbox.softDeleted", Date: now.AddDate(0, 0, 30).Add(time.Hour)},
		{Key: "account.kept"},
		{Key: "bill.commitment", Date: now.AddDate(0, 0, 60)},
	})
	if len(line) != 4 || line[0].Label != "Today" || line[1].Label != "Account permanently deleted; mailbox gone" || !line[1].Last || line[2].Last || !line[3].Last {
		t.Errorf("got %+v", line)
	}
	if !slices.IsSortedFunc(line, func(a, b moment) int { return a.At.Compare(b.At) }) {
		t.Error("the line runs back in time")
	}
}

func TestPlotOfSeats(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	p := drawSeats([]offboard.SeatPoint{{At: now.AddDate(0, 0, -100), Total: 40, Assigned: 10}, {At: now.AddDate(0, 0, -50), Total: 20, Assigned: 10}}, &org.Subscription{Total: 20, Assigned: 15}, now)
	if want := "M56.0 34.0H344.0V109.0H632.0V109.0"; p.Bought != want {
		t.Errorf("bought is drawn as %s, want %s", p.Bought, want)
	}
	if len(p.Marks) != 5 || p.Marks[4].Text != 40 {
		t.Errorf("the grid is %+v", p.Marks)
	}
	if p := drawSeats(nil, &org.Subscription{}, now); p.Bought == "" || len(p.Marks) == 0 {
		t.Errorf("nothing at all is drawn as %+v", p)
	}
	for top, want := range map[int]int{1: 1, 4: 1, 5: 2, 12: 5, 60: 20, 150: 50, 1_000_000: 500_000} {
		if got := niceStep(top); got != want {
			t.Errorf("niceStep(%d) = %d, want %d", top, got, want)
		}
	}
}

func TestAgentName(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0": "Edge, Windows",
		"Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0":                                                "Firefox, Linux",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1":   "Safari, iPhone",
		"": "",
	} {
		if got := agentName(agent); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAddressBehindAProxy(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = "10.0.0.1:1234"
	r.Header.Set("X-Forwarded-For", "6.6.6.6, 192.0.2.7")
	for behind, want := range map[bool]string{false: "10.0.0.1", true: "192.0.2.7"} {
		v := &visit{srv: &Server{Options: Options{BehindProxy: behind}}, r: r}
		if got := v.address(); got != want {
			t.Errorf("behind a proxy %t: %s, want %s: what the client wrote itself is not to be believed", behind, got, want)
		}
	}
}

func TestVeryManyAreNotCounted(t *testing.T) {
	v := &visit{Lang: locale.English}
	for n, want := range map[int]string{0: "0", 999: "999", offboard.CountedMembers: "1,000 or more"} {
		if got := v.counted(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}

func TestSeveralNames(t *testing.T) {
	for typed, want := range map[string]int{"": 0, "anna": 0, "anna de vries": 0, "a@x": 1, "a@x, b@x;c@x\nd@x": 4, "a@x bram": 0} {
		if got := severalNames(typed); len(got) != want {
			t.Errorf("%q is %q", typed, got)
		}
	}
}

func TestTheDoorForgetsAndHolds(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	d := newDoor(func() time.Time { return now })
	for range knocksAtOnce {
		if !d.open("a") {
			t.Fatal("the door closes too soon")
		}
	}
	if d.open("a") || !d.open("b") {
		t.Error("one address closes the door for the other, or for nobody")
	}
	now = now.Add(knocksEvery)
	if !d.open("a") {
		t.Error("the door stays closed")
	}
	for i := range doorRemembers + 10 {
		d.open(string(rune(i)) + "x")
	}
	if len(d.knocks) > doorRemembers {
		t.Errorf("the door remembers %d addresses", len(d.knocks))
	}
}

func TestGzipIsWanted(t *testing.T) {
	for header, want := range map[string]bool{"gzip, br": true, "br": false, "gzip;q=0": false, "deflate, gzip;q=0.5": true, "": false} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Encoding", header)
		if got := acceptsGzip(r); got != want {
			t.Errorf("%q: %t, want %t", header, got, want)
		}
	}
}
