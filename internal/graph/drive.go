package graph

import (
	"errors"
	"net/http"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/wire"
)

// top is the id of the folder that a drive begins with.
const top = "root"

// quota is what a drive may hold.
const quota = 1 << 40

// drive is a drive that the caller asked for and whose it is; the person is nil
// when its owner is gone for good.
type drive struct {
	*offboard.DriveRow
	owner *holder
	whole bool // the caller may read all of it
}

// drive loads the drive that a path names, or refuses: it has to be there still,
// and the caller has to be let in, if only to what was shared with them.
func (s *Server) drive(r *http.Request, c *call) (*drive, error) {
	row, err := s.driveRow(r)
	if err != nil {
		return nil, err
	}
	h, err := s.holder(r.Context(), row.Owner.ID)
	if err != nil {
		return nil, err
	}
	o, now, err := s.organization(r.Context())
	if err != nil {
		return nil, err
	}
	var owner *org.Person
	if h != nil {
		owner = h.Person
	}
	opening := row.Opening(owner, c.caller.ID, o.Settings, now)
	switch {
	case !opening.There():
		return nil, noDrive() // R-SM-07
	case !opening.Readable():
		return nil, archived()
	}
	d := &drive{DriveRow: row, owner: h, whole: c.caller.App || c.caller.Scopes == nil || opening.Whole}
	return d, nil
}

func (s *Server) driveRow(r *http.Request) (*offboard.DriveRow, error) {
	var row *offboard.DriveRow
	var err error
	if user := r.PathValue("user"); user != "" {
		var u *offboard.UserRow
		if u, err = s.user(r.Context(), user, []string{"id"}); err != nil {
			return nil, err
		}
		row, err = s.cfg.Reads.DriveOf(r.Context(), u.ID)
	} else {
		row, err = s.cfg.Reads.Drive(r.Context(), org.DriveID(lowerGUID(r.PathValue("drive"))))
	}
	if err == nil && row == nil {
		return nil, noDrive()
	}
	return row, err
}

// noDrive is the answer where there is no drive. R-API-05
func noDrive() *wire.Fault {
	return &wire.Fault{Status: http.StatusNotFound, Code: "itemNotFound", Message: "User's mysite not found."}
}

func noItem() *wire.Fault {
	return &wire.Fault{Status: http.StatusNotFound, Code: "itemNotFound", Message: "The resource could not be found."}
}

func closed() *wire.Fault {
	return &wire.Fault{Status: http.StatusForbidden, Code: "accessDenied", Message: "Access denied"}
}

// archived is the answer for a drive that has been without a licence for so long
// that nobody can open it. R-OD-20 R-SM-08
func archived() *wire.Fault {
	return &wire.Fault{Status: http.StatusLocked, Code: "resourceLocked", Message: "The drive is archived, because its owner has no license for it."}
}

// getDrive answers GET /drives/{id} and /users/{id}/drive. R-API-60
func (s *Server) getDrive(w http.ResponseWriter, r *http.Request, c *call) error {
	options, err := c.options(r, "$skip", "$filter", "$search", "$orderby", "$count")
	if err != nil {
		return err
	}
	pick, err := s.model["drive"].pick(options.Select)
	if err != nil {
		return err
	}
	d, err := s.drive(r, c)
	if err != nil {
		return err
	}
	if !d.whole {
		return closed()
	}
	c.entity(w, http.StatusOK, picked("drives", pick)+"/$entity", c.style(s.model["drive"], pick), c.driveThing(d))
	return nil
}

// listDrives answers GET /users/{id}/drives: there is one, or none.
func (s *Server) listDrives(w http.ResponseWriter, r *http.Request, c *call) error {
	if _, err := c.options(r, "$skip", "$filter", "$search", "$orderby"); err != nil {
		return err
	}
	d, err := s.drive(r, c)
	if fault, ok := errors.AsType[*wire.Fault](err); ok && fault.Code == noDrive().Code {
		c.things(w, list{context: "drives"}, c.style(s.model["drive"], nil), nil)
		return nil
	}
	if err != nil {
		return err
	}
	if !d.whole {
		return closed()
	}
	c.things(w, list{context: "drives"}, c.style(s.model["drive"], nil), []thing{*c.driveThing(d)})
	return nil
}

func (c *call) driveThing(d *drive) *thing {
	t := &thing{typ: "drive", path: "/drives/" + string(d.ID)}
	created := any(raw(`"0001-01-01T00:00:00Z"`))
	if d.owner != nil {
		created = d.owner.Created
	}
	space, state := thing{}, "normal"
	if left := quota - int64(d.Size); left <= 0 {
		state = "exceeded"
	} else if left < quota/100 {
		state = "critical"
	}
	space.put("deleted", 0)
	space.put("remaining", max(quota-int64(d.Size), 0))
	space.put("state", state)
	space.put("total", int64(quota))
	space.put("used", int64(d.Size))
	t.put("id", string(d.ID))
	t.put("createdDateTime", created)
	t.put("lastModifiedDateTime", created)
	t.put("name", "OneDrive")
	t.put("description", "")
	t.put("webUrl", c.host+"/personal/"+org.SiteName(d.Owner.Name)+"/Documents") // R-OD-11
	t.put("driveType", "business")
	t.put("owner", identityOf(d.Owner))
	t.put("quota", space)
	return t
}

// identityOf names somebody in an identitySet.
func identityOf(r org.Ref) thing {
	u := thing{}
	name := r.DisplayName
	if name == "" {
		name = r.Name
	}
	u.put("displayName", name)
	u.put("id", r.ID)
	t := thing{}
	t.put("user", u)
	return t
}
