package odata

import "strings"

// Kind says what values a property has and how they are kept in SQL.
type Kind int

// The kinds, with the Go type that a constant becomes as an argument.
const (
	String       Kind = iota // string, compared as it is
	FoldedString             // string that Fold was applied to, as to the column
	Boolean                  // bool
	BooleanInt               // int64, 0 or 1, for columns that hold booleans so
	Integer                  // int64
	Float                    // float64
	Seconds                  // int64, seconds since 1970
	Identifier               // string, a GUID in lower case
)

// edm is the name of the kind in OData's type system.
func (k Kind) edm() string {
	switch k {
	case Boolean, BooleanInt:
		return "Edm.Boolean"
	case Integer:
		return "Edm.Int32"
	case Float:
		return "Edm.Double"
	case Seconds:
		return "Edm.DateTimeOffset"
	case Identifier:
		return "Edm.Guid"
	default:
		return "Edm.String"
	}
}

// Property is one thing that can be asked about a resource.
type Property struct {
	// Name is the name as answers have it; parts of a part are "a/b".
	Name string
	// SQL is an expression over the row. Text has to sort by bytes: in
	// PostgreSQL under collation "C".
	SQL  string
	Kind Kind
	// Ops is what the property can do. None: it can be selected, no more.
	Ops Op
	// Advanced are the Ops that work in advanced queries only, besides those
	// that always do (ne, not, endsWith, contains, $count). R-API-14
	Advanced Op
	// NotNull says that SQL is never null, which makes shorter conditions.
	NotNull bool
	// Words makes $search find the beginning of every word, as Graph does for
	// displayName; without it only the beginning of the whole. R-API-15
	Words bool
	// Arg turns a constant (of the Go type of its Kind) into an argument, where
	// the column holds something else. False says that no row can have it.
	Arg func(value any) (arg any, ok bool)
	// Compile, when set, writes the condition in place of SQL. What it writes
	// is never null; the compiler negates it.
	Compile func(b *Builder, c Condition)
	// Collection makes the property one that any, all and $count look into.
	Collection *Collection
}

// Condition is what a Property's own Compile has to write.
type Condition struct {
	Op     Op    // OpEq, OpGt to OpIn, OpStartsWith to OpContains or OpSearch
	Values []any // one; several for OpIn; nil is null
}

// Collection says how the elements of a property are reached.
type Collection struct {
	// Exists is a condition over the row with "%s" where the condition over an
	// element goes: exists (select 1 from licenses l where l.user = u.id and %s).
	Exists string
	// Count is an expression for the number of elements. Without it $count can
	// be compared with nothing but nought.
	Count string
	// Type is the name of the elements' type, for errors.
	Type string
	// Element is the element itself, in collections of plain values (x eq 'a').
	Element *Property
	// Properties are the parts of an element (x/skuId eq …).
	Properties []Property
}

// find gives the part of an element with that name, in any case.
func (c *Collection) find(name string) *Property {
	for i := range c.Properties {
		if strings.EqualFold(c.Properties[i].Name, name) {
			return &c.Properties[i]
		}
	}
	return nil
}

// Resource is a table of properties.
type Resource struct {
	name, typ  string
	basic      bool
	properties []Property
	index      map[string]int
	search     []string
}

// Description is what NewResource needs to know.
type Description struct {
	Name string // as in Graph's errors: User
	Type string // as in Graph's errors: microsoft.graph.user
	// Basic marks resources outside the directory (mail, files), in which
	// everything works without ConsistencyLevel. R-API-14
	Basic      bool
	Properties []Property
	// Search are the properties that a term without a property looks in.
	Search []string
}

// NewResource makes a table of properties. It is safe for concurrent use.
func NewResource(d Description) *Resource {
	r := &Resource{
		name: d.Name, typ: d.Type, basic: d.Basic, search: d.Search,
		properties: d.Properties, index: make(map[string]int, len(d.Properties)),
	}
	for i, p := range d.Properties {
		r.index[strings.ToLower(p.Name)] = i
	}
	return r
}

// Property finds a property by its name in any case; nil when there is none.
func (r *Resource) Property(name string) *Property {
	if i, ok := r.index[strings.ToLower(name)]; ok {
		return &r.properties[i]
	}
	return nil
}

// Select gives the names of a $select as answers have them; "*" is all.
func (r *Resource) Select(names []string) ([]string, error) {
	selected := make([]string, 0, len(names))
	for _, name := range names {
		if name == "*" {
			all := make([]string, len(r.properties))
			for i, p := range r.properties {
				all[i] = p.Name
			}
			return all, nil
		}
		p := r.Property(name)
		if p == nil {
			return nil, badRequest(noPosition, "Parsing OData Select and Expand failed: %s", noProperty(name, r.typ))
		}
		selected = append(selected, p.Name)
	}
	return selected, nil
}

func noProperty(name, typ string) string {
	return "Could not find a property named '" + echo(name) + "' on type '" + typ + "'."
}
