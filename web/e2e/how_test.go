package e2e

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// hasty is a clock of a page on which time passes so many times as fast.
const hasty = `(() => {
	const began = Date.now(), now = Date.now.bind(Date), later = window.setTimeout.bind(window);
	Date.now = () => began + (now() - began) * %[1]d;
	window.setTimeout = (f, ms, ...more) => later(f, (ms ?? 0) / %[1]d, ...more);
})()`

// hurry has time pass so many times as fast on every page that somebody opens.
func (p *person) hurry(times int) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: fmt.Sprintf(hasty, times)})
		return err
	}))
}

// After a visit the iPad, the family and the ward are asked how it was. What the iPad
// asks goes away by itself: the patient may not know what to do about it.
func TestHowTheVisitWas(t *testing.T) {
	m := meet(t, party{anna: small(Red), ipad: small(Blue)})
	feedback := m.site + "/ward/feedback?ward=" + m.ward()
	m.nurse.open(feedback)
	m.nurse.see("Nobody has said how a visit was")
	m.nurse.look("how-none")
	m.nurse.open(m.site + "/ward/today?ward=" + m.ward())
	m.admit(m.anna, annaName)
	m.both(Red, Blue)
	m.anna.tap("Leave")
	m.nurse.open(m.site + "/ward/visits/" + m.reference + "/end")
	m.nurse.press("End the visit now")

	t.Log("the iPad asks, is answered with one tap, and forgets")
	m.ipad.see("How was that?")
	m.ipad.look("how")
	m.ipad.press("All right")
	m.ipad.see("Thank you")
	m.ipad.look("how-thanks")
	m.ipad.hurry(30)
	m.ipad.open(m.site + "/ipad?ended")
	m.ipad.until("it goes away by itself", `document.getElementById('ipad').dataset.shows !== 'ended'`)

	t.Log("the family says it, with words of their own")
	m.anna.open(m.site + "/visits/" + m.reference)
	m.anna.look("how")
	m.anna.press("Good")
	m.anna.see("Thank you. You said: Good")
	m.anna.look("how-words")
	m.anna.fill("Would you like to add anything?", "<b>=cmd()</b> The sound was low, and Dad’s face was dark: could the iPad stand nearer the window?")
	m.anna.pick("The ward may ask me about this")
	m.anna.press("Send")
	m.anna.see("Thank you")

	t.Log("the ward says it from the board, and reads all three")
	m.nurse.open(m.site + "/ward/today?ward=" + m.ward())
	m.nurse.look("how-board")
	m.nurse.follow(func() {
		m.nurse.click(fmt.Sprintf(`document.querySelector('[data-key="how-not_good-%s"]')`, m.reference), "Not good")
	})
	m.nurse.see("Your answer is kept")
	m.nurse.open(m.site + "/ward/visits/" + m.reference)
	m.nurse.look("how-visit")
	m.nurse.open(feedback)
	m.nurse.see("<b>=cmd()</b> The sound was low")
	m.nurse.see("You may ask " + annaName)
	m.nurse.look("how-all")
	m.nurse.open(feedback + "&from=2026-11-31&to=2026-11-01")
	m.nurse.see("There is a problem")
	m.nurse.look("how-wrong")
}

// An iPad on which nobody answers asks no longer than a minute.
func TestTheIPadStopsAsking(t *testing.T) {
	m := meet(t, party{anna: small(Red), ipad: small(Blue)})
	m.admit(m.anna, annaName)
	m.nurse.open(m.site + "/ward/visits/" + m.reference + "/end")
	m.ipad.hurry(10)
	m.nurse.press("End the visit now")
	m.ipad.see("How was that?")
	m.ipad.until("it goes away by itself", `!document.body.innerText.includes('How was that?')`)
	m.ipad.until("nothing says that there was a visit", `document.getElementById('ipad').dataset.shows === 'idle'`)
	if text := m.ipad.text(); text == "" {
		t.Error("the iPad shows nothing")
	}
}
