package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

// One real visit, from the invitation to the end of the call, through the pages
// and by the hands of the four people it takes.
func TestOneRealVisit(t *testing.T) {
	onBothEngines(t, func(t *testing.T, database string) {
		j := newJourney(t, database)
		if database != "" { // every page has been looked at once: they are the same on either engine
			for _, p := range []*person{j.nurse, j.rosa, j.bryn, j.ipad, j.phone} {
				p.hurried = true
			}
		}
		j.invite()
		j.book()
		j.acceptToInterpret()
		j.pairTheIPad()
		j.startTheVisit()
		j.waitOutside()
		j.lookFirst()
		j.admitOneByOne()
		j.holdAndAdmitAgain()
		j.endNow()
	})
}

// A journey is a visit under way, and the four who make it.
type journey struct {
	*testing.T
	*product
	nurse, rosa, bryn, ipad, phone *person
	starts                         time.Time
	reference                      string
}

const (
	rosaPhone = "07700 900199" // Ofcom keeps these numbers for drama
	rosaName  = "Rosa Arkwright"
	brynName  = "Bryn Morgan"
	brynPhone = "07700 900301"
)

func newJourney(t *testing.T, database string) *journey {
	t.Helper()
	j := &journey{T: t, product: start(t, t.TempDir(), database)}
	browser := newBrowser(t)
	j.nurse = newPerson(t, browser, "ward", 1280, "")
	j.rosa = newPerson(t, browser, "relative", 390, Red.Script())
	j.bryn = newPerson(t, browser, "interpreter", 1280, Green.Script())
	j.ipad = newPerson(t, browser, "ipad", 820, Blue.Script())
	j.phone = newPerson(t, browser, "phone", 390, "")
	return j
}

// invite: a nurse takes Rosa into Thomas's circle, and a text goes out.
func (j *journey) invite() {
	n := j.nurse
	n.open(j.product.open.URL)
	n.look("practice")
	n.open(j.product.open.Ward.URL)
	n.look("sign-in")
	n.press("Sign in")
	n.see("There is a problem")
	n.look("sign-in-empty")
	n.fill("Email", j.product.open.Ward.Email)
	n.fill("Password", "not this")
	n.press("Sign in")
	n.see("There is a problem")
	n.fill("Email", j.product.open.Ward.Email)
	n.fill("Password", j.product.open.Ward.Password)
	n.press("Sign in")
	n.see("Day after")
	n.look("today")
	n.press("Patients")
	n.look("patients")
	n.press("Thomas Arkwright")
	n.look("patient")
	n.press("Invite somebody")
	n.look("invite")
	n.fill("Full name", rosaName)
	n.fill("Mobile", "1")
	n.press("Send the invitation")
	n.see("There is a problem")
	n.look("invite-wrong")
	n.fill("Mobile", rosaPhone)
	n.fill("What they are to the patient", "Granddaughter")
	n.press("Send the invitation")
	n.see(rosaName)
}

// message waits for a text to a number, and returns what a pattern finds in it.
func (j *journey) message(number, pattern string) string {
	j.Helper()
	j.phone.open(j.product.open.Messages.URL + "?to=" + url.QueryEscape("+44"+strings.ReplaceAll(number[1:], " ", "")))
	var found string
	expression := fmt.Sprintf(`(m => m ? m[1] || m[0] : '')((document.querySelector('main').innerText + ' ' + [...document.querySelectorAll('main a')].map(a => a.href).join(' ')).match(%s))`, pattern)
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if err := j.phone.ask(expression, &found); err == nil && found != "" {
			return found
		}
		time.Sleep(200 * time.Millisecond)
		j.phone.open(j.product.open.Messages.URL + "?to=" + url.QueryEscape("+44"+strings.ReplaceAll(number[1:], " ", "")))
	}
	j.phone.fail("no message to %s matches %s", number, pattern)
	return ""
}

// signIn: a link, and a code to the same phone.
func (j *journey) signIn(p *person, link, number string) {
	j.Helper()
	p.open(link)
	p.look("invitation")
	p.press("Send me a code")
	p.see("Enter the code")
	p.look("code")
	p.fill("Code", "000000x")
	p.press("Continue")
	p.see("There is a problem")
	p.fill("Code", j.message(number, `/(\d{6}) is your code/`))
	p.press("Continue")
}

// book: Rosa, on her phone, books the next free time with a sign interpreter.
func (j *journey) book() {
	r := j.rosa
	j.signIn(r, j.message(rosaPhone, `/https?:\S+\/invitation\/[\w-]+/`), rosaPhone)
	r.see("Your video visits")
	r.look("visits-none")
	r.press("Choose a time")
	r.look("times")
	var start string
	if err := r.ask(`document.querySelector('.wv-slot time').dateTime`, &start); err != nil {
		r.fail("no free time: %v", err)
	}
	var err error
	if j.starts, err = time.Parse(time.RFC3339, start); err != nil {
		r.fail("%v", err)
	}
	r.follow(func() { r.click(`document.querySelector('.wv-slot')`, "the first free time") })
	r.see("Who is coming")
	r.look("who")
	r.press("Continue")
	r.see("Do you need an interpreter?")
	r.look("language")
	r.pick("British Sign Language")
	r.press("Continue")
	r.look("help")
	r.press("Continue")
	r.see("Check your answers")
	r.look("check")
	r.press("Book this visit")
	r.see("booked")
	r.look("booked")
	if err := r.ask(`location.pathname.split('/')[2]`, &j.reference); err != nil {
		r.fail("%v", err)
	}
	r.see(j.reference)
	r.open(j.product.open.URL) // away, and back by the text
	r.open(j.message(rosaPhone, `/https?:\S+\/invitation\/[\w-]+/`))
	r.press("Go to your visits")
	r.see(j.reference)
	r.look("visits")
}

