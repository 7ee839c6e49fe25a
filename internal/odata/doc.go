// Package odata reads the query options of Microsoft Graph ($filter, $search,
// $orderby, $select, $expand and their kin) into small syntax trees, and turns
// conditions and orders into SQL over a table of properties that the caller
// gives. It knows nothing of HTTP handlers or of any schema.
//
// A page of a list is answered in these moves:
//
//	q, err := odata.Parse(r.URL.RawQuery, odata.Options{Refuse: []string{"$skip"}})
//	c, err := users.Compile(q, 1)     // users is a *odata.Resource
//	err = c.Allow(eventual, q.Count)  // advanced queries need the header
//	columns := append(c.Sort, odata.SortColumn{Name: "id", SQL: "u.n", Kind: odata.Integer})
//	token, err := odata.DecodeToken(q.SkipToken, q.Fingerprint("users"))
//	after, args, err := odata.After(columns, token.Values, 1+len(c.Args))
//	order := odata.OrderBy(columns)   // where c.Where and after order by order
//
// Everything that is wrong with a query comes back as an *Error with Graph's
// code and words. Input is hostile: text, nesting and size are bounded, and no
// text of the caller's ever becomes SQL; it becomes arguments.
package odata
