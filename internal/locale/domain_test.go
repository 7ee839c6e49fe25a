package locale

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"leaver/internal/org"
)

// TestDomainMessagesExist fails for a refusal, a hint, a consequence or a note
// that a language lacks.
func TestDomainMessagesExist(t *testing.T) {
	uses := scan(t).uses
	if len(uses) < 100 {
		t.Fatalf("found %d places that name a message, want well over a hundred: does the scan still work?", len(uses))
	}
	for _, u := range uses {
		keys := []string{u.key}
		if reason, ok := strings.CutPrefix(u.key, "refusal."); ok {
			keys = append(keys, "hint."+reason)
		}
		for _, key := range keys {
			for _, lang := range Languages() {
				if !Has(lang, key) {
					t.Errorf("%s: no text for %q: add it to catalog/%s/%s.json", u.at, key, lang, areaOf(key))
				}
			}
		}
	}
}

// TestDomainMessagesNameGivenValues fails for a text with a placeholder that
// some place doesn't fill, and for a plural where nothing is counted.
func TestDomainMessagesNameGivenValues(t *testing.T) {
	all, err := catalog()
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range scan(t).uses {
		if u.open {
			continue
		}
		reason, isRefusal := strings.CutPrefix(u.key, "refusal.")
		for key, message := range all[English] {
			stem := stemOf(key)
			if stem != u.key && (!isRefusal || stem != "hint."+reason) {
				continue
			}
			for _, name := range names(message) {
				if !slices.Contains(u.args, name) {
					t.Errorf("%s gives %q no {%s}, only %q", u.at, key, name, u.args)
				}
			}
			if stem != key && !slices.Contains(u.args, "count") {
				t.Errorf("%s gives no count, and %q has plural forms only", u.at, stem)
			}
		}
	}
}

// TestDomainMessagesAreUsed fails for a text that no source names.
func TestDomainMessagesAreUsed(t *testing.T) {
	s := scan(t)
	used := map[string]bool{}
	for _, u := range s.uses {
		used[u.key] = true
	}
	for _, area := range []string{"refusal", "hint", "consequence", "note"} {
		for _, key := range Keys(area) {
			stem := stemOf(key)
			reason := strings.TrimPrefix(stem, area+".")
			completed := slices.ContainsFunc(s.prefixes, func(p string) bool { return strings.HasPrefix(stem, p) })
			if !used[stem] && !s.literals[reason] && !completed {
				t.Errorf("nothing says %q: take it out of catalog/*/%s.json", stem, area)
			}
		}
	}
}

// TestStepsHaveTexts writes every step in both tenses and looks for what was
// left open.
func TestStepsHaveTexts(t *testing.T) {
	ref := org.Ref{Name: "bram.jansen@lindeboom.example", DisplayName: "Bram Jansen"}
	var keys []string
	for _, kind := range org.StepKinds() {
		for i, when := range []org.When{org.Now, org.Renewal, ""} {
			for n := 1; n <= 2; n++ {
				s := org.Step{
					Kind: kind, When: when, Replies: []org.Replies{{Inside: "In."}, {Outside: "Out."}, {Inside: "In.", Outside: "Out."}}[i], To: ref, Name: "Office 365 E3", At: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC),
					Aliases: make([]string, n), Roles: make([]org.RoleID, n), Names: make([]string, n),
				}
				keys = append(keys, s.Key())
				for _, lang := range Languages() {
					for _, key := range []string{s.Key(), strings.Replace(s.Key(), "step.", "stepDone.", 1)} {
						if text := Text(lang, key, s.Args().Map()); text == key || strings.Contains(text, "{") {
							t.Errorf("%s %s with %d: %q", lang, key, n, text)
						}
					}
				}
			}
		}
	}
	for _, key := range slices.Concat(Keys("step"), Keys("stepDone")) {
		if !slices.Contains(keys, strings.Replace(stemOf(key), "stepDone.", "step.", 1)) {
			t.Errorf("no step is called %q", key)
		}
	}
}

