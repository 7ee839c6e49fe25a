package web

import (
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"leaver/internal/locale"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/tabular"
)

// auditData is a page of the audit trail with its filter.
type auditData struct {
	Actor, Target, Action string
	From, To              string // days, as a form has them
	Entries               []offboard.Entry
	Next                  int64
	First                 bool
	Checked               *offboard.Verdict
}

// auditRows is how many entries a page shows.
const auditRows = 50

// actions are those of the trail, in the order of the filter.
func actions() []string {
	return []string{
		offboard.ActDelete, offboard.ActKeep, offboard.ActRestore, offboard.ActPurge, offboard.ActStart, offboard.ActUndo, offboard.ActAddUser,
		offboard.ActUpdateUser, offboard.ActPassword, offboard.ActRevoke, offboard.ActManager, offboard.ActLicense, offboard.ActGroupLicense,
		offboard.ActRoleAdd, offboard.ActRoleRemove, offboard.ActMailbox, offboard.ActPermission, offboard.ActDrive, offboard.ActQuantity,
		offboard.ActRenewal, offboard.ActGroup, offboard.ActGroupDelete, offboard.ActMemberAdd, offboard.ActMemberRemove, offboard.ActOwnerAdd,
		offboard.ActOwnerRemove, offboard.ActFileAdd, offboard.ActFileShare, offboard.ActFileUnshare, offboard.ActSend, offboard.ActExpire, offboard.ActSettings, offboard.ActDomains, offboard.ActClock, offboard.ActApp, offboard.ActInit,
	}
}

func auditPage(v *visit) error {
	d := readAudit(v.r.URL.Query())
	return v.audit(d, http.StatusOK)
}

func (v *visit) audit(d auditData, status int) error {
	v.Section = "audit"
	q := d.query()
	q.Limit = auditRows + 1
	if n, err := strconv.ParseInt(v.r.URL.Query().Get("before"), 10, 64); err == nil {
		q.Before = n
	}
	d.First = q.Before == 0
	var err error
	if d.Entries, err = v.srv.Store.AuditEntries(v.ctx(), q); err != nil {
		return err
	}
	if len(d.Entries) > auditRows {
		d.Entries = d.Entries[:auditRows]
		d.Next = d.Entries[auditRows-1].Seq
	}
	v.show(status, auditView(v, d))
	return nil
}

func readAudit(q url.Values) auditData {
	return auditData{Actor: q.Get("actor"), Target: q.Get("target"), Action: q.Get("action"), From: q.Get("from"), To: q.Get("to")}
}

// query is what the filter asks of the store. The last day counts as a whole.
func (d *auditData) query() offboard.AuditQuery {
	q := offboard.AuditQuery{Actor: d.Actor, Target: d.Target, Action: d.Action}
	if t, err := time.Parse(time.DateOnly, d.From); err == nil {
		q.From = t
	}
	if t, err := time.Parse(time.DateOnly, d.To); err == nil {
		q.To = t.AddDate(0, 0, 1)
	}
	return q
}

// address is a page of the trail with this filter.
func (d *auditData) address(path string, before int64) string {
	q := url.Values{}
	for name, value := range map[string]string{"actor": d.Actor, "target": d.Target, "action": d.Action, "from": d.From, "to": d.To} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if before > 0 {
		q.Set("before", strconv.FormatInt(before, 10))
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// auditExport gives the trail that the filter shows as a file.
func auditExport(v *visit) error {
	d := readAudit(v.r.URL.Query())
	v.attachment("audit.csv")
	headings := []string{"sequence", "time", "actor", "action", "targetId", "target", "result", "requestId", "detail"}
	err := tabular.WriteTable(v.w, tabular.Dialect{BOM: true}, headings, v.auditTrail(d.query()))
	if err != nil {
		v.srv.Log.Error("export the audit trail", "request", v.ID, "error", err)
	}
	return errAnswered // the file has begun: nothing else can be said any more
}

// auditTrail reads the trail page by page, the newest first.
func (v *visit) auditTrail(q offboard.AuditQuery) iter.Seq2[[]string, error] {
	q.Limit = 1000
	return func(yield func([]string, error) bool) {
		for {
			entries, err := v.srv.Store.AuditEntries(v.ctx(), q)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, e := range entries {
				row := []string{
					strconv.FormatInt(e.Seq, 10), e.At.Format(time.RFC3339), e.Actor.Name, e.Action, e.Target.ID, e.Target.Name, e.Result, e.Request, e.Detail,
				}
				if !yield(row, nil) {
					return
				}
				q.Before = e.Seq
			}
			if len(entries) < q.Limit {
				return
			}
		}
	}
}

// attachment makes the answer a CSV file to be saved.
func (v *visit) attachment(name string) {
	h := v.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Cache-Control", "private, no-cache")
}

// auditCheck reads the whole trail and says whether it is as it was written.
func auditCheck(v *visit) error {
	verdict, err := v.srv.Desk.VerifyAudit(v.ctx(), v.Actor)
	if err != nil {
		return err
	}
	if verdict.OK {
		v.say("good", v.T("web.audit.sound", "count", int(verdict.Entries)))
	} else {
		v.say("critical", v.T("web.audit.broken."+verdict.Reason, "number", verdict.FirstBad))
	}
	return v.audit(auditData{}, http.StatusOK)
}

// action is what an entry says was done, in the reader's words.
func (v *visit) action(name string) string {
	key := "web.action." + actionKey(name)
	if locale.Has(v.Lang, key) {
		return v.T(key)
	}
	return name
}

// actionKey makes a key of the name of an action: "Delete user" is deleteUser.
func actionKey(name string) string {
	key, upper := make([]byte, 0, len(name)), false
	for i := range len(name) {
		c := name[i]
		switch {
		case c == ' ' || c == '-':
			upper = true
			continue
		case upper && c >= 'a' && c <= 'z':
			c -= 'a' - 'A'
		case !upper && c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		}
		key, upper = append(key, c), false
	}
	return string(key)
}

// by is who did something; what the organization does of itself is nobody's.
func (v *visit) by(a org.Actor) string {
	if a.System || a.Name == "" {
		return v.T("web.audit.system")
	}
	return a.Name
}

// targetName is what an entry calls whom or what it is about: a user name, or
// else the name for people.
func targetName(r org.Ref) string {
	if strings.Contains(r.Name, "@") {
		return r.Name
	}
	return orText(r.DisplayName, r.Name, r.ID)
}
