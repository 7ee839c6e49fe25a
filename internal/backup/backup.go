// Package backup writes a whole organization, database and bodies, to one file
// while it is being served, and brings it back from there, into a data folder
// or a PostgreSQL database.
//
// The file is a compressed tar: the bodies, then the database as an SQLite file,
// whichever database it comes from, then a manifest with their numbers and
// hashes. It holds everything, hashes of passwords and signing keys too.
package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"leaver/internal/blob"
	"leaver/internal/sqldb"
	"leaver/internal/store"
)

// Errors that callers tell apart.
var (
	ErrExists    = errors.New("there is a file of that name already")
	ErrNotBackup = errors.New("the file is not a backup of this program")
	ErrNewer     = errors.New("a newer version of the program made the backup")
	ErrDamaged   = errors.New("the backup is damaged")
	ErrNotEmpty  = errors.New("the place to restore to is not empty")
	ErrBusy      = errors.New("people were purged again and again while the backup was made")
)

// The names in the file, in their order.
const (
	markerName   = "leaver-backup"
	bodiesFolder = "bodies/"
	databaseName = "organization.db"
	manifestName = "manifest.json"
)

// format is the version of the file's layout.
const format = 1

// Manifest says what a backup holds.
type Manifest struct {
	Format       int                       `json:"format"`
	Version      string                    `json:"version"` // of the program
	Created      time.Time                 `json:"createdDateTime"`
	Organization string                    `json:"organization"`
	People       int                       `json:"people"`
	DeletedTotal int                       `json:"deletedPeople"`
	Size         int64                     `json:"databaseSize"`
	Hash         string                    `json:"databaseHash"`
	Tables       map[string]store.TableSum `json:"tables"`
	Bodies       int                       `json:"bodies"`
	BodyBytes    int64                     `json:"bodyBytes"`
	// Missing and Spoiled are bodies that something refers to and that were not
	// there, or not what they had been, when the backup was made.
	Missing []string `json:"missing,omitempty"`
	Spoiled []string `json:"spoiled,omitempty"`
}

// Progress tells how far a backup or a restore has come.
type Progress struct {
	Bodies int
	Bytes  int64 // written or read so far
}

// Source is the organization to back up. It may be served meanwhile, by other
// processes too.
type Source struct {
	Store   *store.Store
	Bodies  *blob.Store
	Version string
	NewID   func() string
}

// attempts is how often a snapshot is taken anew because somebody was purged
// between it and the copying of the bodies.
const attempts = 5

// Write makes a backup in a new file. The file appears when it is whole and on
// the disk. progress may be nil.
func Write(ctx context.Context, from Source, path string, now time.Time, progress func(Progress)) (Manifest, error) {
	if progress == nil {
		progress = func(Progress) {}
	}
	w := &writing{from: from, progress: progress, have: map[string]bool{}, manifest: Manifest{Format: format, Version: from.Version, Created: now.UTC().Truncate(time.Second)}}
	if err := w.write(ctx, path); err != nil {
		return w.manifest, fmt.Errorf("back up to %s: %w", path, err)
	}
	return w.manifest, nil
}

// writing is one backup being made.
type writing struct {
	from     Source
	progress func(Progress)
	manifest Manifest
	have     map[string]bool // bodies in the file
	out      *archive
}

func (w *writing) write(ctx context.Context, path string) (err error) {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(ErrExists, err)
	}
	temporary, err := os.MkdirTemp(filepath.Dir(path), ".backup-*") // where there has to be room anyway
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temporary)) }()
	if w.out, err = create(filepath.Join(temporary, "backup")); err != nil {
		return err
	}
	err = w.out.text(ctx, markerName, fmt.Appendf(nil, "leaver backup %d\n", format), w.manifest.Created)
	if err == nil {
		err = w.fill(ctx, temporary)
	}
	if err = errors.Join(err, w.out.close(err == nil)); err != nil {
		return err
	}
	if err := os.Link(w.out.path, path); err != nil { // unlike a rename it never replaces
		if errors.Is(err, fs.ErrExist) {
			return ErrExists
		}
		if err := os.Rename(w.out.path, path); err != nil {
			return err
		}
	}
	return syncPath(filepath.Dir(path))
}

