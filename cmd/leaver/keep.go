package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"leaver/internal/backup"
	"leaver/internal/blob"
	"leaver/internal/cli"
	"leaver/internal/org"
	"leaver/internal/sqldb"
	"leaver/internal/store"
)

// shelf is an organization that is looked after as a whole: its database and
// its bodies.
type shelf struct {
	*store.Store
	bodies *blob.Store
}

// bodiesOfPlace is the folder of the bodies.
func bodiesOfPlace(at cli.Stored) string {
	switch {
	case at.Bodies != "":
		return at.Bodies
	case at.Data != "":
		return filepath.Join(at.Data, backup.BodyFolder)
	}
	return filepath.Join(cli.BodyFolder, backup.BodyFolder)
}

// openShelf opens an organization for reading, beside a server that may serve
// it, or an empty place for writing.
func openShelf(ctx context.Context, at cli.Stored, readOnly bool) (*shelf, error) {
	options := sqldb.Options{URL: at.Database, ReadOnly: readOnly}
	if at.Database == "" {
		options.Path = filepath.Join(at.Data, backup.DatabaseFile)
		if err := dataFolder(at, readOnly); err != nil {
			return nil, err
		}
	}
	s, err := store.Open(ctx, options, newID)
	if err != nil {
		return nil, openFault(at.Place, err)
	}
	bodies, err := blob.New(bodiesOfPlace(at))
	if err != nil {
		return nil, errors.Join(fileFault(bodiesOfPlace(at), err), s.Close()) //nolint:contextcheck // closing is never cut short
	}
	return &shelf{s, bodies}, nil
}

// dataFolder wants a database in the folder to read from, and makes the folder to
// write to.
func dataFolder(at cli.Stored, readOnly bool) error {
	if !readOnly {
		return os.MkdirAll(at.Data, 0o700)
	}
	return present(at.Data)
}

func fileFault(file string, err error) error {
	return &cli.Fault{Exit: cli.ExitFailure, Code: "file", Args: []any{"file", file, "cause", err.Error()}, Cause: err}
}

// Check implements cli.Keeper.
func (h *host) Check(ctx context.Context, at cli.Stored, deep bool, progress func(done, total int)) ([]cli.Finding, error) {
	s, err := openShelf(ctx, at, true)
	if err != nil {
		return nil, err
	}
	if _, _, _, err := s.Heading(ctx); err != nil {
		return nil, errors.Join(openFault(at.Place, err), s.Close()) //nolint:contextcheck // closing is never cut short
	}
	found, err := s.Store.Check(ctx, store.Checkup{Now: h.now(), Bodies: s.bodies, Deep: deep, Progress: progress})
	all := make([]cli.Finding, len(found))
	for i, f := range found {
		all[i] = cli.Finding{Code: f.Code, Severity: f.Severity, Args: f.Args}
	}
	return all, errors.Join(keepFault("", err), s.Close()) //nolint:contextcheck // closing is never cut short
}

// Repair implements cli.Keeper. Where there is nothing, or something of an older version,
// it is left as it is.
func (h *host) Repair(ctx context.Context, at cli.Stored) error {
	s, err := openShelf(ctx, at, true)
	if err != nil {
		return err
	}
	_, _, _, err = s.Heading(ctx)
	if err = errors.Join(err, s.Close()); err != nil { //nolint:contextcheck // closing is never cut short
		return openFault(at.Place, err)
	}
	if s, err = openShelf(ctx, at, false); err != nil {
		return err
	}
	err = s.Reindex(ctx)
	return errors.Join(keepFault("", err), s.Close()) //nolint:contextcheck // closing is never cut short
}

// Backup implements cli.Keeper.
func (h *host) Backup(ctx context.Context, from cli.Stored, file string, progress func(bodies int)) (cli.Kept, error) {
	s, err := openShelf(ctx, from, true)
	if err != nil {
		return cli.Kept{}, err
	}
	source := backup.Source{Store: s.Store, Bodies: s.bodies, Version: h.version, NewID: newID}
	m, err := backup.Write(ctx, source, file, h.now(), func(p backup.Progress) { progress(p.Bodies) })
	return keptOf(&m), errors.Join(keepFault(file, err), s.Close()) //nolint:contextcheck // closing is never cut short
}

