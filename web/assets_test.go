package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

func TestAssets(t *testing.T) {
	s := newServer(t, io.Discard, false)
	if !s.Built() {
		if os.Getenv("CI") == "true" {
			t.Fatal("the front end is not built: make build")
		}
		t.Skip("SKIPPED: the front end is not built: make build")
	}
	for _, name := range []string{"main.css", "ipad.css", "call.css", "nhs.js", "call.js", "icon.svg", "icon-180.png"} {
		w := get(s, s.assets.path(name))
		if w.Code != http.StatusOK || w.Body.Len() == 0 {
			t.Errorf("%s: %d, %d bytes", name, w.Code, w.Body.Len())
		}
		if caching := w.Header().Get("Cache-Control"); !strings.Contains(caching, "immutable") {
			t.Errorf("%s: Cache-Control: %s", name, caching)
		}
	}
	r := httptest.NewRequest(http.MethodGet, s.assets.path("main.css"), nil)
	r.Header.Set("Accept-Encoding", "gzip, br")
	packed := httptest.NewRecorder()
	s.ServeHTTP(packed, r)
	unpacked, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	if plain := get(s, s.assets.path("main.css")).Body.String(); string(content) != plain {
		t.Error("the packed style sheet is not the plain one")
	}
	if w := get(s, "/assets/main.css"); w.Code != http.StatusNotFound {
		t.Errorf("a name without a hash: %d", w.Code)
	}
}

// TestPagesAreLight proves that a page with its styles and scripts comes whole
// through a poor line: at most 100 KB as they travel.
func TestPagesAreLight(t *testing.T) {
	s := newServer(t, io.Discard, false)
	if !s.Built() {
		t.Skip("SKIPPED: the front end is not built: make build")
	}
	travels := func(name string) int {
		file := s.assets.files[s.assets.names[name]]
		if file.packed != nil {
			return len(file.packed)
		}
		return len(file.content)
	}
	base := travels("main.css") + travels("nhs.js")
	for name := range s.assets.names {
		if strings.HasSuffix(name, ".js") && name != "nhs.js" && base+travels(name) > 80<<10 {
			t.Errorf("a page with %s is %d bytes before its own text", name, base+travels(name))
		}
	}
}

func TestAPageIsPackedForWhoeverTakesIt(t *testing.T) {
	s := newServer(t, io.Discard, true)
	r := httptest.NewRequest(http.MethodGet, "/nowhere", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	body, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(body)
	if err != nil || !strings.Contains(string(page), "Page not found") {
		t.Errorf("%v: %s", err, page)
	}
}
