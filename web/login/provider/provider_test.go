package provider

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc/oidctest"
)

// startReal runs the npm oidc-provider until the test ends, for a site that may be told
// of logouts.
func startReal(t *testing.T, site string) *Provider {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	cmd := exec.Command("node", "testdata/op.mjs", port, site)
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("SKIPPED: no node: " + err.Error())
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "ready" {
	}
	if lines.Text() != "ready" {
		t.Fatal("the provider did not start: run `make build` first, which fetches it")
	}
	p := New(Config{
		Issuer: "http://127.0.0.1:" + port, ClientID: "wardvisit", Secret: "a secret of the tests", Claim: "groups",
		Redirect: site + "/ward/sign-in/provider/back", Now: time.Now, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	if err := p.Find(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p
}

var formAction = regexp.MustCompile(`action="([^"]+)"`)

// signInThere goes where a browser is sent, types a name, and returns the answer that
// it is sent back with.
func signInThere(t *testing.T, to, name string) url.Values {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	var back *url.URL
	c := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasSuffix(r.URL.Path, "/provider/back") {
			back = r.URL
			return http.ErrUseLastResponse
		}
		return nil
	}}
	res, err := c.Get(to)
	for _, form := range []url.Values{{"prompt": {"login"}, "login": {name}, "password": {"x"}}, {"prompt": {"consent"}}} {
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if back != nil {
			break
		}
		action := formAction.FindSubmatch(body)
		if action == nil {
			t.Fatalf("no form in %s", body)
		}
		res, err = c.PostForm(string(action[1]), form)
	}
	if back == nil {
		t.Fatal("nobody came back")
	}
	return back.Query()
}

// begun begins a sign-in, and changes where it leads.
func begun(t *testing.T, p *Provider, change func(url.Values)) (to, secret string) {
	t.Helper()
	to, secret, err := p.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if change != nil {
		change(q)
	}
	u.RawQuery = q.Encode()
	return u.String(), secret
}

func TestTheRealProvider(t *testing.T) {
	told := make(chan string, 4)
	site := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { told <- r.PostFormValue("logout_token") }))
	defer site.Close()
	p := startReal(t, site.URL)
	to, secret := begun(t, p, nil)
	answer := signInThere(t, to, "nora")
	who, err := p.Finish(t.Context(), secret, answer)
	if err != nil || who.Subject != "nora" || who.SID == "" || !who.Verified || who.Email != "nora@hospital.example" || who.Name != "Nora Nurse" ||
		!slices.Equal(who.Values, []string{"willow-nurses", "choir"}) || who.Issuer != p.Issuer {
		t.Fatalf("%+v, %v", who, err)
	}
	for _, tt := range []struct {
		name   string
		finish func() error
	}{
		{"the same code again", func() error { _, err := p.Finish(t.Context(), secret, answer); return err }},
		{"no cookie", func() error { _, err := p.Finish(t.Context(), "", answer); return err }},
		{"another browser's cookie", func() error {
			to, _ := begun(t, p, nil)
			_, other := begun(t, p, nil)
			_, err := p.Finish(t.Context(), other, signInThere(t, to, "nora"))
			return err
		}},
		{"another issuer", func() error {
			to, secret := begun(t, p, nil)
			answer := signInThere(t, to, "nora")
			answer.Set("iss", "https://evil.example")
			_, err := p.Finish(t.Context(), secret, answer)
			return err
		}},
		{"another nonce", func() error { return p.finishChanged(t, "nonce", "of another sign-in") }},
		{"another PKCE challenge", func() error { return p.finishChanged(t, "code_challenge", derive("x", "y")) }},
	} {
		if err := tt.finish(); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if _, err := p.Finish(t.Context(), secret, url.Values{"state": {derive(secret, "state")}, "error": {"access_denied"}}); !errors.Is(err, ErrDeclined) {
		t.Errorf("declined: %v", err)
	}
	p.endsThere(t, told)
}

func (p *Provider) finishChanged(t *testing.T, name, value string) error {
	to, secret := begun(t, p, func(q url.Values) { q.Set(name, value) })
	_, err := p.Finish(t.Context(), secret, signInThere(t, to, "nora"))
	return err
}

// endsThere has the provider end nora's session, and reads what it says of it.
func (p *Provider) endsThere(t *testing.T, told <-chan string) {
	res, err := http.Post(p.Issuer+"/control/end?sub=nora", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(res.Body)
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("it could not tell: %s", body)
	}
	raw := <-told
	said, err := p.Logout(t.Context(), raw)
	if err != nil || said.SessionID == "" || said.TokenID == "" {
		t.Fatalf("%+v, %v", said, err)
	}
	other := New(p.Config)
	other.ClientID = "somebody else"
	if _, err := other.Logout(t.Context(), raw); !errors.Is(err, ErrRefused) {
		t.Errorf("to somebody else: %v", err)
	}
	if _, err := p.Logout(t.Context(), raw[:len(raw)-4]+"AAAA"); !errors.Is(err, ErrRefused) {
		t.Errorf("with another signature: %v", err)
	}
}

