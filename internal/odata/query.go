package odata

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Options says what a request may ask.
type Options struct {
	// Refuse names options that this request doesn't serve, as "$skip".
	Refuse []string
	// MaxTop is the largest page, 999 when 0.
	MaxTop int
	Limits Limits
}

// Query is what a request asks. Names are as the caller wrote them.
type Query struct {
	Select     []string // nil when not given; may hold "*"
	Filter     Expr     // nil when not given
	Search     SearchExpr
	OrderBy    []Order
	Expand     []Expand
	Top        int // 0 when not given
	Skip       int
	Count      bool
	SkipToken  string
	DeltaToken string // "latest" asks for a token only, R-API-73
	Format     string
	SearchText string // as written, for stores with a search engine of their own
}

// Order is one property of an $orderby.
type Order struct {
	Path string
	Desc bool
	At   int
}

// Expand is one relation of an $expand with its options.
type Expand struct {
	Path   string
	Levels int // 0 when not given, LevelsMax for $levels=max
	Query  Query
}

// LevelsMax asks for a relation all the way up or down. R-API-20
const LevelsMax = -1

// maxExpandDepth bounds $expand inside $expand.
const maxExpandDepth = 5

// Parse reads the query of a URL, as it stands behind the question mark. The
// dollar may be missing or escaped, names are in any case, a plus is a space.
// Parameters that are no query options are left alone.
func Parse(rawQuery string, opts Options) (Query, error) {
	opts.Limits = opts.Limits.orDefaults()
	if opts.MaxTop == 0 {
		opts.MaxTop = 999 // R-API-12
	}
	p := optionParser{opts: opts}
	for part := range strings.SplitSeq(rawQuery, "&") {
		rawName, rawValue, _ := strings.Cut(part, "=")
		name, err := url.QueryUnescape(rawName)
		if err != nil {
			return Query{}, badRequest(noPosition, "The query parameter '%s' is not valid.", echo(rawName))
		}
		option, ok, problem := p.recognize(name)
		if problem != nil {
			return Query{}, problem
		}
		if !ok {
			continue
		}
		value, err := url.QueryUnescape(rawValue)
		if err != nil {
			return Query{}, badRequest(noPosition, "The value for OData query '%s' is not valid.", option)
		}
		if err := p.set(option, value); err != nil {
			return Query{}, err
		}
	}
	return p.query, nil
}

// optionParser gathers the options of a request or of a relation that is expanded.
type optionParser struct {
	opts   Options
	query  Query
	levels int
	depth  int // 0 for the request itself
	seen   []string
}

// recognize gives the canonical name of an option and reports false for
// parameters that are none.
func (p *optionParser) recognize(name string) (string, bool, *Error) {
	bare, dollar := strings.CutPrefix(name, "$")
	option := "$" + strings.ToLower(bare)
	switch option {
	case "$select", "$filter", "$top", "$skip", "$orderby", "$count", "$search", "$expand":
	case "$skiptoken", "$deltatoken", "$format":
		if p.depth > 0 {
			return "", false, unknownOption(name)
		}
	case "$levels":
		if p.depth == 0 {
			return "", false, unknownOption(name)
		}
	default:
		if dollar || p.depth > 0 {
			return "", false, unknownOption(name)
		}
		return "", false, nil
	}
	if slices.Contains(p.seen, option) {
		return "", false, badRequest(noPosition,
			"Query option '%s' was specified more than once, but it must be specified at most once.", option)
	}
	p.seen = append(p.seen, option)
	if p.depth == 0 && slices.Contains(p.opts.Refuse, option) {
		return "", false, requestInvalid("'%s' is not supported by the service.", option)
	}
	return option, true, nil
}

func unknownOption(name string) *Error {
	return badRequest(noPosition, "The query parameter '%s' is not supported.", echo(name))
}

// checkText refuses what no option may hold: nothing, too much, or bytes that
// are no text.
func checkText(option, value string, limits Limits) error {
	switch {
	case strings.TrimSpace(value) == "":
		return badRequest(noPosition, "The value for OData query '%s' cannot be empty.", option)
	case len(value) > limits.Length:
		return badRequest(noPosition, "The value for OData query '%s' is longer than %d bytes.", option, limits.Length)
	case !utf8.ValidString(value) || strings.ContainsRune(value, 0):
		return badRequest(noPosition, "The value for OData query '%s' is not valid text.", option)
	default:
		return nil
	}
}

func (p *optionParser) set(option, value string) (err error) {
	if err := checkText(option, value, p.opts.Limits); err != nil {
		return err
	}
	switch option {
	case "$select":
		p.query.Select, err = parseSelect(value)
	case "$filter":
		p.query.Filter, err = ParseFilter(value, p.opts.Limits)
	case "$search":
		p.query.SearchText = value
		p.query.Search, err = ParseSearch(value, p.opts.Limits)
	case "$orderby":
		p.query.OrderBy, err = parseOrderBy(value)
	case "$expand":
		p.query.Expand, err = p.expand(value)
	case "$top":
		p.query.Top, err = p.top(value)
	case "$skip":
		p.query.Skip, err = parseNumber(option, value)
	case "$count":
		p.query.Count, err = parseBool(option, value)
	case "$levels":
		p.levels, err = parseLevels(value)
	case "$skiptoken":
		p.query.SkipToken = value
	case "$deltatoken":
		p.query.DeltaToken = value
	case "$format":
		p.query.Format = value
	}
	return err
}

// top reads the size of a page. R-API-12
func (p *optionParser) top(value string) (int, error) {
	if strings.Trim(strings.TrimPrefix(value, "-"), "0123456789") != "" || value == "-" {
		return parseNumber("$top", value)
	}
	n, err := strconv.Atoi(value) // what overflows is out of range too
	if err != nil || n < 1 || n > p.opts.MaxTop {
		return 0, requestInvalid("Invalid page size specified: '%s'. Must be between 1 and %d inclusive.",
			echo(value), p.opts.MaxTop)
	}
	return n, nil
}

func parseNumber(option, value string) (int, error) {
	n, err := strconv.ParseUint(value, 10, 31)
	if err != nil {
		return 0, badRequest(noPosition,
			"Invalid value '%s' for %s query option found. The %s query option requires a non-negative integer value.",
			echo(value), option, option)
	}
	return int(n), nil
}

func parseBool(option, value string) (bool, error) {
	switch strings.ToLower(value) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	default:
		return false, badRequest(noPosition,
			"Invalid value '%s' for %s query option found. Valid values are 'true, false'.", echo(value), option)
	}
}

func parseLevels(value string) (int, error) {
	if strings.EqualFold(value, "max") {
		return LevelsMax, nil
	}
	n, err := parseNumber("$levels", value)
	if err == nil && n == 0 {
		err = badRequest(noPosition, "Invalid value '0' for $levels query option found. It has to be 'max' or at least 1.")
	}
	return n, err
}
