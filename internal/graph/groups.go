package graph

import (
	"net/http"
	"slices"
	"strings"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/wire"
)

func groupID(r *http.Request) org.GroupID { return org.GroupID(lowerGUID(r.PathValue("group"))) }

// lowerGUID brings a GUID into the form that ids are stored in.
func lowerGUID(s string) string {
	if id, ok := guid(s); ok {
		return id
	}
	return s
}

// groupThing is a group as Graph gives it without a $select.
func groupThing(g *org.Group) *thing {
	t := &thing{typ: "group", path: "/directoryObjects/" + string(g.ID) + "/microsoft.graph.group"}
	var kinds []string
	var processing any
	if g.Unified {
		kinds = append(kinds, "Unified")
	}
	if g.Rule != "" {
		kinds, processing = append(kinds, "DynamicMembership"), "On"
	}
	var proxies []string
	if g.Mail != "" {
		proxies = []string{"SMTP:" + g.Mail}
	}
	var synced any
	if g.Synced {
		synced = true
	}
	visibility := any(nil)
	if g.Unified {
		visibility = "Private"
	}
	t.put("id", string(g.ID))
	t.put("deletedDateTime", nil)
	t.put("classification", nil)
	t.put("createdDateTime", g.Created)
	t.put("description", text(g.Description))
	t.put("displayName", g.DisplayName)
	t.put("expirationDateTime", nil)
	t.put("groupTypes", kinds)
	t.put("isAssignableToRole", g.RoleAssignable)
	t.put("mail", text(g.Mail))
	t.put("mailEnabled", g.MailEnabled)
	t.put("mailNickname", text(g.MailNickname))
	t.put("membershipRule", text(g.Rule))
	t.put("membershipRuleProcessingState", processing)
	t.put("onPremisesLastSyncDateTime", nil)
	t.put("onPremisesSecurityIdentifier", nil)
	t.put("onPremisesSyncEnabled", synced)
	t.put("preferredDataLocation", nil)
	t.put("preferredLanguage", nil)
	t.put("proxyAddresses", proxies)
	t.put("renewedDateTime", g.Created)
	t.put("resourceBehaviorOptions", []string{})
	t.put("resourceProvisioningOptions", []string{})
	t.put("securityEnabled", g.Security)
	t.put("securityIdentifier", nil)
	t.put("theme", nil)
	t.put("visibility", visibility)
	t.put("onPremisesProvisioningErrors", []string{})
	return t
}

// groupExtras are the properties that come only when they are selected.
func groupExtras(t *thing, g *org.Group) {
	given := make([]thing, 0, len(g.Licenses))
	for _, l := range g.Licenses {
		x := thing{}
		x.put("disabledPlans", l.DisabledPlans)
		x.put("skuId", string(l.Sku))
		given = append(given, x)
	}
	t.put("assignedLicenses", given)
}

// listGroups answers GET /groups.
func (s *Server) listGroups(w http.ResponseWriter, r *http.Request, c *call) error {
	return s.groupsPage(w, r, c, offboard.GroupQuery{}, "groups", false, nil)
}

// groupsPage answers with a page of some groups, and of the roles behind the
// last of them. typed says what each is.
func (s *Server) groupsPage(w http.ResponseWriter, r *http.Request, c *call, q offboard.GroupQuery, set string, typed bool, roles []org.RoleID) error {
	options, err := c.options(r, "$skip")
	if err != nil {
		return err
	}
	if err := castAllows(r, &options); err != nil {
		return err
	}
	pick, err := s.model["group"].pick(options.Select)
	if err != nil {
		return err
	}
	if len(options.Expand) > 0 && options.Top > maxExpandedRows {
		return wire.BadRequest("Request_UnsupportedQuery", "$expand goes with pages of at most 100 groups.")
	}
	q.ListQuery = options
	page, err := s.cfg.Reads.Groups(r.Context(), q)
	if err != nil {
		return err
	}
	look := c.style(s.model["group"], pick)
	look.typed = typed
	if options.Filter != nil || options.Search != nil {
		roles = nil // a condition on groups finds no role
	}
	all, err := s.groupThings(r, c, page.Rows, pick != nil, options.Expand)
	if err != nil {
		return err
	}
	for i := range options.Expand {
		if pick != nil {
			look.pick = append(look.pick, options.Expand[i].Path)
		}
	}
	if page.Count != nil {
		*page.Count += int64(len(roles))
	}
	if page.Next != "" {
		roles = nil // they come on the last page
	}
	head := list{context: picked(set, pick), next: c.next(r, page.Next), count: page.Count}
	c.collection(w, head, len(page.Rows)+len(roles), func(dst []byte, i int) []byte {
		if i >= len(page.Rows) {
			return look.append(dst, roleThing(roles[i-len(page.Rows)]))
		}
		return look.append(dst, all[i])
	})
	return nil
}