func (j *journey) acceptToInterpret() {
	b := j.bryn
	j.signIn(b, j.product.open.Interpreter.URL, brynPhone)
	b.see("British Sign Language")
	b.look("offers")
	if strings.Contains(b.text(), "Arkwright") {
		b.fail("an interpreter is told the patient's name")
	}
	b.press("Yes, I can")
	b.see("The visit is in your list")
	b.look("jobs")
}

func (j *journey) pairTheIPad() {
	i := j.ipad
	i.open(j.product.open.Device.URL)
	i.look("pair")
	i.press("Pair this iPad")
	i.see("Willow Ward")
	i.look("idle")
}

func (j *journey) startTheVisit() {
	n := j.nurse
	n.open(fmt.Sprintf("%s?date=%s", strings.Replace(j.product.open.Ward.URL, "sign-in", "today", 1), j.starts.In(london(j)).Format(time.DateOnly)))
	n.see(j.reference)
	n.follow(func() { n.click(fmt.Sprintf(`document.querySelector('[data-key="start-%s"]')`, j.reference), "Start") })
	i := j.ipad
	i.until("the iPad has opened the call by itself", `location.pathname === '/ipad/call'`)
	i.see("will be here in a moment")
	i.look("waiting-for-family")
}

func london(j *journey) *time.Location {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		j.Fatal(err)
	}
	return zone
}

// waitOutside: Rosa and Bryn wait, and neither they nor the patient see or hear
// anybody.
func (j *journey) waitOutside() {
	r := j.rosa
	r.open(strings.Replace(j.product.open.URL, "/practice", "/visits/"+j.reference+"/ready", 1))
	r.tap("Check camera and microphone")
	r.see("Internet connection")
	r.look("ready")
	r.press("Go to the waiting room")
	r.see("You are in the waiting room")
	r.look("waiting")
	b := j.bryn
	b.open(strings.Replace(j.product.open.URL, "/practice", "/interpreter/visits/"+j.reference+"/ready", 1))
	b.press("Go to the waiting room")
	b.see("You are in the waiting room")
	j.nurse.see("Let in " + rosaName)
	j.nurse.see("Let in " + brynName)
	j.nurse.look("board-waiting")
	for _, p := range []*person{j.rosa, j.bryn, j.ipad} {
		p.meets(map[string]Camera{})
	}
}

// lookFirst: the nurse sees who it is before she lets anybody in. Rosa is told; the
// patient's side stays silent and dark, and so does Rosa's.
func (j *journey) lookFirst() {
	n := j.nurse
	n.follow(func() {
		n.click(fmt.Sprintf(`[...document.querySelectorAll('a[href*="/look?"]')].find(a => a.textContent.includes(%q))`, rosaName), "See them first, for Rosa")
	})
	n.see("You see and hear " + rosaName)
	n.until("Rosa's picture is red", `(v => {
		const c = document.createElement('canvas').getContext('2d');
		c.drawImage(v, 0, 0, 1, 1);
		const [r, g, b] = c.getImageData(0, 0, 1, 1).data;
		return r > 120 && g < 90 && b < 90;
	})(document.querySelector('.wv-look video'))`)
	j.rosa.see("A member of staff can see and hear you now")
	n.look("look-first")
	j.rosa.look("looked-at")
	for _, p := range []*person{j.rosa, j.bryn, j.ipad} {
		p.meets(map[string]Camera{})
	}
	n.press("Back to the board")
	j.rosa.see("Nobody can see or hear you now")
}

// admitOneByOne: whoever is let in sees and hears exactly those who are in.
func (j *journey) admitOneByOne() {
	j.nurse.press("Let in " + rosaName)
	j.rosa.meets(map[string]Camera{"": Blue})
	j.ipad.meets(map[string]Camera{rosaName: Red})
	j.bryn.meets(map[string]Camera{})
	j.nurse.press("Let in " + brynName)
	j.allThree()
	j.ipad.look("call")
	j.rosa.look("call")
	j.bryn.look("call")
	j.nurse.look("board-live")
}

func (j *journey) allThree() {
	j.rosa.meets(map[string]Camera{"": Blue, brynName: Green})
	j.ipad.meets(map[string]Camera{rosaName: Red, brynName: Green})
	j.bryn.meets(map[string]Camera{"": Blue, rosaName: Red})
}

// holdAndAdmitAgain: a held person is out of sight and hearing, both ways.
func (j *journey) holdAndAdmitAgain() {
	j.nurse.follow(func() {
		j.nurse.click(fmt.Sprintf(`[...document.querySelectorAll('[data-key^="hold-"]')].find(b => b.textContent.includes(%q))`, rosaName), "Back to waiting, for Rosa")
	})
	j.rosa.see("The ward needs a moment")
	j.rosa.meets(map[string]Camera{})
	j.ipad.meets(map[string]Camera{brynName: Green})
	j.nurse.press("Let in " + rosaName)
	j.allThree()
}

// endNow: the nurse ends the visit, and all is dark and silent.
func (j *journey) endNow() {
	n := j.nurse
	n.follow(func() {
		n.click(fmt.Sprintf(`document.querySelector('[data-key="end-%s"]')`, j.reference), "End the visit")
	})
	n.look("end")
	n.press("End the visit")
	j.rosa.see("The visit has ended")
	j.bryn.see("The visit has ended")
	j.ipad.until("the iPad has left the call", `document.querySelectorAll('video[src], video').length === 0 || !document.querySelector('[data-slot][data-seat]')`)
	for _, p := range []*person{j.rosa, j.bryn, j.ipad} {
		p.meets(map[string]Camera{})
	}
	j.rosa.look("ended")
	n.see("Finished")
}
