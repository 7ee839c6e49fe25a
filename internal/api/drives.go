package api

import (
	"net/http"

	"leaver/internal/org"
)

// driveView is the file store of one person.
type driveView struct {
	ID    org.DriveID    `json:"id"`
	Size  org.Bytes      `json:"size" doc:"In bytes."`
	Items int            `json:"items"`
	State org.DriveState `json:"state"`
	*driveSettings
	Withheld []withheldView `json:"withheld,omitempty" doc:"What is left out because the reader's roles don't open it."`
}

// driveSettings is who else a drive is open to, and what keeps it.
type driveSettings struct {
	Held   bool    `json:"held"`
	Grants []named `json:"grants" doc:"Who has access to the whole drive."`
}

// driveDetail is a drive with the computers and the people that know it.
type driveDetail struct {
	driveView
	Devices    []deviceView `json:"devices" doc:"Computers that synchronised the drive."`
	SharedWith []named      `json:"sharedWith" doc:"Who was given a file or folder of it."`
	Shares     []sharedFile `json:"shares,omitzero" doc:"Absent for a reader whose roles don't open it."`
	Clocks     clocksView   `json:"clocks"`
}

func (l *lens) drive(p *org.Person) driveView {
	d := p.Drive
	out := driveView{ID: d.ID, Size: d.Size, Items: d.Items, State: d.DriveStateAt(p.Deleted, l.now, l.org.Settings)}
	if !l.opens(org.ReadDrive, p, &out.Withheld, "held", "grants") {
		return out
	}
	out.driveSettings = &driveSettings{Held: d.Held, Grants: []named{}}
	for _, g := range d.Grants {
		out.Grants = append(out.Grants, nameIn(l.names, g.Who))
	}
	return out
}

// drive serves GET drives/{user}.
func (a *API) drive(c *call) error {
	l, p, err := a.look(c, c.r.PathValue("user"))
	if err != nil {
		return err
	}
	if r := org.MayRead(c.actor, org.ReadDrive, p); r != nil {
		return r // R-ROLE-11
	}
	if p.Drive == nil {
		return org.Refuse(org.NotFound, "drive.none", "R-API-05", org.Arg{Name: "user", Value: p.Ref()})
	}
	around, err := a.around(c, p)
	if err != nil {
		return err
	}
	out := driveDetail{
		driveView: l.drive(p), Devices: devicesOf(around.Devices), SharedWith: []named{},
		Clocks: l.clocks(p),
	}
	if l.opens(org.ReadShares, p, &out.Withheld, "shares") {
		out.Shares = sharesOf(around.Shares)
	}
	seen := map[string]bool{}
	for _, s := range around.Shares {
		if !seen[s.With.ID] {
			seen[s.With.ID] = true
			out.SharedWith = append(out.SharedWith, namedOf(s.With))
		}
	}
	return c.answer(http.StatusOK, out)
}

// grantDrive serves PUT drives/{user}/grants/{who}. R-WIZ-07
func (a *API) grantDrive(c *call) error {
	if err := c.decode(&struct{}{}, smallBody, true); err != nil {
		return err
	}
	if _, err := a.Desk.GrantDrive(c.ctx(), c.actor, c.r.PathValue("user"), c.r.PathValue("who"), true); err != nil {
		return err
	}
	return a.drive(c)
}

// revokeDrive serves DELETE drives/{user}/grants/{who}.
func (a *API) revokeDrive(c *call) error {
	if _, err := a.Desk.GrantDrive(c.ctx(), c.actor, c.r.PathValue("user"), c.r.PathValue("who"), false); err != nil {
		return err
	}
	return c.done()
}

// heirRequest names who gets something.
type heirRequest struct {
	To string `json:"to" doc:"User principal name or id."`
}

// leftView is a drive that outlived its owner's account.
type leftView struct {
	ID     org.DriveID  `json:"id"`
	Owner  org.UserID   `json:"ownerId"`
	Name   string       `json:"ownerUserPrincipalName"`
	Size   org.Bytes    `json:"size" doc:"In bytes."`
	Items  int          `json:"items"`
	Held   bool         `json:"held" doc:"It stays until it is released."`
	Grants []org.UserID `json:"grants" doc:"Who has access to the whole drive."`
}

// restoreDrive serves POST drives/{user}/restore. R-OD-06
func (a *API) restoreDrive(c *call) error {
	var body heirRequest
	if err := c.decode(&body, smallBody, false); err != nil {
		return err
	}
	if body.To == "" {
		return wrong(c.r, "request.missing", "to", "field", "to")
	}
	d, err := a.Desk.RestoreDrive(c.ctx(), c.actor, c.r.PathValue("user"), body.To)
	if err != nil {
		return err
	}
	return c.answer(http.StatusOK, leftView{d.ID, org.UserID(d.Owner.ID), d.Owner.Name, d.Size, d.Items, d.Held, some(d.Grants)})
}

// releaseDrive serves POST drives/{user}/release. R-OD-09
func (a *API) releaseDrive(c *call) error {
	if err := c.decode(&struct{}{}, smallBody, true); err != nil {
		return err
	}
	if err := a.Desk.ReleaseDrive(c.ctx(), c.actor, c.r.PathValue("user")); err != nil {
		return err
	}
	return c.done()
}

func driveRoutes() []route {
	return []route{
		{
			method: http.MethodPost, path: "drives/{user}/restore", id: "restoreDrive", tag: "drives", summary: "Take the drive of a purged person out of the recycle bin",
			about:  "By the id of the drive, or the id or user name that its owner had. It stays until it is released.",
			scopes: writeFiles, body: heirRequest{}, example: `{"to":"bram.jansen@lindeboom.example"}`, answer: leftView{},
			refuses: []int{http.StatusNotFound}, serve: (*API).restoreDrive,
		},
		{
			method: http.MethodPost, path: "drives/{user}/release", id: "releaseDrive", tag: "drives", summary: "Let go of the drive of a purged person",
			scopes: writeFiles, status: http.StatusNoContent, refuses: []int{http.StatusNotFound}, serve: (*API).releaseDrive,
		},
		{
			method: http.MethodGet, path: "drives/{user}", id: "getDrive", tag: "drives", summary: "State, access and sharing of a drive",
			scopes: readFiles, answer: driveDetail{}, refuses: []int{http.StatusNotFound}, serve: (*API).drive,
		},
		{
			method: http.MethodPut, path: "drives/{user}/grants/{who}", id: "grantDrive", tag: "drives", summary: "Give somebody access to a whole drive",
			scopes: writeFiles, answer: driveDetail{}, refuses: []int{http.StatusNotFound}, serve: (*API).grantDrive,
		},
		{
			method: http.MethodDelete, path: "drives/{user}/grants/{who}", id: "revokeDrive", tag: "drives", summary: "Take access to a drive away from somebody",
			scopes: writeFiles, status: http.StatusNoContent, refuses: []int{http.StatusNotFound}, serve: (*API).revokeDrive,
		},
	}
}
