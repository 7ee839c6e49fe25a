package graphclient

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strconv"
)

// page is one page of a list, as Graph gives it.
type page[T any] struct {
	Value []Answer[T] `json:"value"`
	Next  string      `json:"@odata.nextLink"`
}

// list goes through all pages of a list. It asks for the next page when the
// caller gets there, so that a caller that stops early stops the traffic too.
func list[T any](ctx context.Context, c *Client, r request) iter.Seq2[Answer[T], error] {
	r.method = http.MethodGet
	return func(yield func(Answer[T], error) bool) {
		for {
			got, err := call[page[T]](ctx, c, r)
			if err != nil {
				yield(Answer[T]{}, err)
				return
			}
			for _, element := range got.V.Value {
				if !yield(element, nil) {
					return
				}
			}
			if got.V.Next == "" {
				return
			}
			r.path, r.query = got.V.Next, nil
		}
	}
}

// set puts a query parameter when it has a value.
func set(q url.Values, name, value string) {
	if value != "" {
		q.Set(name, value)
	}
}

// setTop asks for pages of a size.
func setTop(q url.Values, n int) {
	if n > 0 {
		q.Set("$top", strconv.Itoa(n))
	}
}

// Raw is JSON as the server sent it.
type Raw = json.RawMessage
