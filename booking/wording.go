package booking

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// A Wording is a sentence of a ward's own in the messages of one kind that it sends to
// families. It is added to the usual words and replaces none of them, so that no link,
// code, time or number can be lost by it. It counts in every message that has not gone
// yet, also those that were owed before: a ward that corrects a sentence corrects it
// everywhere.
type Wording struct {
	Ward    WardID
	Kind    NoticeKind
	Version int    // counted from 1; 0 is of a ward that never said anything
	Text    string // with placeholders, "[when]"; empty for the usual words alone
	MadeAt  time.Time
	MadeBy  string
}

// Wordables are the messages to which a ward can add, in the order in which a family
// gets them: those about one of its visits. An invitation, a code, and what is said when
// a visit makes way for a goodbye have only their usual words.
var Wordables = []NoticeKind{NoticeBooked, NoticeMoved, NoticeCancelled, NoticeReminder, NoticeJoin, NoticeWaiting, NoticeMissed}

// Wordable reports whether a ward can add to messages of a kind.
func (k NoticeKind) Wordable() bool { return slices.Contains(Wordables, k) }

// WordingPlaces are what a placeholder stands for, by its name, with how many characters
// it is at its longest. The link is none of them: it is in the usual words, once.
var WordingPlaces = map[string]int{"hospital": 60, "phone": 20, "when": 64, "reference": 7}

// longestWording is one text message of its own, in the alphabet of text messages.
const longestWording = 160

// gsm is that alphabet (3GPP TS 23.038) as far as it takes one place, and gsmTwo what
// takes two. Anything else would make each message of 160 characters three.
const (
	gsm = "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿" +
		"abcdefghijklmnopqrstuvwxyzäöñüà\n"
	gsmTwo = "^{}\\[~]|€"
)

// PlainWords replaces what typesetters like and the alphabet of text messages lacks.
var PlainWords = strings.NewReplacer(
	"\u2018", "'", "\u2019", "'", "\u201c", `"`, "\u201d", `"`,
	"\u2013", "-", "\u2014", "-", "\u2026", "...", "\u00a0", " ", "\u202f", " ",
)

// Septets is how many places a text takes in text messages, and whether their alphabet
// has all of it.
func Septets(text string) (n int, all bool) {
	for _, r := range text {
		switch {
		case strings.ContainsRune(gsm, r):
			n++
		case strings.ContainsRune(gsmTwo, r):
			n += 2
		default:
			return 0, false
		}
	}
	return n, true
}

// SMSParts is how many text messages carry a text: 160 characters, or 153 of each where
// there are several; 70 and 67 where the alphabet lacks one of them.
func SMSParts(text string) int {
	n, all := Septets(text)
	one, each := 160, 153
	if !all {
		n, one, each = 0, 70, 67
		for _, r := range text {
			n++
			if r > 0xffff {
				n++
			}
		}
	}
	if n <= one {
		return 1
	}
	return (n + each - 1) / each
}

// ReadWording reads a wording as it was typed: one line. wards are the names that no
// message may say, since a ward's name can be a diagnosis.
func ReadWording(typed string, wards []string) (string, error) {
	text := PlainWords.Replace(strings.Join(strings.Fields(typed), " "))
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
		return "", ErrBadText
	}
	longest, err := expanded(text, func(name string) (string, bool) {
		n, known := WordingPlaces[name]
		return strings.Repeat("n", n), known
	})
	if err != nil {
		return "", err
	}
	n, all := Septets(longest)
	folded := " " + lettersOf(text) + " "
	switch {
	case strings.ContainsAny(text, "{}<>"):
		return "", ErrWordingMarks
	case strings.Contains(folded, " http") || strings.Contains(folded, " www ") || strings.Contains(text, "://") || linked.MatchString(text):
		return "", ErrWordingLink
	case slices.ContainsFunc(wards, func(w string) bool { return names(folded, w) }):
		return "", ErrWordingWard
	case !all:
		return "", ErrWordingAlphabet
	case n > longestWording:
		return "", ErrWordingLong
	}
	return text, nil
}

// linked is what telephones make a link of, also without "http": a full stop with no
// space on either side and two letters after it.
var linked = regexp.MustCompile(`[\pL\pN]\.\pL{2}`)

// names reports whether a text, folded, names a ward, also without the word "ward",
// which a name that is the name of anything may have or not.
func names(folded, ward string) bool {
	name := strings.TrimSpace(lettersOf(ward))
	bare := strings.TrimSpace(strings.TrimSuffix(" "+name, " ward"))
	return name != "" && strings.Contains(folded, " "+name+" ") || bare != "" && strings.Contains(folded, " "+bare+" ")
}

// lettersOf is a text in small letters with one space for everything that is neither
// letter nor digit.
func lettersOf(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}

// expanded replaces the placeholders of a text, or refuses one that is unknown.
func expanded(text string, of func(name string) (string, bool)) (string, error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "[")
		b.WriteString(before)
		if !found {
			if strings.Contains(before, "]") {
				return "", ErrWordingPlace
			}
			return b.String(), nil
		}
		name, after, closed := strings.Cut(rest, "]")
		value, known := of(name)
		if !closed || !known || strings.Contains(before, "]") {
			return "", ErrWordingPlace
		}
		b.WriteString(value)
		text = after
	}
}

// SayWording is a text with its placeholders filled in from words, which are put in as they
// are: what stands in them is not looked at again. It says nothing rather than a
// sentence with a hole in it.
func SayWording(text string, words map[string]string) string {
	said, err := expanded(text, func(name string) (string, bool) {
		value, known := words[name]
		_, allowed := WordingPlaces[name]
		return value, known && allowed
	})
	if err != nil {
		return ""
	}
	return said
}
