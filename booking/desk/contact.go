package desk

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"

	"github.com/wardvisit/wardvisit/booking"
)

// How long what people type may be, in characters.
const (
	longestName     = 100
	longestRelation = 60
	longestReason   = 500
	longestEmail    = 254 // of an address that can be delivered to
	longestPhone    = 40
	longestPassword = 256
)

// A name is as people write it: any script, emoji, markup, which pages show as
// it is. Only what no name has is refused.
func readText(s string, longest int) (string, error) {
	s = strings.Join(strings.Fields(s), " ")
	switch {
	case s == "":
		return "", booking.ErrMissing
	case !utf8.ValidString(s):
		return "", booking.ErrBadText
	case utf8.RuneCountInString(s) > longest:
		return "", booking.ErrTooLong
	case strings.ContainsFunc(s, invisible):
		return "", booking.ErrBadText
	}
	return s, nil
}

// invisible finds what could make a name read as another one: control
// characters, and those that turn the direction of writing. Joiners stay, since
// scripts and emoji need them.
func invisible(r rune) bool {
	return unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// readContact reads somebody to be invited as they were typed.
func (d *Desk) readContact(c Contact) (Contact, error) {
	var err error
	if c.Name, err = readText(c.Name, longestName); err != nil {
		return c, err
	}
	if c.Relationship, err = readText(c.Relationship, longestRelation); err != nil {
		return c, err
	}
	if c.Email, err = readEmail(c.Email); err != nil {
		return c, err
	}
	c.Phone, err = d.readPhone(c.Phone)
	return c, err
}

// readPhone reads a number and returns it in E.164. Whether anybody answers it
// is proved by the code sent there, so a number need only be possible.
func (d *Desk) readPhone(s string) (string, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return "", booking.ErrMissing
	case len(s) > longestPhone:
		return "", booking.ErrTooLong
	}
	number, err := phonenumbers.Parse(s, d.region)
	if err != nil || phonenumbers.IsPossibleNumberWithReason(number) != phonenumbers.IS_POSSIBLE || number.GetExtension() != "" {
		return "", booking.ErrBadPhone
	}
	return phonenumbers.Format(number, phonenumbers.E164), nil
}

// readEmail reads an address, which may be left out.
func readEmail(s string) (string, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return "", nil
	case len(s) > longestEmail:
		return "", booking.ErrTooLong
	}
	address, err := mail.ParseAddress(s)
	if err != nil || address.Address != s || strings.ContainsFunc(s, invisible) {
		return "", booking.ErrBadEmail
	}
	return s, nil
}
