package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

// The waiting list of a ward: nobody on it, then people on other pages join it and
// something becomes free, which it follows by itself.
func TestTheWaitingList(t *testing.T) {
	p := start(t, t.TempDir(), "")
	browser := newBrowser(t)
	site := strings.TrimSuffix(p.open.URL, "/practice")
	nurse, other := newPerson(t, browser, "nurse", 1280, ""), newPerson(t, browser, "colleague", 1280, "")
	for _, who := range []*person{nurse, other} {
		who.open(p.open.Ward.URL)
		who.fill("Email", p.open.Ward.Email)
		who.fill("Password", p.open.Ward.Password)
		who.press("Sign in")
	}
	nurse.press("Waiting list")
	nurse.see("Nobody waits for a time")
	nurse.until("it is live", `document.getElementById('live').textContent === 'Live'`)
	nurse.look("waiting-empty")

	t.Log("the ward closes for a day, so two families wait")
	now := time.Now()
	day := func(name string, in int) string {
		d := now.AddDate(0, 0, in)
		return fmt.Sprintf("&%[1]s-day=%[2]d&%[1]s-month=%[3]d&%[1]s-year=%[4]d", name, d.Day(), d.Month(), d.Year())
	}
	other.send(site+"/ward/rules/closures/new", "fate=review&reason=Cleaning&owner=Sister&seen=yes&scope=ward"+day("from", 6)+day("to", 6)+day("review", 6))
	join := func(patient, name, phone, kind string) {
		other.open(site + "/ward/patients")
		other.press(patient)
		path, err := other.where()
		if err != nil {
			other.fail("%v", err)
		}
		if name != "" {
			other.send(path+"/invite", "name="+url.QueryEscape(name)+"&relationship=Friend&phone="+phone)
		}
		other.open(path + "/waiting")
		if name == "" {
			other.pick("Piotr Kowalski")
		} else {
			other.pick("Bartholomew")
		}
		var visitor string
		if err := other.ask(`document.querySelector('input[name=visitor]:checked').value`, &visitor); err != nil {
			other.fail("%v", err)
		}
		other.send(path+"/waiting", "visitor="+visitor+"&kind="+kind+day("firstday", 6)+day("lastday", 6))
	}
	join("Joyce Bennett", "Bartholomew Featherstonehaugh-Cholmondeley "+strings.Repeat("y", 36), "07700900977", "ordinary")
	join("Maria Kowalska", "", "", "end_of_life")
	nurse.see("Bartholomew")
	nurse.until("those who say goodbye are first", `document.querySelector('.wv-visit').innerText.includes('Piotr')`)
	nurse.until("the menu counts them", `document.querySelector('.wv-header__link[aria-current] .wv-header__count')?.innerText.startsWith('2')`)
	nurse.look("waiting-full")

	t.Log("it opens again")
	other.open(site + "/ward/rules/closures")
	other.run(`fetch([...document.querySelectorAll('a')].find(a => /closures.[0-9a-f]+-/.test(a.pathname)).pathname + '/reopen', {method: 'POST'})`)
	nurse.see("is kept for them until")
	nurse.look("waiting-kept")
	nurse.press("They cannot come then")
	nurse.see("The family that said no keeps its place.")
	nurse.look("waiting-declined")
	nurse.press("They say yes: book it")
	nurse.see("is booked")
}

// send posts a form from wherever the person is.
func (p *person) send(path, body string) {
	p.t.Helper()
	var said string
	err := p.ask(fmt.Sprintf(`fetch(%q, {method: 'POST', headers: {'Content-Type': 'application/x-www-form-urlencoded', Accept: 'text/html'}, body: %q})
		.then(async r => r.ok ? '' : new DOMParser().parseFromString(await r.text(), 'text/html').querySelector('main').textContent.replace(/\s+/g, ' '))`, path, body), &said)
	if err != nil || said != "" {
		p.fail("post to %s: %s, %v", path, said, err)
	}
}

// where is the address of the page, without what follows its path.
func (p *person) where() (at string, err error) {
	err = p.ask(`location.origin + location.pathname`, &at)
	return at, err
}
