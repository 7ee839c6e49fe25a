package graphclient

import (
	"context"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A User is a person in the directory, with the properties that lists show.
type User struct {
	ID                string `json:"id"`
	UserPrincipalName string `json:"userPrincipalName"`
	DisplayName       string `json:"displayName"`
	Department        string `json:"department"`
	JobTitle          string `json:"jobTitle"`
	AccountEnabled    *bool  `json:"accountEnabled"`
	AssignedLicenses  []struct {
		SkuID string `json:"skuId"`
	} `json:"assignedLicenses"`
}

// UserQuery says which people a list holds.
type UserQuery struct {
	Search string // the beginning of a name or address
	Filter string // OData
	Top    int    // the size of a page
}

// Users lists people, all pages of them.
func (c *Client) Users(ctx context.Context, q UserQuery) iter.Seq2[Answer[User], error] {
	query := url.Values{"$select": {"id,userPrincipalName,displayName,department,jobTitle,accountEnabled,assignedLicenses"}}
	set(query, "$filter", q.Filter)
	setTop(query, q.Top)
	header := http.Header{}
	if q.Search != "" {
		term := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(q.Search)
		query.Set("$search", `"displayName:`+term+`" OR "userPrincipalName:`+term+`"`)
		header.Set("ConsistencyLevel", "eventual")
	}
	return list[User](ctx, c, request{path: "/v1.0/users", query: query, header: header})
}

// A Sku is a product that the organization has.
type Sku struct {
	SkuID         string `json:"skuId"`
	SkuPartNumber string `json:"skuPartNumber"`
}

// Skus lists the products.
func (c *Client) Skus(ctx context.Context) iter.Seq2[Answer[Sku], error] {
	return list[Sku](ctx, c, request{path: "/v1.0/subscribedSkus"})
}

// A Named thing has an id and a name.
type Named struct {
	ID                string `json:"id"`
	DisplayName       string `json:"displayName"`
	UserPrincipalName string `json:"userPrincipalName"`
}

// Label is the best name of it.
func (n Named) Label() string {
	switch {
	case n.UserPrincipalName != "" && n.DisplayName != "":
		return n.DisplayName + " (" + n.UserPrincipalName + ")"
	case n.UserPrincipalName != "":
		return n.UserPrincipalName
	case n.DisplayName != "":
		return n.DisplayName
	}
	return n.ID
}

// A Person is somebody with everything that belongs to them.
type Person struct {
	User
	Mail              string    `json:"mail"`
	GivenName         string    `json:"givenName"`
	Surname           string    `json:"surname"`
	CompanyName       string    `json:"companyName"`
	OfficeLocation    string    `json:"officeLocation"`
	MobilePhone       string    `json:"mobilePhone"`
	EmployeeID        string    `json:"employeeId"`
	UsageLocation     string    `json:"usageLocation"`
	PreferredLanguage string    `json:"preferredLanguage"`
	Synced            *bool     `json:"onPremisesSyncEnabled"`
	Created           time.Time `json:"createdDateTime"`
	Deleted           time.Time `json:"deletedDateTime"`
	Addresses         []Address `json:"addresses"`
	Manager           *Named    `json:"manager"`
	Roles             []Named   `json:"roles"`
	Groups            []struct {
		Named
		Owner bool `json:"owner"`
	} `json:"groups"`
	Licenses []PersonLicense `json:"licenses"`
	Mailbox  *Mailbox        `json:"mailbox"`
	Drive    *Drive          `json:"drive"`
	Devices  []Computer      `json:"devices"`
	Reports  []Named         `json:"reports"`
	Clocks   Clocks          `json:"clocks"`
	Withheld []Withheld      `json:"withheld"`
}

// A PersonLicense is a product that somebody has, and through which group.
type PersonLicense struct {
	SkuID           string `json:"skuId"`
	SkuPartNumber   string `json:"skuPartNumber"`
	DisplayName     string `json:"displayName"`
	AssignedByGroup string `json:"assignedByGroup"`
}

// Person asks for one person, by user name or id.
func (c *Client) Person(ctx context.Context, user string) (Answer[Person], error) {
	return call[Person](ctx, c, request{method: http.MethodGet, path: "/api/v1/people/" + url.PathEscape(user)})
}

// NewPerson is somebody to add. Fields has Graph's properties of a user.
type NewPerson struct {
	Fields           map[string]any
	Password         string
	GeneratePassword bool
	Licenses         []string
	BuySeats         bool
}

// Added is what adding somebody came to.
type Added struct {
	User     Person   `json:"user"`
	Password string   `json:"password"`
	Bought   []Bought `json:"bought"`
}

// Bought are seats that adding somebody needed.
type Bought struct {
	Product       string `json:"product"`
	TotalLicenses int    `json:"totalLicenses"`
}

// AddPerson adds somebody, with licences.
func (c *Client) AddPerson(ctx context.Context, p NewPerson) (Answer[Added], error) {
	body := map[string]any{}
	for name, value := range p.Fields {
		body[name] = value
	}
	if p.Password != "" {
		body["password"] = p.Password
	}
	if p.GeneratePassword {
		body["generatePassword"] = true
	}
	if len(p.Licenses) > 0 {
		body["licenses"] = p.Licenses
	}
	if p.BuySeats {
		body["buySeats"] = true
	}
	return call[Added](ctx, c, request{method: http.MethodPost, path: "/api/v1/people", body: body})
}

// Imported is what reading a file of people came to.
type Imported struct {
	Format   string   `json:"format"`
	Created  int      `json:"created"`
	Updated  int      `json:"updated"`
	Skipped  int      `json:"skipped"`
	Licenses int      `json:"licenses"`
	Products []string `json:"products"` // taken into the organization
	Domains  []string `json:"domains"`  // likewise
	Warnings []Detail `json:"warnings"`
}

// Import adds and updates people from a file.
func (c *Client) Import(ctx context.Context, file io.Reader, dryRun bool) (Answer[Imported], error) {
	query := url.Values{}
	if dryRun {
		query.Set("dryRun", "true")
	}
	return call[Imported](ctx, c, request{
		method: http.MethodPost, path: "/api/v1/imports", query: query, body: file,
		header: http.Header{"Content-Type": {"text/csv"}},
	})
}

// Export writes all people as a Microsoft 365 users export.
func (c *Client) Export(ctx context.Context, w io.Writer) error {
	return c.copyTo(ctx, w, request{
		method: http.MethodGet, path: "/api/v1/exports/users", header: http.Header{"Accept": {"text/csv"}},
	})
}

// Me asks who the token belongs to. An app is refused.
func (c *Client) Me(ctx context.Context) (Answer[User], error) {
	return call[User](ctx, c, request{method: http.MethodGet, path: "/v1.0/me"})
}
