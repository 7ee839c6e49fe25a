package store

import (
	"fmt"
	"time"

	"leaver/internal/org"
)

// seconds scans a time.
type seconds struct{ to *time.Time }

func (s seconds) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*s.to = time.Time{}
	case int64:
		*s.to = at(v)
	default:
		return fmt.Errorf("a time is stored as %T", v)
	}
	return nil
}

// jsonList scans a list stored by array.
type jsonList struct{ to *[]string }

func (s jsonList) Scan(v any) error { return scanText(v, func(t string) { *s.to = ofArray(t) }) }

// lines scans a list stored by joined.
type lines struct{ to *[]string }

func (s lines) Scan(v any) error { return scanText(v, func(t string) { *s.to = splitLines(t) }) }

func scanText(v any, set func(string)) error {
	switch v := v.(type) {
	case nil:
		set("")
	case string:
		set(v)
	case []byte:
		set(string(v))
	default:
		return fmt.Errorf("a list is stored as %T", v)
	}
	return nil
}

// text scans a text that may be null.
type text struct{ to *string }

func (s text) Scan(v any) error { return scanText(v, func(t string) { *s.to = t }) }

// syncing scans the state of synchronisation. R-AD-02
type syncing struct{ to *org.User }

func (s syncing) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a state is stored as %T", v)
	}
	s.to.Synced, s.to.WasSynced = n == 1, n == 2
	return nil
}
