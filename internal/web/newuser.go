package web

import (
	"net/http"
	"slices"
	"strings"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// newUser is the form of a new account. R-NE-02
type newUser struct {
	Given, Surname, Display string
	Name, Domain            string
	JobTitle, Department    string
	Location, Language      string
	Manager                 choosing
	Licenses                []string
	Buy                     bool
	Own                     bool
	Offers                  []offer
	MayLicense, MayBuy      bool
}

// offer is a product that can be given, with its free seats.
type offer struct {
	Sku   org.SkuID
	Name  string
	Free  int
	Price org.Money // of a seat more, a month; zero when none can be bought
}

func newUserPage(v *visit) error {
	f := newUser{Domain: v.Org.Domains[0], Location: v.Org.UsageLocation, Language: v.Org.Settings.DefaultLanguage}
	return v.newUser(f, http.StatusOK)
}

func (v *visit) newUser(f newUser, status int) error {
	v.Section = "users"
	f.MayLicense, f.MayBuy = v.May(org.AssignLicense), v.May(org.SetQuantity)
	for _, p := range v.Org.Products {
		o := offer{Sku: p.Sku, Name: p.DisplayName, Free: v.Org.FreeSeats(p.Sku)}
		bought := false
		for i := range v.Org.Subscriptions {
			s := &v.Org.Subscriptions[i]
			if s.Sku != p.Sku {
				continue
			}
			bought = true
			if _, err := org.ChangeQuantity(*s, s.Total+1, org.Now, v.Now); err == nil {
				o.Price = s.MonthlyPrice()
			}
		}
		if bought && !p.Company {
			f.Offers = append(f.Offers, o)
		}
	}
	v.show(status, newUserView(v, f))
	return nil
}

// addUser makes the account with its licences, and buys a seat where none is
// free and that was asked: all of it or nothing. R-LIC-33 R-LIC-34
func addUser(v *visit) error {
	f := newUser{
		Given: v.form("given"), Surname: v.form("surname"), Display: v.form("display"), Name: v.form("name"), Domain: v.form("domain"),
		JobTitle: v.form("jobTitle"), Department: v.form("department"), Location: strings.ToUpper(v.form("location")), Language: v.form("language"),
		Licenses: v.r.PostForm["license"], Buy: v.form("buy") == "yes", Own: v.form("password") == "own",
	}
	var err error
	if f.Manager, err = v.chosen("manager", ""); err != nil {
		return err
	}
	f.Manager.Asked = f.Manager.Asked && f.Manager.Text != ""
	if f.Display == "" {
		f.Display = strings.TrimSpace(f.Given + " " + f.Surname)
	}
	n := offboard.NewUser{
		User: org.User{
			UPN: f.Name + "@" + f.Domain, DisplayName: f.Display, GivenName: f.Given, Surname: f.Surname, JobTitle: f.JobTitle, Department: f.Department,
			UsageLocation: f.Location, PreferredLanguage: f.Language, AccountEnabled: true,
		},
		Generate: !f.Own, MustChange: true, Licenses: f.Licenses, BuySeats: f.Buy, Manager: f.Manager.Text,
	}
	if f.Own {
		n.Password = v.r.PostFormValue("own")
	}
	if f.Manager.Asked {
		return v.newUser(f, http.StatusUnprocessableEntity)
	}
	added, err := v.srv.Desk.CreateUser(v.ctx(), v.Actor, n)
	if r := org.RefusalOf(err); r != nil {
		v.refuse(r)
		if r.Reason == "license.noSeats" && !f.Buy && v.May(org.SetQuantity) {
			v.say("", v.T("web.add.buyHint"))
		}
		return v.newUser(f, statuses[r.Kind])
	}
	if err != nil {
		return err
	}
	v.Section = "users"
	v.secret()
	return v.render(addedView(v, added))
}

func (f *newUser) wants(sku org.SkuID) bool { return slices.Contains(f.Licenses, string(sku)) }
