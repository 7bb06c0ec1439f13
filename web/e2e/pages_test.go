package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Every page that the journey does not pass, at three widths, judged by axe.
func TestEveryOtherPage(t *testing.T) {
	p := start(t, t.TempDir(), "")
	browser := newBrowser(t)
	j := &journey{T: t, product: p, phone: newPerson(t, browser, "phone", 390, "")}
	site := strings.TrimSuffix(p.open.URL, "/practice")

	stranger := newPerson(t, browser, "stranger", 390, "")
	for name, path := range map[string]string{
		"welcome": "/", "not-found": "/nowhere", "no-such-link": "/invitation/" + strings.Repeat("x", 22), "signed-out": "/visits",
		"try": "/try", "ipad-unpaired": "/ipad", "interpreter-signed-out": "/interpreter", "messages": "/practice/messages",
	} {
		stranger.open(site + path)
		stranger.look(name)
	}

	anna := newPerson(t, browser, "relative", 390, "")
	j.signIn(anna, p.open.Relative.URL, "07700 900101")
	j.bookPlainly(anna, true)
	anna.press("Change the time")
	anna.look("change")
	anna.follow(func() { anna.click(`[...document.querySelectorAll('.wv-slot')].at(-1)`, "another time") })
	anna.look("change-confirm")
	anna.open(site + "/visits/" + j.reference + "/people")
	anna.look("people")
	anna.open(site + "/visits/" + j.reference + "/propose")
	anna.look("propose")
	anna.open(site + "/visits/" + j.reference + "/cancel")
	anna.look("cancel")
	anna.press("Cancel this visit")
	anna.look("cancelled")

	j.wardPages(newPerson(t, browser, "ward", 1280, ""), site)
}

// bookPlainly books the first free time with nobody else and no interpreter.
func (j *journey) bookPlainly(r *person, look bool) {
	j.Helper()
	r.press("Choose a time")
	r.chooseTime(3)
	r.press("Continue")
	if look {
		r.press("Continue") // without an answer
		r.see("There is a problem")
		r.look("language-unanswered")
	}
	r.pick("No")
	r.press("Continue")
	r.press("Continue")
	r.press("Book this visit")
	r.see("Your visit is booked")
	r.open(strings.TrimSuffix(j.product.open.URL, "/practice") + "/visits")
	r.see("Change the time")
	var href string
	if err := r.ask(`document.querySelector('.wv-visit a').pathname`, &href); err != nil {
		r.fail("%v", err)
	}
	j.reference = strings.Split(href, "/")[2]
}

func (j *journey) wardPages(n *person, site string) {
	n.open(j.product.open.Ward.URL)
	n.fill("Email", j.product.open.Ward.Email)
	n.fill("Password", j.product.open.Ward.Password)
	n.press("Sign in")
	n.press("Book a visit")
	n.look("book")
	n.press("Thomas Arkwright")
	n.look("book-time")
	n.pick("Anna Arkwright")
	n.chooseTime(4)
	n.look("book-details")
	n.press("Continue")
	n.look("book-check")
	n.press("Book this visit")
	n.look("book-done")
	n.open(site + "/ward/ipads")
	n.look("ipads")
	n.press("Pair")
	n.look("ipad-pair-ask")
	n.press("Show the code")
	n.look("ipad-pair-code")
	n.open(site + "/ward/patients")
	n.press("Samuel Okafor")
	n.look("patient-without-consent")
	n.press("Record consent")
	n.look("consent")
	n.press("Record consent")
	n.see("There is a problem")
	n.look("consent-wrong")
	n.open(site + "/ward/patients")
	n.press("Thomas Arkwright")
	n.press("Bar")
	n.look("bar")
	n.open(site + "/ward/patients")
	n.press("Thomas Arkwright")
	n.press("Pause")
	n.look("pause")
	n.fill("Why?", "The patient asked for a rest")
	n.press("Pause their visits")
	n.look("patient-paused")
	n.open(site + "/ward/visits/ZZZ-ZZZ/start")
	n.look("no-such-visit")
}

// Everything up to the call works in a browser without script.
func TestBookingNeedsNoScript(t *testing.T) {
	p := start(t, t.TempDir(), "")
	browser := newBrowser(t)
	j := &journey{T: t, product: p, phone: newPerson(t, browser, "phone", 390, "")}
	anna := newPerson(t, browser, "relative", 390, "")
	anna.plain = true
	anna.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	j.signIn(anna, p.open.Relative.URL, "07700 900101")
	j.bookPlainly(anna, false)
}
