package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"leaver/internal/blob"
	"leaver/internal/sqldb"
	"leaver/internal/store"
)

// Target is where an organization is restored to.
type Target struct {
	// Dir is the data folder: the bodies go there, and the database unless
	// there is a URL. It may not exist yet; without a URL nothing may be in it.
	Dir string
	// URL is a PostgreSQL database with nothing in it; empty for SQLite.
	URL string
	// Bodies is the folder of the bodies, when it isn't the usual one in Dir.
	Bodies string
	NewID  func() string
}

// The names in a data folder.
const (
	DatabaseFile = "leaver.db"
	BodyFolder   = "bodies"
)

// Restore checks a backup from its first byte to its last, and then brings the
// organization back. When it fails there is no organization at the target; what
// it left there has to be removed. progress may be nil.
func Restore(ctx context.Context, path string, to Target, progress func(Progress)) (Manifest, error) {
	if progress == nil {
		progress = func(Progress) {}
	}
	if to.Bodies == "" {
		to.Bodies = filepath.Join(to.Dir, BodyFolder)
	}
	r := &restoring{path: path, to: to, progress: progress}
	if err := r.restore(ctx); err != nil {
		return r.manifest, fmt.Errorf("restore from %s: %w", path, err)
	}
	return r.manifest, nil
}

// restoring is one Restore under way.
type restoring struct {
	path     string
	to       Target
	progress func(Progress)
	manifest Manifest
}

func (r *restoring) restore(ctx context.Context) (err error) {
	if err := r.empty(ctx); err != nil {
		return err
	}
	if err := os.MkdirAll(r.to.Dir, 0o700); err != nil {
		return err
	}
	file := filepath.Join(r.to.Dir, "restoring.db")
	defer func() {
		for _, name := range []string{file, file + "-wal", file + "-shm", file + ".lock"} {
			if e := os.Remove(name); e != nil && !errors.Is(e, fs.ErrNotExist) {
				err = errors.Join(err, e)
			}
		}
	}()
	if err := r.check(ctx, file); err != nil {
		return err
	}
	snapshot, err := store.Open(ctx, sqldb.Options{Path: file}, r.to.NewID) // brings an older schema up to date
	if err != nil {
		return err
	}
	err = r.bodies(ctx, snapshot)
	if err == nil && r.to.URL != "" {
		err = r.copy(ctx, snapshot)
	}
	if err = errors.Join(err, snapshot.Close()); err != nil || r.to.URL != "" { //nolint:contextcheck // closing is never cut short
		return err
	}
	if err := os.Rename(file, filepath.Join(r.to.Dir, DatabaseFile)); err != nil { // from here on it is an organization
		return err
	}
	return syncPath(r.to.Dir)
}

// empty refuses a place where there is something.
func (r *restoring) empty(ctx context.Context) error {
	folders := []string{r.to.Bodies}
	if r.to.URL == "" {
		folders = append(folders, r.to.Dir)
	}
	for _, folder := range folders {
		found, err := os.ReadDir(folder)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		for _, f := range found {
			if f.Name() != "lost+found" { // a file system of its own
				return fmt.Errorf("%w: %s", ErrNotEmpty, filepath.Join(folder, f.Name()))
			}
		}
	}
	if r.to.URL == "" {
		return nil
	}
	s, err := store.Open(ctx, sqldb.Options{URL: r.to.URL}, r.to.NewID)
	if err != nil {
		return err
	}
	sums, err := s.Sums(ctx)
	for name, sum := range sums {
		if sum.Rows > 0 {
			err = errors.Join(err, fmt.Errorf("%w: table %s has rows", ErrNotEmpty, name))
		}
	}
	return errors.Join(err, s.Close()) //nolint:contextcheck // closing is never cut short
}

// check reads the whole backup, compares it with its manifest, and leaves the
// database in a file.
func (r *restoring) check(ctx context.Context, file string) error {
	var seen Manifest
	var hash string
	err := entries(ctx, r.path, func(name string, size int64, in io.Reader) error {
		var err error
		switch {
		case name == markerName:
			return checkMarker(in)
		case name == databaseName:
			seen.Size = size
			hash, err = extract(file, in)
		case name == manifestName:
			err = json.NewDecoder(in).Decode(&r.manifest)
		case strings.HasPrefix(name, bodiesFolder):
			seen.Bodies, seen.BodyBytes = seen.Bodies+1, seen.BodyBytes+size
			var got string
			if got, err = sum(in); got != strings.TrimPrefix(name, bodiesFolder) {
				seen.Spoiled = append(seen.Spoiled, strings.TrimPrefix(name, bodiesFolder))
			}
		default:
			err = fmt.Errorf("%w: %s does not belong there", ErrDamaged, name)
		}
		return err
	})
	m := &r.manifest
	switch {
	case err != nil:
		return err
	case m.Format != format:
		return fmt.Errorf("%w: the manifest is missing", ErrDamaged)
	case hash != m.Hash || seen.Size != m.Size:
		return fmt.Errorf("%w: the database is not the one of the manifest", ErrDamaged)
	case seen.Bodies != m.Bodies || seen.BodyBytes != m.BodyBytes:
		return fmt.Errorf("%w: %d bodies with %d bytes, the manifest says %d with %d", ErrDamaged, seen.Bodies, seen.BodyBytes, m.Bodies, m.BodyBytes)
	}
	for _, h := range seen.Spoiled {
		if !slices.Contains(m.Spoiled, h) { // those were spoiled when the backup was made
			return fmt.Errorf("%w: body %s is not what it was", ErrDamaged, h)
		}
	}
	return nil
}

// checkMarker reads the version of the layout.
func checkMarker(in io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(in, 100))
	if err != nil {
		return err
	}
	var version int
	if _, err := fmt.Fscanf(bytes.NewReader(text), "leaver backup %d\n", &version); err != nil {
		return ErrNotBackup
	}
	if version > format {
		return ErrNewer
	}
	return nil
}

// extract writes an entry to a file and gives its hash.
func extract(file string, in io.Reader) (string, error) {
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return "", err
	}
	hash, err := sum(io.TeeReader(in, out))
	return hash, errors.Join(err, out.Sync(), out.Close())
}

func sum(in io.Reader) (string, error) {
	h := sha256.New()
	_, err := io.Copy(h, in)
	return hex.EncodeToString(h.Sum(nil)), err
}

// bodies puts the bodies that the snapshot refers to. Others are those of people
// who were purged while the backup was made.
func (r *restoring) bodies(ctx context.Context, snapshot *store.Store) error {
	bodies, err := blob.New(r.to.Bodies)
	if err != nil {
		return err
	}
	var p Progress
	return entries(ctx, r.path, func(name string, size int64, in io.Reader) error {
		h, isBody := strings.CutPrefix(name, bodiesFolder)
		if !isBody || slices.Contains(r.manifest.Spoiled, h) {
			return nil
		}
		purged, err := snapshot.Purged(ctx, h)
		if err != nil || purged {
			return err
		}
		if _, _, err := bodies.Put(ctx, in); err != nil {
			return err
		}
		p.Bodies, p.Bytes = p.Bodies+1, p.Bytes+size
		r.progress(p)
		return nil
	})
}

func (r *restoring) copy(ctx context.Context, snapshot *store.Store) error {
	to, err := store.Open(ctx, sqldb.Options{URL: r.to.URL}, r.to.NewID)
	if err != nil {
		return err
	}
	_, err = store.Copy(ctx, snapshot, to, nil, nil, nil)
	return errors.Join(err, to.Close()) //nolint:contextcheck // closing is never cut short
}
