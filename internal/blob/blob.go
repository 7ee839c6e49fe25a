// Package blob keeps the bodies of messages and files in a folder, each under
// the SHA-256 hash of what it holds. The same body is kept once, a body that
// was answered for is on the disk, and one that the disk has spoiled is not
// handed out as if it were whole.
//
// Nothing here counts who needs a body. Whoever deletes one knows that nobody
// does; Walk shows what there is, and when it was last put.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// Errors that callers tell apart.
var (
	ErrNotFound  = errors.New("no such body")
	ErrCorrupted = errors.New("the body is not what was put there: bring the file back from a backup")
	ErrDiskFull  = errors.New("the disk is full: make room and try again")
	ErrBadHash   = errors.New("not a SHA-256 hash in lower-case hexadecimal")
)

// Hash names a body: the SHA-256 hash of it in lower-case hexadecimal.
type Hash = string

// ParseHash checks that text is a hash, so that it can be part of a path.
func ParseHash(text string) (Hash, error) {
	if len(text) != hex.EncodedLen(sha256.Size) {
		return "", fmt.Errorf("%q: %w", text, ErrBadHash)
	}
	for _, c := range []byte(text) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return "", fmt.Errorf("%q: %w", text, ErrBadHash)
		}
	}
	return Hash(text), nil
}

// A Store is a folder of bodies. Several processes may use one at a time.
type Store struct {
	dir  string
	sync bool
}

// unfinished is the folder of the bodies that are being written. The others
// stand in 256 folders named by the first byte of their hash.
const unfinished = "unfinished"

// New opens the store in dir, and makes it if it isn't there. All its folders
// are made here, so that Put has one folder to wait for.
func New(dir string) (*Store, error) {
	names := []string{unfinished}
	for i := range 256 {
		names = append(names, fmt.Sprintf("%02x", i))
	}
	for _, name := range names {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			return nil, fmt.Errorf("open blob store: %w", asFull(err))
		}
	}
	if err := syncFolder(dir); err != nil {
		return nil, fmt.Errorf("open blob store: %w", err)
	}
	return &Store{dir: dir, sync: true}, nil
}

// Unsynced answers the same store for data that may be lost with the machine:
// it doesn't wait for the disk.
func (s *Store) Unsynced() *Store { return &Store{dir: s.dir, sync: false} }

// Put keeps what r holds and answers its hash and size. When it answers without
// an error, the body survives a power cut. A body that is there already is
// written anew: that heals a spoiled one, and Walk shows that it was needed now.
func (s *Store) Put(ctx context.Context, r io.Reader) (Hash, int64, error) {
	file, err := os.CreateTemp(filepath.Join(s.dir, unfinished), "put-*")
	if err != nil {
		return "", 0, fmt.Errorf("put body: %w", asFull(err))
	}
	hash, size, err := s.write(ctx, file, r)
	if err == nil {
		err = s.place(file.Name(), hash)
	}
	if err != nil {
		return "", 0, errors.Join(fmt.Errorf("put body: %w", asFull(err)), discard(file.Name()))
	}
	return hash, size, nil
}

// write fills file from r and closes it.
func (s *Store) write(ctx context.Context, file *os.File, r io.Reader) (Hash, int64, error) {
	sum := sha256.New()
	size, err := io.Copy(io.MultiWriter(file, sum), untilDone(ctx, r))
	if err == nil && s.sync {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return "", 0, err
	}
	return Hash(hex.EncodeToString(sum.Sum(nil))), size, nil
}

// place moves a finished file to where its hash says.
func (s *Store) place(name string, hash Hash) error {
	path := s.path(hash)
	if err := os.Rename(name, path); err != nil || !s.sync {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// Open answers the body of a hash. Reading it to its end fails with
// ErrCorrupted when it isn't what was put there.
func (s *Store) Open(ctx context.Context, h Hash) (*Body, error) {
	if _, err := ParseHash(string(h)); err != nil {
		return nil, fmt.Errorf("open body: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("open body %s: %w", h, err)
	}
	file, err := os.Open(s.path(h))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open body %s: %w", h, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("open body %s: %w", h, err)
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open body %s: %w", h, err), file.Close())
	}
	return &Body{file: file, size: info.Size(), hash: h, sum: sha256.New()}, nil
}

// Has tells whether the body of a hash is there.
func (s *Store) Has(_ context.Context, h Hash) (bool, error) {
	if _, err := ParseHash(string(h)); err != nil {
		return false, fmt.Errorf("look for body: %w", err)
	}
	_, err := os.Stat(s.path(h))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("look for body %s: %w", h, err)
	}
	return true, nil
}

// Delete removes bodies; one that isn't there is no error, so that the work can
// be repeated. It doesn't wait for the disk: a body that a power cut brings
// back is one that nobody needs, and Walk finds it.
func (s *Store) Delete(ctx context.Context, hashes ...Hash) error {
	for _, h := range hashes {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("delete bodies: %w", err)
		}
		if _, err := ParseHash(string(h)); err != nil {
			return fmt.Errorf("delete body: %w", err)
		}
		if err := discard(s.path(h)); err != nil {
			return fmt.Errorf("delete body %s: %w", h, err)
		}
	}
	return nil
}

// path answers the file of a hash that has been checked.
func (s *Store) path(h Hash) string {
	return filepath.Join(s.dir, string(h[:2]), string(h))
}

// discard removes a file that may be gone.
func discard(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// asFull says in our words that the disk is full, if that is what err says.
func asFull(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w (%w)", ErrDiskFull, err)
	}
	return err
}

// syncFolder makes the names in a folder survive a power cut.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" { // keeps the names of a folder by itself
		return nil
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// A readFunc is a reader that is a function.
type readFunc func(p []byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }

// untilDone reads r until ctx is over.
func untilDone(ctx context.Context, r io.Reader) io.Reader {
	return readFunc(func(p []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return r.Read(p)
	})
}
