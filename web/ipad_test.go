package web

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/boombuler/barcode/qr"

	"github.com/wardvisit/wardvisit/booking"
)

func TestPairing(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	iPads := "/ward/ipads?ward=" + string(willow)
	one := func(act string) string {
		return "/ward/ipads/" + string(firstIPad) + "/" + act + "?ward=" + string(willow)
	}
	by.get(iPads).shows(http.StatusOK, "iPad 1 Clean Not paired never seen Battery not known")
	by.get(one("pair")).shows(http.StatusOK, "Show the code").hides("paired already")
	first := by.post(one("pair")).shows(http.StatusOK, "Or open visits.example/ipad/pair on the iPad", "The code works once, until 12:10pm.")
	code := pairingCode(t, first)
	if strings.Contains(first.text, "#"+code) {
		t.Error("the code stands in the page as an address")
	}
	second := pairingCode(t, by.post(one("pair")).shows(http.StatusOK))

	p := h.phone(t)
	p.get("/ipad").shows(http.StatusForbidden, "This iPad is not set up")
	p.get("/ipad/pair").shows(http.StatusOK, "Code on the ward’s screen")
	p.key = newKey(t)
	for _, wrong := range []string{"", "K7M", "BBB-BBB", code, strings.Repeat("B", 900), "🎉", "<script>"} {
		p.post("/ipad/pair", p.key.pairs(t, wrong)...).shows(http.StatusUnprocessableEntity, "There is a problem")
	}
	p.post("/ipad/pair", "pairing_code", second).shows(http.StatusUnprocessableEntity, "This browser cannot keep the iPad's key")
	p.post("/ipad/pair", "pairing_code", second, "device_key", p.key.Text(), "signature", newKey(t).pairs(t, second)[5]).
		shows(http.StatusUnprocessableEntity, "could not show that it is itself")
	p.post("/ipad/pair", p.key.pairs(t, strings.ToLower(strings.ReplaceAll(second, "-", " ")))...).leads("/ipad")
	h.phone(t).post("/ipad/pair", newKey(t).pairs(t, second)...).shows(http.StatusUnprocessableEntity) // it works once
	p.get("/ipad").shows(http.StatusOK, "Willow Ward", "No visits now")

	if s := p.post("/ipad/heartbeat", "battery", "82", "version", "abc"); s.status != http.StatusNoContent {
		t.Errorf("heartbeat: %d", s.status)
	}
	by.get(iPads).shows(http.StatusOK, "iPad 1 Clean Paired online Battery 82%")
	by.get(one("pair")).shows(http.StatusOK, "This iPad is paired already.")
	for _, wrong := range []string{"101", "-5", "full", strings.Repeat("9", 900)} {
		p.post("/ipad/heartbeat", "battery", wrong, "version", "abc").shows(http.StatusUnprocessableEntity)
	}
	h.hour = h.hour.Add(2 * time.Minute)
	by.get(iPads).shows(http.StatusOK, "last seen 2 minutes ago")

	by.get(one("unpair")).shows(http.StatusOK, "Unpair iPad 1?")
	by.get(by.post(one("unpair")).leads("/ward/ipads")).shows(http.StatusOK, "The iPad is unpaired.")
	p.get("/ipad").shows(http.StatusForbidden, "This iPad is not set up").hides("Willow")
	p.post("/ipad/heartbeat", "battery", "82").shows(http.StatusForbidden)
}

func TestWhatTheIPadShows(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	v := h.booked(t, time.Hour, booking.Tongue{}, anna, david)
	p := h.paired(t, by, v.Device, willow)
	names := []string{"Anna", "David", "Arkwright", "Thomas", string(v.Reference)}

	p.get("/ipad").shows(http.StatusOK, "Willow Ward", "Next visit 1:00pm").hides(names...)
	p.get("/ipad?ended").shows(http.StatusOK, "Your visit has ended").hides(names...)
	h.hour = h.hour.Add(46 * time.Minute)
	p.get("/ipad").shows(http.StatusForbidden, "This iPad is not set up").hides(names...)
	p.enters()
	p.get("/ipad").shows(http.StatusOK, "Your visit with Anna and David", "1:00pm").hides("Arkwright", "Thomas")
	by.post("/ward/visits/" + string(v.Reference) + "/start").leads("/ward/today")
	s := p.get("/ipad").shows(http.StatusOK, "Your visit is starting", "Open the visit").hides("Arkwright", "Thomas")
	if !strings.Contains(s.text, `href="/ipad/call"`) || !strings.Contains(s.text, `data-shows="start"`) {
		t.Error("the iPad is not sent to the call")
	}
	p.get("/ipad?ended").shows(http.StatusOK, "Your visit is starting") // the next one does not wait for a farewell
	by.post("/ward/visits/"+string(v.Reference)+"/end", "why", "patient_declined").leads("/ward/today")
	p.get("/ipad").shows(http.StatusOK, "No visits now").hides(names...)
}