func TestAProviderThatIsAway(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	p := New(Config{Issuer: "http://" + l.Addr().String(), Log: slog.New(slog.DiscardHandler), Now: time.Now})
	if _, _, err := p.Begin(t.Context()); !errors.Is(err, ErrAway) {
		t.Errorf("Begin = %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p.Seek(ctx) // returns
	if p.SignOut("https://x.example") != "" || p.Origins() != nil {
		t.Error("it has places, unknown as it is")
	}
}

// One that answers later is found without a start of ours.
func TestAProviderThatComesBack(t *testing.T) {
	var server *httptest.Server
	asked := 0
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked++; asked <= 2 { // before anybody seeks, and at the first time that it is sought
			http.Error(w, "being mended", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"issuer":%[1]q,"authorization_endpoint":"%[1]s/auth","token_endpoint":"%[1]s/token","jwks_uri":"%[1]s/keys","end_session_endpoint":"%[1]s/end"}`, server.URL)
	}))
	defer server.Close()
	p := New(Config{Issuer: server.URL, ClientID: "us", Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Now: time.Now})
	if _, _, err := p.Begin(t.Context()); !errors.Is(err, ErrAway) {
		t.Errorf("Begin = %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	p.Seek(ctx)
	if to, _, err := p.Begin(t.Context()); err != nil || !strings.HasPrefix(to, server.URL+"/auth?") || asked != 3 {
		t.Errorf("Begin = %q, %v after %d questions", to, err, asked)
	}
	if to := p.SignOut("https://x.example/back"); !strings.Contains(to, "client_id=us") || strings.Contains(to, "hint") {
		t.Errorf("SignOut = %q", to)
	}
}

// Tokens that a real provider would never make, signed with its key.
func TestTokensThatAreNotToBeTrusted(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	server := &oidctest.Server{PublicKeys: []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: "k", Algorithm: "RS256"}}}
	http := httptest.NewServer(server)
	defer http.Close()
	server.SetIssuer(http.URL)
	now := time.Now()
	p := New(Config{Issuer: http.URL, ClientID: "us", Claim: "groups", Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)})
	found, err := p.find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at := func(d time.Duration) int64 { return now.Add(d).Unix() }
	id := func(iss, aud, nonce string, exp time.Duration, more string) string {
		return fmt.Sprintf(`{"iss":%q,"sub":"s","aud":%s,"nonce":%q,"exp":%d,"iat":%d,"email":"a@b.example","groups":"g"%s}`, iss, aud, nonce, at(exp), at(0), more)
	}
	for _, tt := range []struct {
		name, claims string
		by           *rsa.PrivateKey
		good         bool
	}{
		{"as it should be", id(http.URL, `"us"`, "n", time.Hour, ""), key, true},
		{"for us and another, authorized for us", id(http.URL, `["us","them"]`, "n", time.Hour, `,"azp":"us"`), key, true},
		{"for us and another, authorized for them", id(http.URL, `["us","them"]`, "n", time.Hour, `,"azp":"them"`), key, false},
		{"for another", id(http.URL, `"them"`, "n", time.Hour, ""), key, false},
		{"of another issuer", id("https://evil.example", `"us"`, "n", time.Hour, ""), key, false},
		{"of another nonce", id(http.URL, `"us"`, "m", time.Hour, ""), key, false},
		{"without a nonce", id(http.URL, `"us"`, "", time.Hour, ""), key, false},
		{"run out", id(http.URL, `"us"`, "n", -time.Hour, ""), key, false},
		{"signed by another", id(http.URL, `"us"`, "n", time.Hour, ""), other, false},
	} {
		_, err := p.identify(t.Context(), found, oidctest.SignIDToken(tt.by, "k", "RS256", tt.claims), "n", nil)
		if tt.good && err != nil || !tt.good && !errors.Is(err, ErrRefused) {
			t.Errorf("an ID token %s: %v", tt.name, err)
		}
	}
	const event = `,"events":{"http://schemas.openid.net/event/backchannel-logout":{}}`
	out := func(iss, aud string, iat time.Duration, more string) string {
		return fmt.Sprintf(`{"iss":%q,"aud":%q,"iat":%d,"exp":%d%s}`, iss, aud, at(iat), at(iat+10*time.Minute), more)
	}
	for _, tt := range []struct {
		name, claims string
		by           *rsa.PrivateKey
		good         bool
	}{
		{"of a session", out(http.URL, "us", 0, `,"jti":"j","sid":"s"`+event), key, true},
		{"of a person", out(http.URL, "us", 0, `,"jti":"j","sub":"s"`+event), key, true},
		{"of nobody", out(http.URL, "us", 0, `,"jti":"j"`+event), key, false},
		{"without an event", out(http.URL, "us", 0, `,"jti":"j","sid":"s"`), key, false},
		{"of another event", out(http.URL, "us", 0, `,"jti":"j","sid":"s","events":{"x":{}}`), key, false},
		{"with a nonce", out(http.URL, "us", 0, `,"jti":"j","sid":"s","nonce":"n"`+event), key, false},
		{"without an id", out(http.URL, "us", 0, `,"sid":"s"`+event), key, false},
		{"for another", out(http.URL, "them", 0, `,"jti":"j","sid":"s"`+event), key, false},
		{"of another issuer", out("https://evil.example", "us", 0, `,"jti":"j","sid":"s"`+event), key, false},
		{"of long ago", out(http.URL, "us", -6*time.Minute, `,"jti":"j","sid":"s"`+event), key, false},
		{"of the future", out(http.URL, "us", 2*time.Minute, `,"jti":"j","sid":"s"`+event), key, false},
		{"signed by another", out(http.URL, "us", 0, `,"jti":"j","sid":"s"`+event), other, false},
	} {
		_, err := p.Logout(t.Context(), oidctest.SignIDToken(tt.by, "k", "RS256", tt.claims))
		if tt.good && err != nil || !tt.good && !errors.Is(err, ErrRefused) {
			t.Errorf("a logout token %s: %v", tt.name, err)
		}
	}
}
