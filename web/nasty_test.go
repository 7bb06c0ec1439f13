package web

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// nasty is what is typed into every field of staff. Nobody's name, reason or number is any
// of it.
var nasty = map[string]string{
	"a mark that turns the line round": "Anna \u202egnp.exe", "an isolate": "Anna\u2066\u2067", "nothing to see": "\u200b\u2060\ufeff",
	"900 letters": strings.Repeat("x", 900), "900 marks over one letter": "a" + strings.Repeat("\u0301", 900),
	"a byte that ends": "Anna\x00Arkwright", "half a letter": "Anna\xff\xc3", "an escape": "Anna\x1b[31m",
	"a tag": `"><img src=x onerror=alert(1)><script>alert(1)</script>`, "a template": "{{.}} ${7*7} %s%n",
	"a huge number": "99999999999999999999", "less than nothing": "-1", "no day": "2026-02-31", "no time": "25:61",
}

// mayBeSaid is what is odd and harmless: as text it may stand in a reason.
var mayBeSaid = []string{"a tag", "a template", "a huge number", "less than nothing", "no day", "no time"}

// A typedForm is a form of a page, filled in as the page has it.
type typedForm struct {
	page, action string
	values       url.Values
	typed        []string // the fields that take text
	chosen       []string // those that offer what to choose from
	secret       map[string]bool
}

// formsOf are the forms of a page that change something.
func formsOf(t *testing.T, at, page string) (found []typedForm) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "form" && attr(n, "method") == "post" && strings.HasPrefix(attr(n, "action"), "/ward/") {
			found = append(found, readForm(at, n))
		}
	}
	return found
}

func readForm(at string, form *html.Node) typedForm {
	f := typedForm{page: at, action: attr(form, "action"), values: url.Values{}, secret: map[string]bool{}}
	for n := range form.Descendants() {
		name := attr(n, "name")
		if n.Type != html.ElementNode || name == "" {
			continue
		}
		switch n.Data {
		case "textarea":
			f.typed = append(f.typed, name)
			f.values.Set(name, textOf(n))
		case "select":
			f.chosen = append(f.chosen, name)
			for option := range n.Descendants() {
				if option.Data == "option" && (f.values.Get(name) == "" || has(option, "selected")) {
					f.values.Set(name, attr(option, "value"))
				}
			}
		case "button":
			f.chosen = append(f.chosen, name)
			if f.values.Get(name) == "" {
				f.values.Set(name, attr(n, "value"))
			}
		case "input":
			f.input(n, name)
		}
	}
	slices.Sort(f.typed)
	f.typed = slices.Compact(f.typed)
	slices.Sort(f.chosen)
	f.chosen = slices.Compact(f.chosen)
	return f
}

func (f *typedForm) input(n *html.Node, name string) {
	switch kind := attr(n, "type"); kind {
	case "radio":
		f.chosen = append(f.chosen, name)
		f.values.Set(name, attr(n, "value")) // the last: what the first asks for is the least
	case "checkbox":
		f.chosen = append(f.chosen, name)
		if has(n, "checked") {
			f.values.Add(name, attr(n, "value"))
		}
	case "file", "submit":
	case "hidden":
		f.values.Add(name, attr(n, "value"))
		f.typed = append(f.typed, name) // whoever is hostile types there too
		f.secret[name] = true
	default:
		f.values.Set(name, attr(n, "value"))
		f.typed = append(f.typed, name)
		f.secret[name] = kind == "password"
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func textOf(n *html.Node) (text string) {
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			text += d.Data
		}
	}
	return text
}

// everyRole is the browser of somebody who holds every role everywhere.
func (h *wardHouse) everyRole(t *testing.T) *phone {
	t.Helper()
	var held []booking.Grant
	for _, role := range booking.AllRoles {
		held = append(held, booking.Grant{Role: role})
	}
	h.account(t, desk.NewAccount{Name: "Inês Costa", Email: admin, Holds: held})
	p := h.phone(t)
	p.post("/ward/sign-in", "email", admin, "password", aPassword).leads("/ward/")
	return p
}

// everyForm is one of each kind of form that somebody is led to.
func (p *phone) everyForm() (found []typedForm) {
	p.t.Helper()
	todo := []string{"/ward/today", "/ward/change", "/ward/sign-in?another=1", "/ward/first-sign-in"}
	seen, known := map[string]bool{}, map[string]bool{}
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		path, query, _ := strings.Cut(at, "?")
		kind := eachID.ReplaceAllString(path, "x") + "?" + eachDay.ReplaceAllString(eachID.ReplaceAllString(query, "x"), "d")
		if seen[kind] {
			continue
		}
		seen[kind] = true
		page := p.get(at)
		if page.to != "" {
			todo = append(todo, page.to)
		}
		for _, link := range offered.FindAllStringSubmatch(page.text, -1) {
			to, _, _ := strings.Cut(html.UnescapeString(link[1]), "#")
			todo = append(todo, to)
		}
		for _, f := range formsOf(p.t, at, page.text) {
			action, _, _ := strings.Cut(f.action, "?")
			kind := eachID.ReplaceAllString(action, "x") + strings.Join(f.typed, " ")
			if !known[kind] && len(f.typed) > 0 && action != "/ward/sign-out" {
				known[kind] = true
				found = append(found, f)
			}
		}
	}
	return found
}

