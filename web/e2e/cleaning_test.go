package e2e

import (
	"fmt"
	"testing"
)

// What a patient has decides how their iPad is cleaned, and the board says that it is
// to be.
func TestAnIPadIsCleanedByWhatThePatientHad(t *testing.T) {
	m := meet(t, party{anna: small(Red), ipad: small(Blue)})
	board := m.site + "/ward/today"
	m.callOff()

	t.Log("one tap is enough after a patient with no infection")
	m.nurse.open(board)
	m.nurse.see("is clean now")
	m.nurse.look("to-clean")

	t.Log("it is asked how, after a patient with one")
	m.nurse.open(m.site + "/ward/patients")
	m.nurse.press("Thomas Arkwright")
	m.nurse.follow(func() { m.nurse.click(`document.querySelector('a[href$="/infection"]')`, "Change infection") })
	m.nurse.pick("By touch")
	m.nurse.press("Save")
	m.anna.open(m.site + "/visits")
	m.bookNow(party{})
	m.nurse.open(board)
	m.nurse.look("next-but-dirty")
	m.nurse.open(m.site + "/ward/ipads")
	m.nurse.look("ipads-dirty")
	m.nurse.follow(func() { m.nurse.click(`document.querySelector('a[href*="/cleaned"]')`, "Cleaned") })
	m.nurse.look("cleaned-how")
	m.nurse.press("It is clean now")
	m.nurse.see("Choose how it was cleaned")
	m.nurse.look("cleaned-how-unanswered")

	m.nurse.pick("Chlorine wipe")
	m.nurse.press("It is clean now")
	m.nurse.until("it is clean", fmt.Sprintf(`!document.querySelector(%q)`, `[action*="/cleaned"], a[href*="/cleaned"]`))
	m.nurse.look("ipads-clean")
}

// callOff ends a visit that nobody was let into.
func (m *meeting) callOff() {
	m.Helper()
	m.onCard("end")
	m.nurse.pick("Something did not work")
	m.nurse.press("Call off the visit")
}
