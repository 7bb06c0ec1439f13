package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

// A meeting is a visit that has begun: Anna and the patient's iPad see and hear
// each other, and whoever else was asked for waits to be let in.
type meeting struct {
	*journey
	anna *person
	site string
}

const (
	annaPhone = "07700 900101"
	theaPhone = "07700 900303"
	theaName  = "Thea Hill"
)

// Names under which people are met.
const annaName = "Anna Arkwright"

// A party is who comes to a meeting, and with what.
type party struct {
	anna, ipad Camera
	tongue     string // what Anna asks for, in the words of the page; "" for nobody
	captions   bool
}

// small is a camera of few pixels: three layers of each of three people are a
// great deal of work for a machine that has no camera to do it for.
func small(c Camera) Camera {
	c.Width, c.Height = 160, 120
	return c
}

// meet brings a visit to where everybody could be let in.
func meet(t *testing.T, who party, settings ...string) *meeting {
	t.Helper()
	p := start(t, t.TempDir(), "", settings...)
	browser := newBrowser(t)
	m := &meeting{
		journey: &journey{T: t, product: p}, anna: newPerson(t, browser, "anna", 390, who.anna.Script()),
		site: strings.TrimSuffix(p.open.URL, "/practice"),
	}
	m.phone = newPerson(t, browser, "phone", 390, "")
	m.nurse = newPerson(t, browser, "ward", 1280, "")
	m.ipad = newPerson(t, browser, "ipad", 820, who.ipad.Script())
	m.bryn = newPerson(t, browser, "helper", 1280, small(Green).Script())
	for _, one := range []*person{m.anna, m.phone, m.nurse, m.ipad, m.bryn} {
		one.hurried = true // other tests look at the pages on the way
	}
	m.signIn(m.anna, p.open.Relative.URL, annaPhone)
	m.bookNow(who)
	if who.tongue != "" {
		m.help(who.tongue)
	}
	m.pairTheIPad()
	m.nurse.open(p.open.Ward.URL)
	m.nurse.fill("Email", p.open.Ward.Email)
	m.nurse.fill("Password", p.open.Ward.Password)
	m.nurse.press("Sign in")
	m.nurse.see("Day after")
	m.nurse.taps = 0
	m.startTheVisit()
	for _, one := range []*person{m.anna, m.phone, m.nurse, m.ipad, m.bryn} {
		one.hurried = false
	}
	return m
}

// bookNow books the next free time.
func (m *meeting) bookNow(who party) {
	m.Helper()
	a := m.anna
	a.press("Choose a time")
	var start string
	if err := a.ask(`document.querySelector('.wv-slot time').dateTime`, &start); err != nil {
		a.fail("no free time: %v", err)
	}
	var err error
	if m.starts, err = time.Parse(time.RFC3339, start); err != nil {
		a.fail("%v", err)
	}
	a.follow(func() { a.click(`document.querySelector('.wv-slot')`, "the first free time") })
	a.press("Continue")
	if who.tongue == "" {
		a.pick("No")
	} else {
		a.pick(who.tongue)
	}
	a.press("Continue")
	if who.captions {
		a.pick("Captions")
	}
	a.press("Continue")
	a.press("Book this visit")
	a.see("booked")
	if err := a.ask(`location.pathname.split('/')[2]`, &m.reference); err != nil {
		a.fail("%v", err)
	}
}

// help: whoever was asked for says yes.
func (m *meeting) help(tongue string) {
	m.Helper()
	if strings.Contains(tongue, "Sign") {
		m.signIn(m.bryn, m.product.open.Interpreter.URL, brynPhone)
	} else {
		m.signIn(m.bryn, m.message(theaPhone, `/https?:\S+\/invitation\/[\w-]+/`), theaPhone)
	}
	m.bryn.press("Yes, I can")
	m.bryn.see("The visit is in your list")
}

// join takes somebody to their page of the call.
func (m *meeting) join(p *person) {
	m.Helper()
	base := "/visits/"
	if p == m.bryn {
		base = "/interpreter/visits/"
	}
	p.open(m.site + base + url.PathEscape(m.reference) + "/call")
}

// admit lets somebody in by name.
func (m *meeting) admit(p *person, name string) {
	m.Helper()
	m.join(p)
	p.see("You are in the waiting room")
	m.nurse.see("Let in " + name)
	m.nurse.press("Let in " + name)
	p.until("they are let in", `window.wardvisit.state === 'admitted'`)
}

// both waits until Anna and the iPad see and hear each other.
func (m *meeting) both(anna, ipad Camera) {
	m.Helper()
	m.anna.meets(map[string]Camera{"": ipad})
	m.ipad.meets(map[string]Camera{annaName: anna})
}

// run evaluates something that has no answer.
func (p *person) run(expression string) {
	p.t.Helper()
	var ok bool
	if err := p.ask("(()=>{"+expression+";return true})()", &ok); err != nil {
		p.fail("%s: %v", expression, err)
	}
}

