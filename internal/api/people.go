package api

import (
	"net/http"
	"net/url"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// newPerson is somebody to add, in Graph's words, with licences and seats.
type newPerson struct {
	UserPrincipalName string           `json:"userPrincipalName"`
	DisplayName       string           `json:"displayName"`
	GivenName         string           `json:"givenName,omitempty"`
	Surname           string           `json:"surname,omitempty"`
	Mail              string           `json:"mail,omitempty"`
	MailNickname      string           `json:"mailNickname,omitempty"`
	JobTitle          string           `json:"jobTitle,omitempty"`
	Department        string           `json:"department,omitempty"`
	CompanyName       string           `json:"companyName,omitempty"`
	OfficeLocation    string           `json:"officeLocation,omitempty"`
	MobilePhone       string           `json:"mobilePhone,omitempty"`
	BusinessPhones    []string         `json:"businessPhones,omitempty"`
	FaxNumber         string           `json:"faxNumber,omitempty"`
	OtherMails        []string         `json:"otherMails,omitempty"`
	EmployeeID        string           `json:"employeeId,omitempty"`
	StreetAddress     string           `json:"streetAddress,omitempty"`
	City              string           `json:"city,omitempty"`
	State             string           `json:"state,omitempty"`
	PostalCode        string           `json:"postalCode,omitempty"`
	Country           string           `json:"country,omitempty"`
	UsageLocation     string           `json:"usageLocation,omitempty" doc:"Two letters. The organization's own when licences are given and it is left out."`
	PreferredLanguage string           `json:"preferredLanguage,omitempty"`
	UserType          string           `json:"userType,omitempty" doc:"Member or Guest."`
	AccountEnabled    *bool            `json:"accountEnabled,omitempty" doc:"True when left out."`
	Manager           string           `json:"manager,omitempty" doc:"User principal name or id."`
	Password          string           `json:"password,omitempty"`
	GeneratePassword  bool             `json:"generatePassword,omitempty" doc:"Invent a password and answer it, once."`
	PasswordProfile   *passwordProfile `json:"passwordProfile,omitempty" doc:"As Graph has it, instead of password."`
	MustChange        *bool            `json:"forceChangePasswordNextSignIn,omitempty" doc:"True when left out."`
	Licenses          []string         `json:"licenses,omitempty" doc:"SKU part numbers, SKU ids or product names."`
	BuySeats          bool             `json:"buySeats,omitempty" doc:"Buy a seat of each product that has none free, in the same step."`
}

type passwordProfile struct {
	Password   string `json:"password"`
	MustChange *bool  `json:"forceChangePasswordNextSignIn,omitempty"`
}

// addedView is somebody who was added.
type addedView struct {
	User     personView   `json:"user"`
	Password string       `json:"password,omitempty" doc:"The one invented; it is shown this once."`
	Bought   []boughtView `json:"bought" doc:"Seats that were bought for it."`
}

type boughtView struct {
	Product       string `json:"product"`
	TotalLicenses int    `json:"totalLicenses"`
}

// person serves GET people/{user}.
func (a *API) person(c *call) error {
	p, err := a.personOf(c, c.r.PathValue("user"))
	if err == nil && p.ID != c.actor.ID { // User.Read is for oneself
		err = c.carries(readPeople)
	}
	if err != nil {
		return err
	}
	return c.answer(http.StatusOK, p)
}

// addPerson serves POST people. R-LIC-34 R-NE-02
func (a *API) addPerson(c *call) error {
	var body newPerson
	if err := c.decode(&body, smallBody, false); err != nil {
		return err
	}
	if p := body.PasswordProfile; p != nil {
		if body.Password != "" {
			return wrong(c.r, "request.together", "password", "first", "password", "second", "passwordProfile")
		}
		body.Password = p.Password
		if p.MustChange != nil {
			body.MustChange = p.MustChange
		}
	}
	if err := onePassword(c, body.Password, body.GeneratePassword, true); err != nil {
		return err
	}
	added, err := a.Desk.CreateUser(c.ctx(), c.actor, body.newUser())
	if err != nil {
		return err
	}
	out := addedView{Password: added.Password, Bought: []boughtView{}}
	for _, s := range added.Bought {
		out.Bought = append(out.Bought, boughtView{s.DisplayName, s.Total})
	}
	if out.User, err = a.personOf(c, string(added.Person.ID)); err != nil {
		return err
	}
	c.w.Header().Set("Location", a.link(c, "people/"+url.PathEscape(string(added.Person.ID))))
	return c.answer(http.StatusCreated, out)
}

// onePassword refuses two ways to a password at once, or none where one is needed.
func onePassword(c *call, password string, generate, needed bool) error {
	switch {
	case password != "" && generate:
		return wrong(c.r, "request.together", "password", "first", "password", "second", "generatePassword")
	case password == "" && needed && !generate:
		return wrong(c.r, "request.noPassword", "password")
	}
	return nil
}

func (b *newPerson) newUser() offboard.NewUser {
	n := offboard.NewUser{
		User: org.User{
			UPN: b.UserPrincipalName, DisplayName: b.DisplayName, GivenName: b.GivenName, Surname: b.Surname, Mail: b.Mail, MailNickname: b.MailNickname,
			JobTitle: b.JobTitle, Department: b.Department, CompanyName: b.CompanyName, OfficeLocation: b.OfficeLocation, MobilePhone: b.MobilePhone,
			BusinessPhones: b.BusinessPhones, FaxNumber: b.FaxNumber, OtherMails: b.OtherMails, EmployeeID: b.EmployeeID, StreetAddress: b.StreetAddress,
			City: b.City, State: b.State, PostalCode: b.PostalCode, Country: b.Country, UsageLocation: b.UsageLocation,
			PreferredLanguage: b.PreferredLanguage, UserType: b.UserType, AccountEnabled: b.AccountEnabled == nil || *b.AccountEnabled,
		},
		Password: b.Password, Generate: b.GeneratePassword, MustChange: b.MustChange == nil || *b.MustChange, Licenses: b.Licenses,
		BuySeats: b.BuySeats, Manager: b.Manager,
	}
	return n
}

func peopleRoutes() []route {
	return []route{
		{
			method: http.MethodGet, path: "people/{user}", id: "getPerson", tag: "people", summary: "Everything that belongs to one person, active or deleted",
			about: "Everybody may ask for themselves.", scopes: append([]string{"User.Read"}, readPeople...), answer: personView{},
			refuses: []int{http.StatusNotFound}, serve: (*API).person,
		},
		{
			method: http.MethodPost, path: "people", id: "addPerson", tag: "people", summary: "Add somebody, with licences and the seats for them",
			scopes: writePeople, body: newPerson{},
			example: `{"userPrincipalName":"tess.smit@lindeboom.example","displayName":"Tess Smit","generatePassword":true,"licenses":["ENTERPRISEPACK"],"buySeats":true}`,
			status:  http.StatusCreated, answer: addedView{}, refuses: []int{http.StatusNotFound, http.StatusConflict}, serve: (*API).addPerson,
		},
	}
}
