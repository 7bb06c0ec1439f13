package form

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/wardvisit/wardvisit/booking"
)

func post(t *testing.T, values url.Values) *Form {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	f, err := Read(r)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestText(t *testing.T) {
	for _, tt := range []struct {
		name, typed, want string
		code              string // of the problem, or nothing
	}{
		{"a name", "Anna Kowalska", "Anna Kowalska", ""},
		{"white space around it", "  Anna\t", "Anna", ""},
		{"another script", "محمد علي", "محمد علي", ""},
		{"a right-to-left mark", "\u200fאנה", "\u200fאנה", ""},
		{"an emoji family", "Anna 👨‍👩‍👧", "Anna 👨‍👩‍👧", ""},
		{"markup is text", "<script>alert(1)</script>", "<script>alert(1)</script>", ""},
		{"nothing", "", "", "missing"},
		{"only white space", " \n ", "", "missing"},
		{"as long as may be", strings.Repeat("é", 40), strings.Repeat("é", 40), ""},
		{"a character too long", strings.Repeat("é", 41), strings.Repeat("é", 41), "too_long"},
		{"text turned round", "Anna \u202Eaksl", "Anna \u202Eaksl", "bad_text"},
		{"text set apart", "Anna \u2066x\u2069", "Anna \u2066x\u2069", "bad_text"},
		{"a null", "An\x00na", "An\x00na", "bad_text"},
		{"an escape", "\x1b[31mAnna", "\x1b[31mAnna", "bad_text"},
		{"a second line", "Anna\nKowalska", "Anna\nKowalska", "bad_text"},
		{"not UTF-8", "An\xffna", "An\xffna", "bad_text"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := post(t, url.Values{"name": {tt.typed}})
			if got := f.Text("name", 40); got != tt.want {
				t.Errorf("Text = %q, want %q", got, tt.want)
			}
			code := ""
			if problems := f.Problems(); len(problems) > 0 {
				code = problems[0].Code
			}
			if code != tt.code {
				t.Errorf("refused with %q, want %q", code, tt.code)
			}
			if tt.code == "" != (f.Error("name") == "") || f.OK() != (tt.code == "") {
				t.Errorf("Error = %q, OK = %v", f.Error("name"), f.OK())
			}
		})
	}
}

func TestParagraphKeepsItsLines(t *testing.T) {
	f := post(t, url.Values{"note": {"one\r\ntwo\r\n"}})
	if got := f.Paragraph("note", 7); got != "one\ntwo" || !f.OK() {
		t.Errorf("Paragraph = %q, problems %v", got, f.Problems())
	}
}

func TestChoices(t *testing.T) {
	f := post(t, url.Values{"how": {"post"}, "who": {"a", "b", "a"}, "secret": {" pass "}})
	if got := f.Choice("how", "text", "email"); got != "" || f.Problems()[0].Code != "bad_choice" {
		t.Errorf("Choice = %q, %v", got, f.Problems())
	}
	if got := f.Choices("who", "a", "b", "c"); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("Choices = %v", got)
	}
	if f.Choice("none", "a"); f.Error("none") == "" {
		t.Error("a question that was left out is not missed")
	}
	if got := f.Secret("secret", 100); got != " pass " || f.Value("secret") != "" {
		t.Errorf("Secret = %q, and afterwards %q", got, f.Value("secret"))
	}
}

func TestFailKeepsRefusalsAndReturnsFaults(t *testing.T) {
	f := Blank("time", "14:00")
	if fault := f.Fail("time", booking.ErrSlotTaken); fault != nil {
		t.Errorf("a refusal came back: %v", fault)
	}
	if f.Fail("time", booking.ErrTooLate); len(f.Problems()) != 1 || f.Problems()[0].Code != "slot_taken" {
		t.Errorf("problems = %v, want the first alone", f.Problems())
	}
	broken := errors.New("disk full")
	if fault := f.Fail("time", broken); !errors.Is(fault, broken) {
		t.Errorf("a fault was kept: %v", fault)
	}
	if f.Value("time") != "14:00" {
		t.Error("what was typed is lost")
	}
}

func TestNobodyHasFilledItIn(t *testing.T) {
	var f *Form
	if f.Value("x") != "" || f.Values("x") != nil || f.Error("x") != "" || f.Problems() != nil || !f.OK() {
		t.Error("a nil form says something")
	}
}

func TestWhatIsNoFormIsRefused(t *testing.T) {
	for name, r := range map[string]*http.Request{
		"a broken escape":             httptest.NewRequest(http.MethodPost, "/", strings.NewReader("name=%zz")),
		"one in the address":          httptest.NewRequest(http.MethodPost, "/?a=%zz", strings.NewReader("name=x")),
		"a separator of another time": httptest.NewRequest(http.MethodPost, "/", strings.NewReader("a=1;b=2")),
	} {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if _, err := Read(r); !errors.Is(err, booking.ErrBadText) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