// maxExpandedRows is how many groups a page with their people may hold.
const maxExpandedRows = 100

// groupThings makes the rows of a page of groups, with what is to be expanded.
func (s *Server) groupThings(r *http.Request, c *call, rows []org.Group, extras bool, relations []odata.Expand) ([]*thing, error) {
	all := make([]*thing, len(rows))
	for i := range rows {
		t := groupThing(&rows[i])
		if extras {
			groupExtras(t, &rows[i])
		}
		for j := range relations {
			if err := s.expandPeople(r, c, t, &rows[i], &relations[j]); err != nil {
				return nil, err
			}
		}
		all[i] = t
	}
	return all, nil
}

func noExpand(typ string) error {
	return wire.BadRequest("Request_UnsupportedQuery", "$expand is not supported on type 'microsoft.graph."+typ+"' here.")
}

// countGroups answers GET /groups/$count.
func (s *Server) countGroups(w http.ResponseWriter, r *http.Request, c *call) error {
	options, err := c.countOptions(r)
	if err != nil {
		return err
	}
	n, err := s.cfg.Reads.CountGroups(r.Context(), offboard.GroupQuery{ListQuery: options})
	if err != nil {
		return err
	}
	number(w, n)
	return nil
}

// group finds the group that a path names, or refuses.
func (s *Server) group(r *http.Request) (*org.Group, error) {
	g, err := s.cfg.Reads.Group(r.Context(), groupID(r))
	if err == nil && g == nil {
		return nil, wire.NotThere(r.PathValue("group"))
	}
	return g, err
}

// getGroup answers GET /groups/{id}.
func (s *Server) getGroup(w http.ResponseWriter, r *http.Request, c *call) error {
	options, err := c.options(r, "$skip", "$filter", "$search", "$orderby", "$count")
	if err != nil {
		return err
	}
	pick, err := s.model["group"].pick(options.Select)
	if err != nil {
		return err
	}
	g, err := s.group(r)
	if err != nil {
		return err
	}
	t := groupThing(g)
	if pick != nil {
		groupExtras(t, g)
	}
	for i := range options.Expand {
		if err := s.expandPeople(r, c, t, g, &options.Expand[i]); err != nil {
			return err
		}
	}
	if pick != nil {
		for i := range options.Expand {
			pick = append(pick, options.Expand[i].Path)
		}
	}
	c.entity(w, http.StatusOK, picked("groups", pick)+"/$entity", c.style(s.model["group"], pick), t)
	return nil
}

// createGroup answers POST /groups.
func (s *Server) createGroup(w http.ResponseWriter, r *http.Request, c *call) error {
	o, err := wire.ReadObject(r, false)
	if err != nil {
		return err
	}
	var g org.Group
	var kinds []string
	fillGroup(o, &g)
	o.Bool("mailEnabled", &g.MailEnabled)
	o.Bool("securityEnabled", &g.Security)
	o.Bool("isAssignableToRole", &g.RoleAssignable)
	o.Strings("groupTypes", &kinds)
	o.Raw("visibility")
	owners, err := links(o, "owners")
	if err != nil {
		return err
	}
	members, err := links(o, "members")
	if err != nil {
		return err
	}
	if err := groupKinds(&g, kinds); err != nil {
		return err
	}
	if err := leaveOut(o, s.model["group"]); err != nil {
		return err
	}
	if err := o.Done("microsoft.graph.group"); err != nil {
		return err
	}
	for _, name := range []string{"displayName", "mailEnabled", "mailNickname", "securityEnabled"} {
		if !o.Has(name) {
			return noValue(name)
		}
	}
	if err := nicknamed(o); err != nil {
		return err
	}
	made, err := s.cfg.Desk.CreateGroup(r.Context(), c.caller.Actor, g, owners, members)
	if err != nil {
		return err
	}
	w.Header().Set("Location", c.base+"/groups/"+string(made.ID))
	if createdQuietly(w, r) {
		return nil
	}
	c.entity(w, http.StatusCreated, "groups/$entity", c.style(s.model["group"], nil), groupThing(made))
	return nil
}

