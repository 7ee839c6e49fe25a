package main

import (
	"os"
	"path/filepath"
	"strings"
)

// addressFile is where a server notes its address, beside its data: a command
// that finds the data in use can say where to go.
const addressFile = "address"

// noteAddress writes down where the data in dir are served, until forget.
func noteAddress(dir, address string) (forget func(), err error) {
	name := filepath.Join(dir, addressFile)
	if err := os.WriteFile(name, []byte(address+"\n"), 0o600); err != nil {
		return nil, err
	}
	return func() { _ = os.Remove(name) }, nil // a note that stays behind is only read while the data are in use
}

// addressIn is where the data in dir are served, as far as is known.
func addressIn(dir string) string {
	text, err := os.ReadFile(filepath.Join(dir, addressFile))
	if err != nil {
		return "http://" + defaultListen
	}
	return strings.TrimSpace(string(text))
}
