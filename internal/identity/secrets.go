package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
)

// What a generated password is made of: signs that nobody mistakes for another
// on paper, and no vowels, so that no word comes out.
const (
	readableCapitals = "CDFHJKMNPRTVWXY"
	readableSmall    = "cdfhjkmnprtvwxy"
	readableDigits   = "34679"
)

// NewPassword makes a password that people can read to each other: three
// groups of four, such as "Tk7m-Rw4x-Hn9p", with small letters, capitals and
// digits in it. It is worth 60 bits.
func NewPassword(random io.Reader) (string, error) {
	for {
		raw, err := pick(random, readableCapitals+readableSmall+readableDigits, 12)
		if err != nil {
			return "", fmt.Errorf("make a password: %w", err)
		}
		if strings.ContainsAny(raw, readableCapitals) && strings.ContainsAny(raw, readableSmall) && strings.ContainsAny(raw, readableDigits) {
			return raw[:4] + "-" + raw[4:8] + "-" + raw[8:], nil
		}
	}
}

// pick draws n signs of alphabet, each as likely as the others.
func pick(random io.Reader, alphabet string, n int) (string, error) {
	var b [1]byte
	picked := make([]byte, 0, n)
	limit := 256 - 256%len(alphabet)
	for len(picked) < n {
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", fmt.Errorf("read random bytes: %w", err)
		}
		if int(b[0]) < limit {
			picked = append(picked, alphabet[int(b[0])%len(alphabet)])
		}
	}
	return string(picked), nil
}

// NewSecret makes an opaque value of 256 bits for tokens, codes and client secrets.
func NewSecret(random io.Reader) (string, error) {
	b := make([]byte, 32)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", fmt.Errorf("make a secret: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// Handle is the name under which an opaque value is stored. The value has 256
// random bits, so one SHA-256 keeps it secret.
func Handle(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// HashSecret answers what to store for a client secret. Generated secrets have
// so many bits that a fast hash is enough.
func HashSecret(secret string) (string, error) {
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("make a salt: %w", err)
	}
	return "$sha256$" + hex.EncodeToString(salt) + "$" + saltedHash(salt, secret), nil
}

// CheckSecret tells whether hash was made of secret.
func CheckSecret(hash, secret string) bool {
	parts := strings.Split(hash, "$")
	if len(parts) != 4 || parts[1] != "sha256" {
		return false
	}
	salt, err := hex.DecodeString(parts[2])
	if err != nil {
		return false
	}
	return subtle.ConstantTimeCompare([]byte(saltedHash(salt, secret)), []byte(parts[3])) == 1
}

func saltedHash(salt []byte, secret string) string {
	h := sha256.New()
	h.Write(salt)
	h.Write([]byte(secret))
	return hex.EncodeToString(h.Sum(nil))
}

// newID makes a random GUID for traces.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// isID tells whether s is written as a GUID.
func isID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (s[i] == '-') || !dash && !strings.ContainsRune("0123456789abcdefABCDEF", rune(s[i])) {
			return false
		}
	}
	return true
}
