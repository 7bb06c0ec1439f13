package booking

import (
	"strings"
	"time"
	"unicode/utf8"
)

// An Account is somebody who works here, as those who keep accounts see them.
type Account struct {
	ID     StaffID
	Name   string
	Email  string // folded to lower case
	Holds  []Grant
	Closed bool
	// Code is until when the code works with which they choose a password, or zero
	// when they have none.
	Code time.Time
	// Seen is when they last signed in, or zero.
	Seen time.Time
}

// MayEverywhere reports whether the account, as it is, carries a right everywhere.
func (a Account) MayEverywhere(right Right) bool {
	if a.Closed {
		return false
	}
	var held Roles
	for _, g := range a.Holds {
		if g.Ward == "" && g.Site == "" {
			held = append(held, g.Role)
		}
	}
	return held.Carry(right)
}

// Check refuses a grant of no role, or in two places, and accounts kept for a part of
// the people only.
func (g Grant) Check() error {
	switch _, known := carries[g.Role]; {
	case !known, g.Ward != "" && g.Site != "", g.Role == Administrator && (g.Ward != "" || g.Site != ""):
		return ErrBadChoice
	}
	return nil
}

// How long a password is, in characters. NIST SP 800-63B asks for length in place of
// digits and signs, and against lists of what everybody guesses first.
const (
	shortestPassword = 12
	longestPassword  = 128
)

// guessedFirst is what passwords of twelve characters and more begin with that are
// guessed first: the tops of lists of leaked ones, made longer.
var guessedFirst = []string{"password", "passw0rd", "123456", "qwerty", "letmein", "welcome", "iloveyou", "abc123", "hospital", "wardvisit", "111111", "changeme"}

// CheckPassword refuses a password that is too short, too long, or guessed soon by
// somebody who knows whose it is.
func CheckPassword(password, email, name string) error {
	n := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password), n > longestPassword:
		return ErrPasswordLong
	case n < shortestPassword:
		return ErrPasswordShort
	}
	folded := strings.ToLower(password)
	local, _, _ := strings.Cut(email, "@")
	known := append([]string{local}, strings.FieldsFunc(strings.ToLower(name+" "+local), func(r rune) bool { return strings.ContainsRune(" .-_'", r) })...)
	for _, word := range known {
		if len(word) >= 3 && len(strings.ReplaceAll(folded, word, "")) < shortestPassword/2 {
			return ErrPasswordGuessable
		}
	}
	for _, word := range guessedFirst {
		if strings.Contains(folded, word) {
			return ErrPasswordGuessable
		}
	}
	if strings.Count(folded, folded[:1]) == len(folded) {
		return ErrPasswordGuessable
	}
	return nil
}
