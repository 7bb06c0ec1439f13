package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// The board during a visit: more time, which the family and the bed are told; a
// second iPad in the place of the first, while the family stays in the room; and a
// board that slept, which is right again by itself.
func TestTheBoardDuringAVisit(t *testing.T) {
	m := meet(t, party{anna: small(Red), ipad: small(Blue)})
	m.admit(m.anna, annaName)
	m.both(Red, Blue)
	if m.nurse.taps != 2 {
		t.Errorf("from the board until they see each other, the ward has tapped %d times", m.nurse.taps)
	}
	board := m.site + "/ward/today"
	m.nurse.see("In the visit")
	m.nurse.look("board-live")

	t.Log("ten minutes more, in two taps")
	m.onCard("extend")
	m.nurse.look("more-time")
	m.nurse.press("10 minutes more")
	m.nurse.see("The visit has more time")
	for _, p := range []*person{m.anna, m.ipad} {
		p.see("The ward has given this visit more time. It ends at")
	}
	m.anna.look("more-time-told")

	t.Log("another iPad takes over; nobody else leaves")
	m.pairASpare()
	m.nurse.open(board)
	m.onCard("swap")
	m.nurse.look("swap")
	began := time.Now()
	m.nurse.press("Swap now")
	m.ipad.see("The visit goes on on another iPad")
	m.bryn.until("the other iPad is in the visit", `location.pathname === '/ipad/call' && window.wardvisit?.state === 'admitted'`)
	m.anna.meets(map[string]Camera{"": small(Green)})
	took := time.Since(began)
	t.Logf("from the tap to seeing and hearing the patient on the other iPad: %v", took.Round(100*time.Millisecond))
	if took > 30*time.Second {
		t.Errorf("it took %v", took)
	}
	m.bryn.meets(map[string]Camera{annaName: Red})
	m.anna.until("she never left the room", `window.wardvisit.state === 'admitted'`)
	m.ipad.until("the first iPad is back on its shelf", `location.pathname === '/ipad'`)
	m.nurse.open(board + "?ward=" + m.ward())
	m.nurse.see("In the visit")

	t.Log("the board sleeps, and is right when it wakes")
	m.nurse.offline(true)
	m.nurse.until("it says that it is cut off", `document.getElementById('live').textContent.includes('Reconnecting')`)
	m.anna.tap("Leave")
	m.nurse.offline(false)
	m.nurse.until("it shows what happened meanwhile", `document.getElementById('board').innerText.includes('has left')`)
	m.nurse.until("it is live", `document.getElementById('live').textContent === 'Live'`)
}

// onCard opens what the visit's card on the board offers.
func (m *meeting) onCard(what string) {
	m.Helper()
	m.nurse.follow(func() {
		m.nurse.click(fmt.Sprintf(`document.querySelector('[data-key="%s-%s"]')`, what, m.reference), what)
	})
}

// pairASpare makes the interpreter's browser, which nobody asked for, the ward's
// other iPad: paired and clean.
func (m *meeting) pairASpare() {
	m.Helper()
	m.nurse.open(m.site + "/ward/ipads?ward=" + m.ward())
	var pair string
	if err := m.nurse.ask(`[...document.querySelectorAll('a[href*="/pair"]')].filter(a => !(a.closest('li, tr, article, section')?.innerText ?? '').includes('In a visit')).map(a => a.href)[0] ?? ''`, &pair); err != nil || pair == "" {
		m.nurse.fail("no iPad to pair: %v", err)
	}
	m.nurse.open(pair)
	m.nurse.run(`document.querySelector('form[action*="/pair"]').requestSubmit()`)
	m.nurse.until("there is a code", `!!document.querySelector('.wv-code')`)
	var code string
	if err := m.nurse.ask(`document.querySelector('.wv-code').textContent.trim()`, &code); err != nil {
		m.nurse.fail("no code: %v", err)
	}
	m.bryn.open(m.site + "/ipad/pair")
	m.bryn.fill("Code on the ward", code)
	m.bryn.press("Pair this iPad")
	m.bryn.see("Willow Ward")
	m.nurse.open(m.site + "/ward/ipads?ward=" + m.ward())
}

// ward is the one that the board shows.
func (m *meeting) ward() string {
	m.Helper()
	var ward string
	if err := m.nurse.ask(`[...document.querySelectorAll('a[href*="ward="]')].map(a => new URL(a.href).searchParams.get('ward'))[0] ?? ''`, &ward); err != nil || ward == "" {
		m.nurse.fail("no ward on the page: %v", err)
	}
	return strings.TrimSpace(ward)
}

// offline takes the page's network away, or gives it back.
func (p *person) offline(gone bool) {
	p.t.Helper()
	p.do(networkGone(gone))
	p.until("the browser knows", fmt.Sprintf(`navigator.onLine === %t`, !gone))
}

// networkGone has the browser's tab lose its network, as a tablet that sleeps does,
// or find it again.
func networkGone(gone bool) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		if _, err := cdp.Call(ctx, tab, network.Enable, network.EnableParams{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, tab, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{{DownloadThroughput: -1, UploadThroughput: -1, Offline: gone}},
		})
		if err != nil {
			return err
		}
		_, err = cdp.Call(ctx, tab, network.OverrideNetworkState, network.OverrideNetworkStateParams{DownloadThroughput: -1, UploadThroughput: -1, Offline: gone})
		return err
	})
}
