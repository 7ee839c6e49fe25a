package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// An event is one line of go test -json.
type event struct {
	Action     string
	Package    string
	ImportPath string // in the place of Package while building
	Test       string
	Output     string
}

// unit names a test, or with an empty test the package itself.
type unit struct{ pkg, test string }

// A report keeps what each test says until it is known whether that matters.
type report struct {
	out     io.Writer
	said    map[unit][]string
	order   []unit // units in said, by their first word
	skipped []string

	passed, failed, broken int // broken: packages that failed outside their tests
}

func newReport(out io.Writer) *report { return &report{out: out, said: map[unit][]string{}} }

// read takes in all events. A line that isn't one is printed as it is.
func (r *report) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil {
				r.print(string(line))
			} else {
				r.take(e)
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read what the tests say: %w", err)
		}
	}
}

func (r *report) take(e event) {
	u := unit{e.Package, e.Test}
	switch e.Action {
	case "output":
		if r.said[u] == nil {
			r.order = append(r.order, u)
		}
		r.said[u] = append(r.said[u], e.Output)
	case "build-output":
		r.print(e.Output)
	case "build-fail":
		r.broken++
	case "pass", "skip", "fail":
		if e.Test == "" {
			r.endPackage(u, e.Action)
		} else {
			r.endTest(u, e.Action)
		}
	}
}

// endTest counts a test and shows what it said if it failed.
func (r *report) endTest(u unit, action string) {
	switch action {
	case "pass":
		r.passed++
	case "skip":
		r.skipped = append(r.skipped, fmt.Sprintf("%s %s\n%s", u.pkg, u.test, strings.Join(r.reasons(u), "")))
	case "fail":
		r.failed++
		r.show(u)
	}
	r.forget(u)
}

// reasons answers what a skipped test said for itself.
func (r *report) reasons(u unit) []string {
	return slices.DeleteFunc(slices.Clone(r.said[u]), func(line string) bool {
		return strings.HasPrefix(line, "=== ") || strings.HasPrefix(strings.TrimSpace(line), "---")
	})
}

// endPackage shows the line of a package, and after a failure all that is left
// of what it said: a panic ends tests that never come to their own end.
func (r *report) endPackage(u unit, action string) {
	if action == "fail" {
		if r.failed == 0 {
			r.broken++
		}
		for _, other := range slices.Clone(r.order) {
			if other.pkg == u.pkg && other.test != "" {
				r.show(other)
				r.forget(other)
			}
		}
		r.show(u)
	}
	for _, line := range r.said[u] {
		if action == "pass" && strings.HasPrefix(line, "ok  ") {
			r.print(line)
		}
	}
	r.forget(u)
}

func (r *report) show(u unit) {
	for _, line := range r.said[u] {
		r.print(line)
	}
}

func (r *report) forget(u unit) {
	delete(r.said, u)
	r.order = slices.DeleteFunc(r.order, func(other unit) bool { return other == u })
}

// print writes text. Nobody is left to tell when that fails.
func (r *report) print(text string) { _, _ = io.WriteString(r.out, text) }

// close prints the skipped tests and the count, and tells whether all is well.
func (r *report) close() bool {
	for _, skipped := range r.skipped {
		r.print("\nSKIPPED, which counts as a failure here: " + skipped)
	}
	if r.broken > 0 {
		r.print(fmt.Sprintf("\n%d packages did not build or ended outside a test\n", r.broken))
	}
	r.print(fmt.Sprintf("%d passed, %d failed, %d skipped\n", r.passed, r.failed, len(r.skipped)))
	return r.failed == 0 && r.broken == 0 && len(r.skipped) == 0 && r.passed > 0
}
