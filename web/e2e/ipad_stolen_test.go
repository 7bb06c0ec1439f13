package e2e

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// darkWithin is how soon an iPad must show nothing more of its ward.
const darkWithin = 5 * time.Second

// ownerOf is somebody at a Chromium that keeps all it keeps in a folder, and a way to
// switch it off.
func ownerOf(t *testing.T, name, folder string) (p *person, off func()) {
	t.Helper()
	browser := newBrowser(t, chromedp.UserDataDir(folder))
	p = &person{t: t, name: name, ctx: browser, checked: map[string]bool{}}
	p.do(chromedp.EmulateViewport(820, height(820)))
	return p, func() {
		if err := chromedp.Cancel(browser); err != nil {
			t.Logf("%s: switch off: %v", name, err)
		}
	}
}

// dark waits until a page shows something else, and fails if that takes too long.
func (p *person) dark(since time.Time, words string) {
	p.t.Helper()
	p.see(words)
	if took := time.Since(since); took > darkWithin {
		p.t.Errorf("%s: dark only after %v", p.name, took)
	} else {
		p.t.Logf("%s: dark after %v", p.name, took)
	}
}

// An iPad is stolen, three times: once its cookie, once all that its browser keeps,
// and once the thing itself.
func TestAStolenIPad(t *testing.T) {
	p := start(t, t.TempDir(), "")
	site := strings.TrimSuffix(p.open.URL, "/practice")
	nurse := newPerson(t, newBrowser(t), "nurse", 1280, "")
	nurse.open(p.open.Ward.URL)
	nurse.fill("Email", p.open.Ward.Email)
	nurse.fill("Password", p.open.Ward.Password)
	nurse.press("Sign in")

	home := t.TempDir()
	iPad, off := ownerOf(t, "ipad", home)
	iPad.open(p.open.Device.URL)
	iPad.look("pair")
	iPad.press("Pair this iPad")
	iPad.see("Willow Ward")
	iPad.until("it has shown its first link", keptWith("link !== ''"))

	// The cookie, in another browser.
	cookies := iPad.cookies()
	iPad.open(site + "/ipad")
	iPad.see("Willow Ward")
	iPad.until("it has a later cookie", `fetch('/ipad/heartbeat', {method: 'POST', body: new URLSearchParams({version: 'x'})}).then(r => r.ok)`)
	thief := newPerson(t, newBrowser(t), "cookie-thief", 820, "")
	thief.open(site + "/try")
	thief.take(cookies)
	thief.open(site + "/ipad")
	thief.see("This iPad is not set up")

	// The browser's whole folder, while it is switched off.
	off()
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(home)); err != nil {
		t.Fatal(err)
	}
	os.Remove(copied + "/SingletonLock")
	iPad, off = ownerOf(t, "ipad-again", home)
	defer off()
	iPad.open(site + "/ipad")
	iPad.see("Willow Ward")
	iPad.until("it has entered", `fetch('/ipad/heartbeat', {method: 'POST', body: new URLSearchParams({version: 'x'})}).then(r => r.ok)`)
	double, gone := ownerOf(t, "double", copied)
	since := time.Now()
	double.open(site + "/ipad")
	double.see("This iPad must be paired again")
	double.look("copied")
	iPad.dark(since, "This iPad is not set up")
	gone()
	nurse.open(site + "/ward/ipads")
	nurse.see("copy of it was turned away")

	// The thing itself: paired anew, and then said to be lost.
	nurse.press("Pair iPad 1")
	nurse.press("Show the code")
	var code string
	if err := nurse.ask(`document.querySelector('.wv-code').innerText`, &code); err != nil {
		t.Fatal(err)
	}
	iPad.open(site + "/ipad/pair")
	iPad.fill("Code on the ward’s screen", code)
	iPad.press("Pair this iPad")
	iPad.see("Willow Ward")
	nurse.open(site + "/ward/ipads")
	nurse.press("Change iPad 1")
	nurse.press("It is lost")
	nurse.fill("When and where was it last seen?", "In Bay 1 this morning")
	nurse.press("See which visits it touches")
	since = time.Now()
	nurse.press("Mark it as lost")
	iPad.dark(since, "This iPad is locked")
	iPad.look("lost")
}

// keptWith is true when what the browser keeps of its pairing is so.
func keptWith(so string) string {
	return `new Promise((done) => {
		const asked = indexedDB.open('wardvisit-ipad');
		asked.onsuccess = () => {
			const got = asked.result.transaction('keys').objectStore('keys').get('paired');
			got.onsuccess = () => { asked.result.close(); done(got.result !== undefined && got.result.` + so + `); };
			got.onerror = () => done(false);
		};
		asked.onerror = () => done(false);
	})`
}

func (p *person) cookies() (kept []*network.Cookie) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		got, err := cdp.Call(ctx, tab, network.GetCookies, network.GetCookiesParams{})
		if err == nil {
			kept = got.Cookies
		}
		return err
	}))
	if len(kept) == 0 {
		p.fail("it has no cookie")
	}
	return kept
}

func (p *person) take(cookies []*network.Cookie) {
	p.t.Helper()
	for _, c := range cookies {
		p.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			_, err := cdp.Call(ctx, tab, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, Domain: c.Domain, Path: c.Path})
			return err
		}))
	}
}
