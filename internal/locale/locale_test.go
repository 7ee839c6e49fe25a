package locale

import "testing"

func TestMatch(t *testing.T) {
	tests := []struct {
		header string
		want   Lang
	}{
		{"", English},
		{"nl", Dutch},
		{"nl-NL,nl;q=0.9,en;q=0.8", Dutch},
		{"en-GB,en;q=0.9,nl;q=0.8", English},
		{"en;q=0.5, nl;q=0.9", Dutch},
		{"fr-FR, de;q=0.8", English},
		{"fr-FR, nl;q=0.1", Dutch},
		{"nl;q=0, en", English},
		{"nl_NL.UTF-8", Dutch},
		{"C", English},
		{"POSIX", English},
		{"*", English},
		{";;q=,,\x00", English},
	}
	for _, tt := range tests {
		if got := Match(tt.header); got != tt.want {
			t.Errorf("Match(%q) = %q, want %q", tt.header, got, tt.want)
		}
	}
}

func TestChoose(t *testing.T) {
	tests := []struct {
		name     string
		fallback Lang
		wishes   []string
		want     Lang
	}{
		{"nothing asked", Dutch, nil, Dutch},
		{"empty wishes do not count", Dutch, []string{"", ""}, Dutch},
		{"the first understood wins", English, []string{"", "fr", "nl-BE", "en"}, Dutch},
		{"an unknown language falls back", Dutch, []string{"ja"}, Dutch},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Choose(tt.fallback, tt.wishes...); got != tt.want {
				t.Errorf("Choose(%q, %q) = %q, want %q", tt.fallback, tt.wishes, got, tt.want)
			}
		})
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("nl-NL,nl;q=0.9,en;q=0.8")
	f.Add("*;q=0")
	f.Fuzz(func(t *testing.T, header string) {
		if got := Match(header); got != English && got != Dutch {
			t.Errorf("Match(%q) = %q, which is no language of ours", header, got)
		}
	})
}