// A page that is loaded again comes back into its own seat, with nobody's help;
// a camera that a telephone call took is asked for again until it is given; and
// a lens that is covered, or a microphone that is dead, is seen at both ends.
func TestTheCallGoesOn(t *testing.T) {
	m := meet(t, party{anna: small(Red), ipad: small(Blue)})
	m.admit(m.anna, annaName)
	m.both(Red, Blue)

	t.Log("each page is loaded again")
	for _, p := range []*person{m.anna, m.ipad} {
		var was string
		if err := p.ask("window.wardvisit.seat", &was); err != nil {
			t.Fatal(err)
		}
		p.run("location.reload()")
		p.until("they are back in the same seat", fmt.Sprintf(`window.wardvisit?.state === 'admitted' && window.wardvisit.seat === %q`, was))
		m.both(Red, Blue)
	}

	t.Log("a telephone call takes Anna's camera, and gives it back")
	m.anna.run(`wardvisitCamera.take('video')`)
	m.anna.until("it is asked for again", `wardvisitCamera.asked.slice(2).includes('video')`)
	m.ipad.see("Camera is off")
	m.ipad.look("camera-taken")
	m.anna.run(`wardvisitCamera.give()`)
	m.both(Red, Blue)

	t.Log("something covers Anna's lens")
	m.anna.run(`wardvisitCamera.covered = true`)
	m.anna.see("The others see only black")
	m.anna.look("covered-lens")
	m.ipad.see("Their picture is not arriving")
	m.ipad.look("black-picture")
	m.ipad.until("a report counts it", `window.wardvisit.found.dark.length === 1`)
	m.anna.run(`wardvisitCamera.covered = false`)
	m.both(Red, Blue)

	t.Log("Anna's microphone is dead")
	m.anna.run(`wardvisitCamera.hush(true)`)
	m.anna.see("We can’t hear you")
	m.anna.look("unheard")
	m.ipad.see("Their microphone is not working")
	m.ipad.look("unheard-other")
	m.anna.run(`wardvisitCamera.hush(false)`)
	m.both(Red, Blue)
}

// Whoever cannot hear or speak writes, and is read.
func TestWrittenWords(t *testing.T) {
	m := meet(t, party{anna: small(Red), ipad: small(Blue), tongue: "in writing", captions: true})
	m.admit(m.anna, annaName)
	m.admit(m.bryn, theaName)
	m.anna.until("who is here is seen", `document.querySelectorAll('[data-slot][data-seat]').length === 2`)

	t.Log("messages, both ways")
	m.anna.tap("Write")
	m.anna.look("writing-empty")
	m.anna.fill("Your message", "I am here, Grandad")
	m.anna.tap("Send")
	m.anna.until("it is among what was said", `document.querySelector('[data-part=talk-log]').innerText.includes('I am here, Grandad')`)
	m.anna.until("the field is empty again", `document.querySelector('[data-part=talk-field]').value === ''`)
	m.ipad.see("I am here, Grandad")
	m.ipad.look("message-at-the-bed")
	m.anna.tap("Close writing")
	m.ipad.tap("Write")
	m.ipad.fill("Your message", "مرحبا Anna")
	m.ipad.tap("Send")
	m.anna.see("1 new")
	m.anna.look("unread")
	m.anna.tap("Write")
	m.anna.see("مرحبا Anna")
	m.anna.look("writing")
	m.anna.narrow("writing", `document.querySelector('[data-part=talk-field]')`)
	m.anna.run(`document.querySelector('[data-part=talk]').dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}))`)
	m.anna.until("Escape goes back to the button", `document.activeElement === document.querySelector('[data-part=write]')`)
	m.ipad.tap("Close writing")

	t.Log("captions, as they are typed")
	m.bryn.look("reporter")
	m.bryn.until("the field is ready to be typed in", `document.activeElement === document.querySelector('[data-part=reporter-field]')`)
	m.bryn.fill("Type what is said", "How are you")
	m.ipad.see("How are you")
	m.anna.see("How are you")
	m.ipad.look("captions")
	m.anna.look("captions")
	m.bryn.do(pressEnter())
	m.bryn.until("the field is empty for the next line", `document.querySelector('[data-part=reporter-field]').value === ''`)
	m.anna.tap("Captions")
	m.anna.until("whoever does not want them has none", `document.querySelector('[data-part=words]').hidden`)
}

