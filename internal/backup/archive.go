package backup

import (
	"archive/tar"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// archive is the file of a backup while it is written.
type archive struct {
	path string
	file *os.File
	zip  *gzip.Writer
	tar  *tar.Writer
}

func create(path string) (*archive, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	zip, err := gzip.NewWriterLevel(file, gzip.BestSpeed) // most bodies are compressed already
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &archive{path: path, file: file, zip: zip, tar: tar.NewWriter(zip)}, nil
}

// add writes one entry and answers the hash of what was written.
func (a *archive) add(ctx context.Context, name string, r io.Reader, size int64, at time.Time) (string, error) {
	if err := a.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, ModTime: at, Format: tar.FormatPAX}); err != nil {
		return "", err
	}
	sum := sha256.New()
	_, err := io.Copy(io.MultiWriter(a.tar, sum), until{ctx, r})
	return hex.EncodeToString(sum.Sum(nil)), err
}

func (a *archive) text(ctx context.Context, name string, text []byte, at time.Time) error {
	_, err := a.add(ctx, name, bytes.NewReader(text), int64(len(text)), at)
	return err
}

// close ends the file; whole says that it is worth waiting for the disk.
func (a *archive) close(whole bool) error {
	if !whole {
		return a.file.Close()
	}
	return errors.Join(a.tar.Close(), a.zip.Close(), a.file.Sync(), a.file.Close())
}

func encode(m *Manifest) ([]byte, error) {
	text, err := json.MarshalIndent(m, "", "  ")
	return append(text, '\n'), err
}

// entries calls do for every entry of a backup, and reads to the end of the
// file, so that all of it has been checked.
func entries(ctx context.Context, path string, do func(name string, size int64, r io.Reader) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	zip, err := gzip.NewReader(file)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotBackup, err)
	}
	in := tar.NewReader(zip)
	for first := true; ; first = false {
		header, err := in.Next()
		if errors.Is(err, io.EOF) {
			_, err = io.Copy(io.Discard, until{ctx, zip}) // the checksum stands at the end
			return damaged(err)
		}
		switch {
		case err != nil:
			return damaged(err)
		case first && header.Name != markerName:
			return ErrNotBackup
		}
		if err := do(header.Name, header.Size, until{ctx, in}); err != nil {
			return damaged(err)
		}
	}
}

// damaged says of an error of the file's format what it means.
func damaged(err error) error {
	for _, cause := range []error{gzip.ErrChecksum, gzip.ErrHeader, tar.ErrHeader, io.ErrUnexpectedEOF, io.EOF} {
		if errors.Is(err, cause) {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
	}
	if _, ok := errors.AsType[flate.CorruptInputError](err); ok {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

// until reads until ctx is over.
type until struct {
	ctx context.Context
	r   io.Reader
}

// Read implements io.Reader.
func (u until) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
