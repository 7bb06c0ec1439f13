package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// A nurse starts a visit of the practice ward with nothing but the keyboard: signs in,
// starts it from the board, covers the camera, shows the patient again. After each act
// the board is there anew, and the keyboard is still at that visit.
func TestAVisitByKeyboardAlone(t *testing.T) {
	j := &journey{T: t, product: start(t, t.TempDir(), "")}
	browser := newBrowser(t)
	j.ipad = newPerson(t, browser, "ipad", 820, small(Blue).Script())
	j.ipad.hurried = true
	j.pairTheIPad()
	n := newPerson(t, browser, "ward", 1280, "")
	n.open(j.product.open.Ward.URL)
	n.key("\t")
	n.stop()
	n.onto("Skip to main content")
	n.key("\r")
	n.until("the skip link skips", `document.activeElement.id === 'maincontent'`)
	n.walkTo("Email")
	n.types(j.product.open.Ward.Email)
	n.walkTo("Password")
	n.types(j.product.open.Ward.Password)
	n.walkTo("Sign in")
	n.enter()
	n.see("Day after")
	n.walkTo("Start the visit at")
	var patient string
	if err := n.ask(`document.activeElement.closest('.wv-next').querySelector('.wv-next__patient').textContent`, &patient); err != nil {
		n.fail("whose visit it is: %v", err)
	}
	n.enter()
	n.stays(patient)
	j.ipad.until("the iPad has opened the call by itself", `location.pathname === '/ipad/call'`)
	n.walkTo("Cover the camera")
	n.enter()
	n.see("Show the patient again")
	n.stays(patient)
	n.look("covered-by-keyboard")
	n.walkTo("Lock: nobody new")
	n.walkBackTo("Show the patient again")
	n.enter()
	n.see("Cover the camera")
	n.stays(patient)
}

// key presses one key.
func (p *person) key(key string, with ...chromedp.KeyOption) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(key, with...))
}

// types writes into what has the focus.
func (p *person) types(words string) {
	p.t.Helper()
	p.key(words)
}

// enter presses Enter, and waits for the page that it leads to.
func (p *person) enter() {
	p.t.Helper()
	p.follow(func() { p.key("\r") })
}

// farthest is how many stops a page may have: more, and the keyboard is in a trap.
const farthest = 150

// walkTo goes forward with Tab until what has the focus bears that name.
func (p *person) walkTo(name string) {
	p.t.Helper()
	p.walk(name)
}

// walkBackTo goes back with Shift and Tab.
func (p *person) walkBackTo(name string) {
	p.t.Helper()
	p.walk(name, chromedp.KeyModifiers(chromedp.ModifierShift))
}

func (p *person) walk(name string, with ...chromedp.KeyOption) {
	p.t.Helper()
	for range farthest {
		p.key("\t", with...)
		p.stop()
		if p.on(name) {
			return
		}
	}
	p.fail("%d stops, and none was %q", farthest, name)
}

// focusName is what a reader of the screen would call what has the focus.
const focusName = `((e) => ((e.labels?.[0] ?? e).textContent || e.getAttribute('aria-label') || '').replace(/\s+/g, ' ').trim())(document.activeElement)`

// on reports whether what has the focus bears a name, or one that begins with it. The
// whole page, and what merely holds things to press, does not count.
func (p *person) on(name string) bool {
	p.t.Helper()
	var on bool
	if err := p.ask(fmt.Sprintf(`document.activeElement.matches('a, button, input, select, textarea, summary') && %s.startsWith(%q)`, focusName, name), &on); err != nil {
		p.fail("where the focus is: %v", err)
	}
	return on
}

func (p *person) onto(name string) {
	p.t.Helper()
	if !p.on(name) {
		p.fail("the focus is not on %q", name)
	}
}

// stays waits until the keyboard is, after an act, on or in the part
// of the board that bears the words, and that part is on the screen.
func (p *person) stays(words string) {
	p.t.Helper()
	p.until("the focus is by what was pressed: "+words, fmt.Sprintf(`(e => {
		const part = e.closest('.wv-waiter, .wv-row, .wv-next');
		const box = e.getBoundingClientRect();
		return part && part.textContent.includes(%q) && box.bottom > 0 && box.top < innerHeight;
	})(document.activeElement)`, words))
}

// looks is how something, its label and what is drawn of it before and after look: a
// radio is drawn by its label.
const looks = `((e) => [e, ...(e.labels ?? [])].flatMap(one => ['', '::before', '::after'].map(part => {
	const s = getComputedStyle(one, part);
	return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.borderColor, s.borderWidth, s.backgroundColor].join();
})).join('|'))`

// stop insists that what has the focus now is something, and on the screen; and that
// what had it before looks otherwise without it. A date has stops of the browser's own, one
// for each of its parts.
func (p *person) stop() {
	p.t.Helper()
	var wrong string
	err := p.ask(`(() => {
		const looks = `+looks+`, e = document.activeElement, was = window.stopped;
		const said = e => e.tagName + ' ' + (e.textContent || e.id).replace(/\s+/g, ' ').trim().slice(0, 40);
		if (was && was.e === e && e !== document.body && e.type !== 'date') return 'Tab is caught at ' + said(e);
		if (was && was.e.type !== 'date' && was.e.isConnected && was.e !== document.body && looks(was.e) === was.looks) return 'the focus does not show at ' + said(was.e);
		window.stopped = {e, looks: looks(e)};
		if (e === document.body) return ''; // between the end of the page and its beginning
		const box = ((e.matches('[type=radio], [type=checkbox]') && e.labels[0]) || e).getBoundingClientRect();
		if (box.width < 2 || box.height < 2 || box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) return 'out of sight: ' + said(e);
		return '';
	})()`, &wrong)
	if err != nil {
		p.fail("where the focus is: %v", err)
	}
	if wrong != "" {
		p.t.Errorf("%s: %s", p.name, wrong)
	}
}