// Who speaks is shown, by more than a colour.
func TestSpeakingIsShown(t *testing.T) {
	m := meet(t, party{anna: small(Red), ipad: small(Blue), tongue: "British Sign Language"})
	m.admit(m.anna, annaName)
	m.admit(m.bryn, brynName)
	speaks := func(name string) string {
		return fmt.Sprintf(`[...document.querySelectorAll('.wv-tile--speaking')].map(e => e.dataset.name).join() === %q`, name)
	}
	for _, p := range []*person{m.anna, m.bryn} {
		p.run(`wardvisitCamera.hush(true)`)
	}
	m.ipad.until("nobody speaks", speaks(""))
	m.anna.run(`wardvisitCamera.hush(false)`)
	m.ipad.until("Anna speaks", speaks(annaName))
	m.ipad.until("her drawing is seen", `document.querySelector('.wv-tile--speaking .wv-tile__voice').getBoundingClientRect().width > 8`)
	m.ipad.until("a screen reader is told", fmt.Sprintf(`document.querySelector('[data-part=announce]').innerText.includes('%s is speaking')`, annaName))
	m.ipad.look("speaking")
	m.bryn.look("interpreter-layout")
	m.anna.look("sign-layout")
	m.anna.run(`wardvisitCamera.hush(true)`)
	m.ipad.until("nobody speaks again", speaks(""))
}

// Whoever uses less data sends and is sent sound alone: in a minute no more than
// what makes 15 MB in twenty.
func TestSavingData(t *testing.T) {
	m := meet(t, party{anna: small(Red), ipad: small(Blue)})
	m.join(m.anna)
	m.anna.see("no more than 15 MB with sound only")
	m.anna.look("cost")
	m.admit(m.anna, annaName)
	m.both(Red, Blue)
	m.anna.tap("More")
	m.anna.look("more")
	m.anna.narrow("more", `document.querySelector('[data-part=more-panel] .wv-saving__label')`)
	m.anna.pick("Use less data")
	m.anna.see("Sound only: you use less data")
	m.ipad.see("Camera is off")
	m.anna.tap("Close more")
	m.anna.look("saving")
	m.ipad.look("saving-other")

	const megabytes = 0.75 // a minute
	if used := m.anna.megabytesAMinute(); used > megabytes {
		m.anna.fail("%.2f MB a minute, want %.2f at most", used, megabytes)
	} else {
		t.Logf("sound only: %.2f MB a minute with every header, both speaking without a pause", used)
	}

	t.Log("it is remembered on this phone, and the camera is not even asked for")
	m.anna.run("location.reload()")
	m.anna.until("they are back", `window.wardvisit?.state === 'admitted'`)
	m.anna.see("Sound only: you use less data")
	var asked []string
	if err := m.anna.ask("wardvisitCamera.asked", &asked); err != nil || len(asked) != 1 || asked[0] != "audio" {
		m.anna.fail("asked for %v, not for a microphone alone (%v)", asked, err)
	}
	m.anna.tap("Camera on")
	m.both(Red, Blue)
}

// megabytesAMinute measures everything that passes the person's network for a
// while, the addresses of each packet included.
func (p *person) megabytesAMinute() float64 {
	p.t.Helper()
	const wrapping = 28 // bytes of IPv4 and UDP
	count := fmt.Sprintf(`window.wardvisit.read().then(all => all.filter(e => e.type === 'transport')
		.map(e => [performance.now(), e.bytesSent + e.bytesReceived + %d * (e.packetsSent + e.packetsReceived)])[0])`, wrapping)
	var before, after []float64
	time.Sleep(3 * time.Second) // what was on its way when the choice was made is not part of it
	if err := p.ask(count, &before); err != nil || len(before) != 2 {
		p.fail("no count: %v", err)
	}
	time.Sleep(20 * time.Second) // a stretch of time is what is measured
	if err := p.ask(count, &after); err != nil || len(after) != 2 {
		p.fail("no count: %v", err)
	}
	return (after[1] - before[1]) / 1e6 / ((after[0] - before[0]) / 60_000)
}

// A face that is drawn large is sent large, and small when it is drawn small.
func TestLayersFollowTheSizeOnScreen(t *testing.T) {
	wide := Red
	wide.Width, wide.Height = 1280, 720
	m := meet(t, party{anna: wide, ipad: small(Blue)})
	m.admit(m.anna, annaName)
	m.both(wide, Blue)
	got := func(compare string) string {
		return fmt.Sprintf(`window.wardvisit.read().then(all => all.some(e => e.type === 'inbound-rtp' && e.kind === 'video' && e.frameWidth > 0 && e.framesPerSecond > 0 && e.frameWidth %s))`, compare)
	}
	awaits := func(what, compare string) {
		t.Helper()
		m.ipad.until(what, "await "+got(compare))
	}
	m.anna.until("three layers are sent", `await window.wardvisit.read().then(all => all.filter(e => e.type === 'outbound-rtp' && e.kind === 'video' && e.framesEncoded > 0).length === 3)`)
	m.ipad.resize(1280, 900)
	awaits("the whole picture comes", ">= 1280")
	m.ipad.resize(390, 420)
	awaits("half of it comes", "<= 640")
	m.ipad.resize(320, 300)
	awaits("a quarter of it comes", "<= 320")
	m.ipad.resize(1280, 900)
	awaits("the whole picture comes again", ">= 1280")
}
