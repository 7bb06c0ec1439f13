package e2e

import (
	"strings"
	"testing"
)

// An administrator makes an account, hands over its code, and the newcomer signs in
// with a password of their own. Every page on the way is looked at.
func TestSomebodyBeginsToWorkHere(t *testing.T) {
	p := start(t, t.TempDir(), "")
	browser := newBrowser(t)
	site := strings.TrimSuffix(p.open.URL, "/practice")

	boss := newPerson(t, browser, "administrator", 1280, "")
	boss.open(p.open.Ward.URL)
	boss.fill("Email", "ines.costa@practice.example")
	boss.fill("Password", p.open.Ward.Password)
	boss.press("Sign in")
	boss.see("People who work here")
	if seen := boss.crawl(site, "/ward/accounts"); seen < 5 {
		t.Errorf("an administrator has only %d pages", seen)
	}
	boss.open(site + "/ward/accounts/new")
	boss.press("Add them")
	boss.see("There is a problem")
	boss.look("account-wrong")
	boss.fill("Full name", "Yusuf Demir")
	boss.fill("Email address at work", "yusuf.demir@practice.example")
	boss.pick("Visit facilitator: books and runs visits, and brings the iPad")
	var chosen string
	if err := boss.ask(`document.getElementById('place').value = 'everywhere'`, &chosen); err != nil || chosen != "everywhere" {
		boss.fail("%q: %v", chosen, err)
	}
	boss.press("Add them")
	boss.see("It is shown only now")
	boss.look("account-code")
	var code string
	if err := boss.ask(`document.querySelector('.wv-code').innerText`, &code); err != nil {
		boss.fail("%v", err)
	}

	yusuf := newPerson(t, browser, "newcomer", 390, "")
	yusuf.open(site + "/ward/sign-in")
	yusuf.press("I have a code to choose a password")
	yusuf.look("first-sign-in")
	yusuf.fill("Email address", "yusuf.demir@practice.example")
	yusuf.fill("The code that you were given", code)
	yusuf.fill("New password", "tram lantern quilt")
	yusuf.fill("The same password again", "tram lantern quilt")
	yusuf.press("Choose this password")
	yusuf.see("Your password is chosen")
	yusuf.look("password-chosen")
	yusuf.fill("Email", "yusuf.demir@practice.example")
	yusuf.fill("Password", "tram lantern quilt")
	yusuf.press("Sign in")
	yusuf.see("Today")
}