var bareCode = regexp.MustCompile(`^[a-z0-9]+(_[a-z0-9]+)+$`)

// judge is what must hold of every answer to a form.
func (f typedForm) judge(t *testing.T, s screen, field, what, typed string) (taken bool) {
	t.Helper()
	says := f.action + ", " + field + ", " + what
	if strings.Contains(s.text, "<script>alert") || strings.Contains(s.text, "<img src=x") {
		t.Errorf("%s: it is read as a page", says)
	}
	if s.status != http.StatusUnprocessableEntity && s.status != http.StatusConflict && s.status != http.StatusForbidden {
		return s.status == http.StatusOK || s.status == http.StatusSeeOther
	}
	root, err := html.Parse(strings.NewReader(s.text))
	if err != nil {
		t.Fatal(err)
	}
	kept := false
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && strings.Contains(attr(n, "class"), "nhsuk-error-message") && bareCode.MatchString(strings.TrimSpace(strings.TrimPrefix(textOf(n), "Error:"))) {
			t.Errorf("%s: says %q", says, textOf(n))
		}
		if attr(n, "name") == field && (attr(n, "value") == typed || textOf(n) == typed) {
			kept = true
		}
	}
	if !kept && !f.secret[field] && s.status == http.StatusUnprocessableEntity && strings.Contains(s.text, "nhsuk-error-summary") && utf8.ValidString(typed) && !strings.ContainsRune(typed, 0) {
		t.Errorf("%s: what was typed is not kept", says)
	}
	return false
}

// Whatever is typed into whatever field of staff is refused in words and kept, or is text.
func TestNastyThingsAreTypedEverywhere(t *testing.T) { onBoth(t, nastyThings) }

func nastyThings(t *testing.T, h *wardHouse) {
	h.booked(t, 3*time.Hour, bsl, anna)
	by := h.everyRole(t)
	forms := by.everyForm()
	// What can be taken comes last, since the form is done with then.
	inOrder := slices.SortedFunc(maps.Keys(nasty), func(a, b string) int {
		return cmp.Or(slices.Index(mayBeSaid, a)-slices.Index(mayBeSaid, b), cmp.Compare(a, b))
	})
	fields := 0
	for _, f := range forms {
		for _, field := range f.typed {
			fields++
			for _, what := range inOrder {
				typed := nasty[what]
				values := url.Values{}
				for name, one := range f.values {
					values[name] = one
				}
				values.Set(field, typed)
				s := by.ask(http.MethodPost, f.action, values)
				if f.judge(t, s, field, what, typed) && !slices.Contains(mayBeSaid, what) && !f.secret[field] {
					t.Errorf("%s takes %s as %s", f.action, what, field)
				}
				h.hour = h.hour.Add(time.Minute) // nobody is to be slowed down
			}
		}
	}
	t.Logf("%d forms, %d fields", len(forms), fields)
	if len(forms) < 40 || fields < 100 {
		t.Errorf("only %d forms with %d fields were found", len(forms), fields)
	}
}

// with is what a browser sends when one field holds something else.
func (f typedForm) with(field, value string) url.Values {
	values := maps.Clone(f.values)
	values.Set(field, value)
	return values
}

// What was never offered to choose from breaks nothing, and no patient, iPad or visit is
// found at an address that somebody has made up.
func TestNastyThingsAreChosenEverywhere(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		h.booked(t, 3*time.Hour, bsl, anna)
		by := h.everyRole(t)
		fields, strange := 0, 0
		for _, f := range by.everyForm() {
			for _, field := range append(f.chosen, "key", "version") {
				fields++
				f.secret[field] = true // what was chosen is not shown again when it was never offered
				for _, what := range []string{"a byte that ends", "half a letter", "900 letters", "a huge number", "a tag", "no day"} {
					f.judge(t, by.ask(http.MethodPost, f.action, f.with(field, nasty[what])), field, what, nasty[what])
				}
			}
			for _, none := range []string{"99999999-0000-4000-8000-999999999999", "ZZZ-ZZZ", "%00", "%FF", "%E2%80%AE", strings.Repeat("9", 900), "-1", "2026-02-31"} {
				action, _, _ := strings.Cut(f.action, "?")
				if made := eachID.ReplaceAllLiteralString(action, none); made != action {
					strange++
					if s := by.ask(http.MethodPost, made, f.values); s.status < http.StatusBadRequest {
						t.Errorf("%s: status %d to %s", made, s.status, s.to)
					}
				}
			}
		}
		t.Logf("%d fields, %d addresses", fields, strange)
		if fields < 100 || strange < 100 {
			t.Errorf("only %d fields and %d addresses were found", fields, strange)
		}
	})
}
