package e2e

import "testing"

// An iPad that nobody touches tries its camera and microphone by itself, and the ward
// reads what it found.
func TestAnIPadTriesItself(t *testing.T) {
	for name, test := range map[string]struct{ broken, list, says string }{
		"both work":         {"", "1 in order", "Works,"},
		"a dead microphone": {";wardvisitCamera.hush(true);", "Its microphone gives nothing", "Gives nothing: close other apps"},
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t, t.TempDir(), "")
			b := newBrowser(t)
			j := &journey{T: t, product: p, nurse: newPerson(t, b, "ward", 1280, ""), ipad: newPerson(t, b, "ipad", 820, small(Blue).Script()+test.broken)}
			j.ipad.hurried = true
			j.pairTheIPad()
			j.ipad.until("it has tried both", `wardvisitCamera.asked.length === 2`)
			j.ipad.until("it says nothing more of it", `document.getElementById('checking').textContent === '' && !document.querySelector('[data-check]')`)

			n := j.nurse
			n.open(p.open.Ward.URL)
			n.fill("Email", p.open.Ward.Email)
			n.fill("Password", p.open.Ward.Password)
			n.press("Sign in")
			n.press("iPads")
			n.see(test.list)
			n.look("ipads")
			n.follow(func() {
				n.click(`[...document.querySelectorAll('.wv-row--ipad')].find(e => e.innerText.includes('online')).querySelector('a')`, "Change iPad 1")
			})
			n.see(test.says)
			n.look("ipad-says")
		})
	}
}
