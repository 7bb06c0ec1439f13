package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// startIssuer runs a real OpenID Connect provider for a site until the test ends.
func startIssuer(t *testing.T, site string) (issuer string) {
	t.Helper()
	port := strings.TrimPrefix(freePort(t, "tcp"), "127.0.0.1:")
	cmd := exec.Command("node", "../login/provider/testdata/op.mjs", port, site)
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		missing(t, "node: "+err.Error())
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if lines := bufio.NewScanner(out); !lines.Scan() || lines.Text() != "ready" {
		t.Fatal("the provider did not start")
	}
	return "http://127.0.0.1:" + port
}

// withIssuer are the settings by which staff sign in through it.
func withIssuer(t *testing.T, issuer, port string) []string {
	t.Helper()
	folder := t.TempDir()
	secret, roles := filepath.Join(folder, "secret"), filepath.Join(folder, "roles")
	for file, text := range map[string]string{secret: "a secret of the tests\n", roles: "willow-nurses = nurse in ward Willow Ward\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return []string{"-listen", "127.0.0.1:" + port, "-public-url", "http://127.0.0.1:" + port, "-oidc-issuer", issuer, "-oidc-client", "wardvisit",
		"-oidc-secret-file", secret, "-oidc-roles", roles, "-oidc-name", "your hospital account"}
}

// signInThrough signs somebody in through the provider, as far as it lets them.
func (p *person) signInThrough(site, name string) {
	p.t.Helper()
	p.open(site + "/ward/sign-in")
	p.follow(func() {
		p.click(`document.querySelector('a[href="/ward/sign-in/provider"]')`, "Sign in with your hospital account")
	})
	p.until("the provider's form", `document.querySelector('input[name=login]') !== null`)
	p.follow(func() {
		p.click(fmt.Sprintf(`(f => { f.querySelector('[name=login]').value = %q; f.querySelector('[name=password]').value = 'x'; return f.querySelector('[type=submit]') })(document.forms[0])`, name), "Sign in there")
	})
	p.until("the provider's question", `document.querySelector('input[value=consent]') !== null`)
	p.follow(func() { p.click(`document.querySelector('[type=submit]')`, "Continue") })
}

// Staff sign in through the hospital's own provider: who has a role there has it here,
// who has none is told, and when the provider ends a session, a look that goes on ends
// with it.
func TestTheHospitalsOwnProvider(t *testing.T) {
	port := strings.TrimPrefix(freePort(t, "tcp"), "127.0.0.1:")
	site := "http://127.0.0.1:" + port
	issuer := startIssuer(t, site)
	m := meet(t, party{anna: Red, ipad: Blue}, withIssuer(t, issuer, port)...)
	browser := newBrowser(t)

	olaf := newPerson(t, browser, "olaf", 390, "")
	olaf.open(site + "/ward/sign-in")
	olaf.look("sign-in-provider")
	olaf.signInThrough(site, "olaf")
	olaf.see("You are known there, but have no role here")
	olaf.look("sign-in-no-role")

	nora := newPerson(t, browser, "nora", 1280, "")
	nora.signInThrough(site, "nora")
	nora.see("Willow Ward")
	m.join(m.anna)
	nora.see("See them first")
	nora.follow(func() { nora.click(`document.querySelector('a[href*="/look?"]')`, "See them first") })
	nora.see("You see and hear " + annaName)
	m.anna.see("A member of staff can see and hear you now")

	began := time.Now()
	res, err := http.Post(issuer+"/control/end?sub=nora", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(res.Body)
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("the provider could not end it: %s", body)
	}
	nora.until("the door", `location.pathname === '/ward/sign-in' && document.querySelector('video') === null`)
	if took := time.Since(began); took > goneWithin {
		t.Errorf("the look went on for %v", took)
	} else {
		t.Logf("the look ended after %v", took.Round(time.Millisecond))
	}
	m.anna.see("Nobody can see or hear you now")

	// She signs out herself, there as well: the page's policy lets our form lead there.
	nora.open(site + "/ward/sign-in/provider")
	nora.until("the ward or a question", `location.pathname === '/ward/today' || document.querySelector('input[value=consent]') !== null`)
	nora.see("Willow Ward")
	nora.follow(func() {
		nora.click(`document.querySelector('.wv-header__sign-out')`, "Sign out")
	})
	nora.until("the provider's question", `location.origin === '`+issuer+`' && document.querySelector('button[name=logout][value=yes]') !== null`)
	nora.follow(func() { nora.click(`document.querySelector('button[name=logout][value=yes]')`, "Sign out there") })
	nora.until("the door, again", `location.pathname === '/ward/sign-in'`)
	nora.open(site + "/ward/sign-in/provider")
	nora.until("the provider's form, for she is signed out there", `document.querySelector('input[name=login]') !== null`)
}
