package odata

import "testing"

func TestFilterRefused(t *testing.T) {
	clause := func(property string) string {
		return "Unsupported or invalid query filter clause specified for property '" + property + "' of resource 'User'."
	}
	missing := func(property, typ string) string {
		return "Invalid filter clause: Could not find a property named '" + property + "' on type '" + typ + "'."
	}
	mismatch := func(left, right, kind string) string {
		return "Invalid filter clause: A binary operator with incompatible types was detected. Found operand types 'Edm." +
			left + "' and 'Edm." + right + "' for operator kind '" + kind + "'."
	}
	const boolean = "Invalid filter clause: The $filter expression must evaluate to a single boolean value."
	tests := []struct{ filter, code, want string }{
		{`nickname eq 'x'`, CodeBadRequest, missing("nickname", "microsoft.graph.user")},
		{`manager/id eq 'x'`, CodeBadRequest, missing("manager/id", "microsoft.graph.user")},
		{`assignedLicenses/any(x:x/sku eq ` + skuA + `)`, CodeBadRequest, missing("sku", "microsoft.graph.assignedLicense")},
		{`companyName eq 'x'`, CodeUnsupportedQuery, clause("companyName")},
		{`DEPARTMENT ne 'x'`, CodeUnsupportedQuery, clause("department")},
		{`not (department eq 'x')`, CodeUnsupportedQuery, clause("department")},
		{`startswith(id,'1')`, CodeUnsupportedQuery, clause("id")},
		{`accountEnabled gt true`, CodeUnsupportedQuery, clause("accountEnabled")},
		{`mail gt null`, CodeUnsupportedQuery, clause("mail")},
		{`proxyAddresses eq 'x'`, CodeUnsupportedQuery, clause("proxyAddresses")},
		{`startswith(proxyAddresses,'x')`, CodeUnsupportedQuery, clause("proxyAddresses")},
		{`proxyAddresses/any(p:endswith(p,'x'))`, CodeUnsupportedQuery, clause("proxyAddresses")},
		{`proxyAddresses/$count eq 0`, CodeUnsupportedQuery, clause("proxyAddresses")},
		{`assignedLicenses/all(x:x/skuId eq ` + skuA + `)`, CodeUnsupportedQuery, clause("assignedLicenses")},
		{`assignedLicenses/any(x:x eq 'x')`, CodeUnsupportedQuery, clause("assignedLicenses")},
		{`mail/any(x:x eq 'x')`, CodeUnsupportedQuery, clause("mail")},
		{`mail/$count eq 0`, CodeUnsupportedQuery, clause("mail")},
		{`assignedLicenses/$count in (1)`, CodeUnsupportedQuery, clause("assignedLicenses")},
		{`proxyAddresses/any(p:mail eq 'x')`, CodeUnsupportedQuery, "Complex query on property proxyAddresses is not supported."},
		{`mail eq displayName`, CodeUnsupportedQuery, "A property can be compared with a constant only."},
		{`mail eq nickname`, CodeBadRequest, missing("nickname", "microsoft.graph.user")},
		{`contains('m',displayName)`, CodeUnsupportedQuery, "A property can be compared with a constant only."},
		{`contains('m','m')`, CodeUnsupportedQuery, "Unsupported Query."},
		{`1 eq 1`, CodeUnsupportedQuery, "Unsupported Query."},
		{`true`, CodeBadRequest, boolean},
		{`'x'`, CodeBadRequest, boolean},
		{`tolower(mail)`, CodeBadRequest, boolean},
		{`assignedLicenses/$count`, CodeBadRequest, boolean},
		{`accountEnabled eq 'true'`, CodeBadRequest, mismatch("Boolean", "String", "Equal")},
		{`mail ne 3`, CodeBadRequest, mismatch("String", "Int32", "NotEqual")},
		{`mail`, CodeBadRequest, mismatch("String", "Boolean", "Equal")},
		{`id eq 'anne'`, CodeBadRequest, mismatch("Guid", "String", "Equal")},
		{`total ge 1.5`, CodeBadRequest, mismatch("Int32", "Double", "GreaterThanOrEqual")},
		{`ratio le 'x'`, CodeBadRequest, mismatch("Double", "String", "LessThanOrEqual")},
		{`deletedDateTime lt '2026-11-21'`, CodeBadRequest, mismatch("DateTimeOffset", "String", "LessThan")},
		{`startswith(mail,3)`, CodeBadRequest, mismatch("String", "Int32", "Equal")},
		{`(mail eq 'x') gt true`, CodeBadRequest, mismatch("Boolean", "Boolean", "GreaterThan")},
		{`startswith(mail,'x') eq 1`, CodeBadRequest, mismatch("Boolean", "Int32", "Equal")},
		{`assignedLicenses/$count eq 'x'`, CodeBadRequest, mismatch("Int32", "String", "Equal")},
	}
	users := userTable()
	for _, tt := range tests {
		t.Run("R-API-05 "+tt.filter, func(t *testing.T) {
			_, err := users.Compile(mustParse(t, "$filter", tt.filter), 1)
			wantError(t, err, tt.code, tt.want)
		})
	}
}

