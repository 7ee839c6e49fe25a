package api

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
	"time"

	"leaver/internal/wire"
)

// How many rows a page has when nobody says, and at most.
const (
	defaultPage = 100
	maxPage     = 1000
)

var (
	topParam  = param{"$top", "integer", "How many rows a page has, at most 1000."}
	skipParam = param{"$skiptoken", "string", "Where the page begins; comes from @odata.nextLink."}
)

// list is one page of a list, as Graph gives it.
type list[T any] struct {
	Value []T    `json:"value"`
	Next  string `json:"@odata.nextLink,omitempty" doc:"Where the next page is; absent on the last one."`
}

// top reads $top.
func (c *call) top(otherwise int) (int, error) {
	text := c.r.URL.Query().Get("$top")
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxPage {
		return 0, wrong(c.r, "request.badTop", "$top", "max", maxPage)
	}
	return n, nil
}

// token makes the $skiptoken of a page that begins behind a key.
func token(key string) string { return base64.RawURLEncoding.EncodeToString([]byte("k" + key)) }

// skipped reads the key of $skiptoken, "" on the first page.
func (c *call) skipped() (string, error) {
	text := c.r.URL.Query().Get("$skiptoken")
	if text == "" {
		return "", nil
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	key, ok := strings.CutPrefix(string(b), "k")
	if err != nil || !ok || key == "" || !wire.IsText(key) {
		return "", wrong(c.r, "request.badToken", "$skiptoken")
	}
	return key, nil
}

// skippedNumber reads a $skiptoken that holds a number.
func (c *call) skippedNumber(otherwise int64) (int64, error) {
	key, err := c.skipped()
	if err != nil || key == "" {
		return otherwise, err
	}
	n, err := strconv.ParseInt(key, 10, 64)
	if err != nil || n < 0 {
		return 0, wrong(c.r, "request.badToken", "$skiptoken")
	}
	return n, nil
}

// next is the link to the page that a token stands for, "" without a token.
func (a *API) next(c *call, path, token string) string {
	if token == "" {
		return ""
	}
	q := url.Values{}
	for name, values := range c.r.URL.Query() {
		if name != "$skiptoken" {
			q[name] = values
		}
	}
	q.Set("$skiptoken", token)
	return a.link(c, path) + "?" + q.Encode()
}

// link is the address of a path of the API.
func (a *API) link(c *call, path string) string {
	if a.Base != "" {
		return strings.TrimRight(a.Base, "/") + Prefix + path
	}
	scheme, host := "http", c.r.Host
	if c.r.TLS != nil {
		scheme = "https"
	}
	if a.BehindProxy {
		if proto := c.r.Header.Get("X-Forwarded-Proto"); proto == "http" || proto == "https" {
			scheme = proto
		}
		if outer := c.r.Header.Get("X-Forwarded-Host"); outer != "" {
			host = outer
		}
	}
	return scheme + "://" + host + Prefix + path
}

// moment reads a query parameter that is a day or a time.
func (c *call) moment(name string) (time.Time, error) {
	text := c.r.URL.Query().Get(name)
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, wrong(c.r, "request.badTime", name, "field", name, "value", shown(text))
}

// flag reads a query parameter that is true or false.
func (c *call) flag(name string) (bool, error) {
	switch c.r.URL.Query().Get(name) {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	}
	return false, wrong(c.r, "request.wrongType", name, "field", name, "given", shown(c.r.URL.Query().Get(name)))
}

// answer writes a value as JSON.
func (c *call) answer(status int, v any) error {
	wire.JSON(c.w, status, v)
	return nil
}

func (c *call) done() error {
	wire.NoContent(c.w)
	return nil
}
