package blob

import (
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
)

// A Body is one that is being read. It is checked on the way: the read that
// would answer io.EOF answers ErrCorrupted when the bytes aren't those that
// were put.
type Body struct {
	file *os.File
	size int64
	hash Hash
	sum  hash.Hash
}

// Size answers how many bytes the body has.
func (b *Body) Size() int64 { return b.size }

// Read reads on.
func (b *Body) Read(p []byte) (int, error) {
	n, err := b.file.Read(p)
	b.sum.Write(p[:n]) // a hash never fails
	switch {
	case errors.Is(err, io.EOF):
		if Hash(hex.EncodeToString(b.sum.Sum(nil))) != b.hash {
			return n, fmt.Errorf("read body %s: %w", b.hash, ErrCorrupted)
		}
		return n, io.EOF
	case err != nil:
		return n, fmt.Errorf("read body %s: %w", b.hash, err)
	}
	return n, nil
}

// Close ends the reading.
func (b *Body) Close() error { return b.file.Close() }
