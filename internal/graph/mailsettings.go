package graph

import (
	"net/http"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/wire"
)

// getSettings answers GET /users/{id}/mailboxSettings. R-API-50 R-API-51
func (s *Server) getSettings(w http.ResponseWriter, r *http.Request, c *call) error {
	h, err := s.mailbox(r, c, org.ReadReplies)
	if err != nil {
		return err
	}
	c.entity(w, http.StatusOK, settingsContext(h), c.style(s.model["mailboxsettings"], nil), settingsThing(h.Person))
	return nil
}

// getReplies answers GET …/mailboxSettings/automaticRepliesSetting.
func (s *Server) getReplies(w http.ResponseWriter, r *http.Request, c *call) error {
	h, err := s.mailbox(r, c, org.ReadReplies)
	if err != nil {
		return err
	}
	replies := repliesThing(&h.Mailbox.Replies)
	c.entity(w, http.StatusOK, settingsContext(h)+"/automaticRepliesSetting", c.style(s.model["automaticrepliessetting"], nil), &replies)
	return nil
}

// getPurpose answers GET …/mailboxSettings/userPurpose. R-API-51
func (s *Server) getPurpose(w http.ResponseWriter, r *http.Request, c *call) error {
	h, err := s.mailbox(r, c, org.ReadMailbox)
	if err != nil {
		return err
	}
	t := &thing{}
	t.put("value", string(h.Mailbox.Type))
	c.entity(w, http.StatusOK, settingsContext(h)+"/userPurpose", c.style(nil, nil), t)
	return nil
}

func settingsContext(h *holder) string { return "users('" + string(h.ID) + "')/mailboxSettings" }

func settingsThing(p *org.Person) *thing {
	t := &thing{}
	language := thing{}
	tag := p.PreferredLanguage
	if tag == "" {
		tag = "en-US"
	}
	language.put("locale", tag)
	language.put("displayName", tag)
	t.put("archiveFolder", nil)
	t.put("timeZone", "UTC")
	t.put("delegateMeetingMessageDeliveryOptions", "sendToDelegateOnly")
	t.put("dateFormat", "yyyy-MM-dd")
	t.put("timeFormat", "HH:mm")
	t.put("userPurpose", string(p.Mailbox.Type))
	t.put("automaticRepliesSetting", repliesThing(&p.Mailbox.Replies))
	t.put("language", language)
	return t
}

func repliesThing(x *org.Replies) thing {
	t := thing{}
	status, audience := x.Status, string(x.Audience)
	if status == "" {
		status = "disabled"
	}
	if audience == "" {
		audience = string(org.AudienceNone)
	}
	t.put("status", status)
	t.put("externalAudience", audience)
	t.put("internalReplyMessage", x.Inside)
	t.put("externalReplyMessage", x.Outside)
	t.put("scheduledStartDateTime", zonedThing(x.Start))
	t.put("scheduledEndDateTime", zonedThing(x.End))
	return t
}

func zonedThing(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	t := thing{}
	t.put("dateTime", at.UTC().Format("2006-01-02T15:04:05.0000000"))
	t.put("timeZone", "UTC")
	return t
}

// patchSettings answers PATCH /users/{id}/mailboxSettings: of what it holds,
// the automatic reply can be changed here. R-API-50
func (s *Server) patchSettings(w http.ResponseWriter, r *http.Request, c *call) error {
	o, err := wire.ReadObject(r, false)
	if err != nil {
		return err
	}
	for _, name := range []string{"userPurpose", "archiveFolder", "timeZone", "language", "dateFormat", "timeFormat", "workingHours", "delegateMeetingMessageDeliveryOptions"} {
		if o.Has(name) {
			return wire.BadRequest("ErrorInvalidRequest", "The property '"+name+"' can't be changed here: only automaticRepliesSetting can.")
		}
	}
	given := o.Object("automaticRepliesSetting")
	if err := o.Done("microsoft.graph.mailboxSettings"); err != nil {
		return err
	}
	h, err := s.mailbox(r, c, org.ManageMailbox)
	if err != nil {
		return err
	}
	if given != nil {
		replies := h.Mailbox.Replies
		if err := fillReplies(given, &replies); err != nil {
			return err
		}
		after, err := s.cfg.Desk.ChangeMailbox(r.Context(), c.caller.Actor, string(h.ID), offboard.MailboxChange{Replies: &replies})
		if err != nil {
			return err
		}
		h.Person = &after
	}
	c.entity(w, http.StatusOK, settingsContext(h), c.style(s.model["mailboxsettings"], nil), settingsThing(h.Person))
	return nil
}

