package e2e

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// nowhere is an address at which nobody is: kept for examples (RFC 5737).
const nowhere = "203.0.113.200"

// A network check tries the real server by each path that there is, and says in
// words what it means.
func TestTheNetworkCheck(t *testing.T) {
	for _, tt := range []struct {
		name    string
		args    []string
		camera  Camera
		host    string // under which the page is opened
		state   string
		says    string
		through []string // paths that work
		blocked []string // paths that are tried and do not
	}{
		{"everything open", nil, Red, "localhost", "good", "Your visit will work here",
			[]string{"page", "socket", "udp", "tcp", "relay-udp", "relay-tcp"}, nil},
		{"sound and picture closed but for the relay over TCP", []string{"-media-address", nowhere, "-turn", "shared"}, Red, "localhost", "slow",
			"the picture may be slower", []string{"page", "socket", "relay-tcp"}, []string{"udp", "tcp"}},
		{"everything closed but pages", []string{"-media-address", nowhere, "-turn", "off"}, Red, "localhost", "bad",
			"Your visit will not work on this network", []string{"page", "socket"}, []string{"udp", "tcp"}},
		{"websockets closed", []string{"-turn", "off"}, Red, "elsewhere.localhost", "bad", // where no websocket is opened to
			"Your visit will not work on this network", []string{"page", "udp"}, []string{"socket"}},
		{"no leave to use camera and microphone", []string{"-turn", "off"},
			Camera{NoVideo: "NotAllowedError", NoAudio: "NotAllowedError"}, "localhost", "good",
			"we cannot use your camera or your microphone", []string{"page", "socket", "udp"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := start(t, t.TempDir(), "", append([]string{"-turn", "127.0.0.1:0"}, tt.args...)...)
			anna := newPerson(t, newBrowser(t), "relative", 390, tt.camera.Script())
			anna.open(strings.Replace(strings.TrimSuffix(p.open.URL, "/practice"), "localhost", tt.host, 1) + "/check")
			anna.tap("Start the check")
			anna.until("there is a verdict", `["good","slow","bad"].includes(document.querySelector("[data-network-check]").dataset.state)`)
			anna.see(tt.says)
			for want, paths := range map[string][]string{"good": tt.through, "bad": tt.blocked} {
				for _, path := range paths {
					var state string
					if err := anna.ask(fmt.Sprintf(`document.querySelector('[data-path="%s"]').dataset.state`, path), &state); err != nil || state != want {
						t.Errorf("%s is %q, want %q (%v)", path, state, want, err)
					}
				}
			}
			anna.until("the verdict is the check's", fmt.Sprintf(`document.querySelector("[data-network-check]").dataset.state === %q`, tt.state))
			anna.lineIsWhole()
			if os.Getenv("WARDVISIT_PROVE") == "full" || tt.state == "bad" && tt.host == "localhost" { // the longest words
				anna.look("checked")
				anna.reflows()
			}
		})
	}
}

// lineIsWhole: what is sent to the people who keep the network says which ports
// to open, and what was found at each.
func (p *person) lineIsWhole() {
	p.t.Helper()
	var line string
	if err := p.ask(`document.querySelector("#line").value`, &line); err != nil {
		p.fail("%v", err)
	}
	for _, want := range []string{"Please let this network reach", "Allow TCP", "Allow UDP", "Found from here", "(socket): ", "(udp): "} {
		if !strings.Contains(line, want) {
			p.t.Errorf("no %q in what to send:\n%s", want, line)
		}
	}
}

// reflows: at 320 px nothing scrolls sideways.
func (p *person) reflows() {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(320, 640))
	var over float64
	if err := p.ask("document.documentElement.scrollWidth - innerWidth", &over); err != nil || over > 1 {
		p.t.Errorf("%s: the page is %v px too wide for 320 (%v)", p.name, over, err)
	}
	p.shot("narrow")
}

// Before it begins, and without script, the page says what to do; and the sheet
// for IT fits one side of paper.
func TestTheNetworkCheckOnPaper(t *testing.T) {
	p := start(t, t.TempDir(), "", "-turn", "127.0.0.1:0") // with all that there can be on the sheet
	site := strings.TrimSuffix(p.open.URL, "/practice")
	browser := newBrowser(t)
	anna := newPerson(t, browser, "relative", 390, Red.Script())
	anna.open(site + "/check")
	anna.see("Please allow the camera and microphone")
	anna.look("before")
	anna.reflows()

	it := newPerson(t, browser, "it", 1280, "")
	it.open(site + "/firewall")
	it.see("What to allow")
	it.look("firewall")
	it.reflows()
	if n := it.pages(); n != 1 {
		t.Errorf("the firewall sheet fills %d sides of A4", n)
	}

	plain := newPerson(t, browser, "plain", 390, "")
	plain.plain = true
	plain.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	plain.open(site + "/check")
	plain.see("If the check does not start")
	plain.see("Words to send")
}

// pages is how many sides of A4 a page fills.
func (p *person) pages() int {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	var paper []byte
	err := chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		out, err := cdp.Call(ctx, tab, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: 8.27, PaperHeight: 11.69})
		if err == nil {
			paper = out.Data
		}
		return err
	}))
	if err != nil {
		p.fail("print: %v", err)
	}
	return len(sides.FindAll(paper, -1))
}

// sides finds the pages of a PDF, and not the list of them.
var sides = regexp.MustCompile(`/Type\s*/Page\b`)
