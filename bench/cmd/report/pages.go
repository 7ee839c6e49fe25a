package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// pages are what an administrator opens most, beside somebody's own page.
var pages = []string{"/", "/users", "/users?q=van", "/groups", "/deleted", "/leavers", "/leavers/calendar", "/products", "/audit"}

var personLink = regexp.MustCompile(`href="(/users/[0-9a-f-]{36})"`)

// centre measures how long the pages of the admin centre take, and says when.
func (b *bench) centre(n int, leaver *server, when string) {
	jar, err := cookiejar.New(nil)
	check(err)
	client := &http.Client{Jar: jar}
	r, err := client.PostForm(leaver.url+"/signin", url.Values{"name": {"admin@lindeboom.example"}, "password": {"Welkom-2026!"}})
	check(err)
	r.Body.Close()
	if r.StatusCode != http.StatusOK || r.Request.URL.Path == "/signin" {
		check(fmt.Errorf("sign in: %s at %s", r.Status, r.Request.URL))
	}
	get := func(page string) (body []byte, took time.Duration) {
		began := time.Now()
		r, err := client.Get(leaver.url + page)
		check(err)
		body, err = io.ReadAll(r.Body)
		check(err)
		r.Body.Close()
		if r.StatusCode != http.StatusOK {
			check(fmt.Errorf("%s: %s", page, r.Status))
		}
		return body, time.Since(began)
	}
	list, _ := get("/users")
	person := personLink.FindSubmatch(list)
	if person == nil {
		check(errors.New("/users shows nobody"))
	}
	names := map[string]string{string(person[1]): "/users/{id}"}
	var said []string
	for _, page := range append(slices.Clone(pages), string(person[1])) {
		all := make([]time.Duration, 21)
		for i := range all {
			_, all[i] = get(page)
		}
		slices.Sort(all)
		said = append(said, fmt.Sprintf("`%s` %.1f", cmp.Or(names[page], page), float64(all[len(all)/2].Microseconds())/1000))
	}
	b.facts = append(b.facts, fmt.Sprintf("Pages of the admin centre at %d people%s, median in ms: %s.", n, when, strings.Join(said, ", ")))
}
