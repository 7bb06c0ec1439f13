package desk

import (
	"crypto/rand"
	"strings"
	"testing"
)

func TestPasswords(t *testing.T) {
	hash, err := NewPasswordHash("correct horse 🐴", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for password, want := range map[string]bool{"correct horse 🐴": true, "correct horse": false, "": false} {
		if got, err := passwordMatches(password, hash); got != want || err != nil {
			t.Errorf("%q matches: %v, %v", password, got, err)
		}
	}
	for _, bad := range []string{
		"", "correct horse", "$argon2i$v=19$m=19456,t=2,p=1$AAAA$AAAA", strings.Replace(hash, "v=19", "v=16", 1),
		strings.Replace(hash, "m=19456", "m=4000000000", 1), strings.Replace(hash, "t=2", "t=0", 1), strings.Replace(hash, "p=1", "p=0", 1),
		hash[:len(hash)-30], strings.Replace(hash, "$", "!", 2),
	} {
		if _, err := passwordMatches("correct horse", bad); err == nil {
			t.Errorf("%q is taken for a hash", bad)
		}
	}
}

// Whoever types a name that nobody has must wait as long as anybody else.
func TestNobodysHashIsAsMuchWork(t *testing.T) {
	hash, err := NewPasswordHash("x", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cost := func(hash string) string { return strings.Join(strings.Split(hash, "$")[:4], "$") }
	if cost(hash) != cost(nobody) {
		t.Errorf("%s is not %s", cost(nobody), cost(hash))
	}
	if right, err := passwordMatches("x", nobody); right || err != nil {
		t.Errorf("%v, %v", right, err)
	}
}
