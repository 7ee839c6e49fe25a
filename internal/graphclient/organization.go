package graphclient

import (
	"context"
	"encoding/json"
	"io"
	"iter"
	"net/http"
	"net/url"
	"time"
)

// An Organization is what a server serves.
type Organization struct {
	ID          string                     `json:"id"`
	DisplayName string                     `json:"displayName"`
	Domains     []string                   `json:"domains"`
	Practice    bool                       `json:"practice"`
	Time        time.Time                  `json:"time"`
	People      int                        `json:"people"`
	Settings    map[string]json.RawMessage `json:"settings"`
}

// Organization asks for the organization.
func (c *Client) Organization(ctx context.Context) (Answer[Organization], error) {
	return call[Organization](ctx, c, request{method: http.MethodGet, path: "/api/v1/organization"})
}

// ChangeOrganization changes the display name, unless it is nil, and settings.
func (c *Client) ChangeOrganization(ctx context.Context, name *string, settings map[string]any) (Answer[Organization], error) {
	body := map[string]any{}
	if name != nil {
		body["displayName"] = *name
	}
	if len(settings) > 0 {
		body["settings"] = settings
	}
	return call[Organization](ctx, c, request{method: http.MethodPatch, path: "/api/v1/organization", body: body})
}

// Health is what a server says of itself without a token.
type Health struct {
	Status   string `json:"status"`
	Practice bool   `json:"practice"`
	Version  string `json:"version"`
}

// Health asks how the server is.
func (c *Client) Health(ctx context.Context) (Answer[Health], error) {
	open := *c
	open.Tokens = nil
	return call[Health](ctx, &open, request{method: http.MethodGet, path: "/healthz"})
}

// A Subscription is a product, a number of licences and a term.
type Subscription struct {
	ID               string    `json:"id"`
	SkuID            string    `json:"skuId"`
	SkuPartNumber    string    `json:"skuPartNumber"`
	DisplayName      string    `json:"displayName"`
	Channel          string    `json:"channel"`
	BillingAccount   string    `json:"billingAccount"`
	Commitment       string    `json:"commitment"`
	TermEnd          time.Time `json:"termEndDateTime"`
	RecurringBilling bool      `json:"recurringBilling"`
	TotalLicenses    int       `json:"totalLicenses"`
	AssignedLicenses int       `json:"assignedLicenses"`
	Price            Amount    `json:"price"`
	ScheduledChange  *struct {
		TotalLicenses int       `json:"totalLicenses"`
		Effective     time.Time `json:"effectiveDateTime"`
	} `json:"scheduledChange"`
}

// A Ledger is the subscriptions, and what is left out for whoever asks.
type Ledger struct {
	Value    []Answer[Subscription] `json:"value"`
	Withheld []Withheld             `json:"withheld"`
}

// Subscriptions gives the subscriptions.
func (c *Client) Subscriptions(ctx context.Context) (Answer[Ledger], error) {
	return call[Ledger](ctx, c, request{method: http.MethodGet, path: "/api/v1/subscriptions"})
}

// SetQuantity asks for a new total number of licences, now or at the renewal.
func (c *Client) SetQuantity(ctx context.Context, id string, total int, when string) (Answer[Subscription], error) {
	return call[Subscription](ctx, c, request{
		method: http.MethodPatch, path: "/api/v1/subscriptions/" + url.PathEscape(id),
		body: map[string]any{"totalLicenses": total, "when": when},
	})
}

// An AuditEntry is one row of the audit trail.
type AuditEntry struct {
	Seq      int64           `json:"seq"`
	DateTime time.Time       `json:"dateTime"`
	Actor    json.RawMessage `json:"actor"`
	Action   string          `json:"action"`
	Target   json.RawMessage `json:"target"`
	Result   string          `json:"result"`
}

// AuditQuery says which rows of the trail a list holds. From and To are dates
// or times as RFC 3339 writes them.
type AuditQuery struct {
	Actor, Target, Action, From, To string
	Top                             int
}

func (q AuditQuery) values() url.Values {
	v := url.Values{}
	set(v, "actor", q.Actor)
	set(v, "target", q.Target)
	set(v, "action", q.Action)
	set(v, "from", q.From)
	set(v, "to", q.To)
	setTop(v, q.Top)
	return v
}

// Audit lists the trail.
func (c *Client) Audit(ctx context.Context, q AuditQuery) iter.Seq2[Answer[AuditEntry], error] {
	return list[AuditEntry](ctx, c, request{path: "/api/v1/audit", query: q.values()})
}

// ExportAudit writes the trail as CSV.
func (c *Client) ExportAudit(ctx context.Context, w io.Writer, q AuditQuery) error {
	return c.copyTo(ctx, w, request{
		method: http.MethodGet, path: "/api/v1/audit", query: q.values(), header: http.Header{"Accept": {"text/csv"}},
	})
}

// Verified says whether the chain of the audit trail holds.
type Verified struct {
	OK       bool   `json:"ok"`
	Entries  int64  `json:"entries"`
	FirstBad int64  `json:"firstBad"`
	Reason   string `json:"reason"`
}

// VerifyAudit checks the chain of the audit trail.
func (c *Client) VerifyAudit(ctx context.Context) (Answer[Verified], error) {
	return call[Verified](ctx, c, request{method: http.MethodGet, path: "/api/v1/audit/verify"})
}

// Clock is the clock of a practice organization.
type Clock struct {
	Time   time.Time `json:"time"`
	Offset string    `json:"offset"`
	Swept  *Swept    `json:"swept"`
}

// Clock asks for the organization's clock.
func (c *Client) Clock(ctx context.Context) (Answer[Clock], error) {
	return call[Clock](ctx, c, request{method: http.MethodGet, path: "/api/v1/clock"})
}

// AdvanceClock moves the clock of a practice organization.
func (c *Client) AdvanceClock(ctx context.Context, by string) (Answer[Clock], error) {
	return call[Clock](ctx, c, request{method: http.MethodPost, path: "/api/v1/clock/advance", body: map[string]string{"by": by}})
}

// AddDomain lets user names and addresses be in another domain.
func (c *Client) AddDomain(ctx context.Context, domain string) (Answer[Organization], error) {
	return call[Organization](ctx, c, request{method: http.MethodPost, path: "/api/v1/domains", body: map[string]string{"domain": domain}})
}

// MakeDefaultDomain makes a domain the one of new user names.
func (c *Client) MakeDefaultDomain(ctx context.Context, domain string) (Answer[Organization], error) {
	return call[Organization](ctx, c, request{method: http.MethodPost, path: "/api/v1/domains/" + url.PathEscape(domain) + "/default"})
}

// RemoveDomain removes a domain that nobody uses.
func (c *Client) RemoveDomain(ctx context.Context, domain string) error {
	return c.do(ctx, request{method: http.MethodDelete, path: "/api/v1/domains/" + url.PathEscape(domain)})
}
