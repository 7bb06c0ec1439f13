package web

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/wardvisit/wardvisit/web/locale"
)

// ports is a network with everything on it, as hospitals are told to have it:
// one address, 443 for all.
func ports() Network {
	host, media := []string{"visits.example"}, []string{"203.0.113.9"}
	return Network{Doors: []Door{
		{pathPage, "TCP", 443, host}, {pathSocket, "TCP", 443, host},
		{pathUDP, "UDP", 443, media}, {pathTCP, "TCP", 443, media},
		{pathRelayUDP, "UDP", 3478, host}, {pathRelayTLS, "TCP", 443, host},
	}}
}

// office answers offers in the place of the media server, across the network
// from it: what it is asked is what a test wants to see.
type office struct {
	asked [][2]string
	err   error
}

func (o *office) Begin(_ context.Context, path, offer string) (Trial, error) {
	o.asked = append(o.asked, [2]string{path, offer})
	return Trial{Offered: true, SDP: "answer"}, o.err
}

func tryOffer(s *Server, from, site string, body io.Reader) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "https://visits.example/check/offer", body)
	r.RemoteAddr = from
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Sec-Fetch-Site", site)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func anOffer() io.Reader {
	return strings.NewReader(url.Values{"path": {"udp"}, "sdp": {"v=0\r\nm=audio\r\n"}}.Encode())
}

func TestATrialNeedsNoLogin(t *testing.T) {
	o := &office{}
	s := newServer(t, io.Discard, false)
	s.trials = o
	w := tryOffer(s, "192.0.2.1:1", "same-origin", anOffer())
	if want := `{"offered":true,"sdp":"answer","iceServers":[]}`; w.Code != http.StatusOK || w.Body.String() != want {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if len(o.asked) != 1 || o.asked[0] != [2]string{"udp", "v=0\r\nm=audio\r\n"} {
		t.Errorf("asked %q", o.asked)
	}
}

func TestTrialsAreRefused(t *testing.T) {
	for _, tt := range []struct {
		name, site string
		err        error
		body       string
		status     int
		code       string
	}{
		{"when there are too many", "same-origin", ErrCheckBusy, "path=udp", http.StatusConflict, "check_busy"},
		{"when they are junk", "same-origin", ErrCheckOffer, "path=udp&sdp=%00%ff", http.StatusUnprocessableEntity, "check_offer"},
		{"to other websites", "cross-site", nil, "path=udp", http.StatusForbidden, "cross_site"},
		{"when they are too long", "same-origin", nil, "sdp=" + strings.Repeat("a", mostBody), http.StatusUnprocessableEntity, "too_big"},
		{"when they are no form", "same-origin", nil, "%zz", http.StatusUnprocessableEntity, "bad_text"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t, io.Discard, false)
			s.trials = &office{err: tt.err}
			w := tryOffer(s, "192.0.2.1:1", tt.site, strings.NewReader(tt.body))
			var no problem
			if err := json.Unmarshal(w.Body.Bytes(), &no); err != nil || w.Code != tt.status || no.Code != tt.code {
				t.Errorf("%d %s, %v; want %d %s", w.Code, w.Body, err, tt.status, tt.code)
			}
			if !locale.English.Has(tt.code) {
				t.Errorf("no sentence for %s", tt.code)
			}
		})
	}
}

// A flood from one address is turned away before it costs anything, and nobody
// else is.
func TestAFloodOfTrialsIsTurnedAway(t *testing.T) {
	var log strings.Builder
	o := &office{}
	s := newServer(t, &log, false)
	s.trials = o
	for range 10 * trialsAtOnce {
		tryOffer(s, "192.0.2.1:1", "same-origin", anOffer())
	}
	if len(o.asked) != trialsAtOnce {
		t.Errorf("%d got through, want %d", len(o.asked), trialsAtOnce)
	}
	if w := tryOffer(s, "192.0.2.2:1", "same-origin", anOffer()); w.Code != http.StatusOK {
		t.Errorf("somebody else is answered %d", w.Code)
	}
	if strings.Contains(log.String(), "192.0.2.") {
		t.Error("an address is in the log")
	}
}

