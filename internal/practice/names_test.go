package practice

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestSlug(t *testing.T) {
	for name, want := range map[string]string{
		"O'Brien": "o'brien", "'t Hart": "thart", "in 't Veld": "intveld", "van der Veen-Kuipers": "vanderveen-kuipers", "Şebnem": "sebnem",
		"Nguyễn": "nguyen", "Ó Súilleabháin": "osuilleabhain", "Weiß": "weis", "Yılmaz": "yilmaz", "Łukaszewicz": "lukaszewicz", "D'Hondt": "d'hondt",
	} {
		if got := slug(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

// TestNamesMakeUserNames: every name gives letters that a user name may have,
// no two give the same, and none is that of somebody who is always there.
func TestNamesMakeUserNames(t *testing.T) {
	good := regexp.MustCompile(`^[a-z]+(['-][a-z]+)*$`)
	var family []string
	for _, c := range cast() {
		family = append(family, slug(c.surname))
	}
	for _, list := range [][]string{givenNames(), surnames()} {
		seen := map[string]string{}
		for _, name := range list {
			s := slug(name)
			if !good.MatchString(s) {
				t.Errorf("%q gives %q", name, s)
			}
			// A lost letter is a lost name: every rune but spaces and leading apostrophes counts.
			if runes := len([]rune(strings.NewReplacer(" ", "", "'", "").Replace(name))); len(strings.ReplaceAll(s, "'", "")) != runes {
				t.Errorf("%q loses letters as %q", name, s)
			}
			if other := seen[s]; other != "" {
				t.Errorf("%q and %q give %q", name, other, s)
			}
			seen[s] = name
			if slices.Contains(family, s) {
				t.Errorf("%q is the name of somebody who is always there", name)
			}
		}
	}
}

func TestEveryPairOfNamesComesOnce(t *testing.T) {
	l := names{givenNames(), surnames()}
	seen := map[string]bool{}
	n := 2 * len(l.given) * len(l.surnames)
	for k := range n {
		_, _, local := l.pick(k)
		seen[local] = true
	}
	if len(seen) != n {
		t.Errorf("%d user names for %d people", len(seen), n)
	}
	if a, _, x := l.pick(3); true {
		if b, _, y := l.pick(3 + n/2); a != b || y != x+"2" {
			t.Errorf("the second %s is %s (%s, %s)", x, y, a, b)
		}
	}
}

func TestIDsAreInOrder(t *testing.T) {
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	last, seen := "", map[string]bool{}
	for _, n := range []int{0, 1, 2, 999, 1000, 1_000_000, 64_000_000} {
		a := id(ofUser, n)
		if !form.MatchString(a) || a <= last || a[14:] == last[min(14, len(last)):] {
			t.Errorf("%d has id %s after %s", n, a, last)
		}
		last = a
		for k := ofUser; k <= ofDeparture; k++ {
			if seen[id(k, n)] {
				t.Errorf("%s comes twice", id(k, n))
			}
			seen[id(k, n)] = true
		}
	}
	if got, want := id(ofUser, 0), "0191218d-6400-7e29-b05f-5d5ba456926d"; got != want {
		t.Errorf("the first id is %s, want %s as it was in every release", got, want)
	}
}

func TestPlacesOfGroups(t *testing.T) {
	m := newMaker(Deps{}, Users+1)
	groups := m.groups()
	if len(groups) != firstPlace+places {
		t.Fatalf("%d groups, want %d", len(groups), firstPlace+places)
	}
	for n, want := range map[int]string{teachers: "Docenten", timetable: "Rooster", excursions: "Excursies", firstSection: "Sectie Nederlands", firstClass: "Havo 1a", firstPlace: "Locatie 1"} {
		if got := groups[n].DisplayName; got != want {
			t.Errorf("group %d is %s, want %s", n, got, want)
		}
	}
	seen := map[string]int{}
	for _, g := range groups {
		seen[g.DisplayName]++
	}
	twice := 0
	for _, n := range seen {
		if n > 1 {
			twice += n
		}
	}
	if twice != 2 {
		t.Errorf("%d groups share a name, want 2", twice)
	}
}

// TestDetailedFillsANormalStart: the people of a normal start have content, and
// the others have the licence that is only bought for them.
func TestDetailedFillsANormalStart(t *testing.T) {
	m := newMaker(Deps{}, 0)
	if m.total+detailed != Users {
		t.Errorf("%d people are always there and %d have content, of %d", m.total, detailed, Users)
	}
	if len(m.cast) >= firstGenerated {
		t.Errorf("%d people are always there", len(m.cast))
	}
}
