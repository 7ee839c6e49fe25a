package api

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
)

// plainItems is up to how many items a spool holds as they are.
const plainItems = 1000

// spool holds the elements of a JSON array until what stands in front of them is
// known. Many are held packed: their texts are nearly all the same, so that a hundred
// thousand take a few megabytes.
type spool struct {
	held bytes.Buffer
	zip  *gzip.Writer // nil: as they are
	enc  *json.Encoder
	n    int
}

func newSpool(many bool) *spool {
	s := &spool{}
	var w io.Writer = &s.held
	if many {
		s.zip, _ = gzip.NewWriterLevel(&s.held, gzip.BestSpeed) // the level is one that there is
		w = s.zip
	}
	s.enc = json.NewEncoder(w)
	s.enc.SetEscapeHTML(false)
	return s
}

// add adds an element.
func (s *spool) add(v any) error {
	if s.n++; s.n > 1 {
		var err error
		if s.zip != nil {
			_, err = s.zip.Write([]byte{','})
		} else {
			err = s.held.WriteByte(',')
		}
		if err != nil {
			return err
		}
	}
	return s.enc.Encode(v)
}

// writeTo writes the elements, with commas between.
func (s *spool) writeTo(w io.Writer) error {
	if s.zip == nil {
		_, err := s.held.WriteTo(w)
		return err
	}
	if err := s.zip.Close(); err != nil {
		return err
	}
	r, err := gzip.NewReader(&s.held)
	if err != nil {
		return err
	}
	_, err = io.CopyBuffer(w, r, make([]byte, 64<<10)) //nolint:gosec // packed by ourselves
	return err
}