// TestWordsOfTheRules wants a word for each value of the rules, and no other.
func TestWordsOfTheRules(t *testing.T) {
	var roles, clocks []string
	for _, r := range org.RoleDefinitions() {
		roles = append(roles, string(r.ID))
		if got := Text(English, "role."+string(r.ID), nil); got != r.DisplayName {
			t.Errorf("role %s is %q in English, want %q as Graph has it", r.ID, got, r.DisplayName)
		}
	}
	for i := range reflect.TypeFor[org.Clocks]().NumField() {
		name := reflect.TypeFor[org.Clocks]().Field(i).Name
		clocks = append(clocks, strings.ToLower(name[:1])+name[1:])
	}
	wants := map[string][]string{
		"role":     roles,
		"clock":    clocks,
		"severity": {string(org.Info), string(org.Warning), string(org.Critical)},
		"reply":    {org.ReplyAuto},
		"outcome": {
			string(org.OutcomeDelete), string(org.OutcomeKeep), string(org.OutcomeRefused),
			"pending", "running", "done", "skipped", "needsHuman", "failed", "partial", "undone", // of a run, its people and their steps
		},
	}
	for area, want := range wants {
		for i := range want {
			want[i] = area + "." + want[i]
		}
		slices.Sort(want)
		if got := Keys(area); !slices.Equal(got, want) {
			t.Errorf("area %s: got %q, want %q", area, got, want)
		}
	}
}

func TestReplyNamesWhomToContact(t *testing.T) {
	for _, lang := range Languages() {
		text := Text(lang, "reply.auto", nil)
		for _, name := range []string{"{leaver}", "{heir}", "{heirMail}"} {
			if !strings.Contains(text, name) {
				t.Errorf("R-WIZ-10 O-01: the %s reply lacks %s: %q", lang, name, text)
			}
		}
	}
}

// TestKnownMessages keeps the sentences that administrators know by heart.
func TestKnownMessages(t *testing.T) {
	tests := []struct {
		rule, key string
		want      map[Lang]string
	}{
		{"M-01 forwarding or shared", "refusal.user.forwards", map[Lang]string{English: "User cannot be deleted.", Dutch: "Gebruiker kan niet worden verwijderd. "}},
		{"M-04 a user name that is taken", "refusal.restore.upnTaken", map[Lang]string{English: "There was a problem restoring the account", Dutch: "Het account kon niet worden hersteld"}},
		{"M-05 no administrator", "refusal.actor.notAdmin", map[Lang]string{English: "You don't have the appropriate permissions", Dutch: "U beschikt niet over de juiste machtigingen"}},
		{"M-06 plans that exclude each other", "hint.license.exclusive", map[Lang]string{English: "Review the services included with each licence", Dutch: "Controleer welke diensten bij elke licentie horen"}},
		{"M-07 end of sale", "refusal.subscription.endOfSale", map[Lang]string{English: "{product} is no longer available to buy", Dutch: "{product} is niet meer te koop"}},
		{"M-08 a product key", "web.channel.productKey", map[Lang]string{English: "Prepaid", Dutch: "Vooruitbetaald"}},
		{"M-08 a partner", "web.channel.partner", map[Lang]string{English: "Reseller", Dutch: "Wederverkoper"}},
		{"M-10 a blocked user", "web.users.tag.blocked", map[Lang]string{English: "Sign-in blocked", Dutch: "Aanmelden geblokkeerd"}},
		{"M-10 the way back", "web.person.unblock", map[Lang]string{English: "Unblock this user", Dutch: "Deze gebruiker deblokkeren"}},
		{"R-AD-05 R-DEL-36 a name that would stay in the address list", "hint.user.synced", map[Lang]string{English: "Delete the account in Active Directory", Dutch: "Verwijder het account in Active Directory"}},
		{"R-DEL-30 forwarding", "refusal.user.forwards", map[Lang]string{English: "User cannot be deleted. ", Dutch: "Gebruiker kan niet worden verwijderd. "}},
		{"R-DEL-30 shared", "refusal.user.sharedMailbox", map[Lang]string{English: "User cannot be deleted. ", Dutch: "Gebruiker kan niet worden verwijderd. "}},
		{"R-DEL-35 no role", "refusal.actor.noRole", map[Lang]string{English: "You don't have the appropriate permissions", Dutch: "U beschikt niet over de juiste machtigingen"}},
		{"R-DEL-35 no admin", "refusal.actor.notAdmin", map[Lang]string{English: "You don't have the appropriate permissions", Dutch: "U beschikt niet over de juiste machtigingen"}},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			for lang, want := range tt.want {
				if got := Text(lang, tt.key, nil); !strings.HasPrefix(got, want) {
					t.Errorf("%s: got %q, want it to begin with %q", lang, got, want)
				}
			}
		})
	}
}

