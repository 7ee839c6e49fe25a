package sqldb

import "testing"

func TestWholeBelow(t *testing.T) {
	for _, c := range []struct {
		snapshot string
		n        int64
		known    bool
	}{
		{"742:742:", 742, true},
		{"742:743:742", 742, true},
		{"742:744:742,743", 742, true},
		{"742:744:742", 742, false}, // 743 has ended, or is part of another
		{"742:743:", 742, false},
		{"", 0, false},
		{"a:1:", 0, false},
		{"1:a:", 0, false},
	} {
		if n, known := wholeBelow(c.snapshot); n != c.n || known != c.known {
			t.Errorf("%q: %d, %v", c.snapshot, n, known)
		}
	}
}
