package offboard

import (
	"crypto/sha256"
	"encoding/binary"
)

// ChainHash is the hash of an audit entry: over the hash of the entry before and
// every field, each with its length in front. A changed, missing or reordered
// entry breaks the chain from there on.
func ChainHash(previous []byte, seq int64, e *Entry) []byte {
	buf := make([]byte, 0, 512)
	text := func(s string) {
		buf = binary.AppendUvarint(buf, uint64(len(s)))
		buf = append(buf, s...)
	}
	text(string(previous))
	buf = binary.AppendVarint(buf, seq)
	buf = binary.AppendVarint(buf, e.At.Unix())
	for _, s := range []string{string(e.Actor.ID), e.Actor.Name, e.Action, e.Target.ID, e.Target.Name, e.Result, e.Request, e.Detail} {
		text(s)
	}
	sum := sha256.Sum256(buf)
	return sum[:]
}
