package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// patience is how long a person waits for a page to do what it should. Generous:
// CI has two cores and three browsers on them.
const patience = 40 * time.Second

var widths = []int64{390, 820, 1280}

// newBrowser starts one Chromium for a test.
func newBrowser(t *testing.T, more ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		missing(t, "there is no Chromium here (apt-get install chromium)")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("headless", "new"),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("use-fake-ui-for-media-stream", true),
		chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"),
		chromedp.Flag("disable-renderer-backgrounding", true),
		chromedp.Flag("disable-backgrounding-occluded-windows", true),
		chromedp.Flag("disable-background-timer-throttling", true),
	)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), append(opts, more...)...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	return ctx
}

// A person is somebody at a browser of their own.
type person struct {
	t       *testing.T
	name    string
	ctx     context.Context
	marks   int
	checked map[string]bool // pages already looked at
	plain   bool            // script is off, and with it axe
	hurried bool            // pages are passed by, not looked at
	taps    int             // on what is to press
}

// newPerson gives somebody a browser profile, and a camera of their own when it
// is not the empty one. width is their window's.
func newPerson(t *testing.T, browser context.Context, name string, width int64, camera string) *person {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	// The tab lives as long as the context of its first action: so not one of do's.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("%s: open a tab: %v", name, err)
	}
	p := &person{t: t, name: name, ctx: ctx, checked: map[string]bool{}}
	p.do(chromedp.EmulateViewport(width, height(width)))
	if camera != "" {
		p.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			_, err := cdp.Call(ctx, tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: camera})
			return err
		}))
	}
	return p
}

func height(width int64) int64 {
	if width < 500 {
		return 844
	}
	return width * 3 / 4
}

func (p *person) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.fail("%v", err)
	}
}

func (p *person) open(url string) {
	p.t.Helper()
	p.do(chromedp.Navigate(url))
}

// ask evaluates an expression, which may be a promise, into v.
func (p *person) ask(expression string, v any) error {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	out, err := chromedp.Run(ctx, chromedp.Evaluate[string](
		"(async()=>JSON.stringify(await ("+expression+")) ?? 'null')()", chromedp.EvalAwaitPromise))
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(out), v)
}

