package graph

import (
	_ "embed"
	"encoding/xml"
	"fmt"
	"strings"

	"leaver/internal/wire"
)

// metadata describes every type that is served, in the form of OData's CSDL. It
// is what /$metadata answers, and what a $select is checked against.
//
//go:embed metadata.xml
var metadata []byte

// model is the types of the metadata by lower-case name, without namespace.
type model map[string]*modelType

type modelType struct {
	name       string
	properties []property
	relations  []string // names of the navigation properties
}

// property is a structural property of a type.
type property struct {
	name  string
	blank []byte // what is written where we hold no value
}

// find finds a property by its name in any case.
func (t *modelType) find(name string) *property {
	for i := range t.properties {
		if strings.EqualFold(t.properties[i].name, name) {
			return &t.properties[i]
		}
	}
	return nil
}

// pick checks a $select and gives the names as answers have them; nil for none.
// The id is always there, as Graph has it for entities.
func (t *modelType) pick(names []string) ([]string, error) {
	var picked []string
	for _, name := range names {
		if name == "*" {
			return nil, nil
		}
		head, _, _ := strings.Cut(name, "/")
		p := t.find(head)
		if p == nil {
			return nil, wire.BadRequest("BadRequest", fmt.Sprintf(
				"Parsing OData Select and Expand failed: Could not find a property named '%.100s' on type 'microsoft.graph.%s'.", name, t.name))
		}
		picked = append(picked, p.name)
	}
	return picked, nil
}

// csdl is the part of the metadata that is read back.
type csdl struct {
	Schemas []struct {
		Namespace string     `xml:"Namespace,attr"`
		Enums     []csdlEnum `xml:"EnumType"`
		Entities  []csdlType `xml:"EntityType"`
		Complex   []csdlType `xml:"ComplexType"`
	} `xml:"DataServices>Schema"`
}

type csdlEnum struct {
	Name    string `xml:"Name,attr"`
	Members []struct {
		Name string `xml:"Name,attr"`
	} `xml:"Member"`
}

type csdlType struct {
	Name       string         `xml:"Name,attr"`
	BaseType   string         `xml:"BaseType,attr"`
	Properties []csdlProperty `xml:"Property"`
	Relations  []csdlProperty `xml:"NavigationProperty"`
}

type csdlProperty struct {
	Name     string `xml:"Name,attr"`
	Type     string `xml:"Type,attr"`
	Nullable string `xml:"Nullable,attr"`
}

func readModel() (model, error) {
	var doc csdl
	if err := xml.Unmarshal(metadata, &doc); err != nil {
		return nil, fmt.Errorf("read the metadata: %w", err)
	}
	m, first := model{}, map[string]string{}
	for _, schema := range doc.Schemas {
		for _, e := range schema.Enums {
			first["graph."+e.Name] = e.Members[0].Name
		}
		for _, list := range [][]csdlType{schema.Entities, schema.Complex} {
			for _, t := range list {
				m.add(t, first)
			}
		}
	}
	return m, nil
}

// add takes up a type; its base stands before it in the document.
func (m model) add(t csdlType, first map[string]string) {
	made := &modelType{name: t.Name}
	if base := m[strings.ToLower(strings.TrimPrefix(t.BaseType, "graph."))]; base != nil {
		made.properties = append(made.properties, base.properties...)
	}
	for _, p := range t.Properties {
		made.properties = append(made.properties, property{p.Name, blank(p, first)})
	}
	for _, r := range t.Relations {
		made.relations = append(made.relations, r.Name)
	}
	m[strings.ToLower(t.Name)] = made
}

// blank is what stands for a value that we don't hold.
func blank(p csdlProperty, first map[string]string) []byte {
	switch {
	case strings.HasPrefix(p.Type, "Collection("):
		return []byte("[]")
	case p.Nullable != "false":
		return []byte("null")
	case p.Type == "Edm.DateTimeOffset":
		return []byte(`"0001-01-01T00:00:00Z"`)
	case p.Type == "Edm.Boolean":
		return []byte("false")
	case p.Type == "Edm.Int32" || p.Type == "Edm.Int64" || p.Type == "Edm.Double":
		return []byte("0")
	}
	return appendString(nil, first[p.Type])
}
