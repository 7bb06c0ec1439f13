package e2e

import (
	"strings"
	"testing"
)

// The pages on which patients come and go, and those of what a ward is to look at,
// at three widths, judged by axe.
func TestPagesOfComingAndGoing(t *testing.T) {
	p := start(t, t.TempDir(), "")
	browser := newBrowser(t)
	site := strings.TrimSuffix(p.open.URL, "/practice")
	j := &journey{T: t, product: p, phone: newPerson(t, browser, "phone", 390, "")}
	anna := newPerson(t, browser, "relative", 390, "")
	j.signIn(anna, p.open.Relative.URL, "07700 900101")
	j.bookPlainly(anna, false)

	n := newPerson(t, browser, "ward", 1280, "")
	n.open(p.open.Ward.URL)
	n.fill("Email", p.open.Ward.Email)
	n.fill("Password", p.open.Ward.Password)
	n.press("Sign in")
	n.press("To look at")
	n.look("review-empty")
	n.open(site + "/ward/admit")
	n.look("admit")
	n.press("Admit")
	n.see("There is a problem")
	n.look("admit-wrong")
	patient := func() {
		n.open(site + "/ward/patients")
		n.press("Thomas Arkwright")
	}
	patient()
	n.look("patient-stay")
	n.press("Move to another bed or ward")
	n.look("transfer")
	patient()
	n.press("There is a second record of this patient")
	n.look("merge")
	patient()
	n.press("Change what helps them")
	n.look("needs")
	n.fill("What else helps?", "Hears better on the left, tires after 10 minutes")
	n.press("Save")
	n.press("Change infection")
	n.look("infection")

	patient()
	n.press("The patient has left the hospital")
	n.look("discharge")
	n.press("They have left")
	n.press("To look at (")
	n.look("review")
	n.press("Keep it as it is")
	n.look("review-keep")
	n.press("Back to the list")
	n.open(site + "/ward/left")
	n.look("left")
	n.press("Thomas Arkwright")
	n.look("left-one")
	n.press("They have not left")

	n.press("The patient has died")
	n.look("died")
	n.press("Record the death")
	n.see("There is a problem")
	n.look("died-unsure")
	n.pick("I have checked the name")
	n.press("Record the death")
	n.see("Please ring them")
	n.press("To look at")
	n.look("review-task")
	anna.open(site + "/visits")
	anna.see("Please call the ward")
	anna.look("call-ward-list")
	anna.open(site + "/visits/" + j.reference)
	anna.see("Please call the ward")
	anna.look("call-ward")
}
