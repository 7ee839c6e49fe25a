package archtest

// A shape is what a package may import besides the standard library.
// Test files may import more.
type shape struct {
	ours   []string // packages under internal/, or "any"
	barred []string // packages of the standard library that stay out
}

// surfaces speak org's types and get the Desk through an interface. They never
// import each other, nor what stands behind offboard.
var surface = shape{ours: []string{"org", "offboard", "odata", "locale", "identity", "tabular", "wire"}}

// leaf imports nothing of ours.
var leaf = shape{}

// whole is for what joins the parts, or stands outside of them.
var whole = shape{ours: []string{"any"}}

// shapes is the map of the program. A new package needs a line here, and one
// in docs/architecture.md. A folder inside a package whose name ends in "test"
// holds what the tests of others need of it: it needs no line and may import
// anything, but only test files import it.
var shapes = map[string]shape{
	"cmd/leaver":         whole,
	"scripts/rules":      {ours: []string{"rulecheck"}},
	"scripts/testreport": leaf,

	// The rules: pure.
	"internal/org": {barred: []string{"os", "io/fs", "net", "net/http", "context", "database/sql", "log", "log/slog", "math/rand", "math/rand/v2"}},

	// The use cases.
	"internal/offboard": {ours: []string{"org", "odata"}, barred: []string{"os", "net", "net/http", "database/sql"}},
	"internal/practice": {ours: []string{"org", "offboard", "catalog"}},

	// Leaves.
	"internal/catalog":   {ours: []string{"org"}, barred: []string{"os", "net", "database/sql"}},
	"internal/odata":     {barred: []string{"os", "net", "database/sql"}},
	"internal/tabular":   {barred: []string{"net", "database/sql"}},
	"internal/mailtext":  leaf,
	"internal/locale":    leaf,
	"internal/identity":  leaf,
	"internal/sqldb":     leaf,
	"internal/blob":      leaf,
	"internal/rulecheck": leaf,
	"internal/archtest":  leaf,

	// Adapters.
	"internal/store":       {ours: []string{"org", "offboard", "odata", "sqldb", "blob", "identity"}},
	"internal/graphclient": leaf,
	"internal/backup":      {ours: []string{"store", "sqldb", "blob"}},

	// Surfaces.
	"internal/wire":   {ours: []string{"org", "offboard", "odata", "locale", "identity"}}, // what graph and api share
	"internal/graph":  {ours: []string{"org", "offboard", "odata", "mailtext", "wire"}},   // its texts are Microsoft's
	"internal/api":    surface,
	"internal/web":    {ours: []string{"org", "offboard", "odata", "locale", "identity", "tabular", "mailtext", "wire"}},
	"internal/cli":    {ours: []string{"org", "locale", "graphclient", "tabular"}},
	"internal/server": {ours: []string{"wire"}},

	// Long runs.
	"internal/soak": whole,
	"internal/e2e":  whole,
}

// modules says which packages may use what comes from outside. One that isn't
// here needs a line, and a sentence in docs/decisions/0003-dependencies.md.
var modules = map[string][]string{
	"charm.land/lipgloss/v2":              {"internal/cli"},
	"github.com/a-h/templ":                {"internal/web"},
	"github.com/alecthomas/kong":          {"internal/cli"},
	"github.com/go-jose/go-jose/v4":       {"internal/identity"},
	"github.com/go-webauthn/webauthn":     {"internal/web"},
	"github.com/goccy/go-yaml":            {"cmd/leaver"},
	"github.com/google/uuid":              {"cmd/leaver"},
	"github.com/jackc/pgx/v5":             {"internal/sqldb"},
	"github.com/pressly/goose/v3":         {"internal/sqldb"},
	"github.com/prometheus/client_golang": {"internal/server", "cmd/leaver"},
	"golang.org/x/crypto":                 {"internal/identity"},
	"golang.org/x/net":                    {"internal/mailtext"},
	"golang.org/x/sync":                   {"any"},
	"golang.org/x/term":                   {"cmd/leaver"},
	"golang.org/x/text":                   {"internal/locale", "internal/mailtext"},
	"golang.org/x/time":                   {"any"},
	"modernc.org/libc":                    {"internal/sqldb"},
	"modernc.org/sqlite":                  {"internal/sqldb"},
}
