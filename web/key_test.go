package web

import (
	"net/http"
	"strings"
	"testing"
)

func TestAFormSentTwiceIsOneRequest(t *testing.T) {
	h := newFamilyHouse(t)
	p := h.phoneOf(t, anna)
	page := p.get("/visits/new?patient=" + string(thomas))
	keys, times := page.offered("key"), page.offered("start")
	if len(keys) == 0 || len(keys[0]) < 26 {
		t.Fatalf("keys %q are none", keys)
	}
	if again := p.get("/visits/new?patient=" + string(thomas)).offered("key"); again[0] == keys[0] {
		t.Error("a form shown again has the same key")
	}
	send := func(start string) screen {
		return p.post("/visits/hold", "key", keys[0], "patient", string(thomas), "start", start)
	}
	held := send(times[0]).leads("/visits/held/")
	if again := send(times[0]).leads("/visits/held/"); again != held {
		t.Errorf("two answers to one press: %s and %s", held, again)
	}
	if other := send(times[1]).leads("/visits/held/"); other == held {
		t.Error("another button of the page is no other request")
	}
	check := strings.TrimSuffix(send(times[1]).leads("/visits/held/"), "who")
	p.get(check+"check").shows(http.StatusOK, "Book this visit")
	visit := p.post(check+"book", "key", p.get(check + "check").offered("key")[0]).leads("/visits/")

	path := strings.TrimSuffix(visit, "?done=booked") + "/propose"
	key := p.get(path).shows(http.StatusOK).offered("key")[0]
	propose := func(name string) screen {
		return p.post(path, "key", key, "name", name, "relationship", "Friend", "phone", "07700 900 555")
	}
	propose("Jo New").leads("/visits/")
	propose("Jo New").leads("/visits/")
	changed := propose("Jo Newer").shows(http.StatusUnprocessableEntity, "This page has been used already")
	if changed.offered("key")[0] == key {
		t.Error("who is to press again has no new key to do it with")
	}
	p.post(path, "key", "no key\x07", "name", "Al", "relationship", "Friend", "phone", "07700 900 556").shows(http.StatusUnprocessableEntity)
}
