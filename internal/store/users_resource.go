package store

import (
	"slices"
	"strings"

	"leaver/internal/odata"
)

// userProperties is what can be asked about people; u is the table of users.
// R-API-12 R-API-15 R-API-16
func userProperties() []odata.Property {
	const text = odata.OpsOrdered | odata.OpStartsWith // ends are asked of mail and userPrincipalName alone, R-API-14
	display := folded("displayName", "u.display_key", text|odata.OpSort|odata.OpSearch)
	display.Compile = texts{column: "u.display_key", words: true}.compile
	given := unfolded("givenName", "u.given_name", text|odata.OpSearch)
	properties := []odata.Property{
		{Name: "id", SQL: "u.id", Kind: odata.Identifier, Ops: odata.OpsEqual | odata.OpSort, NotNull: true},
		display, given,
		folded("surname", "u.surname_key", text|odata.OpSort|odata.OpSearch),
		folded("userPrincipalName", "u.upn_key", text|odata.OpEndsWith|odata.OpSort|odata.OpSearch),
		sparse("mail", "u.mail_key", text|odata.OpEndsWith|odata.OpSort|odata.OpSearch),
		unfolded("mailNickname", "u.mail_nickname", text),
		exact("employeeId", "u.employee_id", text),
		unfolded("usageLocation", "u.usage_location", text),
		unfolded("userType", "u.user_type", text),
		unfolded("preferredLanguage", "u.preferred_language", text),
		flag("accountEnabled", "u.enabled"),
		{Name: "onPremisesSyncEnabled", SQL: "u.sync_state", Kind: odata.Boolean, Ops: odata.OpsEqual, Compile: synced}, // R-AD-02
		{Name: "createdDateTime", SQL: "u.created", Kind: odata.Seconds, Ops: odata.OpsOrdered | odata.OpSort, NotNull: true},
		{Name: "deletedDateTime", SQL: "u.deleted", Kind: odata.Seconds, Ops: odata.OpsOrdered | odata.OpSort, Advanced: odata.OpsOrdered | odata.OpSort}, // R-API-30
		{Name: "onPremisesImmutableId", SQL: "nullif(u.immutable_id, '')", Ops: odata.OpsOrdered},
		{Name: "manager/id", Kind: odata.Identifier, Ops: odata.OpEq | odata.OpIn | odata.OpNot, Compile: managerIs},
		textsOf("otherMails", "u.other_mails"),
		textsOf("businessPhones", "u.business_phones"),
		proxyAddresses(), assignedLicenses(),
	}
	for name, col := range map[string]string{
		"jobTitle": "job_title", "department": "department", "companyName": "company_name", "officeLocation": "office_location", "city": "city",
		"state": "state", "country": "country", "postalCode": "postal_code", "streetAddress": "street_address", "mobilePhone": "mobile_phone",
		"faxNumber": "fax_number",
	} {
		properties = append(properties, unfolded(name, "u."+col, text))
	}
	for _, name := range []string{
		"assignedPlans", "provisionedPlans", "licenseAssignmentStates", "identities", "imAddresses", "mailboxSettings", "passwordPolicies", "passwordProfile",
		"signInSessionsValidFromDateTime", "showInAddressList", "securityIdentifier", "onPremisesExtensionAttributes",
	} {
		properties = append(properties, odata.Property{Name: name}) // known, and nothing that can be asked about
	}
	return properties
}

// userResource is what can be asked about people who are active, or deleted: the
// name of those begins with their id. R-DEL-22
func userResource(deleted bool) *odata.Resource {
	properties := userProperties()
	if deleted {
		i := slices.IndexFunc(properties, func(p odata.Property) bool { return p.Name == "userPrincipalName" })
		properties[i] = folded("userPrincipalName", "("+bareOfUser+" || u.upn_key)", textOps|odata.OpSort|odata.OpSearch)
	}
	return odata.NewResource(odata.Description{
		Name: "User", Type: "microsoft.graph.user", Properties: properties,
		Search: []string{"displayName", "givenName", "surname", "mail", "userPrincipalName"},
	})
}

// bareOfUser is a person's id without dashes.
const bareOfUser = "replace(u.id, '-', '')"

// synced writes a condition on onPremisesSyncEnabled: true, false for accounts
// that were synchronised once, null for the others. R-AD-02
func synced(b *odata.Builder, c odata.Condition) {
	for i, v := range c.Values {
		if i > 0 {
			b.Write(" or ")
		}
		switch v {
		case true:
			b.Write("u.sync_state = 1")
		case false:
			b.Write("u.sync_state = 2")
		default:
			b.Write("u.sync_state = 0")
		}
	}
}

func managerIs(b *odata.Builder, c odata.Condition) {
	for i, v := range c.Values {
		if i > 0 {
			b.Write(" or ")
		}
		if v == nil {
			b.Write("u.manager_pk is null")
			continue
		}
		b.Write("(u.manager_pk is not null and u.manager_pk = (select x.pk from users x where x.id = ")
		b.Arg(v)
		b.Write("))")
	}
}

// textsOf is a list of texts that is stored as a JSON array, empty for none.
func textsOf(name, column string) odata.Property {
	rows := "{sqlite json_each(nullif(" + column + ", '')) x}{postgres jsonb_array_elements_text(nullif(" + column + ", '')::jsonb) x(value)}"
	element := unfolded(name, "x.value", plainOps|odata.OpGe|odata.OpLe)
	return odata.Property{Name: name, Ops: odata.OpAny | odata.OpAll | odata.OpNot | odata.OpCount, Collection: &odata.Collection{
		Exists: "exists (select 1 from " + rows + " where %s)", Count: "(select count(*) from " + rows + ")", Element: &element,
	}}
}

// proxyAddresses are spelled with their kind in front; ours are all smtp, and
// case does not count. R-API-16 R-API-18
func proxyAddresses() odata.Property {
	element := odata.Property{
		SQL: "a.address_key", Kind: odata.FoldedString, NotNull: true, Ops: odata.OpEq | odata.OpNot | odata.OpIn | odata.OpGe | odata.OpLe | odata.OpStartsWith,
		Arg: func(v any) (any, bool) {
			s, _ := v.(string)
			if rest, ok := strings.CutPrefix(s, "smtp:"); ok {
				return rest, true
			}
			return "", strings.HasPrefix("smtp:", s) // the beginning of every address
		},
	}
	return odata.Property{Name: "proxyAddresses", Ops: odata.OpAny | odata.OpAll | odata.OpNot | odata.OpCount, Collection: &odata.Collection{
		Exists: "u.pk in (select a.user_pk from addresses a where %s)", Count: "(select count(*) from addresses a where a.user_pk = u.pk)", Element: &element,
	}}
}

// licenseRows are the licences of the person that a query is about.
const licenseRows = "from licenses l join products p on p.pk = l.product_pk where l.user_pk = u.pk and l.error = ''"

// assignedLicenses can be asked for by product. R-API-16
func assignedLicenses() odata.Property {
	return odata.Property{Name: "assignedLicenses", Ops: odata.OpAny | odata.OpAll | odata.OpNot | odata.OpCount, Collection: &odata.Collection{
		Exists: "exists (select 1 " + licenseRows + " and %s)", Count: "(select count(distinct l.product_pk) " + licenseRows + ")",
		Type:       "microsoft.graph.assignedLicense",
		Properties: []odata.Property{{Name: "skuId", SQL: "p.sku", Kind: odata.Identifier, Ops: odata.OpEq | odata.OpIn | odata.OpNot, NotNull: true}},
	}}
}
