package org

import (
	"encoding/binary"
	"fmt"
	"time"
)

// digest collects what is hashed: every text and every list with its length in
// front, so that none runs into the next.
type digest []byte

func (d *digest) item(it *Item) {
	d.text(it.User.ID, it.User.Name, it.User.DisplayName, string(it.Outcome))
	d.steps(it.Steps)
	d.count(len(it.Consequences))
	for i := range it.Consequences {
		c := &it.Consequences[i]
		d.text(c.Rule, c.Key)
		d.args(c.Args)
	}
	d.count(len(it.Refusals))
	for _, r := range it.Refusals {
		d.text(r.Reason, r.Target)
	}
}

func (d *digest) steps(steps []Step) {
	d.count(len(steps))
	for i := range steps {
		s := &steps[i]
		d.text(string(s.Kind), s.To.ID, s.Name, s.Replies.Inside, s.Replies.Outside, string(s.Replies.Audience), string(s.Sub), string(s.When))
		list(d, s.Aliases)
		list(d, s.Skus)
		list(d, s.Roles)
		if s.DriveUnlicensed {
			d.text("driveUnlicensed")
		}
	}
}

func (d *digest) args(args Args) {
	for i := range args {
		switch v := args[i].Value.(type) {
		case time.Time:
		case string:
			d.text(v)
		case int:
			d.count(v)
		case Ref:
			d.text(v.ID)
		case []Ref:
			d.count(len(v))
			for i := range v {
				d.text(v[i].ID)
			}
		case []string:
			list(d, v)
		case Money:
			d.text(v.Currency)
			*d = binary.AppendVarint(*d, v.Minor)
		default:
			d.text(fmt.Sprint(v))
		}
	}
}

func (d *digest) text(ss ...string) {
	for _, s := range ss {
		d.count(len(s))
		*d = append(*d, s...)
	}
}

func (d *digest) count(n int) { *d = binary.AppendVarint(*d, int64(n)) }

func list[T ~string](d *digest, ss []T) {
	d.count(len(ss))
	for _, s := range ss {
		d.text(string(s))
	}
}