// RestoreBackup implements cli.Keeper.
func (h *host) RestoreBackup(ctx context.Context, file string, to cli.Stored, progress func(bodies int)) (cli.Kept, error) {
	target := backup.Target{Dir: to.Data, URL: to.Database, Bodies: to.Bodies, NewID: newID}
	if target.Dir == "" {
		target.Dir = cli.BodyFolder
	}
	m, err := backup.Restore(ctx, file, target, func(p backup.Progress) { progress(p.Bodies) })
	return keptOf(&m), keepFault(file, err)
}

func keptOf(m *backup.Manifest) cli.Kept {
	k := cli.Kept{Organization: m.Organization, People: m.People, Deleted: m.DeletedTotal, Bodies: m.Bodies, Bytes: m.BodyBytes + m.Size, Missing: len(m.Missing), Spoiled: len(m.Spoiled)}
	for _, t := range m.Tables {
		k.Rows += t.Rows
	}
	return k
}

// Copy implements cli.Keeper.
func (h *host) Copy(ctx context.Context, from, to cli.Stored, progress func(rows int)) (cli.Kept, error) {
	source, err := openShelf(ctx, from, true)
	if err != nil {
		return cli.Kept{}, err
	}
	kept, err := copyTo(ctx, source, to, progress)
	return kept, errors.Join(keepFault("", err), source.Close()) //nolint:contextcheck // closing is never cut short
}

func copyTo(ctx context.Context, from *shelf, at cli.Stored, progress func(rows int)) (cli.Kept, error) {
	name, people, deleted, err := from.Heading(ctx)
	if err != nil {
		return cli.Kept{}, err
	}
	to, err := openShelf(ctx, at, false)
	if err != nil {
		return cli.Kept{}, err
	}
	done, err := store.Copy(ctx, from.Store, to.Store, from.bodies, to.bodies, func(c store.Copied) { progress(int(c.Rows())) })
	kept := cli.Kept{Organization: name, People: people, Deleted: deleted, Rows: done.Rows(), Bodies: done.Bodies, Bytes: done.BodyBytes}
	return kept, errors.Join(err, to.Close()) //nolint:contextcheck // closing is never cut short
}

// keepFault words what went wrong with a backup or a copy.
func keepFault(file string, err error) error {
	var fault *cli.Fault
	if err == nil || errors.As(err, &fault) {
		return err
	}
	for _, known := range []struct {
		cause error
		code  string
		exit  int
	}{
		{backup.ErrExists, "backupExists", cli.ExitRefused},
		{backup.ErrNotEmpty, "placeNotEmpty", cli.ExitRefused},
		{store.ErrNotEmpty, "placeNotEmpty", cli.ExitRefused},
		{backup.ErrNotBackup, "notBackup", cli.ExitFailure},
		{backup.ErrNewer, "backupNewer", cli.ExitFailure},
		{backup.ErrDamaged, "backupDamaged", cli.ExitFailure},
		{backup.ErrBusy, "purgedMeanwhile", cli.ExitFailure},
		{store.ErrMoving, "purgedMeanwhile", cli.ExitFailure},
		{store.ErrDiffers, "copyDiffers", cli.ExitFailure},
		{blob.ErrNotFound, "bodyLost", cli.ExitFailure},
		{blob.ErrCorrupted, "bodyLost", cli.ExitFailure},
	} {
		if errors.Is(err, known.cause) {
			return &cli.Fault{Exit: known.exit, Code: known.code, Args: []any{"file", file, "cause", since(err, known.cause)}, Cause: err}
		}
	}
	var trouble *fs.PathError
	if errors.As(err, &trouble) {
		return fileFault(trouble.Path, trouble.Err)
	}
	if r := org.RefusalOf(err); r != nil && r.Reason != "organization.none" {
		return err
	}
	return openFault(cli.Place{}, err)
}

// since is what an error says behind one of its causes, or the cause itself.
func since(err, cause error) string {
	_, behind, found := strings.Cut(err.Error(), cause.Error()+": ")
	if !found {
		return cause.Error()
	}
	return behind
}

var _ cli.Host = (*host)(nil)
