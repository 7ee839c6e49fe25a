package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"time"
)

// pages are what an administrator opens most.
var pages = []string{"/", "/users", "/users?q=van", "/deleted", "/leavers", "/products", "/audit"}

// centre measures how long the pages of the admin centre take.
func (b *bench) centre(n int, leaver *server) {
	jar, err := cookiejar.New(nil)
	check(err)
	client := &http.Client{Jar: jar}
	r, err := client.PostForm(leaver.url+"/signin", url.Values{"name": {"admin@lindeboom.example"}, "password": {"Welkom-2026!"}})
	check(err)
	r.Body.Close()
	if r.StatusCode != http.StatusOK || r.Request.URL.Path == "/signin" {
		check(fmt.Errorf("sign in: %s at %s", r.Status, r.Request.URL))
	}
	var said []string
	for _, page := range pages {
		var took []time.Duration
		for range 21 {
			began := time.Now()
			r, err := client.Get(leaver.url + page)
			check(err)
			_, err = io.Copy(io.Discard, r.Body)
			check(err)
			r.Body.Close()
			if r.StatusCode != http.StatusOK {
				check(fmt.Errorf("%s: %s", page, r.Status))
			}
			took = append(took, time.Since(began))
		}
		slices.Sort(took)
		said = append(said, fmt.Sprintf("`%s` %.1f", page, float64(took[len(took)/2].Microseconds())/1000))
	}
	b.facts = append(b.facts, fmt.Sprintf("Pages of the admin centre at %d people, median in ms: %s.", n, strings.Join(said, ", ")))
}
