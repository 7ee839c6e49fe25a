package web

import (
	"strings"
	"testing"
	"time"

	"leaver/internal/locale"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

func TestAddressOfAFolder(t *testing.T) {
	f := folderData{Drive: openDrive{DriveRow: &offboard.DriveRow{ID: "d/1"}}}
	if got := f.address(""); got != "/drives/d%2F1" {
		t.Errorf("the top is %s", got)
	}
	f.Path = []offboard.FileRow{{Drive: "d/1", File: offboard.File{ID: "outer"}}, {Drive: "d/1", File: offboard.File{ID: "a?b#c"}}}
	if got := f.address("x+y=&z"); got != "/drives/d%2F1/items/a%3Fb%23c?after=x%2By%3D%26z" {
		t.Errorf("the folder is %s", got)
	}
}

// TestDriveRowSaysHowItStands: a link only where there is something behind it.
func TestDriveRowSaysHowItStands(t *testing.T) {
	noon := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	row := &offboard.DriveRow{ID: "d", Owner: org.Ref{ID: "anna", DisplayName: "Anna <i>", Name: "anna@x.example"}, Deleted: noon, Items: 1, Size: 10}
	for name, tt := range map[string]struct {
		state org.DriveState
		own   bool
		until time.Time
		want  string
		open  bool
	}{
		"one's own":           {org.DriveActive, true, time.Time{}, "Your own files", true},
		"R-OD-04 handed over": {org.DriveRetained, false, noon.AddDate(0, 0, 3), "Until 24 November 2026", true},
		"R-OD-10 held":        {org.DriveRetained, false, time.Time{}, "As long as they are kept", true},
		"R-OD-20 archived":    {org.DriveArchived, false, noon, "The files are archived", false},
		"R-OD-06 over":        {org.DriveRecycleBin, false, noon, "could be opened until 21 November 2026", false},
	} {
		t.Run(name, func(t *testing.T) {
			v := &visit{Lang: locale.English, Now: noon}
			d := openDrive{row, offboard.Opening{State: tt.state, Whole: true, Until: tt.until}, tt.own}
			var b strings.Builder
			if err := driveRow(v, d).Render(t.Context(), &b); err != nil {
				t.Fatal(err)
			}
			if text := b.String(); !strings.Contains(text, tt.want) || strings.Contains(text, `href="/drives/d"`) != tt.open || strings.Contains(text, "<i>") {
				t.Errorf("it says %s", text)
			}
		})
	}
}
