package identity

import (
	"context"
	"strings"
	"sync"
	"time"
)

// memory keeps behind one lock what a database would.
type memory struct {
	mu       sync.Mutex
	tenant   Tenant
	apps     map[string]App
	people   map[string]Person
	grants   map[string]Grant
	signing  map[string]Key
	failures map[string]int
	locked   map[string]time.Time
	broken   error // answered instead of everything
	keyReads int
}

func (m *memory) Tenant(context.Context) (Tenant, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.tenant, m.broken
}

func (m *memory) App(_ context.Context, appID string) (App, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	app, ok := m.apps[strings.ToLower(appID)]
	if !ok {
		return App{}, ErrNotFound
	}
	return app, nil
}

func (m *memory) PersonByName(_ context.Context, upn string) (Person, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range m.people {
		if strings.EqualFold(p.UPN, upn) {
			return p, nil
		}
	}
	return Person{}, ErrNotFound
}

func (m *memory) PersonByID(_ context.Context, id string) (Person, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.people[id]
	if !ok {
		return Person{}, ErrNotFound
	}
	return p, nil
}

func (m *memory) SetPassword(_ context.Context, id, hash string) error {
	m.changePerson(id, func(p *Person) { p.PasswordHash, p.MustChangePassword, p.SessionEpoch = hash, false, p.SessionEpoch+1 })
	return nil
}

func (m *memory) changePerson(id string, change func(*Person)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.people[id]
	change(&p)
	m.people[id] = p
}

func (m *memory) changeApp(id string, change func(*App)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.apps[id]
	change(&a)
	m.apps[id] = a
}

func (m *memory) Save(_ context.Context, g Grant) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, taken := m.grants[g.Handle]; taken {
		return ErrExists
	}
	m.grants[g.Handle] = g
	return nil
}

func (m *memory) Find(_ context.Context, handle string) (Grant, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	g, ok := m.grants[handle]
	if !ok {
		return Grant{}, ErrNotFound
	}
	return g, nil
}

func (m *memory) Spend(_ context.Context, handle string, at time.Time) (Grant, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	g, ok := m.grants[handle]
	if !ok {
		return Grant{}, ErrNotFound
	}
	before := g
	if g.SpentAt.IsZero() {
		g.SpentAt = at
		m.grants[handle] = g
	}
	return before, nil
}

func (m *memory) List(context.Context) ([]Key, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keyReads++
	var all []Key
	for _, k := range m.signing {
		all = append(all, k)
	}
	return all, m.broken
}

func (m *memory) Add(_ context.Context, k Key) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.signing[k.ID] = k
	return nil
}

func (m *memory) Remove(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.signing, id)
	return nil
}

func (m *memory) LockedUntil(_ context.Context, key string) (time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.locked[key], nil
}

func (m *memory) Failed(_ context.Context, key string, now time.Time, lock func(int) time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failures[key]++
	m.locked[key] = now.Add(lock(m.failures[key]))
	return nil
}

func (m *memory) Cleared(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.failures, key)
	delete(m.locked, key)
	return nil
}
