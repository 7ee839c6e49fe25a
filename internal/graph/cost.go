package graph

import (
	"net/http"
	"strconv"
	"strings"
)

// cost is how many units a request takes. R-API-07
func cost(a *address, method, query string) int {
	units := 1
	if method == http.MethodGet || method == http.MethodHead {
		units = base(a)
	}
	options := strings.ToLower(strings.ReplaceAll(query, "%24", "$"))
	if strings.Contains(options, "$select=") {
		units--
	}
	if strings.Contains(options, "$expand=") {
		units++
	}
	if _, rest, ok := strings.Cut(options, "$top="); ok {
		digits, _, _ := strings.Cut(rest, "&")
		if n, err := strconv.Atoi(digits); err == nil && n < 20 {
			units--
		}
	}
	return max(units, 1)
}

func base(a *address) int {
	switch n := len(a.segments); {
	case n == 1 && a.is("users"):
		return 2
	case a.is("subscribedSkus"):
		return 3
	case n > 2:
		switch a.segments[2] {
		case "memberOf", "transitiveMemberOf", "ownedObjects", "licenseDetails":
			return 2
		}
	}
	return 1
}
