package api

import (
	"time"

	"leaver/internal/locale"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/wire"
)

// account is a person in the directory, with Graph's names. What is not set is null.
type account struct {
	ID                    org.UserID `json:"id"`
	UserPrincipalName     string     `json:"userPrincipalName" doc:"Of a deleted person the name that they had."`
	DisplayName           string     `json:"displayName"`
	GivenName             *string    `json:"givenName"`
	Surname               *string    `json:"surname"`
	Mail                  *string    `json:"mail"`
	MailNickname          *string    `json:"mailNickname"`
	JobTitle              *string    `json:"jobTitle"`
	Department            *string    `json:"department"`
	CompanyName           *string    `json:"companyName"`
	OfficeLocation        *string    `json:"officeLocation"`
	MobilePhone           *string    `json:"mobilePhone"`
	BusinessPhones        []string   `json:"businessPhones"`
	FaxNumber             *string    `json:"faxNumber"`
	OtherMails            []string   `json:"otherMails"`
	EmployeeID            *string    `json:"employeeId"`
	StreetAddress         *string    `json:"streetAddress"`
	City                  *string    `json:"city"`
	State                 *string    `json:"state"`
	PostalCode            *string    `json:"postalCode"`
	Country               *string    `json:"country"`
	UsageLocation         *string    `json:"usageLocation"`
	PreferredLanguage     *string    `json:"preferredLanguage"`
	UserType              *string    `json:"userType"`
	AccountEnabled        bool       `json:"accountEnabled"`
	OnPremisesSyncEnabled *bool      `json:"onPremisesSyncEnabled" doc:"True: from Active Directory. False: it was, once. Null: never."`
	Created               *time.Time `json:"createdDateTime"`
	Deleted               *time.Time `json:"deletedDateTime"`
	SessionsValidFrom     *time.Time `json:"signInSessionsValidFromDateTime"`
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func accountOf(u *org.User) account {
	a := account{
		ID: u.ID, UserPrincipalName: org.OriginalUPN(u.ID, u.UPN), DisplayName: u.DisplayName, GivenName: text(u.GivenName), Surname: text(u.Surname),
		Mail: text(u.Mail), MailNickname: text(u.MailNickname), JobTitle: text(u.JobTitle), Department: text(u.Department), CompanyName: text(u.CompanyName),
		OfficeLocation: text(u.OfficeLocation), MobilePhone: text(u.MobilePhone), BusinessPhones: some(u.BusinessPhones), FaxNumber: text(u.FaxNumber),
		OtherMails: some(u.OtherMails), EmployeeID: text(u.EmployeeID), StreetAddress: text(u.StreetAddress), City: text(u.City), State: text(u.State),
		PostalCode: text(u.PostalCode), Country: text(u.Country), UsageLocation: text(u.UsageLocation), PreferredLanguage: text(u.PreferredLanguage),
		UserType: text(u.UserType), AccountEnabled: u.AccountEnabled, Created: orNull(u.Created), Deleted: orNull(u.Deleted),
		SessionsValidFrom: orNull(u.SessionsValidFrom),
	}
	if u.Synced || u.WasSynced {
		a.OnPremisesSyncEnabled = &u.Synced // R-AD-02
	}
	return a
}

// some makes a list of none an empty one: JSON readers loop over it.
func some[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// named is somebody or something by name.
type named struct {
	ID                string `json:"id"`
	UserPrincipalName string `json:"userPrincipalName,omitempty"`
	DisplayName       string `json:"displayName"`
}

func namedOf(r org.Ref) named { return named{r.ID, r.Name, r.DisplayName} }

func namedAll(refs []org.Ref) []named {
	out := make([]named, len(refs))
	for i, r := range refs {
		out[i] = namedOf(r)
	}
	return out
}

// nameIn names a person by id, as far as the id is still known.
func nameIn(names map[org.UserID]org.Ref, id org.UserID) named {
	if r, ok := names[id]; ok {
		return namedOf(r)
	}
	return named{ID: string(id)}
}

type addressView struct {
	Value   string `json:"value"`
	Primary bool   `json:"primary"`
}

type roleView struct {
	ID          org.RoleID `json:"id" doc:"Template id of the role."`
	DisplayName string     `json:"displayName"`
	Suspended   bool       `json:"suspended" doc:"Held when the account was deleted; comes back with it."`
}

type licenseView struct {
	SkuID           org.SkuID   `json:"skuId"`
	SkuPartNumber   string      `json:"skuPartNumber"`
	DisplayName     string      `json:"displayName"`
	AssignedByGroup org.GroupID `json:"assignedByGroup,omitempty" doc:"Absent: assigned directly."`
	DisabledPlans   []string    `json:"disabledPlans"`
	Error           string      `json:"error,omitempty"`
}

// clocksView are the dates on which something becomes irreversible; a clock that
// does not run is absent, and so are the holds for a reader whose roles don't open
// what they are on.
type clocksView struct {
	User          time.Time `json:"user,omitzero" doc:"The account is permanently deleted."`
	Purging       bool      `json:"purging" doc:"That date has passed: the account can no longer be managed."`
	Mailbox       time.Time `json:"mailbox,omitzero" doc:"The mailbox is gone."`
	MailboxHeld   *bool     `json:"mailboxHeld,omitempty" doc:"A hold keeps the mailbox."`
	Drive         time.Time `json:"drive,omitzero" doc:"The drive moves to the recycle bin."`
	DriveNotice   time.Time `json:"driveNotice,omitzero" doc:"One week before that."`
	DriveGone     time.Time `json:"driveGone,omitzero" doc:"The drive is gone from the recycle bin."`
	DriveHeld     *bool     `json:"driveHeld,omitempty" doc:"A hold keeps the drive."`
	DriveReadOnly time.Time `json:"driveReadOnly,omitzero" doc:"A drive without licence becomes read-only."`
	DriveArchived time.Time `json:"driveArchived,omitzero" doc:"A drive without licence is archived."`
}

func (l *lens) clocks(p *org.Person) clocksView {
	c := org.ClocksOf(p, l.org.Settings, l.now)
	out := clocksView{
		User: c.User, Purging: c.Purging, Mailbox: c.Mailbox, Drive: c.Drive, DriveNotice: c.DriveNotice, DriveGone: c.DriveGone,
		DriveReadOnly: c.DriveReadOnly, DriveArchived: c.DriveArchived,
	}
	if org.MayRead(l.actor, org.ReadMailbox, p) == nil {
		out.MailboxHeld = &c.MailboxHeld
	}
	if org.MayRead(l.actor, org.ReadDrive, p) == nil {
		out.DriveHeld = &c.DriveHeld
	}
	return out
}

// withheldView names fields that an answer leaves out, and says why.
type withheldView struct {
	Fields  []string `json:"fields"`
	Rule    string   `json:"rule"`
	Message string   `json:"message" doc:"In the language of the reader."`
}

// belongings is what one person has, as far as a departure can change it.
type belongings struct {
	account
	Addresses []addressView `json:"addresses"`
	Manager   *named        `json:"manager"`
	Roles     []roleView    `json:"roles"`
	Licenses  []licenseView `json:"licenses"`
	Mailbox   *mailboxView  `json:"mailbox"`
	Drive     *driveView    `json:"drive"`
}

// lens is what is needed to word a person: products, names, the time, and who
// reads it.
type lens struct {
	org   *org.Organization
	names map[org.UserID]org.Ref
	now   time.Time
	actor org.Actor
	lang  locale.Lang
}

// opens says whether the reader may see these fields of somebody; those that they
// may not are added to what is withheld.
func (l *lens) opens(op org.Operation, p *org.Person, withheld *[]withheldView, fields ...string) bool {
	r := org.MayRead(l.actor, op, p)
	if r != nil {
		*withheld = append(*withheld, withheldView{fields, r.Rule, wire.Text(l.lang, r)})
	}
	return r == nil
}

func (l *lens) belongings(p *org.Person) belongings {
	b := belongings{account: accountOf(&p.User), Addresses: []addressView{}, Roles: []roleView{}, Licenses: licensesOf(l.org, p)}
	for _, x := range p.Addresses {
		b.Addresses = append(b.Addresses, addressView(x))
	}
	if p.ManagerID != "" {
		m := nameIn(l.names, p.ManagerID)
		b.Manager = &m
	}
	for i, roles := range [][]org.RoleID{p.Roles, p.SuspendedRoles} {
		for _, r := range roles {
			b.Roles = append(b.Roles, roleView{r, r.Name(), i == 1})
		}
	}
	if p.Mailbox != nil {
		m := l.mailbox(p)
		b.Mailbox = &m
	}
	if p.Drive != nil {
		d := l.drive(p)
		b.Drive = &d
	}
	return b
}

func licensesOf(o *org.Organization, p *org.Person) []licenseView {
	out := make([]licenseView, len(p.Licenses))
	for i, x := range p.Licenses {
		v := licenseView{SkuID: x.Sku, DisplayName: o.Products.Name(x.Sku), AssignedByGroup: x.Group, DisabledPlans: some(x.DisabledPlans), Error: x.Error}
		if product := o.Products.Find(x.Sku); product != nil {
			v.SkuPartNumber = product.PartNumber
		}
		out[i] = v
	}
	return out
}

// personView is a whole person. What is optional is absent for a reader whose
// roles don't open it.
type personView struct {
	belongings
	Groups   []groupView    `json:"groups"`
	Devices  []deviceView   `json:"devices,omitzero" doc:"Computers that synchronised the drive."`
	Reports  []named        `json:"reports" doc:"Whose manager this is."`
	AccessTo []accessView   `json:"accessTo,omitzero" doc:"Whose mailbox or drive this person has access to."`
	Clocks   clocksView     `json:"clocks"`
	Shares   []sharedFile   `json:"shares,omitzero" doc:"Files and folders shared with others."`
	Forwards []named        `json:"forwarders,omitzero" doc:"Whose mail is forwarded here."`
	Withheld []withheldView `json:"withheld,omitempty" doc:"What is left out because the reader's roles don't open it. Mailbox and drive have their own list."`
}

type groupView struct {
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
	Owner       bool   `json:"owner"`
	Member      bool   `json:"member"`
}

type deviceView struct {
	Name     string     `json:"name"`
	LastSync *time.Time `json:"lastSyncDateTime"`
}

type accessView struct {
	named
	Rights []org.Right `json:"rights" doc:"In the mailbox."`
	Drive  bool        `json:"drive"`
}

type sharedFile struct {
	ItemID string `json:"itemId"`
	Name   string `json:"name"`
	Folder bool   `json:"folder"`
	With   named  `json:"with"`
	Role   string `json:"role" doc:"read or write."`
}

// around is what surrounds a person; nothing, when they went meanwhile.
func (a *API) around(c *call, p *org.Person) (*offboard.Detail, error) {
	around, err := a.Reads.Detail(c.ctx(), p.ID)
	if around == nil {
		around = &offboard.Detail{}
	}
	return around, err
}

// personOf loads a whole person for whoever may see them.
func (a *API) personOf(c *call, ref string) (personView, error) {
	found, err := a.Desk.Look(c.ctx(), c.actor, ref)
	if err != nil {
		return personView{}, err
	}
	p := found.People[0]
	around, err := a.around(c, p)
	if err != nil {
		return personView{}, err
	}
	l := lens{found.Org, found.Names, found.Now, c.actor, c.lang}
	out := personView{belongings: l.belongings(p), Groups: make([]groupView, len(around.Groups)), Reports: namedAll(around.Reports), Clocks: l.clocks(p)}
	for i, g := range around.Groups {
		out.Groups[i] = groupView{g.ID, g.DisplayName, g.Owner, g.Member}
	}
	l.surround(p, around, &out)
	return out, nil
}

// surround adds what others have to do with somebody's mail and files, as far as
// the reader may see it. R-ROLE-11
func (l *lens) surround(p *org.Person, around *offboard.Detail, out *personView) {
	mail := l.opens(org.ReadMailbox, p, &out.Withheld, "forwarders", "accessTo.rights")
	drive := l.opens(org.ReadDrive, p, &out.Withheld, "devices", "accessTo.drive")
	if mail {
		out.Forwards = namedAll(around.Forwarders)
	}
	if drive {
		out.Devices = devicesOf(around.Devices)
	}
	if l.opens(org.ReadShares, p, &out.Withheld, "shares") {
		out.Shares = sharesOf(around.Shares)
	}
	for _, x := range offboard.AccessSeen(around.AccessTo, mail, drive) {
		out.AccessTo = append(out.AccessTo, accessView{namedOf(x.Ref), some(x.Rights), x.Drive})
	}
	if mail || drive {
		out.AccessTo = some(out.AccessTo)
	}
}

func devicesOf(all []offboard.Device) []deviceView {
	out := make([]deviceView, len(all))
	for i, d := range all {
		out[i] = deviceView{d.Name, orNull(d.LastSync)}
	}
	return out
}

func sharesOf(all []offboard.SharedFile) []sharedFile {
	out := make([]sharedFile, len(all))
	for i, s := range all {
		out[i] = sharedFile{s.ItemID, s.Name, s.Folder, namedOf(s.With), s.Role}
	}
	return out
}
