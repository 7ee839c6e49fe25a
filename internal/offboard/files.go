package offboard

import (
	"context"
	"slices"
	"time"

	"leaver/internal/org"
)

// Actions of the trail about files.
const (
	ActFileAdd     = "Upload file"
	ActFileShare   = "Share file"
	ActFileUnshare = "Stop sharing file"
)

// Place is a place in somebody's drive: a file or folder, or the top where Item
// is empty.
type Place struct {
	Owner org.UserID
	Drive org.DriveID
	Item  string
}

// AddFile puts a file, or a folder with what is in it, into a folder. Its ids
// are made here and its bodies have been stored before. R-API-61
func (d *Desk) AddFile(ctx context.Context, actor org.Actor, at Place, f File) (File, error) {
	err := d.inDrive(ctx, actor, at, ActFileAdd, &f.ID, func(tx Tx, now timeStamp) (bool, error) {
		d.date(&f, now)
		if err := d.keepBodies(ctx, tx, bodiesOf(&f)...); err != nil {
			return false, err
		}
		return tx.AddFile(ctx, at.Drive, at.Item, f)
	})
	return f, err
}

// date gives a file and what is in it ids and dates.
func (d *Desk) date(f *File, now timeStamp) {
	f.ID, f.Created, f.Modified = d.NewID(), now, now
	for i := range f.Files {
		d.date(&f.Files[i], now)
	}
}

// ReplaceFile gives a file other content. over is the hash of the content that it is
// to take the place of, nil for whatever is there by now. R-API-61
func (d *Desk) ReplaceFile(ctx context.Context, actor org.Actor, at Place, f File, over *string) error {
	f.ID = at.Item
	return d.inDrive(ctx, actor, at, ActFileAdd, &f.ID, func(tx Tx, now timeStamp) (bool, error) {
		f.Modified = now
		if err := d.keepBodies(ctx, tx, f.Body); err != nil {
			return false, err
		}
		return tx.ReplaceFile(ctx, at.Drive, f, over)
	})
}

// ShareFile gives people access to a file or folder. R-API-61
func (d *Desk) ShareFile(ctx context.Context, actor org.Actor, at Place, who []string, role string, expires time.Time) ([]ShareRow, error) {
	var made []ShareRow
	err := d.inDrive(ctx, actor, at, ActFileShare, &at.Item, func(tx Tx, now timeStamp) (bool, error) {
		made = nil
		if !expires.IsZero() && !expires.After(now) {
			return false, org.Refuse(org.Invalid, "drive.shareOver", "R-API-61", org.Arg{Name: "date", Value: expires}).On("expirationDateTime")
		}
		for _, ref := range who {
			p, err := active(ctx, tx, ref)
			if err != nil {
				return false, err
			}
			share, err := tx.AddShare(ctx, at.Drive, at.Item, Share{ID: d.NewID(), Who: p.ID, Role: role, Expires: expires})
			if err != nil || share == nil {
				return false, err
			}
			made = append(made, ShareRow{Share: *share, To: p.Ref(), Item: at.Item})
		}
		return true, nil
	})
	return made, err
}

// ShareDrive gives people access to a whole drive, or takes it away. Its owner
// may, and a SharePoint administrator. R-API-61 R-WIZ-07 R-ROLE-11
func (d *Desk) ShareDrive(ctx context.Context, actor org.Actor, owner string, who []string, access bool) ([]org.Ref, error) {
	var made []org.Ref
	_, err := d.changePerson(ctx, actor, owner, ActDrive, func(tx Tx, _ *org.Organization, p *org.Person, _ timeStamp) (org.Person, error) {
		after := p.Clone()
		made = nil
		if actor.ID != p.ID || actor.App {
			if r := org.May(actor, org.ManageDrive); r != nil {
				return after, r
			}
		}
		if after.Drive == nil {
			return after, org.Refuse(org.NotFound, "drive.none", "R-API-05", org.Arg{Name: "user", Value: p.Ref()})
		}
		for _, ref := range who {
			w, err := active(ctx, tx, ref)
			if err != nil {
				return after, err
			}
			after.Drive.Grants = slices.DeleteFunc(after.Drive.Grants, func(g org.DriveGrant) bool { return g.Who == w.ID })
			if access && w.ID != p.ID {
				after.Drive.Grants = append(after.Drive.Grants, org.DriveGrant{Who: w.ID})
			}
			made = append(made, w.Ref())
		}
		return after, nil
	})
	return made, err
}

// UnshareFile takes access to a file or folder away. R-API-62
func (d *Desk) UnshareFile(ctx context.Context, actor org.Actor, at Place, share string) error {
	return d.inDrive(ctx, actor, at, ActFileUnshare, &at.Item, func(tx Tx, _ timeStamp) (bool, error) {
		found, err := tx.RemoveShare(ctx, at.Drive, at.Item, share)
		if err == nil && !found {
			err = org.Refuse(org.NotFound, "drive.noShare", "R-API-62")
		}
		return true, err
	})
}

// inDrive is the frame of every change in a drive: whose it is, who may, what is
// done, and the trail. Owner and those with access to the whole drive may, and a
// SharePoint administrator. The trail names the item by its id: more people read
// the trail than may know what files are called. R-ROLE-11 R-WIZ-07
func (d *Desk) inDrive(ctx context.Context, actor org.Actor, at Place, action string, item *string, do func(tx Tx, now timeStamp) (bool, error)) error {
	return d.Store.Change(ctx, func(tx Tx) error {
		p, err := active(ctx, tx, string(at.Owner))
		if err != nil {
			return err
		}
		if p.Drive == nil || p.Drive.ID != at.Drive {
			return org.Refuse(org.NotFound, "drive.none", "R-API-05", org.Arg{Name: "user", Value: p.Ref()})
		}
		if r := mayWriteDrive(actor, p); r != nil {
			return r
		}
		now, err := d.now(ctx, tx)
		if err != nil {
			return err
		}
		if err := writable(ctx, tx, p, now); err != nil {
			return err
		}
		found, err := do(tx, now)
		switch {
		case err != nil:
			return err
		case !found:
			return org.Refuse(org.NotFound, "drive.noItem", "R-API-63", org.Arg{Name: "item", Value: at.Item})
		}
		return tx.Audit(ctx, entry(actor, action, p.Ref(), now, encode(map[string]string{"drive": string(at.Drive), "item": *item})))
	})
}

// writable refuses a drive that has been without a licence for too long; the
// settings, which may exempt the organization, are asked for only then. R-OD-20
func writable(ctx context.Context, tx Tx, p *org.Person, now timeStamp) error {
	if p.Drive.Unlicensed.IsZero() {
		return nil
	}
	o, err := tx.Organization(ctx)
	if err != nil {
		return err
	}
	if p.Drive.DriveStateAt(p.Deleted, now, o.Settings) != org.DriveActive {
		return org.Refuse(org.Denied, "drive.readOnly", "R-OD-20", org.Arg{Name: "user", Value: p.Ref()})
	}
	return nil
}

func mayWriteDrive(actor org.Actor, p *org.Person) *org.Refusal {
	if actor.ID == p.ID && !actor.App {
		return nil
	}
	for _, g := range p.Drive.Grants {
		if g.Who == actor.ID && !actor.App {
			return nil
		}
	}
	return org.May(actor, org.ManageDrive)
}