func TestTheManifest(t *testing.T) {
	h := newWardHouse(t)
	s := h.phone(t).get("/ipad/manifest.webmanifest").shows(http.StatusOK)
	var m map[string]any
	if err := json.Unmarshal([]byte(s.text), &m); err != nil || m["start_url"] != "/ipad" || m["scope"] != "/ipad" {
		t.Errorf("%v: %s", err, s.text)
	}
	if kind := s.header.Get("Content-Type"); kind != "application/manifest+json" {
		t.Errorf("it is a %s", kind)
	}
}

// TestLivePages looks at streams as a browser does, over a connection.
func TestLivePages(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	v := h.booked(t, 10*time.Minute, booking.Tongue{}, anna)
	iPad := h.paired(t, by, v.Device, willow)
	site := httptest.NewServer(h)
	defer site.Close()
	defer h.Drain()
	board := listen(t, site, "/ward/today/events", by)
	bedside := listen(t, site, "/ipad/events", iPad)
	first, shown := board(), bedside()
	if shown.Shows != showsSoon {
		t.Errorf("the iPad shows %q", shown.Shows)
	}
	by.post("/ward/visits/" + string(v.Reference) + "/start").leads("/ward/today")
	if next := board(); next.Serial <= first.Serial {
		t.Errorf("the board was told %v after %v", next, first)
	}
	if next := bedside(); next.Shows != showsStart {
		t.Errorf("the iPad was told %v", next)
	}
	other := h.staff(t, otherNurse)
	other.get("/ward/today/events?ward=" + string(willow)).shows(http.StatusNotFound)
	h.phone(t).get("/ipad/events").shows(http.StatusForbidden)
}

// listen opens a stream and returns what waits for the next look on it.
func listen(t *testing.T, site *httptest.Server, path string, as *phone) func() look {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, site.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range as.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	answer, err := site.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d", path, answer.StatusCode)
	}
	lines := bufio.NewScanner(answer.Body)
	return func() look {
		t.Helper()
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				var l look
				if err := json.Unmarshal([]byte(data), &l); err != nil {
					t.Fatal(err)
				}
				return l
			}
		}
		t.Fatalf("%s: the stream ended: %v", path, lines.Err())
		return look{}
	}
}

func TestTheQRCodeIsWhole(t *testing.T) {
	text := "https://visits.example/ipad/pair#K7M-4PQ"
	drawn, err := newQR(text)
	if err != nil {
		t.Fatal(err)
	}
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		t.Fatal(err)
	}
	side := code.Bounds().Dx()
	if drawn.Side != side+8 {
		t.Fatalf("side %d, want %d and a quiet zone of 4 around", drawn.Side, side)
	}
	black := map[[2]int]bool{}
	for part := range strings.SplitSeq(strings.TrimSuffix(drawn.Path, "z"), "z") {
		x, y, width := rectangle(t, part)
		for i := range width {
			black[[2]int{x + i, y}] = true
		}
	}
	for y := range drawn.Side {
		for x := range drawn.Side {
			inside := x >= 4 && y >= 4 && x < side+4 && y < side+4
			want := inside && dark(code.At(x-4, y-4).RGBA())
			if black[[2]int{x, y}] != want {
				t.Fatalf("module %d,%d is drawn %v", x, y, !want)
			}
		}
	}
}

// rectangle reads one row of dark modules: M4 4h7v1h-7.
func rectangle(t *testing.T, part string) (x, y, width int) {
	t.Helper()
	if n, err := fmt.Sscanf(part, "M%d %dh%d", &x, &y, &width); n != 3 {
		t.Fatalf("%q: %v", part, err)
	}
	return x, y, width
}

func TestAnIPadSeesOnlyItsOwnWard(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, manager)
	p := h.paired(t, by, harbourIPad, harbour)
	h.booked(t, 10*time.Minute, booking.Tongue{}, anna)
	p.get("/ipad").shows(http.StatusOK, "Harbour Ward", "No visits now")
}
