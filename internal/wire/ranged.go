package wire

import (
	"errors"
	"io"
)

// ranged lets a body that is read from its beginning be asked for in parts. It is
// opened again to go back, and read over to go on.
type ranged struct {
	open func() (io.ReadCloser, error)
	size int64
	want int64 // where the next read begins
	at   int64 // where body is
	body io.ReadCloser
}

// Seek implements io.Seeker.
func (b *ranged) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += b.want
	case io.SeekEnd:
		offset += b.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning of a body")
	}
	b.want = offset
	return offset, nil
}

// Read implements io.Reader. What comes together with an error is kept back: a
// spoiled body must not look whole.
func (b *ranged) Read(p []byte) (int, error) {
	if err := b.move(); err != nil {
		return 0, err
	}
	n, err := b.body.Read(p)
	b.at += int64(n)
	b.want = b.at
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	return n, err
}

// move brings the body to where the next read begins.
func (b *ranged) move() error {
	if b.body != nil && b.at > b.want {
		if err := b.Close(); err != nil {
			return err
		}
	}
	if b.body == nil {
		body, err := b.open()
		if err != nil {
			return err
		}
		b.body, b.at = body, 0
	}
	n, err := io.CopyN(io.Discard, b.body, b.want-b.at)
	b.at += n
	return err
}

// Close ends the reading.
func (b *ranged) Close() error {
	if b.body == nil {
		return nil
	}
	body := b.body
	b.body = nil
	return body.Close()
}
