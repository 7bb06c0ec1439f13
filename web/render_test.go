package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/web/form"
)

func TestEveryPageIsWhole(t *testing.T) {
	s := newServer(t, io.Discard, false)
	if len(s.pages.names()) < 3 {
		t.Fatalf("only %v", s.pages.names())
	}
	for _, name := range s.pages.names() {
		folder, _, _ := strings.Cut(name, "/")
		look, known := surfaces[folder]
		if !known {
			t.Errorf("%s: no surface is called %s", name, folder)
		}
		for _, part := range []string{"title", "content", look.Layout} {
			if s.pages.byName[name].Lookup(part) == nil {
				t.Errorf("%s does not define %s", name, part)
			}
		}
	}
}

// withPages gives a face pages of a test's own.
func withPages(t *testing.T, pages map[string]string) *Server {
	t.Helper()
	s := newServer(t, io.Discard, false)
	tree := fstest.MapFS{}
	for _, name := range []string{"layout.html", "bare.html"} {
		text, err := templates.ReadFile("templates/" + name)
		if err != nil {
			t.Fatal(err)
		}
		tree["templates/"+name] = &fstest.MapFile{Data: text}
	}
	for name, text := range pages {
		tree["templates/"+name+".html"] = &fstest.MapFile{Data: []byte(text)}
	}
	var err error
	if s.pages, err = readPages(tree, s.functions()); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAPageWithAFormThatWillNotDo(t *testing.T) {
	s := withPages(t, map[string]string{
		"family/name": `{{define "title"}}Your name{{end}}{{define "content"}}{{field . "input" "name" "label" "Full name"}}{{end}}`,
	})
	type namePage struct{ *form.Form }
	h := serve(s, "GET /x", func(w http.ResponseWriter, r *http.Request) error {
		f := form.Blank("name", `"><script>Anna`)
		if fault := f.Fail("name", booking.ErrTooLong); fault != nil {
			return fault
		}
		return s.render(w, r, http.StatusUnprocessableEntity, "family/name", namePage{f})
	})
	w := get(h, "/x")
	page := w.Body.String()
	for _, want := range []string{"<title>Error: Your name", "There is a problem", `href="#name"`, "That is too long", `value="&#34;&gt;&lt;script&gt;Anna"`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s in %s", want, page)
		}
	}
	if w.Code != http.StatusUnprocessableEntity {
		t.Errorf("status %d", w.Code)
	}
}

func TestAPageThatCannotBeDrawnSendsNothingOfItself(t *testing.T) {
	s := withPages(t, map[string]string{
		"site/fault":    `{{define "title"}}Fault{{end}}{{define "content"}}There is a problem{{end}}`,
		"family/broken": `{{define "title"}}Half{{end}}{{define "content"}}first half {{nhs "buton"}}{{end}}`,
	})
	h := serve(s, "GET /x", func(w http.ResponseWriter, r *http.Request) error {
		return s.render(w, r, http.StatusOK, "family/broken", nil)
	})
	if w := get(h, "/x"); w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "first half") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestBodyDrawsAPartOfItsOwnPage(t *testing.T) {
	part := `{{define "title"}}T{{end}}{{define "who"}}<b>{{.}}</b>{{end}}` +
		`{{define "content"}}{{nhs "details" "summary" "Who?" "html" (body "who" .)}}{{end}}`
	s := withPages(t, map[string]string{"family/one": part, "family/two": strings.ReplaceAll(part, "<b>", "<i>")})
	for name, want := range map[string]string{"family/one": "<b>Anna &amp; co</b>", "family/two": "<i>Anna &amp; co</b>"} {
		w := httptest.NewRecorder()
		if err := s.render(w, httptest.NewRequest(http.MethodGet, "/", nil), http.StatusOK, name, "Anna & co"); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: no %s in %s", name, want, w.Body)
		}
	}
}

func TestTheReadersPlaceInTheNavigation(t *testing.T) {
	nurse := booking.Actor{Kind: booking.StaffActor, Wards: map[booking.WardID]booking.Roles{"w": {booking.Nurse}}}
	for path, want := range map[string]string{
		"/ward/today":          "Today",
		"/ward/patients/p1":    "Patients",
		"/ward/patientsmisled": "",
		"/ward/book/held/1":    "Book a visit",
	} {
		current := ""
		for _, link := range surfaces["ward"].navFor(httptest.NewRequest(http.MethodGet, path, nil), nurse) {
			if link.Current {
				current += link.Text
			}
		}
		if current != want {
			t.Errorf("%s: %q is current, want %q", path, current, want)
		}
	}
}

func TestTheNavigationShowsWhatOnesWorkIs(t *testing.T) {
	for role, want := range map[booking.StaffRole]string{
		booking.Nurse:         "Today, Book a visit, Requests, Waiting list, To look at, Patients, iPads, How it was, Visiting rules",
		booking.DeviceManager: "iPads",

		booking.InterpreterCoordinator: "Interpreters",

		booking.Administrator: "People, Wards and beds, Figures",
		"":                    "",
	} {
		reader := booking.Actor{Kind: booking.StaffActor, Everywhere: booking.Roles{role}}
		var names []string
		for _, link := range surfaces["ward"].navFor(httptest.NewRequest(http.MethodGet, "/ward/today", nil), reader) {
			names = append(names, link.Text)
		}
		if got := strings.Join(names, ", "); got != want {
			t.Errorf("%q sees %s; want %s", role, got, want)
		}
	}
}
