package e2e

import (
	"net"
	"testing"
	"time"
)

// backWithin is how long people may be without each other after the server has
// been killed and started again: the promise is 20 s on a machine of its own.
const backWithin = 30 * time.Second

// The program is killed in the middle of a call, with no time for a word, and
// started again as a service manager would: everybody sees and hears everybody
// again, and nobody has touched anything.
func TestTheServerIsKilledInACall(t *testing.T) {
	onBothEngines(t, func(t *testing.T, database string) {
		folder, same := t.TempDir(), []string{"-listen", freePort(t, "tcp"), "-media-udp", freePort(t, "udp")}
		browser := newBrowser(t)
		j := &journey{
			T: t, product: start(t, folder, database, same...),
			nurse: newPerson(t, browser, "ward", 1280, ""), rosa: newPerson(t, browser, "relative", 390, Red.Script()),
			bryn: newPerson(t, browser, "interpreter", 1280, Green.Script()), ipad: newPerson(t, browser, "ipad", 820, Blue.Script()),
			phone: newPerson(t, browser, "phone", 390, ""),
		}
		for _, p := range []*person{j.nurse, j.rosa, j.bryn, j.ipad, j.phone} {
			p.hurried = true
		}
		j.invite()
		j.book()
		j.acceptToInterpret()
		j.pairTheIPad()
		j.startTheVisit()
		j.waitOutside()
		j.nurse.press("Let in " + rosaName)
		j.rosa.meets(map[string]Camera{"": Blue})
		j.ipad.meets(map[string]Camera{rosaName: Red})

		killed := time.Now()
		j.product.kill(t)
		start(t, folder, database, same...)
		up := time.Now()
		j.ipad.meets(map[string]Camera{rosaName: Red})
		ipad := time.Since(up)
		j.rosa.meets(map[string]Camera{"": Blue})
		all := time.Since(up)
		t.Logf("killed; up again after %v; from then on %v until the iPad saw and heard the relative, %v until both did",
			up.Sub(killed).Round(time.Millisecond), ipad.Round(time.Millisecond), all.Round(time.Millisecond))
		if all > backWithin {
			t.Errorf("it took %v, want %v", all, backWithin)
		}
		// Who waited waits still, and has seen nobody; and the ward knows of them.
		j.bryn.meets(map[string]Camera{})
		j.bryn.see("You are in the waiting room")
		j.nurse.see("Let in " + brynName)
	})
}

// kill ends the program as a power cut would.
func (p *product) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.cmd.Wait() // that it was killed is no news
}

// freePort finds a port that the program can have, and have again.
func freePort(t *testing.T, network string) string {
	t.Helper()
	if network == "udp" {
		c, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.LocalAddr().String()
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
