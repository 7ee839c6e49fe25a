package cli

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// logins are the sign-ins that this user keeps: one for each server.
type logins struct {
	Current string            `json:"current"` // the server that was signed in to last
	Servers map[string]*login `json:"servers"`
}

// A login is a sign-in that is kept.
type login struct {
	Name         string    `json:"name"`
	ClientID     string    `json:"clientId"`
	CAFile       string    `json:"caFile,omitempty"` // what the server was trusted by
	AccessToken  string    `json:"accessToken"`
	RefreshToken string    `json:"refreshToken"`
	Expires      time.Time `json:"expires"`
}

func (s *session) loginsFile() string {
	return filepath.Join(s.ConfigDir, "leaver", "logins.json")
}

// readLogins reads the sign-ins; none when there is no file.
func (s *session) readLogins() (*logins, error) {
	all := &logins{Servers: map[string]*login{}}
	if s.ConfigDir == "" {
		return all, nil
	}
	text, err := os.ReadFile(s.loginsFile())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return all, nil
	case err != nil:
		return nil, fileFault(s.loginsFile(), err)
	}
	if err := json.Unmarshal(text, all); err != nil {
		return nil, fileFault(s.loginsFile(), err)
	}
	if all.Servers == nil {
		all.Servers = map[string]*login{}
	}
	return all, nil
}

// keepLogin keeps a sign-in and makes its server the current one; nil forgets it.
func (s *session) keepLogin(server string, kept *login) error {
	return s.changeLogins(func(all *logins) error {
		if kept == nil {
			delete(all.Servers, server)
			if all.Current == server {
				all.Current = ""
			}
			return nil
		}
		all.Servers[server] = kept
		all.Current = server
		return nil
	})
}

// changeLogins changes the sign-ins while no other process does: each reads what the
// one before wrote.
func (s *session) changeLogins(change func(all *logins) error) error {
	if s.ConfigDir == "" {
		return usage("noConfigDir")
	}
	if err := os.MkdirAll(filepath.Dir(s.loginsFile()), 0o700); err != nil {
		return fileFault(s.loginsFile(), err)
	}
	lock, err := waitForLock(s.loginsFile() + ".lock")
	if err != nil {
		return fileFault(s.loginsFile(), err)
	}
	defer lock.Close()
	all, err := s.readLogins()
	if err != nil {
		return err
	}
	if err := change(all); err != nil {
		return err
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	return writePrivate(s.loginsFile(), text)
}

// writePrivate writes a file that only its owner reads, whole or not at all.
func writePrivate(name string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return fileFault(name, err)
	}
	file, err := os.CreateTemp(filepath.Dir(name), ".logins-*") // made with 0600
	if err != nil {
		return fileFault(name, err)
	}
	defer os.Remove(file.Name()) //nolint:errcheck // gone already when all went well
	_, err = file.Write(append(text, '\n'))
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		return fileFault(name, err)
	}
	return nil
}
