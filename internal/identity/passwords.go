package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// The cost of one argon2id hash: 19 MiB, two passes, one thread.
const (
	argonMemory  = 19 * 1024
	argonTime    = 2
	argonThreads = 1
	argonSalt    = 16
	argonKey     = 32
)

const (
	minPassword = 8
	maxPassword = 256
)

// Passwords hashes and checks passwords. A hash costs 19 MiB and tens of
// milliseconds, so no more run at a time than there are processors.
type Passwords struct {
	slots chan struct{}
	cost  parameters // of the hashes it makes
	decoy string
}

// NewPasswords makes a hasher for this machine.
func NewPasswords() *Passwords {
	return newPasswords(parameters{argonMemory, argonTime, argonThreads, argonKey})
}

// CheapPasswords makes a hasher whose hashes cost next to nothing, for tests: they
// guard nothing.
func CheapPasswords() *Passwords { return newPasswords(parameters{8, 1, 1, argonKey}) }

func newPasswords(cost parameters) *Passwords {
	return &Passwords{
		slots: make(chan struct{}, runtime.NumCPU()),
		cost:  cost,
		decoy: encode(cost, make([]byte, argonSalt), make([]byte, argonKey)),
	}
}

// Hash answers the PHC string to store for password.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	if err := p.enter(ctx); err != nil {
		return "", err
	}
	defer p.leave()
	salt := make([]byte, argonSalt)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("make a salt: %w", err)
	}
	return encode(p.cost, salt, derive(password, salt, p.cost)), nil
}

// Check tells whether password is the one that hash was made of. An empty or
// unreadable hash is never right and takes as long as a wrong password.
func (p *Passwords) Check(ctx context.Context, hash, password string) (bool, error) {
	if err := p.enter(ctx); err != nil {
		return false, err
	}
	defer p.leave()
	return p.matches(hash, password), nil
}

func (p *Passwords) matches(hash, password string) bool {
	cost, salt, want, ok := decode(hash)
	if !ok {
		cost, salt, want, _ = decode(p.decoy)
	}
	if len(password) > 4*maxPassword {
		password, ok = "", false
	}
	return subtle.ConstantTimeCompare(derive(password, salt, cost), want) == 1 && ok
}

func (p *Passwords) enter(ctx context.Context) error {
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait to hash a password: %w", ctx.Err())
	}
}

func (p *Passwords) leave() { <-p.slots }

type parameters struct {
	memory, time uint32
	threads      uint8
	length       uint32
}

func derive(password string, salt []byte, c parameters) []byte {
	return argon2.IDKey([]byte(password), salt, c.time, c.memory, c.threads, c.length)
}

func encode(c parameters, salt, key []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.time, c.threads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}

// decode reads a PHC string. It refuses costs that would let whoever can write
// a hash stop the machine.
func decode(hash string) (c parameters, salt, key []byte, ok bool) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, false
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.time, &c.threads); n != 3 || err != nil {
		return c, nil, nil, false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil || len(salt) < 8 || len(salt) > 64 {
		return c, nil, nil, false
	}
	key, err = base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(key) < 16 || len(key) > 64 {
		return c, nil, nil, false
	}
	c.length = uint32(len(key))
	ok = c.memory >= 8 && c.memory <= 256*1024 && c.time >= 1 && c.time <= 16 && c.threads >= 1 && c.threads <= 16
	return c, salt, key, ok
}

// CheckPolicy tells whether upn may take password: 8 to 256 characters, three
// of the four kinds (small letters, capitals, digits, other), and not the
// account's own name in it. It answers ErrWeakPassword or nil.
func CheckPolicy(password, upn string) error {
	length := utf8.RuneCountInString(password)
	if !utf8.ValidString(password) || length < minPassword || length > maxPassword {
		return refuse(120002)
	}
	var small, capital, digit, other int
	for _, r := range password {
		switch {
		case unicode.IsControl(r):
			return refuse(120002)
		case unicode.IsLower(r):
			small = 1
		case unicode.IsUpper(r):
			capital = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			other = 1
		}
	}
	name, _, _ := strings.Cut(strings.ToLower(upn), "@")
	if len(name) >= 4 && strings.Contains(strings.ToLower(password), name) {
		return refuse(120002)
	}
	if small+capital+digit+other < 3 {
		return refuse(120002)
	}
	return nil
}
