package form

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/web/locale"
)

// A Form is what was typed, and what is wrong with it. A nil Form, and one made
// by Blank, is a form that nobody has filled in yet.
type Form struct {
	values   url.Values
	problems []Problem
	words    *locale.Catalogue
}

// A Problem is one answer that will not do.
type Problem struct {
	Name string // of the question
	Code string // of the refusal
	Text string // the sentence
}

// Read reads the body of a form. It refuses one that no browser sends; one that
// is too big remains an http.MaxBytesError.
func Read(r *http.Request) (*Form, error) {
	var tooBig *http.MaxBytesError
	switch err := r.ParseForm(); {
	case errors.As(err, &tooBig):
		return nil, fmt.Errorf("form: read: %w", err)
	case err != nil:
		return nil, booking.ErrBadText // and not err, which quotes what was typed
	}
	return &Form{values: r.PostForm, words: locale.English}, nil
}

// Blank makes a form with answers in place already: pairs of name and value.
func Blank(pairs ...string) *Form {
	f := &Form{values: url.Values{}, words: locale.English}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.values.Add(pairs[i], pairs[i+1])
	}
	return f
}

// Value returns an answer as it was typed.
func (f *Form) Value(name string) string {
	if f == nil {
		return ""
	}
	return clean(f.values.Get(name))
}

// Values returns each answer to a question that has several.
func (f *Form) Values(name string) []string {
	if f == nil {
		return nil
	}
	var values []string
	for _, value := range f.values[name] {
		values = append(values, clean(value))
	}
	return values
}

// clean makes what was typed fit to be shown again, and to be looked for: a database may
// refuse even to be asked for a text with a NUL in it.
func clean(value string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(value, "\uFFFD"), "\x00", "\uFFFD")
}

// Error returns the sentence about an answer that will not do.
func (f *Form) Error(name string) string {
	if f == nil {
		return ""
	}
	for _, p := range f.problems {
		if p.Name == name {
			return p.Text
		}
	}
	return ""
}

// Problems returns what is wrong, in the order in which it was found, which is
// the order of the page if the questions are read in that order.
func (f *Form) Problems() []Problem {
	if f == nil {
		return nil
	}
	return f.problems
}

// OK reports whether nothing is wrong.
func (f *Form) OK() bool { return len(f.Problems()) == 0 }

// Fail keeps a refusal as what is wrong with an answer. Any other error is not
// the asker's to know and is returned.
func (f *Form) Fail(name string, err error) (fault error) {
	var refusal *booking.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	if f.Error(name) == "" { // the first thing wrong is enough to mend at once
		f.problems = append(f.problems, Problem{name, refusal.Code, f.words.SayOf(refusal.Code, name)})
	}
	return nil
}

// FailAs keeps a refusal as what is wrong with an answer, in words of its own, where
// they hold what the catalogue cannot know.
func (f *Form) FailAs(name string, refusal *booking.Refusal, text string) {
	if f.Error(name) == "" {
		f.problems = append(f.problems, Problem{name, refusal.Code, text})
	}
}

func (f *Form) fail(name string, refusal *booking.Refusal) {
	_ = f.Fail(name, refusal) // a refusal is never a fault
}

// Text returns a line that must be there, of at most so many characters.
func (f *Form) Text(name string, most int) string {
	text := f.Optional(name, most)
	if text == "" {
		f.fail(name, booking.ErrMissing)
	}
	return text
}

// Optional returns a line that may be empty.
func (f *Form) Optional(name string, most int) string {
	return f.read(name, most, func(r rune) bool { return false })
}

// Paragraph returns text of several lines that may be empty.
func (f *Form) Paragraph(name string, most int) string {
	// Browsers send each line's end as two characters, of which one counts.
	f.values[name] = []string{strings.ReplaceAll(f.values.Get(name), "\r\n", "\n")}
	return f.read(name, most, func(r rune) bool { return r == '\n' || r == '\t' })
}

func (f *Form) read(name string, most int, allowed func(rune) bool) string {
	text := strings.TrimSpace(f.values.Get(name))
	switch {
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return commands(r) && !allowed(r) }):
		f.fail(name, booking.ErrBadText)
	case utf8.RuneCountInString(text) > most:
		f.fail(name, booking.ErrTooLong)
	}
	return text
}

// commands reports whether a character tells a screen what to do: a control, an
// embedding or isolate that turns text round, or a line that only looks ended.
// The marks that Arabic and Hebrew names need are not among them, nor are those
// that join the parts of an emoji.
func commands(r rune) bool {
	switch {
	case unicode.IsControl(r), r == '\u2028', r == '\u2029', r == '\uFEFF', r == '\uFFFD':
		return true
	case r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069':
		return true
	}
	return false
}

// Secret returns a password as it was typed, spaces and all.
func (f *Form) Secret(name string, most int) string {
	secret := f.values.Get(name)
	switch {
	case secret == "":
		f.fail(name, booking.ErrMissing)
	case len(secret) > most:
		f.fail(name, booking.ErrTooLong)
	}
	delete(f.values, name) // never sent back in a page
	return secret
}

// Choice returns one of those offered, which must have been chosen.
func (f *Form) Choice(name string, offered ...string) string {
	chosen := f.values.Get(name)
	switch {
	case chosen == "":
		f.fail(name, booking.ErrMissing)
	case !slices.Contains(offered, chosen):
		f.fail(name, booking.ErrBadChoice)
		return ""
	}
	return chosen
}

// Choices returns any of those offered, each once.
func (f *Form) Choices(name string, offered ...string) []string {
	var chosen []string
	for _, value := range f.values[name] {
		switch {
		case !slices.Contains(offered, value):
			f.fail(name, booking.ErrBadChoice)
		case !slices.Contains(chosen, value):
			chosen = append(chosen, value)
		}
	}
	return chosen
}

// Checked reports whether a box on its own was ticked.
func (f *Form) Checked(name string) bool { return f.values.Get(name) != "" }