func noValue(property string) error {
	return wire.BadRequest("Request_BadRequest", "A value is required for property '"+property+"' of resource 'Group'.")
}

// nicknamed refuses to take the nickname of a group away. R-API-10
func nicknamed(o *wire.Object) error {
	var nickname string
	if o.String("mailNickname", &nickname) && nickname == "" {
		return noValue("mailNickname")
	}
	return nil
}

// groupKinds sets what groupTypes say of a group.
func groupKinds(g *org.Group, kinds []string) error {
	for _, k := range kinds {
		switch k {
		case "Unified":
			g.Unified = true
		case "DynamicMembership":
			if g.Rule == "" {
				return wire.BadValue("membershipRule", "Group")
			}
		default:
			return wire.BadValue("groupTypes", "Group")
		}
	}
	return nil
}

// fillGroup reads the properties that a group can change.
func fillGroup(o *wire.Object, g *org.Group) {
	o.String("displayName", &g.DisplayName)
	o.String("description", &g.Description)
	o.String("mailNickname", &g.MailNickname)
	o.String("membershipRule", &g.Rule)
	o.Raw("membershipRuleProcessingState")
}

// patchGroup answers PATCH /groups/{id}, with members@odata.bind for adding.
func (s *Server) patchGroup(w http.ResponseWriter, r *http.Request, c *call) error {
	o, err := wire.ReadObject(r, false)
	if err != nil {
		return err
	}
	fillGroup(o, &org.Group{})
	o.Raw("visibility")
	members, err := links(o, "members")
	if err != nil {
		return err
	}
	owners, err := links(o, "owners")
	if err != nil {
		return err
	}
	if err := leaveOut(o, s.model["group"]); err != nil {
		return err
	}
	if err := o.Done("microsoft.graph.group"); err != nil {
		return err
	}
	if err := nicknamed(o); err != nil {
		return err
	}
	edit := offboard.GroupEdit{Owners: owners, Members: members}
	if len(members)+len(owners) == 0 || slices.ContainsFunc(o.Names(), func(n string) bool { return !strings.Contains(n, "@") }) {
		edit.Edit = func(g *org.Group) error {
			fillGroup(o, g)
			return o.Err
		}
	}
	g, err := s.cfg.Desk.EditGroup(r.Context(), c.caller.Actor, groupID(r), edit)
	if err != nil {
		return err
	}
	if prefers(r) == wantsRepresentation {
		wantsRepresentation.applied(w)
		c.entity(w, http.StatusOK, "groups/$entity", c.style(s.model["group"], nil), groupThing(g))
		return nil
	}
	wire.NoContent(w)
	return nil
}

// links reads members@odata.bind and its kin.
func links(o *wire.Object, name string) ([]string, error) {
	var given, keys []string
	o.Strings(name+"@odata.bind", &given)
	if len(given) > maxBatch {
		return nil, wire.BadRequest("Request_BadRequest", "At most 20 references can be given at once for '"+name+"'.")
	}
	for _, link := range given {
		key, err := referenceOf(link)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// deleteGroup answers DELETE /groups/{id}.
func (s *Server) deleteGroup(w http.ResponseWriter, r *http.Request, c *call) error {
	if err := s.cfg.Desk.DeleteGroup(r.Context(), c.caller.Actor, groupID(r)); err != nil {
		return err
	}
	wire.NoContent(w)
	return nil
}
