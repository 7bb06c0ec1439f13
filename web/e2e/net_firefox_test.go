package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/gorilla/websocket"

	"github.com/wardvisit/wardvisit/signaling/netlab"
)

// foxSettings keep Firefox at home, let a page play sound, and show it the server.
const foxSettings = `user_pref("media.autoplay.default", 0);
user_pref("media.autoplay.blocking_policy", 0);
user_pref("media.navigator.streams.fake", true);
user_pref("media.navigator.audio.fake_frequency", %d);
user_pref("media.navigator.permission.disabled", true);
user_pref("media.gmp-manager.updateEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("network.dns.forceResolve", %q);
user_pref("network.trr.mode", 5);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.update.disabledForTesting", true);
user_pref("browser.safebrowsing.update.enabled", false);
user_pref("remote.prefs.recommended", true);
`

// foxVoice takes the voice from Firefox's own fake microphone, since without a
// sound card its AudioContext does not run.
const foxVoice = `(() => {
	const devices = navigator.mediaDevices;
	const pictures = devices.getUserMedia;
	devices.getUserMedia = async (want) => new MediaStream([
		...(want.audio ? (await MediaDevices.prototype.getUserMedia.call(devices, { audio: true })).getAudioTracks() : []),
		...(want.video ? (await pictures({ video: true })).getVideoTracks() : []),
	]);
})();`

// A fox is somebody at Firefox, which is spoken to by WebDriver BiDi.
type fox struct {
	t      *testing.T
	socket *websocket.Conn
	tab    string
	calls  int
}

type object = map[string]any

var foxListens = regexp.MustCompile(`WebDriver BiDi listening on ws://(\S+)`)

// newFox starts Firefox in a place, with a camera.
func newFox(t *testing.T, place *netlab.Namespace, server netip.Addr, camera Camera) *fox {
	t.Helper()
	path, err := exec.LookPath("firefox-esr")
	if err != nil {
		missing(t, "there is no Firefox here (apt-get install firefox-esr)")
	}
	profile := t.TempDir()
	if err := os.WriteFile(filepath.Join(profile, "user.js"), fmt.Appendf(nil, foxSettings, int(camera.Tone), server), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := place.Command(ctx, path, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port=0", "about:blank")
	cmd.Env = append(os.Environ(), "HOME="+profile, "MOZ_CRASHREPORTER_DISABLE=1")
	// A group of its own, to end with all its children.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait()
	})
	lines, at := bufio.NewReader(said), ""
	for at == "" {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("Firefox ended before it listened: %v", err)
		}
		if found := foxListens.FindStringSubmatch(line); found != nil {
			at = found[1]
		}
	}
	go io.Copy(io.Discard, lines)
	f := &fox{t: t}
	dialer := websocket.Dialer{NetDialContext: place.Dial}
	if f.socket, _, err = dialer.DialContext(t.Context(), "ws://"+at+"/session", nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.socket.Close() })
	f.do("session.new", object{"capabilities": object{"alwaysMatch": object{"acceptInsecureCerts": true}}})
	f.do("script.addPreloadScript", object{"functionDeclaration": "() => {" + camera.Script() + foxVoice + "(" + watchScript + ")();}"})
	var made struct{ Context string }
	f.into(f.do("browsingContext.create", object{"type": "tab"}), &made)
	f.tab = made.Context
	return f
}

// call gives a command, and returns what comes of it.
func (f *fox) call(method string, params object) (json.RawMessage, error) {
	f.calls++
	_ = f.socket.SetReadDeadline(time.Now().Add(patience))
	if err := f.socket.WriteJSON(object{"id": f.calls, "method": method, "params": params}); err != nil {
		return nil, err
	}
	for {
		var answer struct {
			ID             int
			Type           string
			Result         json.RawMessage
			Error, Message string
		}
		if err := f.socket.ReadJSON(&answer); err != nil {
			return nil, err
		}
		switch {
		case answer.ID != f.calls: // an event
		case answer.Type == "error":
			return nil, fmt.Errorf("%s: %s: %s", method, answer.Error, answer.Message)
		default:
			return answer.Result, nil
		}
	}
}

func (f *fox) do(method string, params object) json.RawMessage {
	f.t.Helper()
	result, err := f.call(method, params)
	if err != nil {
		f.t.Fatalf("Firefox: %v", err)
	}
	return result
}

