package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// A ward hangs up a screen, which shows the day without a name, and goes dark when it is
// taken down; and prints the day for when the network is down.
func TestTheDayOnAWallAndOnPaper(t *testing.T) {
	p := start(t, t.TempDir(), "")
	browser := newBrowser(t)
	site := strings.TrimSuffix(p.open.URL, "/practice")
	amina := newPerson(t, browser, "ward", 1280, "")
	amina.open(site + "/ward/sign-in")
	amina.signsIn(nurseEmail, p.open.Ward.Password)
	amina.open(site + "/ward/walls")
	amina.fill("Where is it?", "The very long corridor between the nurses’ station and the day room")
	amina.press("Add it")
	amina.look("walls")
	var code string
	if err := amina.ask(`document.querySelector('.wv-code').innerText`, &code); err != nil {
		amina.fail("%v", err)
	}

	wall := newPerson(t, browser, "wall", 1280, "")
	wall.open(site + "/wall")
	wall.fill("Code", "0000-0000")
	wall.press("Show the ward")
	wall.see("There is a problem")
	wall.look("pair-wrong")
	wall.fill("Code", code)
	wall.press("Show the ward")
	wall.see("Willow Ward")
	wall.look("day")
	if text := wall.text(); strings.Contains(text, "Arkwright") || strings.Contains(text, "Thomas") {
		wall.fail("it names somebody")
	}
	amina.open(site + "/ward/walls")
	amina.press("Remove")
	wall.see("Make this a wall screen")

	amina.open(site + "/ward/today/print")
	amina.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		return err
	}))
	amina.shot("paper")
	if n := amina.pages(); n != 1 {
		t.Errorf("a quiet day is %d pages of paper", n)
	}
}
