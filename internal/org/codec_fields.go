package org

import "encoding/json"

// A run of a hundred thousand people writes each of them with their steps, and its
// undo reads them. encoding/json takes three times as long to write the same text and
// four times as long to read it, so both are said here by hand, once. Who adds a
// field adds it here; a test compares them.

// AppendPerson writes a person as encoding/json does.
func AppendPerson(b []byte, p *Person) []byte {
	c := codec{b: b}
	c.object(func() { c.person(p) })
	return c.b
}

// ReadPerson reads a person as encoding/json does.
func ReadPerson(b []byte, p *Person) error {
	c := codec{b: b, reads: true}
	c.object(func() { c.person(p) })
	if !c.lost && len(c.b) == 0 {
		return nil
	}
	*p = Person{} // not what AppendPerson writes
	return json.Unmarshal(b, p)
}

// AppendSteps writes steps as encoding/json does.
func AppendSteps(b []byte, steps []Step) []byte {
	c := codec{b: b}
	elements(&c, &steps, c.step)
	return c.b
}

func (c *codec) person(p *Person) {
	c.user(&p.User)
	objects(c, "addresses", &p.Addresses, func(a *Address) {
		must(c, "value", &a.Value)
		c.flag("primary", &a.Primary)
	})
	texts(c, "roles", &p.Roles)
	texts(c, "suspendedRoles", &p.SuspendedRoles)
	c.flag("inRoleGroup", &p.InRoleGroup)
	c.flag("inRestrictedUnit", &p.InRestrictedUnit)
	objects(c, "licenses", &p.Licenses, func(l *License) {
		must(c, "skuId", &l.Sku)
		str(c, "assignedByGroup", &l.Group)
		texts(c, "disabledPlans", &l.DisabledPlans)
		str(c, "error", &l.Error)
		c.time("lastUpdatedDateTime", &l.Assigned)
	})
	c.time("licensesRemoved", &p.LicensesRemoved)
	part(c, "mailbox", &p.Mailbox, c.mailbox)
	part(c, "drive", &p.Drive, c.drive)
}

func (c *codec) user(u *User) {
	must(c, "id", &u.ID)
	must(c, "userPrincipalName", &u.UPN)
	must(c, "displayName", &u.DisplayName)
	str(c, "givenName", &u.GivenName)
	str(c, "surname", &u.Surname)
	str(c, "mail", &u.Mail)
	str(c, "mailNickname", &u.MailNickname)
	str(c, "jobTitle", &u.JobTitle)
	str(c, "department", &u.Department)
	str(c, "companyName", &u.CompanyName)
	str(c, "officeLocation", &u.OfficeLocation)
	str(c, "mobilePhone", &u.MobilePhone)
	texts(c, "businessPhones", &u.BusinessPhones)
	str(c, "faxNumber", &u.FaxNumber)
	texts(c, "otherMails", &u.OtherMails)
	str(c, "employeeId", &u.EmployeeID)
	str(c, "streetAddress", &u.StreetAddress)
	str(c, "city", &u.City)
	str(c, "state", &u.State)
	str(c, "postalCode", &u.PostalCode)
	str(c, "country", &u.Country)
	str(c, "usageLocation", &u.UsageLocation)
	str(c, "preferredLanguage", &u.PreferredLanguage)
	str(c, "userType", &u.UserType)
	if c.name("accountEnabled") {
		c.bool(&u.AccountEnabled)
	}
	c.flag("onPremisesSyncEnabled", &u.Synced)
	c.flag("wasSynced", &u.WasSynced)
	str(c, "onPremisesImmutableId", &u.OnPremisesImmutableID)
	c.flag("hiddenFromLists", &u.HiddenFromLists)
	str(c, "managerId", &u.ManagerID)
	c.time("createdDateTime", &u.Created)
	c.time("deletedDateTime", &u.Deleted)
	c.time("signInSessionsValidFromDateTime", &u.SessionsValidFrom)
	c.flag("mustChangePassword", &u.MustChangePassword)
}

func (c *codec) mailbox(m *Mailbox) {
	must(c, "type", &m.Type)
	str(c, "forwardTo", &m.ForwardTo)
	c.flag("keepCopy", &m.KeepCopy)
	c.replies("replies", &m.Replies)
	objects(c, "permissions", &m.Permissions, func(p *Permission) {
		must(c, "who", &p.Who)
		must(c, "right", &p.Right)
	})
	c.flag("litigationHold", &m.Litigation)
	texts(c, "holds", &m.Holds)
	c.flag("archive", &m.Archive)
	number(c, "size", &m.Size)
	c.time("disconnected", &m.Disconnected)
}

func (c *codec) drive(d *Drive) {
	must(c, "id", &d.ID)
	number(c, "size", &d.Size)
	number(c, "items", &d.Items)
	objects(c, "grants", &d.Grants, func(g *DriveGrant) { must(c, "who", &g.Who) })
	c.time("unlicensed", &d.Unlicensed)
	c.flag("held", &d.Held)
}

func (c *codec) replies(name string, r *Replies) {
	if (c.reads || *r != (Replies{})) && c.name(name) {
		c.object(func() {
			str(c, "status", &r.Status)
			str(c, "externalAudience", &r.Audience)
			str(c, "internalReplyMessage", &r.Inside)
			str(c, "externalReplyMessage", &r.Outside)
			c.time("scheduledStartDateTime", &r.Start)
			c.time("scheduledEndDateTime", &r.End)
		})
	}
}

func (c *codec) step(s *Step) {
	c.object(func() {
		must(c, "kind", &s.Kind)
		if (c.reads || s.To != (Ref{})) && c.name("to") {
			c.object(func() {
				must(c, "id", &s.To.ID)
				must(c, "name", &s.To.Name)
				str(c, "displayName", &s.To.DisplayName)
			})
		}
		str(c, "name", &s.Name)
		c.replies("replies", &s.Replies)
		texts(c, "aliases", &s.Aliases)
		texts(c, "roles", &s.Roles)
		texts(c, "skus", &s.Skus)
		texts(c, "products", &s.Names)
		c.flag("driveUnlicensed", &s.DriveUnlicensed)
		str(c, "subscription", &s.Sub)
		str(c, "when", &s.When)
		c.time("at", &s.At)
	})
}
