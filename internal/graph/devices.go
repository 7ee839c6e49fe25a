package graph

import "net/http"

// listDevices answers GET /users/{id}/ownedDevices and registeredDevices: no device
// is in the directory. The computers that synchronised a drive are known by their
// names only, which /api/v1 gives. R-DEL-20
func (s *Server) listDevices(w http.ResponseWriter, r *http.Request, c *call) error {
	options, err := c.options(r, "$skip")
	if err != nil {
		return err
	}
	if _, err := s.id(r); err != nil {
		return err
	}
	head := list{context: "directoryObjects"}
	if options.Counts() {
		head.count = new(int64)
	}
	c.collection(w, head, 0, nil)
	return nil
}

func (s *Server) countDevices(w http.ResponseWriter, r *http.Request, c *call) error {
	if _, err := c.countOptions(r); err != nil {
		return err
	}
	if _, err := s.id(r); err != nil {
		return err
	}
	number(w, 0)
	return nil
}

// noDevices is an $expand of the devices of some people.
func noDevices(owned bool, people int) expansion {
	x := expansion{name: "registeredDevices", rows: make([][]byte, people)}
	if owned {
		x.name = "ownedDevices"
	}
	for i := range x.rows {
		x.rows[i] = []byte("[]")
	}
	return x
}
