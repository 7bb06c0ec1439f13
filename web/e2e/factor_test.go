package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

const (
	nurseEmail = "amina.khan@practice.example"
	bossEmail  = "ines.costa@practice.example"
)

// signsIn types a name and a password at the ward's door.
func (p *person) signsIn(email, password string) {
	p.t.Helper()
	p.fill("Email", email)
	p.fill("Password", password)
	p.press("Sign in")
}

// setsUpAnApp adds an app that makes codes, and returns what makes them and the code
// that it was proved with.
func (p *person) setsUpAnApp(site, password string) (secret, code string) {
	p.t.Helper()
	p.open(site + "/ward/me")
	p.look("me-bare")
	p.press("Add an app")
	p.press("Continue")
	p.see("There is a problem")
	p.look("me-app-wrong")
	p.fill("What do you call it?", "The phone with the long, long name that lies at the bottom of a rucksack")
	p.fill("Your password again", password)
	p.press("Continue")
	p.look("me-app")
	if err := p.ask(`document.querySelector('[data-secret]').innerText.replaceAll(' ', '')`, &secret); err != nil {
		p.fail("%v", err)
	}
	code, err := totp.GenerateCode(secret, time.Now())
	if err != nil {
		p.fail("%v", err)
	}
	p.fill("The code that the app shows now", code)
	p.press("Finish")
	p.see("Codes of Sister Amina Khan")
	p.look("me-codes")
	return secret, code
}

// A nurse sets up a second step, and signs in by it, by a code that was used, by the
// keyboard alone and by a code on paper.
func TestASecondStep(t *testing.T) {
	p := start(t, t.TempDir(), "")
	browser := newBrowser(t)
	site := strings.TrimSuffix(p.open.URL, "/practice")
	password := p.open.Ward.Password
	amina := newPerson(t, browser, "amina", 820, "")
	amina.open(site + "/ward/sign-in")
	amina.signsIn(nurseEmail, password)
	secret, used := amina.setsUpAnApp(site, password)
	var paper string
	if err := amina.ask(`document.querySelector('code').innerText`, &paper); err != nil {
		amina.fail("%v", err)
	}
	amina.press("I have kept them")
	amina.look("me")
	amina.press("Sign out")

	amina.signsIn(nurseEmail, password)
	amina.see("Type your code")
	amina.look("sign-in-code")
	amina.fill("Code", used)
	amina.press("Sign in")
	amina.see("There is a problem") // it is used, or too old by now where the machine is slow
	amina.look("sign-in-code-used")
	// The code of the next half minute counts too, as for a phone whose clock is fast.
	next, err := totp.GenerateCode(secret, time.Now().Add(30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	amina.walkTo("Code")
	amina.types(next)
	amina.enter()
	amina.see("Sign out")

	amina.press("Sign out")
	amina.signsIn(nurseEmail, password)
	amina.fill("Code", paper)
	amina.press("Sign in")
	amina.see("Sign out")
	amina.open(site + "/ward/me")
	amina.see("9 codes on paper are left")
}

// An administrator says which roles need a second step, and takes one away.
func TestWhoNeedsASecondStep(t *testing.T) {
	p := start(t, t.TempDir(), "")
	boss := newPerson(t, newBrowser(t), "administrator", 1280, "")
	site := strings.TrimSuffix(p.open.URL, "/practice")
	boss.open(site + "/ward/sign-in")
	boss.signsIn(bossEmail, p.open.Ward.Password)
	boss.open(site + "/ward/accounts")
	boss.press("Sister Amina Khan")
	boss.press("Remove their second step")
	boss.look("factors-remove")
	boss.press("Remove their second step")
	boss.see("There is a problem")
	boss.look("factors-remove-wrong")
	boss.open(site + "/ward/second-step")
	boss.look("second-step")
	boss.pick("Administrator")
	boss.press("Save")
	boss.see("Set up a second step first") // it is asked of them too, at once
	boss.open(site + "/ward/accounts")
	boss.see("Set up a second step first")
	boss.look("me-must")
}
