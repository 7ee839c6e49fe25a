package graphclient

import (
	"bufio"
	"context"
	"iter"
	"net/http"
	"strings"
)

// An Event is one message of a stream of server-sent events.
type Event struct {
	Name string
	Data []byte
}

// maxEvent bounds one line of a stream.
const maxEvent = 1 << 20

// DepartureEvents follows a run: how many people are done. The stream ends with the
// event "end", or with the connection.
func (c *Client) DepartureEvents(ctx context.Context, id string) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		resp, err := c.send(ctx, request{
			method: http.MethodGet, path: departurePath(id) + "/events", query: briefly, header: http.Header{"Accept": {"text/event-stream"}},
		})
		if err != nil {
			yield(Event{}, err)
			return
		}
		defer resp.Body.Close()
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(make([]byte, 0, 4096), maxEvent)
		var event Event
		for lines.Scan() {
			switch field, value, _ := strings.Cut(lines.Text(), ":"); {
			case lines.Text() == "":
				if event.Name != "" || event.Data != nil {
					if !yield(event, nil) {
						return
					}
				}
				event = Event{}
			case field == "event":
				event.Name = strings.TrimPrefix(value, " ")
			case field == "data":
				event.Data = append(event.Data, strings.TrimPrefix(value, " ")...)
			}
		}
		if err := lines.Err(); err != nil {
			yield(Event{}, &Unreachable{Server: c.Server.String(), Cause: err})
		}
	}
}
