package e2e

import (
	"fmt"
	"testing"
	"time"
)

// goneWithin is what is promised of whoever signs out: nothing that they had live is
// there any more by then.
const goneWithin = 5 * time.Second

// signsOutElsewhere signs somebody of the ward out as another tab would, and insists
// that the page at hand goes in time.
func (p *person) signsOutElsewhere() {
	p.t.Helper()
	var status int
	if err := p.ask(`fetch('/ward/sign-out', {method: 'POST'}).then(r => r.status)`, &status); err != nil || status != 200 {
		p.fail("signed out with %d, %v", status, err)
	}
	p.gone("the door", `location.pathname === '/ward/sign-in' && document.querySelector('video') === null`)
}

// gone insists that what somebody had live is not there any more in time.
func (p *person) gone(what, expression string) {
	p.t.Helper()
	began := time.Now()
	p.until(what, expression)
	if took := time.Since(began); took > goneWithin {
		p.fail("it was there for another %v", took)
	} else {
		p.t.Logf("it was gone after %v", took.Round(time.Millisecond))
	}
}

// A nurse looks at who waits, and signs out in another tab: the look goes dark, and who
// was looked at is told. So does the board, with everybody's names on it.
func TestASignedOutNursesLookGoesDark(t *testing.T) {
	m := meet(t, party{anna: Red, ipad: Blue})
	m.join(m.anna)
	m.nurse.see("See them first")
	m.nurse.follow(func() { m.nurse.click(`document.querySelector('a[href*="/look?"]')`, "See them first") })
	m.nurse.until("Anna's picture is red", fmt.Sprintf(`(v => {
		const c = document.createElement('canvas').getContext('2d');
		c.drawImage(v, 0, 0, 1, 1);
		const [r, g, b] = c.getImageData(0, 0, 1, 1).data;
		return r > 120 && g < 90 && b < 90;
	})(document.querySelector(%q))`, ".wv-look video"))
	m.anna.see("A member of staff can see and hear you now")
	m.nurse.signsOutElsewhere()
	m.anna.see("Nobody can see or hear you now")

	m.nurse.fill("Email", m.product.open.Ward.Email)
	m.nurse.fill("Password", m.product.open.Ward.Password)
	m.nurse.press("Sign in")
	m.nurse.see("Live")
	m.nurse.signsOutElsewhere()
}