// until waits for an expression to be true.
func (p *person) until(what, expression string) {
	p.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		var ok bool
		err := p.ask("!!("+expression+")", &ok)
		if err == nil && ok {
			return
		}
		if time.Now().After(deadline) {
			p.fail("waited in vain until %s (%v)", what, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// visible finds what a person can see and press or read: query elements whose
// text is, or begins with, what they look for.
const visible = `(query, text, whole) => [...document.querySelectorAll(query)].find(e => {
  const words = (e.innerText || e.getAttribute('aria-label') || e.value || '').replace(/\s+/g, ' ').trim();
  return e.checkVisibility() && !e.disabled && (whole ? words === text : words.includes(text));
})`

// press clicks the button or link of that name, with the mouse, and waits for
// the page that it leads to.
func (p *person) press(name string) {
	p.t.Helper()
	p.follow(func() { p.tap(name) })
}

// follow does what leads to another page, and waits for it.
func (p *person) follow(act func()) {
	p.t.Helper()
	p.until("there is a page", `document.readyState === 'complete' && (window.leaving = true)`)
	act()
	p.until("the next page is there", `document.readyState === 'complete' && !window.leaving`)
}

// chooseTime presses the nth of a day's free times, counted from 0, on the day
// after where the day that is shown is nearly over.
func (p *person) chooseTime(n int) {
	p.t.Helper()
	var times int
	if err := p.ask(`document.querySelectorAll('.wv-slot').length`, &times); err != nil {
		p.fail("free times: %v", err)
	}
	if times <= n {
		p.follow(func() {
			p.click(`document.querySelector('.wv-days [aria-current]').closest('li').nextElementSibling.querySelector('.wv-day')`, "the next day")
		})
	}
	p.follow(func() { p.click(fmt.Sprintf(`document.querySelectorAll('.wv-slot')[%d]`, n), "a free time") })
}

// tap clicks the button or link of that name, with the mouse.
func (p *person) tap(name string) {
	p.t.Helper()
	p.click(fmt.Sprintf(`((f)=>f('button, a, summary, [role=button]', %[1]q, true) || f('button, a, summary, [role=button]', %[1]q, false))(%[2]s)`, name, visible), name)
}

// pick ticks the radio or checkbox of that label.
func (p *person) pick(label string) {
	p.t.Helper()
	p.click(fmt.Sprintf(`((f)=>f('label', %[1]q, true) || f('label', %[1]q, false))(%[2]s)`, label, visible), label)
}

// click presses what an expression finds, where it is seen, once nothing lies over
// it. A live page may have drawn it anew meanwhile, but not somewhere else.
func (p *person) click(element, name string) {
	p.t.Helper()
	where := fmt.Sprintf(`(e => {
		if (!e) return null;
		e.scrollIntoView({block: 'center', behavior: 'instant'});
		const box = e.getBoundingClientRect();
		const at = [box.x + box.width / 2, box.y + box.height / 2];
		const top = document.elementFromPoint(...at);
		return top && (e.contains(top) || top.contains(e)) ? at : null;
	})(%s)`, element)
	var at []float64
	var err error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if err = p.ask(where, &at); err == nil && len(at) == 2 {
			p.do(chromedp.MouseClickXY(at[0], at[1]))
			p.taps++
			return
		}
	}
	p.fail("found no %s to press (%v)", name, err)
}

// fill types into the field of that label.
func (p *person) fill(label, value string) {
	p.t.Helper()
	p.marks++
	mark := fmt.Sprintf("%d", p.marks)
	p.until("there is a field "+label, fmt.Sprintf(`(l => { const e = l && (l.control || document.getElementById(l.htmlFor)); if (!e) return false; e.dataset.mark = %q; e.value = ''; return true; })((%s)('label', %q, false))`, mark, visible, label))
	p.do(chromedp.SendKeys(chromedp.CSS(fmt.Sprintf(`[data-mark=%q]`, mark)), value))
}

// see waits for words on the page.
func (p *person) see(words string) {
	p.t.Helper()
	p.until("the page says "+words, fmt.Sprintf(`document.body && document.body.innerText.replace(/\s+/g, ' ').toLowerCase().includes(%q)`, strings.ToLower(words)))
}

// text is what the page says.
func (p *person) text() string {
	var s string
	if err := p.ask("document.body.innerText", &s); err != nil {
		return err.Error()
	}
	return s
}

// fail ends the test with what the person was looking at.
func (p *person) fail(format string, args ...any) {
	p.t.Helper()
	var where string
	if err := p.ask("location.href", &where); err != nil {
		where = err.Error()
	}
	p.shot("failed")
	p.t.Fatalf("%s: %s\nat %s, which says:\n%s", p.name, fmt.Sprintf(format, args...), route(where), p.text())
}

// route leaves out what must not be in a log, such as a link's token.
func route(where string) string {
	parts := strings.Split(where, "/")
	for i, part := range parts {
		if len(part) > 16 {
			parts[i] = "…"
		}
	}
	return strings.Join(parts, "/")
}

// look takes screenshots of the page at every width, and has axe judge it. It
// does so once for each name.
func (p *person) look(name string) {
	p.t.Helper()
	if p.hurried || p.checked[name] {
		return
	}
	p.checked[name] = true
	for _, width := range widths {
		p.do(chromedp.EmulateViewport(width, height(width)))
		p.shot(fmt.Sprintf("%s-%d", name, width))
		var over float64
		if err := p.ask("document.documentElement.scrollWidth - innerWidth", &over); err != nil || over > 1 {
			p.t.Errorf("%s: %s is %v px wider than a window of %d (%v)", p.name, name, over, width, err)
		}
	}
	if !p.plain {
		p.judge(name)
	}
}

func (p *person) shot(name string) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.t.Logf("%s: no screenshot of %s: %v", p.name, name, err)
		return
	}
	folder := filepath.Join("..", "..", "artefacts", "screenshots", strings.ReplaceAll(p.t.Name(), "/", "_"))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, p.name+"-"+name+".png"), png, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// judge runs axe on the page as it is.
func (p *person) judge(name string) {
	p.t.Helper()
	axe, err := os.ReadFile(filepath.Join("..", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		missing(p.t, "axe-core is not installed (make build installs it)")
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("(()=>{if(!window.axe){"+string(axe)+"};return true})()")); err != nil {
		p.t.Errorf("%s: axe on %s: %v", p.name, name, err)
		return
	}
	var violations []struct {
		ID, Help string
		Nodes    []struct{ HTML string }
	}
	err = p.ask(`axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']}).then(r => r.violations.map(v => ({ID: v.id, Help: v.help, Nodes: v.nodes.map(n => ({HTML: n.html}))})))`, &violations)
	if err != nil {
		p.t.Errorf("%s: axe on %s: %v", p.name, name, err)
	}
	for _, v := range violations {
		p.t.Errorf("%s: %s: axe: %s (%s): %v", p.name, name, v.Help, v.ID, v.Nodes)
	}
}
