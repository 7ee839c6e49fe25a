package web

import (
	"maps"
	"net/url"
	"slices"
)

// sortedKeys are the names of a form's values in order, so that a page is the
// same every time.
func sortedKeys(values url.Values) []string { return slices.Sorted(maps.Keys(values)) }

// orText is the first text that is not empty.
func orText(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func has(list []string, s string) bool { return slices.Contains(list, s) }
