package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// A coordinator of interpreters looks at a visit that wants one, takes its interpreter
// off, adds somebody with hours, and puts them down for it.
func TestACoordinatorFindsSomebody(t *testing.T) {
	j := newJourney(t, "")
	for _, p := range []*person{j.nurse, j.rosa, j.phone} {
		p.hurried = true
	}
	site := strings.TrimSuffix(j.product.open.URL, "/practice")
	c := j.bryn // whom nobody needs here
	c.name = "coordinator"
	c.open(j.product.open.Ward.URL)
	c.fill("Email", "ivo.marin@practice.example")
	c.fill("Password", j.product.open.Ward.Password)
	c.press("Sign in")
	c.see("Visits that need an interpreter")
	c.look("interpreters-before")

	j.invite()
	j.book()
	c.open(site + "/ward/interpreters")
	c.see("Bryn Morgan")
	c.look("interpreters")
	c.press("British Sign Language (BSL), signed")
	c.see("Nobody else on the list can come")
	c.look("interpreters-visit-asked")
	c.press("Take them off this visit")
	c.see("They are off the visit")
	c.look("interpreters-visit-nobody")
	if strings.Contains(c.text(), "Arkwright") {
		c.fail("a coordinator is told whose visit it is")
	}

	c.open(site + "/ward/interpreters/people/new")
	c.press("Add them")
	c.see("There is a problem")
	c.look("interpreters-form-wrong")
	c.fill("Full name", "Maximiliana Wilhelmina Featherstonehaugh-Cholmondeley")
	c.fill("Mobile phone", "07700 900778")
	var chosen string
	if err := c.ask(`document.getElementById('tongue-1').value = 'sign/bfi', document.getElementById('level-1').value = 'registered'`, &chosen); err != nil || chosen != "registered" {
		c.fail("%q: %v", chosen, err)
	}
	c.press("Add them")
	c.see("They are on the list")
	c.look("interpreters-person-new")
	var page string
	if err := c.ask(`location.pathname`, &page); err != nil {
		c.fail("%v", err)
	}
	visit := site + "/ward/interpreters/visits/" + j.reference
	c.open(visit)
	c.see("Outside their hours")
	c.look("interpreters-visit-outside")
	c.open(site + page + "/hours")
	c.look("interpreters-hours")
	for day := range 7 {
		c.open(site + page + "/hours")
		if err := c.ask(fmt.Sprintf(`document.getElementById('work-day').value = '%d'`, day), &chosen); err != nil {
			c.fail("%v", err)
		}
		c.fill("From", "00:00")
		c.fill("To", "24:00")
		c.press("Add these hours")
		c.see("Their hours are changed")
	}
	c.look("interpreters-person")
	c.open(visit)
	c.look("interpreters-visit-can")
	c.press("They have said yes")
	c.see("They are down for the visit")
	c.look("interpreters-visit-confirmed")
	c.open(site + "/ward/interpreters")
	c.see("Confirmed (1)")
	c.open(site + page + "/close")
	c.see("Visits that need somebody else")
	c.look("interpreters-close")
}