func TestTheCheckWithoutTrials(t *testing.T) {
	s := newServer(t, io.Discard, false)
	if w := tryOffer(s, "192.0.2.1:1", "same-origin", anOffer()); w.Body.String() != `{"offered":false,"sdp":"","iceServers":[]}` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestTheClockSaysWhoWeAre(t *testing.T) {
	w := get(newServer(t, io.Discard, false), "/check/clock")
	var said clockReading
	if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil || said.Service != "wardvisit" || said.Now != noon.UnixMilli() {
		t.Errorf("%s, %v", w.Body, err)
	}
}

// The page tries the paths that there are, and no others.
func TestTheCheckPageTriesWhatThereIs(t *testing.T) {
	s := newServer(t, io.Discard, false)
	s.network = ports()
	page := get(s, "/check").Body.String()
	for path, want := range map[string]bool{
		pathPage: true, pathSocket: true, pathUDP: true, pathTCP: true, pathRelayUDP: true, pathRelayTCP: false, pathRelayTLS: true,
	} {
		if got := strings.Contains(page, `data-path="`+path+`"`); got != want {
			t.Errorf("%s is on the page: %v, want %v", path, got, want)
		}
	}
	if !strings.Contains(page, `data-shares="true"`) {
		t.Error("the page does not know that the relay shares the port of the pages")
	}
}

// Sheet and line say the same of every port, once.
func TestTheFirewallSheet(t *testing.T) {
	s := newServer(t, io.Discard, false)
	s.network = ports()
	line := s.network.line(s.public)
	for _, want := range []string{
		"Allow TCP 443 to visits.example: web pages, over HTTPS; a websocket (wss)",
		"Allow UDP 443 to 203.0.113.9: sound and picture",
		"Allow TCP 443 to 203.0.113.9: the same sound and picture over TCP",
		"Allow UDP 3478 to visits.example: the relay",
		"Do not inspect TLS to visits.example: what goes through TCP 443 is not all HTTPS.",
		"CONNECT to visits.example:443", "https://visits.example/firewall",
	} {
		if strings.Count(line, want) != 1 {
			t.Errorf("%q is %d times in\n%s", want, strings.Count(line, want), line)
		}
	}
	w := get(s, "/firewall")
	page := w.Body.String()
	if w.Code != http.StatusOK || !strings.Contains(page, "the relay over TLS") {
		t.Errorf("%d %s", w.Code, page)
	}
	for _, rule := range s.network.rules() {
		if !strings.Contains(page, rule.Door.Protocol+"&nbsp;"+rule.Door.String()[4:]) {
			t.Errorf("no %s on the sheet", rule.Door)
		}
	}
	if strings.Contains(page, "iPad profile") {
		t.Error("the sheet speaks of a profile that there is not")
	}
	s.network.Authority = "/certificate"
	if page := get(s, "/firewall").Body.String(); !strings.Contains(page, `href="/certificate"`) {
		t.Error("the sheet does not lead to the profile")
	}
}

func TestEveryDoorHasItsWords(t *testing.T) {
	for _, d := range ports().Doors {
		if u := uses[d.Path]; u.Name == "" || u.Reason == "" || u.Without == "" {
			t.Errorf("%s is not explained", d.Path)
		}
	}
}

// Without a shared port there is nothing but websockets for inspection to break.
func TestInspectionIsSaidToHarmWhatItHarms(t *testing.T) {
	n := Network{Doors: ports().Doors[:3]}
	if door, harmed := n.inspected(); harmed {
		t.Errorf("%+v", door)
	}
	if line := n.line(&url.URL{Scheme: "https", Host: "visits.example"}); !strings.Contains(line, "drop websockets") {
		t.Error(line)
	}
}