func TestAllow(t *testing.T) {
	const unsupportedQuery = "Unsupported Query."
	tests := []struct{ raw, want string }{
		{"$filter=mail eq 'x'", ""},
		{"$orderby=displayName", ""},
		{"$filter=mail ne 'x'", "Unsupported property filter clause operator 'NotEqualsMatch'."},
		{"$filter=not(mail eq 'x')", unsupportedQuery},
		{"$filter=endswith(mail,'x')", unsupportedQuery},
		{"$filter=assignedLicenses/$count eq 0", unsupportedQuery},
		{"$filter=startswith(department,'x')", "The request uses a filter property that is not indexed"},
		{"$filter=department eq 'x'", ""},
		{"$filter=mail eq 'x'&$orderby=displayName", "Sorting not supported for current query."},
		{"$orderby=deletedDateTime desc", "Unsupported sort property 'deletedDateTime' for 'User'."},
	}
	users := userTable()
	for _, tt := range tests {
		t.Run("R-API-14 "+tt.raw, func(t *testing.T) {
			q, err := Parse(tt.raw, Options{})
			if err != nil {
				t.Fatal(err)
			}
			c, err := users.Compile(q, 1)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Allow(true, true); err != nil {
				t.Errorf("advanced query refused: %v", err)
			}
			for _, header := range []bool{true, false} {
				err := c.Allow(header, false)
				if tt.want == "" && err != nil {
					t.Errorf("refused: %v", err)
				}
				if tt.want != "" {
					wantError(t, err, CodeUnsupportedQuery, tt.want)
				}
			}
		})
	}
	t.Run("R-API-14 a search needs the header alone", func(t *testing.T) {
		c, err := users.Compile(mustParse(t, "$search", `"displayName:a"`), 1)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Allow(true, false); err != nil {
			t.Error(err)
		}
		wantError(t, c.Allow(false, true), CodeUnsupportedQuery, "Request with $search query parameter only works "+
			"through MSGraph with a special request header: 'ConsistencyLevel: eventual'")
	})
	t.Run("R-API-14 mail and files know no advanced queries", func(t *testing.T) {
		messages := NewResource(Description{Basic: true, Properties: []Property{{
			Name: "subject", SQL: "m.subject", Kind: FoldedString, Ops: OpNe | OpContains | OpSort, NotNull: true,
		}}})
		q, err := Parse("$filter=contains(subject,'x') or subject ne 'y'&$orderby=subject", Options{})
		if err != nil {
			t.Fatal(err)
		}
		c, err := messages.Compile(q, 1)
		if err != nil || c.Allow(false, false) != nil {
			t.Errorf("refused: %v, %v", err, c.Allow(false, false))
		}
	})
}