// fill takes snapshots until one has all its bodies in the file.
func (w *writing) fill(ctx context.Context, temporary string) error {
	for i := range attempts {
		file := filepath.Join(temporary, fmt.Sprintf("snapshot-%d.db", i))
		snapshot, err := w.snapshot(ctx, file)
		if err != nil {
			return err
		}
		whole, err := w.bodies(ctx, snapshot)
		if err == nil && whole {
			err = w.finish(ctx, snapshot, file)
		}
		if err = errors.Join(err, snapshot.Close()); err != nil || whole { //nolint:contextcheck // closing is never cut short
			return err
		}
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	return ErrBusy
}

// snapshot writes the database as of now to an SQLite file, and opens that.
func (w *writing) snapshot(ctx context.Context, file string) (*store.Store, error) {
	if w.from.Store.DB().Dialect() == sqldb.SQLite {
		if err := w.from.Store.DB().BackupTo(ctx, file); err != nil {
			return nil, err
		}
		return store.Open(ctx, sqldb.Options{Path: file, ReadOnly: true}, w.from.NewID)
	}
	s, err := store.Open(ctx, sqldb.Options{Path: file, NoSync: true}, w.from.NewID)
	if err != nil {
		return nil, err
	}
	if _, err := store.Copy(ctx, w.from.Store, s, nil, nil, nil); err != nil {
		return nil, errors.Join(err, s.Close()) //nolint:contextcheck // closing is never cut short
	}
	if err := s.Close(); err != nil { //nolint:contextcheck // the write-ahead log goes into the file, whatever happens
		return nil, err
	}
	return store.Open(ctx, sqldb.Options{Path: file, ReadOnly: true}, w.from.NewID)
}

// bodies adds the bodies that the snapshot refers to. It is not whole when one
// of them was purged since the snapshot: then a newer snapshot refers to less.
func (w *writing) bodies(ctx context.Context, snapshot *store.Store) (whole bool, err error) {
	whole = true
	w.manifest.Missing = nil
	err = snapshot.EachBody(ctx, func(h blob.Hash) error {
		if w.have[h] {
			return nil
		}
		size, err := w.body(ctx, h)
		switch {
		case errors.Is(err, blob.ErrNotFound):
			purged, err := w.from.Store.Purged(ctx, h)
			if purged {
				whole = false
			} else {
				w.manifest.Missing = append(w.manifest.Missing, h)
			}
			return err
		case errors.Is(err, blob.ErrCorrupted): // what is left of it is in the file
			w.manifest.Spoiled = append(w.manifest.Spoiled, h)
		case err != nil:
			return err
		}
		w.have[h] = true
		w.manifest.Bodies, w.manifest.BodyBytes = w.manifest.Bodies+1, w.manifest.BodyBytes+size
		w.progress(Progress{w.manifest.Bodies, w.manifest.BodyBytes})
		return nil
	})
	return whole, err
}

func (w *writing) body(ctx context.Context, h blob.Hash) (int64, error) {
	body, err := w.from.Bodies.Open(ctx, h)
	if err != nil {
		return 0, err
	}
	_, err = w.out.add(ctx, bodiesFolder+h, body, body.Size(), w.manifest.Created)
	return body.Size(), errors.Join(err, body.Close())
}

// finish adds the snapshot itself and the manifest.
func (w *writing) finish(ctx context.Context, snapshot *store.Store, file string) error {
	var err error
	if w.manifest.Tables, err = snapshot.Sums(ctx); err != nil {
		return err
	}
	if w.manifest.Organization, w.manifest.People, w.manifest.DeletedTotal, err = snapshot.Heading(ctx); err != nil {
		return err
	}
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	w.manifest.Size = info.Size()
	if w.manifest.Hash, err = w.out.add(ctx, databaseName, in, info.Size(), w.manifest.Created); err != nil {
		return err
	}
	w.progress(Progress{w.manifest.Bodies, w.manifest.BodyBytes + info.Size()})
	text, err := encode(&w.manifest)
	if err != nil {
		return err
	}
	return w.out.text(ctx, manifestName, text, w.manifest.Created)
}
