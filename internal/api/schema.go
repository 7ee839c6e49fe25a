package api

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/tabular"
)

// schemas makes JSON schemas from the Go types that requests are read into and
// answers are written from, so that the description cannot say otherwise than
// the program does.
type schemas map[string]any

type object = map[string]any

// enums are the values of the named types that have a few.
var enums = map[reflect.Type][]string{
	reflect.TypeFor[org.Outcome]():          {string(org.OutcomeDelete), string(org.OutcomeKeep), string(org.OutcomeRefused)},
	reflect.TypeFor[org.Severity]():         {string(org.Info), string(org.Warning), string(org.Critical)},
	reflect.TypeFor[org.StepKind]():         texts(org.StepKinds()),
	reflect.TypeFor[org.Kind]():             texts(org.Kinds()),
	reflect.TypeFor[org.MailboxType]():      {string(org.UserMailbox), string(org.SharedMailbox)},
	reflect.TypeFor[org.Right]():            {string(org.FullAccess), string(org.SendAs), string(org.SendOnBehalf)},
	reflect.TypeFor[org.ReplyAudience]():    {string(org.AudienceNone), string(org.AudienceContacts), string(org.AudienceAll)},
	reflect.TypeFor[org.Channel]():          {string(org.Direct), string(org.Partner), string(org.VolumeLicensing), string(org.ProductKey)},
	reflect.TypeFor[org.BillingAccount]():   {string(org.MCA), string(org.MOSA)},
	reflect.TypeFor[org.Commitment]():       {string(org.NoCommitment), string(org.MonthlyCommitment), string(org.AnnualCommitment)},
	reflect.TypeFor[org.When]():             {string(org.Now), string(org.Renewal)},
	reflect.TypeFor[tabular.Format]():       texts(tabular.Formats()),
	reflect.TypeFor[offboard.Status]():      texts([]offboard.Status{offboard.Running, offboard.Done, offboard.Partial, offboard.Failed, offboard.Undone}),
	reflect.TypeFor[offboard.ItemOutcome](): itemOutcomes,
	reflect.TypeFor[org.MailboxState](): texts([]org.MailboxState{
		org.MailboxActive, org.MailboxDisconnected, org.MailboxSoftDeleted, org.MailboxInactive, org.MailboxGone,
	}),
	reflect.TypeFor[org.DriveState](): texts([]org.DriveState{
		org.DriveActive, org.DriveReadOnly, org.DriveArchived, org.DriveRetained, org.DriveRecycleBin, org.DriveGone,
	}),
}

var itemOutcomes = texts([]offboard.ItemOutcome{
	offboard.ItemPending, offboard.ItemRunning, offboard.ItemDone, offboard.ItemSkipped, offboard.ItemNeedsHuman, offboard.ItemRefused, offboard.ItemFailed,
})

func texts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// of is the schema of a type. Structs stand among the components under their
// names, and are referred to.
func (s schemas) of(t reflect.Type) object {
	switch t {
	case reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case reflect.TypeFor[json.Number]():
		return object{"type": "number"}
	case reflect.TypeFor[json.RawMessage]():
		return object{"type": []string{"object", "null"}}
	case reflect.TypeFor[clearable]():
		return object{"type": []string{"string", "null"}}
	case reflect.TypeFor[org.Aliases]():
		return object{"oneOf": []any{object{"const": "all"}, object{"type": "array", "items": object{"type": "string"}}}}
	}
	if values, ok := enums[t]; ok {
		return object{"type": "string", "enum": values}
	}
	if kind, plain := plainKinds[t.Kind()]; plain {
		return object{"type": kind}
	}
	if t.Kind() == reflect.Pointer {
		return s.of(t.Elem())
	}
	if t.Kind() == reflect.Slice {
		return object{"type": "array", "items": s.of(t.Elem())}
	}
	if t.Kind() == reflect.Map {
		return object{"type": "object", "additionalProperties": s.of(t.Elem())}
	}
	name := componentName(t)
	if _, done := s[name]; !done {
		s[name] = object{} // a type that holds itself ends here
		s[name] = s.structure(t)
	}
	return object{"$ref": "#/components/schemas/" + name}
}

// plainKinds are the types of values that hold no others.
var plainKinds = map[reflect.Kind]string{
	reflect.String: "string", reflect.Bool: "boolean", reflect.Int: "integer", reflect.Int64: "integer",
}

// structure is the schema of a struct, written out.
func (s schemas) structure(t reflect.Type) object {
	properties := object{}
	required := []string{}
	s.fields(t, properties, &required)
	out := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

func (s schemas) fields(t reflect.Type, properties object, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Pointer:
			s.fields(f.Type.Elem(), properties, new([]string)) // all of it there, or none
			continue
		case f.Anonymous && name == "":
			s.fields(f.Type, properties, required)
			continue
		case name == "-" || !f.IsExported():
			continue
		case name == "":
			name = f.Name
		}
		omitted := strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")
		schema := s.of(f.Type)
		if f.Type.Kind() == reflect.Pointer && !omitted {
			schema = nullable(schema)
		}
		if about := f.Tag.Get("doc"); about != "" {
			schema["description"] = about
		}
		properties[name] = schema
		if !omitted {
			*required = append(*required, name)
		}
	}
}

func nullable(schema object) object {
	if kind, ok := schema["type"].(string); ok && schema["enum"] == nil {
		schema["type"] = []string{kind, "null"}
		return schema
	}
	return object{"anyOf": []any{schema, object{"type": "null"}}}
}

// componentName is the name of a struct among the components: planView is Plan,
// list[deletedView] is DeletedList.
func componentName(t reflect.Type) string {
	name := t.Name()
	if inner, ok := strings.CutPrefix(name, "list["); ok {
		inner = strings.TrimSuffix(inner, "]")
		return upperFirst(strings.TrimSuffix(inner[strings.LastIndexByte(inner, '.')+1:], "View")) + "List"
	}
	return upperFirst(strings.TrimSuffix(name, "View"))
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
