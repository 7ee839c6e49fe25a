package main

import (
	"errors"
	"fmt"
	"testing"

	"leaver/internal/cli"
	"leaver/internal/locale"
	"leaver/internal/sqldb"
)

// TestOpenFault: each reason why an organization can't be opened has a code and
// words of its own, with what to do.
func TestOpenFault(t *testing.T) {
	for cause, want := range map[error]struct {
		code string
		exit int
	}{
		sqldb.ErrEmpty:        {"noData", cli.ExitNotFound},
		sqldb.ErrOlderSchema:  {"olderData", cli.ExitFailure},
		sqldb.ErrNewerSchema:  {"newerData", cli.ExitFailure},
		sqldb.ErrNotADatabase: {"notADatabase", cli.ExitFailure},
		sqldb.ErrCorrupt:      {"damaged", cli.ExitFailure},
		sqldb.ErrReadOnly:     {"readOnly", cli.ExitFailure},
		sqldb.ErrUnavailable:  {"databaseUnavailable", cli.ExitFailure},
	} {
		var f *cli.Fault
		if err := openFault(cli.Place{Data: "d"}, fmt.Errorf("open d: %w", cause)); !errors.As(err, &f) || f.Code != want.code || f.Exit != want.exit {
			t.Errorf("%v: got %+v, want %+v", cause, f, want)
			continue
		}
		for _, lang := range locale.Languages() {
			if !locale.Has(lang, "cli.fault."+f.Code) || !locale.Has(lang, "cli.advice."+f.Code) {
				t.Errorf("%s has no words for %s", lang, f.Code)
			}
		}
	}
}
