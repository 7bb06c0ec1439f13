package web

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// A secret is something that must be nowhere but where it belongs.
type secret struct{ what, text string }

// leaks are what a visit from invitation to the end, and the work of staff around it,
// have to keep to themselves.
type leaks struct {
	*wardHouse
	t       *testing.T
	secrets []secret
	seen    []screen
	metrics *prometheus.Registry
}

func newLeaks(t *testing.T, h *wardHouse) *leaks {
	t.Helper()
	l := &leaks{wardHouse: h, t: t, metrics: prometheus.NewRegistry()}
	sealer, err := ticket.New(make([]byte, ticket.MinKey), func() time.Time { return h.hour })
	if err != nil {
		t.Fatal(err)
	}
	acts := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "acts", Help: "."}, []string{"act", "outcome"})
	l.metrics.MustRegister(acts)
	h.tickets = sealer
	if h.Server.metrics, err = newMetrics(acts, l.metrics); err != nil {
		t.Fatal(err)
	}
	h.watched = func(s screen) { l.seen = append(l.seen, s) }
	for _, text := range []string{"Anna", "Arkwright", "Thomas", "Sister", "Khan", "Inês", "Costa", "Canary", "Finch"} {
		l.keep("a name", text)
	}
	l.keep("a number", "7700900")
	l.keep("a number", "7700 900")
	l.keep("an address", nurse)
	l.keep("an address", admin)
	l.keep("a hospital number", "M0a0")
	l.keep("a password", goodPassword)
	l.keep("a password", aPassword)
	return l
}

func (l *leaks) keep(what, text string) {
	l.t.Helper()
	if len(text) < 4 {
		l.t.Fatalf("%s is %q", what, text)
	}
	l.secrets = append(l.secrets, secret{what, text})
}

// cookies keeps every cookie of a browser.
func (l *leaks) cookies(p *phone) {
	l.t.Helper()
	if len(p.cookies) == 0 {
		l.t.Fatal("nobody is signed in")
	}
	for name, value := range p.cookies {
		l.keep("the cookie "+name, value)
	}
}

// invited signs Anna in from the link in her message.
func (l *leaks) invited() *phone {
	l.t.Helper()
	p := l.phone(l.t)
	token := l.link(l.t, anna, "")
	p.get("/invitation/"+token).shows(http.StatusOK, "code")
	p.post("/invitation/code", "token", token).leads("/invitation/" + token)
	code := l.code(l.t)
	p.post("/invitation/open", "token", token, "code", "1"+code)
	p.post("/invitation/open", "token", token, "code", code).leads("/visits")
	l.keep("the link", token)
	l.keep("the code", code)
	l.cookies(p)
	return p
}

// secondStep gives an administrator an app and codes on paper.
func (l *leaks) secondStep() {
	l.t.Helper()
	boss := l.administrator(l.t)
	begun := boss.post("/ward/me/app", "factor_name", "My phone", "password", aPassword).shows(http.StatusOK, "Photograph this")
	key := strings.ReplaceAll(regexp.MustCompile(`data-secret>([A-Z2-7 ]+)<`).FindStringSubmatch(begun.text)[1], " ", "")
	code, err := totp.GenerateCode(key, l.hour)
	if err != nil {
		l.t.Fatal(err)
	}
	shown := boss.post("/ward/me/app/code", "factor", factorField.FindStringSubmatch(begun.text)[1], "factor_code", code).shows(http.StatusOK)
	l.keep("the key of an app", key)
	for _, paper := range regexp.MustCompile(`<code>([^<]+)</code>`).FindAllStringSubmatch(shown.text, -1) {
		l.keep("a code on paper", paper[1])
	}
	again := l.phone(l.t)
	again.post("/ward/sign-in", "email", admin, "password", aPassword+"x")
	again.post("/ward/sign-in", "email", admin, "password", aPassword).leads("/ward/sign-in/code")
	again.post("/ward/sign-in/code", "factor_code", "12"+code)
	l.cookies(again)
	l.cookies(boss)
}

