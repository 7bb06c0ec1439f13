package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// Everybody who works on a ward does what is theirs with nothing but the keyboard: the
// administrator adds people, who choose a password; a facilitator lets a relative in and
// ends the visit; a ward manager protects a time; a device manager takes an iPad out of
// service and puts it back; an auditor searches; a coordinator adds an interpreter. The nurse has a test of
// her own.
func TestEveryRoleByKeyboardAlone(t *testing.T) {
	m := meet(t, party{anna: small(Red), ipad: small(Blue)})
	m.join(m.anna)
	k := &keyboards{meeting: m, person: m.nurse, password: m.product.open.Ward.Password}
	k.protectsATime()

	k.signsIn("ines.costa@practice.example", k.password)
	facilitator := k.adds("Fay Moor", "fay.moor@practice.example", "Visit facilitator", "Willow")
	keeper := k.adds("Dev Ives", "dev.ives@practice.example", "iPad manager", "Willow")
	auditor := k.adds("Una Ross", "una.ross@practice.example", "Auditor", "Everywhere")

	k.begins("fay.moor@practice.example", facilitator)
	k.letsIn()
	k.begins("dev.ives@practice.example", keeper)
	k.withdrawsAnIPad()
	k.begins("una.ross@practice.example", auditor)
	k.searches()
	k.signsIn("ivo.marin@practice.example", k.password)
	k.addsAnInterpreter()
}

// keyboards is one person's screen, at which one after another sits down.
type keyboards struct {
	*meeting
	*person
	password string
}

// into walks to a field and types.
func (k *keyboards) into(label, words string) {
	k.person.t.Helper()
	k.walkTo(label)
	k.types(words)
}

// presses walks to what can be pressed, and presses it.
func (k *keyboards) presses(name string) {
	k.person.t.Helper()
	k.walkTo(name)
	k.enter()
}

// among goes down a group of radio buttons, whose first one the keyboard is on.
func (k *keyboards) among(label string) {
	k.person.t.Helper()
	k.key(" ")
	for range 12 {
		if k.on(label) {
			return
		}
		k.key(kb.ArrowDown)
		k.stop()
	}
	k.person.fail("no %q among what is to choose", label)
}

func (k *keyboards) signsIn(email, password string) {
	k.person.t.Helper()
	k.person.open(k.site + "/ward/sign-in?another=1")
	k.into("Email", email)
	k.into("Password", password)
	k.presses("Sign in")
	k.see("Sign out")
}

// adds makes an account, and returns its code.
func (k *keyboards) adds(name, email, role, place string) (code string) {
	k.person.t.Helper()
	k.person.open(k.site + "/ward/accounts")
	k.presses("Add somebody")
	k.into("Full name", name)
	k.into("Email address at work", email)
	k.key("\t")
	k.stop()
	k.among(role)
	k.into("Where", place)
	k.presses("Add them")
	k.see("It is shown only now")
	if err := k.ask(`document.querySelector('.wv-code').innerText`, &code); err != nil {
		k.person.fail("%v", err)
	}
	return code
}

// begins chooses a password by a code, and signs in with it.
func (k *keyboards) begins(email, code string) {
	k.person.t.Helper()
	const password = "tram lantern quilt"
	k.person.open(k.site + "/ward/sign-in?another=1")
	k.presses("I have a code")
	k.into("Email address", email)
	k.into("The code that you were given", code)
	k.into("New password", password)
	k.into("The same password again", password)
	k.presses("Choose this password")
	k.see("Your password is chosen")
	k.signsIn(email, password)
}

func (k *keyboards) protectsATime() {
	k.person.t.Helper()
	k.person.open(k.site + "/ward/today")
	k.presses("Visiting rules")
	k.presses("Protected times")
	k.presses("Protect a time")
	k.into("What for?", "Handover")
	k.key("\t")
	k.key(" ")
	k.stop()
	k.into("From", "3am")
	k.into("Until", "4am")
	k.presses("Continue")
	k.see("No booked visit would be outside the rules")
	k.presses("Protect")
	k.see("Handover")
}

func (k *keyboards) letsIn() {
	k.person.t.Helper()
	k.person.open(k.site + "/ward/today")
	k.see("Let in " + annaName)
	k.walkTo("Let in " + annaName)
	k.enter()
	k.stays(annaName)
	k.anna.until("she is let in", `window.wardvisit.state === 'admitted'`)
	k.presses("End the visit")
	k.see("End this visit now?")
	k.presses("End the visit now")
	k.see("The visit has ended")
	k.anna.see("The visit has ended")
}

func (k *keyboards) withdrawsAnIPad() {
	k.person.t.Helper()
	k.person.open(k.site + "/ward/ipads")
	k.presses("Change iPad 2")
	k.presses("Take out of service")
	k.into("What is wrong with it?", "The glass is cracked")
	k.presses("See which visits it touches")
	k.see("This touches")
	k.presses("Take it out of service")
	k.see("The iPad is out of service")
	k.presses("Change iPad 2")
	k.presses("Put back into service")
	k.presses("Put it back into service")
	k.see("The iPad is back")
}

func (k *keyboards) searches() {
	k.person.t.Helper()
	k.see("Audit of")
	k.walkTo("Wardvisit")
	k.into("Ward", "Willow")
	k.into("Patient or visit", k.reference)
	k.presses("Search")
	k.see("Only what is about")
	k.see("Fay Moor")
}

func (k *keyboards) addsAnInterpreter() {
	k.person.t.Helper()
	k.presses("The interpreters")
	k.presses("Add an interpreter")
	k.into("Full name", "Lin Park")
	k.into("Mobile phone", "07700 900778")
	k.into("Language and how they interpret", "British Sign")
	k.into("Level", "Registered")
	k.presses("Add them")
	k.see("They are on the list")
	if strings.Contains(k.text(), "Arkwright") {
		k.person.fail("a coordinator is told whose visit it is")
	}
}
