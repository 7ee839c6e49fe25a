package cli

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"leaver/internal/graphclient"
)

type settingsShow struct{}

// Run shows the organization and its settings.
func (c *settingsShow) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	organization, err := l.Organization(ctx)
	if err != nil {
		return err
	}
	return s.settingsResult(organization)
}

func (s *session) settingsResult(o graphclient.Answer[graphclient.Organization]) error {
	if s.JSON {
		return s.json(o)
	}
	s.field(s.text("cli.label.organization"), o.V.DisplayName)
	s.field(s.text("cli.column.id"), o.V.ID)
	s.field(s.text("cli.label.domains"), strings.Join(o.V.Domains, ", "))
	s.field(s.text("cli.column.people"), s.number(o.V.People))
	s.field(s.text("cli.label.time"), s.moment(o.V.Time))
	if o.V.Practice {
		s.field(s.text("cli.label.practice"), s.yesNo(true))
	}
	s.title(s.text("cli.title.settings"))
	names := make([]string, 0, len(o.V.Settings))
	for name := range o.V.Settings {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		s.printf("%s = %s\n", clean(name), clean(plainJSON(o.V.Settings[name])))
	}
	return nil
}

// plainJSON writes a value as it would be typed: a text without its quotes.
func plainJSON(text json.RawMessage) string {
	var value string
	if json.Unmarshal(text, &value) == nil {
		return value
	}
	return string(text)
}

type settingsSet struct {
	Setting []string `arg:"" name:"setting"`
}

// Run changes settings: name=value, as settings show writes them. displayName
// is the organization's own.
func (c *settingsSet) Run(ctx context.Context, s *session) error {
	var name *string
	settings := map[string]any{}
	for _, setting := range c.Setting {
		key, value, ok := strings.Cut(setting, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		switch {
		case !ok || key == "":
			return usage("badSetting", "value", setting)
		case key == "displayName":
			name = &value
		default:
			settings[key] = settingValue(value)
		}
	}
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	changed, err := l.ChangeOrganization(ctx, name, settings)
	if err != nil {
		return err
	}
	if changed.JSON == nil {
		if changed, err = l.Organization(ctx); err != nil {
			return err
		}
	}
	return s.settingsResult(changed)
}

// settingValue reads numbers and truths as such; all else is text.
func settingValue(text string) any {
	var value any
	if json.Unmarshal([]byte(text), &value) == nil {
		switch value.(type) {
		case float64, bool:
			return json.RawMessage(text)
		}
	}
	return text
}