// visited is a whole visit, with what staff do before, in and after it.
func (l *leaks) visited() {
	l.t.Helper()
	t, family, by := l.t, l.invited(), l.staff(l.t, nurse)
	page := "/ward/patients/" + string(thomas)
	v := l.booked(t, 10*time.Minute, booking.Tongue{}, anna)
	by.get(page).shows(http.StatusOK, "Anna Arkwright")
	by.post(page+"/invite", "name", "Canary Finch", "relationship", "Friend", "phone", "07700 900 999").leads("/ward/")
	by.post(page+"/invite", "name", "Canary \u202e Finch", "relationship", "Friend", "phone", "07700 900").shows(http.StatusUnprocessableEntity)
	shown := by.post("/ward/ipads/"+string(v.Device)+"/pair?ward="+string(willow)).shows(http.StatusOK, "type this code")
	ipad := l.phone(t)
	ipad.key = newKey(t)
	ipad.post("/ipad/pair", ipad.key.pairs(t, pairingCode(t, shown))...).leads("/ipad")
	l.keep("a pairing code", pairingCode(t, shown))
	by.post(visitPath(v.Reference) + "/start").leads("/ward/today")
	l.arrives(t, v, desk.SeatOfPatient)
	seat := l.seatOf(t, v, "Anna")
	opened, refused, status := family.ticket("visitor", string(v.Reference))
	if status != http.StatusOK {
		t.Fatalf("no ticket: %d %s", status, refused)
	}
	l.keep("a ticket", opened.Ticket)
	l.arrives(t, v, string(seat))
	for _, at := range []string{"/visits", "/visits/" + string(v.Reference), "/visits/" + string(v.Reference) + "/call"} {
		family.get(at).shows(http.StatusOK)
	}
	by.post(visitPath(v.Reference)+"/admit", "participant", string(seat)).leads("/ward/today")
	by.get(visitPath(v.Reference)+"/remove?participant="+string(seat)).shows(http.StatusOK, "Anna")
	by.post(visitPath(v.Reference)+"/end", "why", string(booking.ByWard)).leads("/ward/today")
	by.post(page+"/members/"+string(anna)+"/bar", "reason", "Canary reason").leads(page)
	for at := range map[string]bool{"/ward/today": true, "/ward/patients": true, page: true, "/ward/left": true, "/ward/ipads": true, "/ward/nowhere/Canary": true} {
		by.get(at)
	}
	l.cookies(ipad)
	l.cookies(by)
}

// What is secret, and who somebody is, are in no line of the log at its most talkative,
// no metric, no address that an answer leads to, and no title of a page; and no page
// says to another website where its reader came from. (Every answer of every test of
// this package is held to the last two: see screen.check.) The link of an invitation is
// an address itself, which the message bears; it is in no other.
func TestNothingLeaks(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		l := newLeaks(t, h)
		l.secondStep()
		l.visited()
		families, err := l.metrics.Gather()
		if err != nil {
			t.Fatal(err)
		}
		log, counted := h.log.String(), fmt.Sprint(families)
		if !strings.Contains(log, "/ward/visits/{ref}/{act}") || !strings.Contains(counted, "start") || len(l.seen) < 30 {
			t.Fatalf("there was nothing to look at: %d answers\n%s", len(l.seen), counted)
		}
		for _, s := range l.secrets {
			if strings.Contains(log, s.text) {
				t.Errorf("%s is in the log", s.what)
			}
			if strings.Contains(counted, s.text) {
				t.Errorf("%s is in the metrics", s.what)
			}
			for _, answer := range l.seen {
				l.judge(answer, s)
			}
		}
		t.Logf("%d secrets, %d answers, %d lines", len(l.secrets), len(l.seen), strings.Count(log, "\n"))
	})
}

func (l *leaks) judge(answer screen, s secret) {
	if strings.Contains(answer.to, s.text) && answer.to != "/invitation/"+s.text {
		l.t.Errorf("%s: %s is in the address that it leads to", answer.what, s.what)
	}
	if named := title.FindStringSubmatch(answer.text); named != nil && strings.Contains(named[1], s.text) {
		l.t.Errorf("%s: %s is in the title", answer.what, s.what)
	}
}
