package web

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// everyRoute are all addresses that there are, as routes.go has them.
func everyRoute(t *testing.T) (found []string) {
	t.Helper()
	source, err := os.ReadFile("routes.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`"((?:GET|POST) /[^"]*)"`).FindAllStringSubmatch(string(source), -1) {
		if !slices.ContainsFunc([]string{"/practice", "/assets", "sign-out", "/metrics", "/ward/change", "/events"}, func(s string) bool { return strings.Contains(m[1], s) }) {
			found = append(found, m[1])
		}
	}
	if len(found) < 150 {
		t.Fatalf("only %d routes", len(found))
	}
	return found
}

// things are what somebody can ask for by name.
type things struct {
	ref, patient, member, ward string
	ids                        []string // of a patient, a held visit, an iPad, a request, a place on the waiting list
}

// fits makes an address, and what is asked with it, about things.
func (x things) fits(route, id string) (method, address string, form []string) {
	method, path, _ := strings.Cut(route, " ")
	address = strings.NewReplacer("{ref}", x.ref, "{patient}", x.patient, "{member}", x.member, "{id}", id, "{entry}", id, "{token}", id,
		"{act}", "cancel", "{how}", "discharge", "{kind}", "reminder", "{$}", "").Replace(path)
	form = []string{"patient", x.patient, "ward", x.ward, "member", x.member, "visit", x.ref, "ref", x.ref, "device", id, "token", id, "reference", x.ref,
		"start", "2026-11-24T14:20:00Z", "reason", "because", "people", x.member, "code", "123456", "participant", id, "version", "1"}
	return method, address, form
}

// perAnswer is what is different in two answers to the same question: the key of a form,
// and the cookie of a login, which is made to last once a minute.
var perAnswer = regexp.MustCompile(`name="key" value="[^"]*"|Set-Cookie:\[[^\]]*\] ?| no-cache="Set-Cookie"|Content-Length:\[\d+\] ?`)

// told is everything that an answer says, but for the names that were asked with.
func (x things) told(s screen, id string) string {
	said := fmt.Sprint(s.status, " ", s.to, " ", s.header, "\n", s.text)
	for _, name := range []string{x.ref, x.patient, x.member, x.ward, id} {
		said = strings.ReplaceAll(said, url.QueryEscape(name), "…")
		said = strings.ReplaceAll(said, name, "…")
	}
	return perAnswer.ReplaceAllString(said, "")
}

// Whoever asks for somebody's visits, stays or iPads, whom they have nothing to do with, is
// told what they would be told of somebody who never was: whichever page or act they ask,
// and whether the patient is in a bed, has gone home or has died.
func TestNobodyLearnsWhoIsHere(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		v := h.booked(t, 3*time.Hour, booking.Tongue{}, anna)
		daughter := h.phoneOf(t, anna)
		held := strings.Split(daughter.hold(thomas, daughter.times(thomas)[4]), "/")[3]
		there := things{ref: string(v.Reference), patient: string(thomas), member: string(anna), ward: string(willow), ids: []string{string(thomas), held, string(firstIPad), string(v.ID)}}
		for _, p := range v.People {
			there.ids = append(there.ids, string(p.ID))
		}
		madeUp := things{ref: "ZZZ-ZZZ", patient: "10000000-0000-4000-8000-0000000000ee", member: "00000000-0000-4000-8000-0000000000ee", ward: "00000000-0000-4000-8000-0000000000ef"}
		const never = "00000000-0000-4000-8000-00000000eeee"
		strangers := map[string]*phone{
			"nobody": h.phone(t), "another's husband": h.phoneOf(t, piotr), "a nurse of another ward": h.staff(t, otherNurse), "an interpreter": h.interpreter(t),
		}
		routes := everyRoute(t)
		sister := h.staff(t, nurse)
		for _, state := range []string{"in a bed", "gone home", "back, and dead"} {
			switch state {
			case "gone home":
				sister.post("/ward/patients/" + string(thomas) + "/leave/discharge").leads("/ward/patients")
			case "back, and dead":
				sister.post("/ward/left/"+string(thomas), "was", "discharged").leads("/ward/patients")
				sister.post("/ward/patients/"+string(thomas)+"/leave/died", "sure", "yes").leads("/ward/patients")
			}
			for who, p := range strangers {
				for _, route := range routes {
					for _, id := range there.ids {
						if id != there.ids[0] && !strings.Contains(route, "{id}") {
							break
						}
						is, was := p.asks(there, route, id), p.asks(madeUp, route, never)
						if is != was {
							t.Errorf("%s, %s, %s, %s:\n%s", who, state, route, id, differ(is, was))
						}
						h.hour = h.hour.Add(time.Second) // nobody is to be slowed down
					}
				}
			}
		}
	})
}

// differ are the first lines in which two answers differ.
func differ(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(as), len(bs)) {
		if as[i] != bs[i] {
			return as[i] + "\n--- and of somebody who never was:\n" + bs[i]
		}
	}
	return "one goes on for longer"
}

// asks asks for things as a browser would, and leaves as it came.
func (p *phone) asks(x things, route, id string) string {
	p.t.Helper()
	method, address, form := x.fits(route, id)
	values := url.Values{}
	for i := 0; i < len(form); i += 2 {
		values.Set(form[i], form[i+1])
	}
	if method == http.MethodGet {
		return x.told(p.ask(method, address+"?"+values.Encode(), nil), id)
	}
	return x.told(p.ask(method, address, values), id)
}