// TestKnownSentences fills the sentences that name or count something.
func TestKnownSentences(t *testing.T) {
	tests := []struct {
		rule, key string
		args      map[string]any
		want      map[Lang]string
	}{
		{"M-02 no permission to delete", "refusal.actor.noRole", map[string]any{"operation": org.DeleteUser, "roles": []org.RoleID{org.UserAdmin}}, map[Lang]string{
			English: "You don't have the appropriate permissions to delete a user", Dutch: "U beschikt niet over de juiste machtigingen om een gebruiker te verwijderen",
		}},
		{"M-03 some could not be restored", "web.restored.failed", map[string]any{"count": 2}, map[Lang]string{English: "2 people could not be restored", Dutch: "2 mensen konden niet worden hersteld"}},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			for lang, want := range tt.want {
				if got := Text(lang, tt.key, tt.args); !strings.HasPrefix(got, want) {
					t.Errorf("%s: got %q, want it to begin with %q", lang, got, want)
				}
			}
		})
	}
}

// TestDutchLabels keeps the labels of the pages that administrators follow.
func TestDutchLabels(t *testing.T) {
	for key, want := range map[string]string{
		"web.menu.people": "Gebruikers", "web.menu.users": "Actieve gebruikers", "web.person.delete": "Gebruiker verwijderen", "web.menu.billing": "Facturering",
		"web.products.total": "Totaal aantal licenties", "web.products.save": "Opslaan", "web.menu.deleted": "Verwijderde gebruikers",
		"web.deleted.restoreSelected": "Herstellen", "web.plan.run.keepAsSharedMailbox": "Toewijzen en converteren", "web.list.next": "Volgende",
	} {
		if got := Text(Dutch, key, nil); got != want {
			t.Errorf("M-11: %s is %q, want %q", key, got, want)
		}
	}
}

var ruleID = regexp.MustCompile(`\b[RM]-[A-Z]*-?\d`)

// TestCatalogFilesAreTidy keeps the files easy to merge and to read: one key on
// a line, sorted, and no rule ids in sentences, which surfaces add.
func TestCatalogFilesAreTidy(t *testing.T) {
	names, err := files.ReadDir("catalog/" + string(English))
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range Languages() {
		for _, entry := range names {
			name := fmt.Sprintf("catalog/%s/%s", lang, entry.Name())
			text, err := files.ReadFile(name)
			if err != nil {
				t.Errorf("read %s: %v", name, err)
				continue
			}
			if area, _, _ := strings.Cut(strings.TrimSuffix(entry.Name(), ".json"), "-"); slices.Contains(domainAreas, area) {
				checkTidy(t, name, text)
			}
		}
	}
}

func checkTidy(t *testing.T, name string, text []byte) {
	t.Helper()
	if found := ruleID.Find(text); found != nil {
		t.Errorf("%s speaks of rule %s: surfaces add the rule", name, found)
	}
	var keys []string
	err := eachMember(text, func(key, _ string) error {
		keys = append(keys, key)
		if !strings.Contains(string(text), "\n  "+strconv.Quote(key)+": ") {
			t.Errorf("%s: %q wants a line of its own", name, key)
		}
		return nil
	})
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	if !slices.IsSorted(keys) {
		t.Errorf("%s: the keys are not sorted", name)
	}
}

var domainAreas = []string{"refusal", "hint", "consequence", "note", "step", "stepDone", "reply", "clock", "outcome", "role", "severity"}

// stemOf takes the plural form off a key.
func stemOf(key string) string {
	for _, form := range []string{".zero", ".one", ".other"} {
		if stem, ok := strings.CutSuffix(key, form); ok {
			return stem
		}
	}
	return key
}
