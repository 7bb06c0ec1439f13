package e2e

import (
	"fmt"
	"strings"
	"testing"
)

const (
	ourPIN   = "480271"
	theirPIN = "913305"
)

// choosesPIN has whoever is signed in choose one.
func (p *person) choosesPIN(site, password, pin string) {
	p.t.Helper()
	p.open(site + "/ward/me/pin")
	p.fill("PIN", pin)
	p.fill("The same PIN again", pin)
	p.fill("Your password again", password)
	p.press("Continue")
	p.see("Your PIN is chosen")
}

// Two nurses share an iPad. One follows the other with a PIN while the other looks at
// who waits: the look goes dark in time, the page that was shown stays, and going back
// shows nothing that the other typed.
func TestOneNurseFollowsAnother(t *testing.T) {
	m := meet(t, party{anna: Red, ipad: Blue})
	n, password := m.nurse, m.product.open.Ward.Password
	site := strings.TrimSuffix(m.product.open.URL, "/practice")
	n.open(site + "/ward/me/pin")
	n.press("Continue")
	n.see("There is a problem")
	n.look("pin-wrong")
	n.choosesPIN(site, password, ourPIN)
	n.look("pin-chosen")
	n.press("Change person")
	n.look("change-nobody")
	n.press("Sign in with a password")
	n.signsIn("morag.reid@practice.example", password)
	n.choosesPIN(site, password, theirPIN)

	m.join(m.anna)
	n.open(site + "/ward/today")
	n.run(`[...document.querySelectorAll('option')].find(o => o.innerText === 'Willow Ward').selected = true`)
	n.press("Show this ward")
	n.follow(func() { n.click(`document.querySelector('a[href*="/look?"]')`, "See them first") })
	m.anna.see("A member of staff can see and hear you now")
	var ours string
	if err := n.ask(`fetch('/ward/change').then(r => r.text()).then(text => text.match(/.ward.change.[0-9a-f-]{36}/)[0])`, &ours); err != nil {
		n.fail("%v", err)
	}
	var status int
	body := fmt.Sprintf("{method: 'POST', body: new URLSearchParams({pin: %q})}", ourPIN)
	if err := n.ask(fmt.Sprintf("fetch(%q, %s).then(r => r.status)", ours, body), &status); err != nil || status != 200 {
		n.fail("changed with %d, %v", status, err)
	}
	n.gone("the look", `document.querySelector('video') === null`)
	m.anna.see("Nobody can see or hear you now")

	n.open(site + "/ward/admit")
	n.fill("Hospital number", "what one typed")
	n.open(site + "/ward/patients")
	n.press("Change person")
	n.look("change")
	n.press("Morag Reid")
	n.look("change-pin")
	n.fill("Your PIN", "000000")
	n.press("Carry on")
	n.see("That PIN is not right")
	n.look("change-pin-wrong")
	n.walkTo("Your PIN")
	n.types(theirPIN)
	n.enter()
	n.see("Morag Reid")
	n.until("the page that was shown", `location.pathname === '/ward/patients'`)
	n.until("the form that one had filled in", `location.pathname === '/ward/admit' || (history.back(), false)`)
	n.until("nothing that another typed", `document.readyState === 'complete' && document.querySelector('input[type=text]') !== null &&
		![...document.querySelectorAll('input')].some(e => e.value.includes('what one typed')) && document.querySelector('.wv-header__reader').innerText === 'Morag Reid'`)
}
