package desk

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"
)

// How passwords are hashed: argon2id with 19 MiB and two passes, which OWASP
// gives as its first choice. At most two are hashed at once, so that signing in
// cannot take the memory and processors from the calls beside it.
const (
	argonMemory     = 19 * 1024 // KiB
	argonTime       = 2
	argonThreads    = 1
	argonKey        = 32
	argonSalt       = 16
	passwordsAtOnce = 2
)

// Bounds on a hash read back, so that a damaged row cannot ask for all memory.
const (
	mostArgonMemory = 1 << 20 // KiB
	mostArgonTime   = 16
)

// nobody is the hash checked when nobody has the name typed: of a password that
// was thrown away, and as much work as any other.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$3FzhWeOHhx88CVQmvKg4ng$mJ3FWCfSgrRp0Mrv5FwsvoSshANaQbjQSdQa/qCGZ58"

// NewPasswordHash hashes a password, in PHC form.
func NewPasswordHash(password string, random io.Reader) (string, error) {
	salt := make([]byte, argonSalt)
	if _, err := io.ReadFull(random, salt); err != nil {
		return "", fmt.Errorf("desk: random: %w", err)
	}
	key := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonKey)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key)), nil
}

// checkPassword reports whether a password is the one hashed. It waits for its
// turn.
func (d *Desk) checkPassword(ctx context.Context, password, hash string) (bool, error) {
	select {
	case d.hashing <- struct{}{}:
		defer func() { <-d.hashing }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	return passwordMatches(password, hash)
}

var errBadHash = errors.New("desk: a password hash that is none")

func passwordMatches(password, hash string) (bool, error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return false, errBadHash
	}
	var version int
	var memory, passes uint32
	var threads uint8
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, errBadHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &threads); err != nil {
		return false, errBadHash
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(want) < 16 || memory > mostArgonMemory || passes < 1 || passes > mostArgonTime || threads < 1 {
		return false, errBadHash
	}
	got := argon2.IDKey([]byte(password), salt, passes, memory, threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}