func (f *fox) into(result json.RawMessage, v any) {
	f.t.Helper()
	if err := json.Unmarshal(result, v); err != nil {
		f.t.Fatalf("Firefox: %v in %s", err, result)
	}
}

func (f *fox) open(url string) {
	f.t.Helper()
	f.do("browsingContext.navigate", object{"context": f.tab, "url": url, "wait": "complete"})
}

// ask evaluates an expression, which may be a promise, into v.
func (f *fox) ask(expression string, v any) error {
	result, err := f.call("script.evaluate", object{
		"expression":   "(async()=>JSON.stringify(await (" + expression + ")) ?? 'null')()",
		"awaitPromise": true, "target": object{"context": f.tab},
	})
	if err != nil {
		return err
	}
	var said struct {
		Result           struct{ Value string }
		ExceptionDetails struct{ Text string }
	}
	if err := json.Unmarshal(result, &said); err != nil {
		return err
	}
	if said.ExceptionDetails.Text != "" {
		return fmt.Errorf("%s", said.ExceptionDetails.Text)
	}
	return json.Unmarshal([]byte(said.Result.Value), v)
}

// takeAfter gives Firefox somebody's cookies.
func (f *fox) takeAfter(other *person) {
	f.t.Helper()
	other.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		got, err := cdp.Call(ctx, tab, network.GetCookies, network.GetCookiesParams{URLs: []string{"https://" + visits}})
		if err != nil {
			return err
		}
		for _, c := range got.Cookies {
			f.do("storage.setCookie", object{"cookie": object{
				"name": c.Name, "value": object{"type": "string", "value": c.Value}, "domain": c.Domain, "path": c.Path,
				"secure": c.Secure, "httpOnly": c.HTTPOnly, "sameSite": strings.ToLower(string(c.SameSite)),
			}})
		}
		return nil
	}))
}

// meets waits until Firefox shows exactly those cameras, and sound comes from as
// many, for several looks in a row. What it hears it can't tell: see foxVoice.
func (f *fox) meets(want map[string]Camera) {
	f.t.Helper()
	var last string
	look := strings.Replace(Faces(), "await ears.context.resume();", "", 1)
	before := -1
	for deadline, agreed := time.Now().Add(patience), 0; agreed < steady; {
		if time.Now().After(deadline) {
			var page string
			_ = f.ask("document.body.innerText", &page)
			f.t.Fatalf("Firefox does not meet who it should: %s; the page says:\n%s", last, page)
		}
		var faces []Face
		var sounds int
		err := f.ask(look, &faces)
		if err == nil {
			err = f.ask(`wardvisitFlows().then(flows => flows.streams.filter(one => one.kind === 'audio' && one.seat).reduce((sum, one) => sum + one.packets, 0))`, &sounds)
		}
		if err != nil {
			last, agreed = err.Error(), 0
			time.Sleep(200 * time.Millisecond)
			continue
		}
		last = ""
		for _, face := range faces {
			if camera, named := want[face.Name]; !named && !face.Shows(want[""]) || named && !face.Shows(camera) {
				last = fmt.Sprintf("%q is %+v", face.Name, face)
			}
		}
		if len(faces) != len(want) || sounds <= before {
			last = fmt.Sprintf("%d faces, not %d, and %d packets of sound after %d", len(faces), len(want), sounds, before)
		}
		if before = sounds; last == "" {
			agreed++
		} else {
			agreed = 0
		}
	}
}

// firefoxMeetsChromium: Rosa at Firefox, the patient's side at Chromium, over a
// line that loses a little; and again after the line was gone for a while.
func (f *far) firefoxMeetsChromium(t *testing.T) {
	place := f.namespace("fox")
	line := f.link(place, "wifi", netip.MustParseAddr("10.2.1.2"), netlab.Conditions{Delay: 10 * time.Millisecond, Loss: 0.01}, nil)
	firefox := newFox(t, place, server4, small(Red)) // it draws and codes with the processor alone
	firefox.takeAfter(f.rosa)
	firefox.open("https://" + visits + "/visits/" + f.reference + "/call")
	firefox.meets(map[string]Camera{"": Blue})
	f.ipad.meets(map[string]Camera{rosaName: Red})

	line.Set(netlab.Conditions{Dark: true})
	f.wait(3 * time.Second)
	line.Set(netlab.RoundTrip(20 * time.Millisecond))
	firefox.meets(map[string]Camera{"": Blue})
	f.ipad.meets(map[string]Camera{rosaName: Red})
	firefox.open("about:blank")
}
