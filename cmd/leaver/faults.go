package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"leaver/internal/cli"
	"leaver/internal/locale"
	"leaver/internal/org"
	"leaver/internal/practice"
	"leaver/internal/sqldb"
)

// nameOf names a place. The address of a database may hold a password.
func nameOf(at cli.Place) string {
	if at.Database != "" {
		return "--database"
	}
	return at.Data
}

// openFault says why an organization could not be opened.
func openFault(at cli.Place, err error) error {
	args := []any{"place", nameOf(at), "server", addressIn(at.Data), "cause", err.Error()}
	exit := func(code string) error {
		return &cli.Fault{Exit: cli.ExitFailure, Code: code, Args: args, Cause: err}
	}
	refusal := org.RefusalOf(err)
	switch {
	case errors.Is(err, sqldb.ErrInUse):
		return exit("inUse")
	case errors.Is(err, sqldb.ErrNewerSchema):
		return exit("newerData")
	case errors.Is(err, sqldb.ErrEmpty):
		return &cli.Fault{Exit: cli.ExitNotFound, Code: "noData", Args: args, Cause: err}
	case errors.Is(err, sqldb.ErrOlderSchema): // opened for reading only
		return exit("olderData")
	case errors.Is(err, sqldb.ErrNotADatabase):
		return exit("notADatabase")
	case errors.Is(err, sqldb.ErrCorrupt):
		return exit("damaged")
	case errors.Is(err, sqldb.ErrReadOnly):
		return exit("readOnly")
	case errors.Is(err, sqldb.ErrUnavailable):
		return exit("databaseUnavailable")
	case refusal != nil && refusal.Reason == "organization.none":
		return &cli.Fault{Exit: cli.ExitNotFound, Code: "noData", Args: args, Cause: err}
	case errors.Is(err, practice.ErrHalfMade), errors.Is(err, practice.ErrNotEmpty):
		return exit("halfMade")
	}
	return err
}

// present refuses a folder without an organization, which opening would make, and
// says so only of one that could be looked into.
func present(dir string) error {
	file := filepath.Join(dir, "leaver.db")
	_, err := os.Stat(file)
	var cause syscall.Errno
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR), !errors.As(err, &cause):
		return &cli.Fault{Exit: cli.ExitNotFound, Code: "noData", Args: []any{"place", dir}, Cause: err}
	}
	return fileFault(file, cause)
}

// refusalFault words a refusal that no surface has worded.
func refusalFault(lang locale.Lang, err error) error {
	r := org.RefusalOf(err)
	if r == nil {
		return err
	}
	advice := ""
	if key := "hint." + r.Reason; locale.Has(lang, key) {
		advice = locale.Text(lang, key, r.Args.Map())
	}
	exit := cli.ExitRefused
	if r.Kind == org.Invalid {
		exit = cli.ExitUsage
	}
	return &cli.Fault{Exit: exit, Code: r.Reason, Said: locale.Text(lang, "refusal."+r.Reason, r.Args.Map()), Advice: advice, Cause: err}
}

// listenFault says why an address could not be listened on.
func listenFault(address string, err error) error {
	cause := err.Error()
	if i := strings.LastIndex(cause, ": "); i >= 0 {
		cause = cause[i+2:]
	}
	return &cli.Fault{Exit: cli.ExitFailure, Code: "listen", Args: []any{"address", address, "cause", cause}, Cause: err}
}
