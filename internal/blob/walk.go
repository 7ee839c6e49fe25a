package blob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Info tells what is known of a body without reading it.
type Info struct {
	Hash Hash
	Size int64
	Put  time.Time // when it was last put, by the clock of the machine
}

// Walk calls do for every body, in the order of the hashes, until do answers an
// error. Bodies that come and go meanwhile may be shown or not. Files that
// aren't bodies are left out.
func (s *Store) Walk(ctx context.Context, do func(Info) error) error {
	for i := range 256 {
		if err := s.walkFolder(ctx, fmt.Sprintf("%02x", i), do); err != nil {
			return err
		}
	}
	return nil
}

// walkFolder shows the bodies of one folder.
func (s *Store) walkFolder(ctx context.Context, name string, do func(Info) error) error {
	entries, err := os.ReadDir(filepath.Join(s.dir, name))
	if err != nil {
		return fmt.Errorf("walk bodies: %w", err)
	}
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("walk bodies: %w", err)
		}
		h, err := ParseHash(entry.Name())
		if err != nil {
			continue
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) { // deleted since
			continue
		}
		if err != nil {
			return fmt.Errorf("walk bodies: %w", err)
		}
		if err := do(Info{Hash: h, Size: info.Size(), Put: info.ModTime()}); err != nil {
			return err
		}
	}
	return nil
}

// Clean removes what a crash left unfinished before the given time, and answers
// how many files that were. A Put that is still going on writes to its file now
// and then, so a time some hours back spares it.
func (s *Store) Clean(ctx context.Context, before time.Time) (int, error) {
	folder := filepath.Join(s.dir, unfinished)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return 0, fmt.Errorf("clean blob store: %w", err)
	}
	removed := 0
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return removed, fmt.Errorf("clean blob store: %w", err)
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.ModTime().Before(before) {
			continue
		}
		if err := errors.Join(err, discard(filepath.Join(folder, entry.Name()))); err != nil {
			return removed, fmt.Errorf("clean blob store: %w", err)
		}
		removed++
	}
	return removed, nil
}
