package web

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

const (
	aPage    = 100 << 10 // at most, with everything that it draws on, as it travels
	poorLine = 400_000 / 8
	allPages = 15 // seconds of loading, from the link to a visit that is booked
)

var drawsOn = regexp.MustCompile(`(?:href|src)="(/assets/[^"]+)"`)

// loads fetches a page with what it draws on, but for what this phone has fetched before,
// and returns how many bytes have travelled, and how many would to a phone that has
// nothing.
func (p *phone) loads(path string, kept map[string]int) (travelled, whole int) {
	p.t.Helper()
	fetch := func(path string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(p.t.Context(), http.MethodGet, path, nil)
		r.Header.Set("Accept", "text/html")
		r.Header.Set("Accept-Encoding", "gzip")
		for name, value := range p.cookies {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		w := httptest.NewRecorder()
		p.house.ServeHTTP(w, r)
		return w
	}
	const headers = 1 << 10 // of an answer and its question, generously
	travelled = fetch(path).Body.Len() + headers
	whole = travelled
	for _, m := range drawsOn.FindAllStringSubmatch(p.get(path).shows(http.StatusOK).text, -1) {
		size, had := kept[m[1]]
		if !had {
			size = fetch(m[1]).Body.Len() + headers
			kept[m[1]] = size
			travelled += size
		}
		whole += size
	}
	return travelled, whole
}

// A family books over 400 kbit/s: no page is heavy, and all of them together are a few
// seconds of loading.
func TestBookingOverAPoorLine(t *testing.T) {
	h := newFamilyHouse(t)
	if !h.Built() {
		t.Skip("SKIPPED: the front end is not built: make build")
	}
	p := h.phone(t)
	token := h.link(t, anna, "")
	kept := map[string]int{}
	total := 0
	load := func(path string) {
		t.Helper()
		travelled, whole := p.loads(path, kept)
		if total += travelled; whole > aPage {
			t.Errorf("%s is %d bytes", path, whole)
		}
	}
	load("/invitation/" + token)
	p.post("/invitation/code", "token", token).leads("/invitation/" + token)
	load("/invitation/" + token)
	p.post("/invitation/open", "token", token, "code", h.code(t)).leads("/visits")
	load("/visits")
	load("/visits/new?patient=" + string(thomas))
	held := strings.TrimSuffix(p.hold(thomas, p.times(thomas)[1]), "who")
	load(held + "who")
	p.post(held + "who").leads(held + "language")
	load(held + "language")
	p.post(held+"language", "interpreter", "none").leads(held + "help")
	load(held + "help")
	p.post(held + "help").leads(held + "check")
	load(held + "check")
	visit := p.post(held + "book").leads("/visits/")
	load(visit)
	load(strings.TrimSuffix(visit, "?done=booked") + "/call")
	if seconds := float64(total) / poorLine; seconds > allPages {
		t.Errorf("%d bytes take %.1f s", total, seconds)
	} else {
		t.Logf("%d bytes, %.1f s at 400 kbit/s", total, seconds)
	}
}
