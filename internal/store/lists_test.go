package store

import (
	"slices"
	"testing"
)

func TestListsOfTextsComeBack(t *testing.T) {
	for _, l := range [][]string{
		nil, {""}, {"a"}, {"a", "b"}, {`a","b`, "c"}, {`back\slash`, `\`}, {"new\nline", "é", "<&>", "\u2028"}, {`"`, `""`}, {`\"`, "]", "["}, {"", ""},
	} {
		if got := ofArray(array(l)); !slices.Equal(got, l) {
			t.Errorf("%q came back as %q", l, got)
		}
	}
}