// fillReplies reads an automaticRepliesSetting over what is set already.
func fillReplies(o *wire.Object, x *org.Replies) error {
	audience := string(x.Audience)
	for _, word := range []struct {
		name string
		into *string
	}{{"status", &x.Status}, {"externalAudience", &audience}} {
		if o.String(word.name, word.into) && *word.into == "" && !o.Null(word.name) {
			return wire.BadValue(word.name, "automaticRepliesSetting")
		}
	}
	o.String("internalReplyMessage", &x.Inside)
	o.String("externalReplyMessage", &x.Outside)
	for name, at := range map[string]*time.Time{"scheduledStartDateTime": &x.Start, "scheduledEndDateTime": &x.End} {
		if err := readZoned(o, name, at); err != nil {
			return err
		}
	}
	x.Audience = org.ReplyAudience(audience)
	if err := o.Done("microsoft.graph.automaticRepliesSetting"); err != nil {
		return err
	}
	switch x.Status {
	case "", "disabled", "alwaysEnabled":
	case "scheduled":
		if x.Start.IsZero() || !x.End.After(x.Start) {
			return wire.BadRequest("ErrorInvalidTimeRange", "A scheduled reply needs a start, and an end after it.")
		}
	default:
		return wire.BadValue("status", "automaticRepliesSetting")
	}
	switch x.Audience {
	case "", org.AudienceNone, org.AudienceContacts, org.AudienceAll:
		return nil
	}
	return wire.BadValue("externalAudience", "automaticRepliesSetting")
}

// readZoned reads a dateTimeTimeZone; null clears.
func readZoned(o *wire.Object, name string, at *time.Time) error {
	if !o.Has(name) {
		return nil
	}
	in := o.Object(name)
	if in == nil {
		*at = time.Time{}
		return o.Err
	}
	var value, zone string
	in.String("dateTime", &value)
	in.String("timeZone", &zone)
	if err := in.Done("microsoft.graph.dateTimeTimeZone"); err != nil {
		return err
	}
	place := time.UTC
	if zone != "" {
		if name, ok := windowsZones[zone]; ok {
			zone = name
		}
		loaded, err := time.LoadLocation(zone)
		if err != nil {
			return wire.BadRequest("ErrorInvalidTimeZone", "The time zone of '"+name+"' is not known: use UTC or a name such as Europe/Amsterdam.")
		}
		place = loaded
	}
	for _, layout := range []string{"2006-01-02T15:04:05.9999999", time.RFC3339, "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, value, place); err == nil {
			*at = t.UTC().Truncate(time.Second)
			return nil
		}
	}
	return wire.BadValue(name, "automaticRepliesSetting")
}

// windowsZones are the names that Windows and Outlook have for the zones around
// us.
var windowsZones = map[string]string{
	"W. Europe Standard Time": "Europe/Amsterdam", "Romance Standard Time": "Europe/Brussels", "Central Europe Standard Time": "Europe/Budapest",
	"Central European Standard Time": "Europe/Warsaw", "GMT Standard Time": "Europe/London", "E. Europe Standard Time": "Europe/Chisinau",
	"FLE Standard Time": "Europe/Kyiv", "GTB Standard Time": "Europe/Athens", "Eastern Standard Time": "America/New_York",
	"Central Standard Time": "America/Chicago", "Pacific Standard Time": "America/Los_Angeles", "Greenwich Standard Time": "Atlantic/Reykjavik",
}
