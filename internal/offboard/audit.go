package offboard

import (
	"bytes"
	"context"

	"leaver/internal/org"
)

// Verdict is what checking the audit trail found.
type Verdict struct {
	OK       bool   `json:"ok"`
	Entries  int64  `json:"entries"`
	FirstBad int64  `json:"firstBad,omitempty"` // sequence number
	Reason   string `json:"reason,omitempty"`   // changed or missing
}

// VerifyAudit reads the whole trail and finds the first row that was changed,
// removed or put elsewhere.
func (d *Desk) VerifyAudit(ctx context.Context, actor org.Actor) (Verdict, error) {
	if r := org.May(actor, org.ReadAudit); r != nil {
		return Verdict{}, r
	}
	v := Verdict{OK: true}
	err := d.Store.Read(ctx, func(tx Tx) error {
		v = Verdict{OK: true}
		var hash []byte
		for {
			entries, err := tx.Entries(ctx, v.Entries, 2000)
			if err != nil {
				return err
			}
			if len(entries) == 0 {
				return v.checkEnd(ctx, tx, hash)
			}
			for i := range entries {
				e := &entries[i]
				switch {
				case e.Seq != v.Entries+1:
					v.OK, v.FirstBad, v.Reason = false, v.Entries+1, "missing"
					return nil
				case !bytes.Equal(e.Hash, ChainHash(hash, e.Seq, e)):
					v.OK, v.FirstBad, v.Reason = false, e.Seq, "changed"
					return nil
				}
				v.Entries, hash = e.Seq, e.Hash
			}
		}
	})
	return v, err
}

// checkEnd compares the last row found with the one written last.
func (v *Verdict) checkEnd(ctx context.Context, tx Tx, hash []byte) error {
	seq, head, err := tx.AuditHead(ctx)
	switch {
	case err != nil:
		return err
	case seq > v.Entries:
		v.OK, v.FirstBad, v.Reason = false, v.Entries+1, "missing"
	case seq < v.Entries || !bytes.Equal(head, hash):
		v.OK, v.FirstBad, v.Reason = false, v.Entries, "changed"
	}
	return nil
}
