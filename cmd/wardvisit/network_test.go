package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// startServe runs the server of a real hospital in this process, with a new
// database, until the test ends. It returns where it is ready.
func startServe(t *testing.T, args ...string) (at string, logs *lines) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	logs = &lines{}
	ended := make(chan error, 1)
	all := append([]string{"serve", "-database", "sqlite:" + filepath.Join(t.TempDir(), "a.db"), "-listen", "127.0.0.1:0",
		"-media-udp", "127.0.0.1:0", "-drain-for", "0s"}, args...)
	go func() { ended <- run(ctx, all, environment(), io.Discard, logs) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("serve ended with %v", err)
			}
		case <-time.After(time.Minute):
			t.Error("serve did not end")
		}
	})
	ready := regexp.MustCompile(`msg=ready url=\S+ listen=(\S+)`)
	eventually(t, "ready", func() bool {
		select {
		case err := <-ended:
			t.Fatalf("serve ended with %v:\n%s", err, logs)
		default:
		}
		if found := ready.FindStringSubmatch(logs.String()); found != nil {
			at = found[1]
		}
		return at != ""
	})
	return at, logs
}

// lines is a log that can be read while it is written.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// eventually waits for a condition, and fails the test if it does not come about.
func eventually(t *testing.T, what string, true func() bool) {
	t.Helper()
	for end := time.Now().Add(90 * time.Second); !true(); {
		if time.Now().After(end) {
			t.Fatalf("waited in vain: %s", what)
		}
		<-time.After(20 * time.Millisecond)
	}
}

// A device asks for a page without being redirected.
func device(trust *x509.CertPool) *http.Client {
	return &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trust}, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Timeout: time.Minute,
	}
}

func fetch(t *testing.T, c *http.Client, url string) (*http.Response, string) {
	t.Helper()
	res, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

// One port of a ward without a domain name: the root is had without TLS, and
// with it everything else works, and is what it says.
func TestOnePortWithAnAuthorityOfItsOwn(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "trust")
	at, logs := startServe(t, "-tls", "self", "-tls-folder", folder, "-turn", "shared")
	stranger := device(x509.NewCertPool())
	if _, err := stranger.Get("https://" + at + "/"); err == nil {
		t.Error("trusted by somebody who was not told to")
	}
	res, der := fetch(t, stranger, "http://"+at+"/trust/wardvisit.cer")
	root, err := x509.ParseCertificate([]byte(der))
	if err != nil {
		t.Fatalf("%s: %v", res.Status, err)
	}
	trust := x509.NewCertPool()
	trust.AddCert(root)
	if res, _ := fetch(t, stranger, "http://"+at+"/visits?x=1"); res.StatusCode != http.StatusPermanentRedirect ||
		!strings.HasPrefix(res.Header.Get("Location"), "https://localhost:") || !strings.HasSuffix(res.Header.Get("Location"), "/visits?x=1") {
		t.Errorf("without TLS: %s, %q", res.Status, res.Header.Get("Location"))
	}
	for _, host := range []string{at, "localhost:" + portOfAddress(t, at)} {
		if res, body := fetch(t, device(trust), "https://"+host+"/"); res.StatusCode != http.StatusOK || !strings.Contains(body, "Wardvisit") {
			t.Errorf("%s: %s", host, res.Status)
		}
	}
	dialer := websocket.Dialer{TLSClientConfig: &tls.Config{RootCAs: trust}}
	origin := "https://localhost:" + portOfAddress(t, at)
	socket, answer, err := dialer.Dial("wss://"+at+"/signal", http.Header{"Origin": {origin}})
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	socket.Close()
	for name, dial := range map[string]func() (net.Conn, error){
		"TCP": func() (net.Conn, error) { return net.Dial("tcp", at) },
		"TLS": func() (net.Conn, error) { return tls.Dial("tcp", at, &tls.Config{RootCAs: trust}) },
	} {
		c, err := dial()
		if err != nil {
			t.Fatal(err)
		}
		asksRelay(t, name, c)
	}
	if !strings.Contains(logs.String(), strings.Fields(fingerprint(root))[0]) {
		t.Errorf("the fingerprint was not printed:\n%s", logs)
	}
}

func portOfAddress(t *testing.T, at string) string {
	t.Helper()
	_, p, err := net.SplitHostPort(at)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// asksRelay asks the relay for one's own address, which it tells anybody.
func asksRelay(t *testing.T, name string, c net.Conn) {
	t.Helper()
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	request := make([]byte, 20)
	binary.BigEndian.PutUint16(request, 1)
	binary.BigEndian.PutUint32(request[4:], 0x2112A442)
	if _, err := c.Write(request); err != nil {
		t.Fatal(err)
	}
	response := make([]byte, 20)
	if _, err := io.ReadFull(c, response); err != nil || binary.BigEndian.Uint16(response) != 0x0101 {
		t.Errorf("over %s: % x, %v", name, response, err)
	}
}

// Without TLS, as in practice and behind a proxy, the one port has media and the
// relay as well.
func TestOnePortInPractice(t *testing.T) {
	open, stop := startDemo(t, "-folder", t.TempDir())
	defer stop()
	u, err := url.Parse(open.URL)
	if err != nil {
		t.Fatal(err)
	}
	at := "127.0.0.1:" + u.Port()
	c, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	asksRelay(t, "TCP", c)
	_, sheet := fetch(t, device(nil), "http://"+at+"/firewall")
	if !strings.Contains(sheet, u.Port()) {
		t.Errorf("the firewall sheet does not name port %s", u.Port())
	}
	// A check in a frame, for nobody: it came to the media's door, and is closed.
	if c, err = net.Dial("tcp", at); err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	check := make([]byte, 22)
	check[1], check[3] = 20, 1
	binary.BigEndian.PutUint32(check[6:], 0x2112A442)
	if _, err := c.Write(check); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Read(make([]byte, 1)); err == nil || isTimeout(err) {
		t.Errorf("%d bytes, %v", n, err)
	}
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// Behind a real reverse proxy pages and sockets work by its name, and whoever
// asks it without TLS is sent to where there is some.
func TestBehindAReverseProxy(t *testing.T) {
	var inside string
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		to := *r.In.URL
		to.Scheme, to.Host = "http", inside
		r.Out.URL, r.Out.Host = &to, r.In.Host
		r.SetXForwarded()
		if r.In.Header.Get("X-Test-Plain") != "" {
			r.Out.Header.Set("X-Forwarded-Proto", "http")
		}
	}}
	proxy := httptest.NewTLSServer(forward)
	defer proxy.Close()
	inside, _ = startServe(t, "-public-url", proxy.URL, "-trusted-proxy", "127.0.0.1, ::1", "-media-tcp", "off", "-turn", "shared")
	client := proxy.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, body := fetch(t, client, proxy.URL+"/")
	if res.StatusCode != http.StatusOK || !strings.Contains(body, "Wardvisit") || res.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%s", res.Status)
	}
	dialer := websocket.Dialer{TLSClientConfig: client.Transport.(*http.Transport).TLSClientConfig}
	socket, answer, err := dialer.Dial("wss"+strings.TrimPrefix(proxy.URL, "https")+"/signal", http.Header{"Origin": {proxy.URL}})
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	socket.Close()
	if _, answer, err := dialer.Dial("wss"+strings.TrimPrefix(proxy.URL, "https")+"/signal", http.Header{"Origin": {"https://elsewhere.test"}}); err == nil {
		t.Error("a page of somebody else opened a socket")
	} else if answer != nil {
		answer.Body.Close()
	}
	plain, err := http.NewRequest(http.MethodGet, proxy.URL+"/visits", nil)
	if err != nil {
		t.Fatal(err)
	}
	plain.Header.Set("X-Test-Plain", "1")
	if res, err = client.Do(plain); err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusPermanentRedirect || res.Header.Get("Location") != proxy.URL+"/visits" {
		t.Errorf("asked without TLS: %s, %q", res.Status, res.Header.Get("Location"))
	}
	_, sheet := fetch(t, client, proxy.URL+"/check") // whose paths are those that browsers are given
	if strings.Contains(sheet, "TCP port "+portOfAddress(t, inside)) {
		t.Error("a port that nobody reaches is offered")
	}
}

func TestWhoIsBehindAProxy(t *testing.T) {
	trusted, err := readProxies("10.0.0.0/8, 192.0.2.1,fd00::/8")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, from string
		forwarded  []string
		want       string
	}{
		{"from a proxy", "10.1.1.1:99", []string{"203.0.113.9"}, "203.0.113.9:0"},
		{"of IPv6", "[fd00::1]:99", []string{"2001:db8::9"}, "[2001:db8::9]:0"},
		{"mapped", "[::ffff:192.0.2.1]:99", []string{"203.0.113.9"}, "203.0.113.9:0"},
		{"through two proxies", "10.1.1.1:99", []string{"203.0.113.9, 10.2.2.2"}, "203.0.113.9:0"},
		{"in two headers", "10.1.1.1:99", []string{"203.0.113.9", "10.2.2.2"}, "203.0.113.9:0"},
		{"what somebody says of themselves", "10.1.1.1:99", []string{"198.51.100.1, 203.0.113.9"}, "203.0.113.9:0"},
		{"with a port", "10.1.1.1:99", []string{"203.0.113.9:1234"}, "203.0.113.9:0"},
		{"in brackets", "10.1.1.1:99", []string{"[2001:db8::9]"}, "[2001:db8::9]:0"},
		{"nonsense before", "10.1.1.1:99", []string{"unknown, 203.0.113.9"}, "203.0.113.9:0"},
		{"nonsense alone", "10.1.1.1:99", []string{"unknown"}, "10.1.1.1:99"},
		{"a proxy itself", "10.1.1.1:99", []string{"10.2.2.2"}, "10.2.2.2:0"},
		{"a proxy that says nothing", "10.1.1.1:99", nil, "10.1.1.1:99"},
		{"nobody we trust", "203.0.113.50:99", []string{"198.51.100.1"}, "203.0.113.50:99"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got string
			h := trusted.behind(&url.URL{Scheme: "https", Host: "x.test"}, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.RemoteAddr }))
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.RemoteAddr = tt.from
			for _, f := range tt.forwarded {
				r.Header.Add("X-Forwarded-For", f)
			}
			h.ServeHTTP(httptest.NewRecorder(), r)
			if got != tt.want {
				t.Errorf("came from %s, want %s", got, tt.want)
			}
			if _, err := netip.ParseAddrPort(got); err != nil {
				t.Error(err)
			}
		})
	}
}

// Every pair of settings that can't be meant is said in a sentence.
func TestSettingsThatDoNotGoTogether(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"-tls maybe", "off, files, self or acme"},
		{"-tls files", "needs both"},
		{"-tls files -tls-cert a", "go together"},
		{"-tls self -tls-cert a -tls-key b", "leave out one or the other"},
		{"-tls self -public-url http://x.test", "write https"},
		{"-tls-cert a -tls-key b -public-url http://x.test", "write https"},
		{"-tls-hosts x.test", "-tls-hosts is for"},
		{"-tls-cert a -tls-key b -tls-hosts x.test", "-tls-hosts is for"},
		{"-tls self -tls-hosts https://x.test", "without https://"},
		{"-acme-email a@x.test", "are for -tls acme"},
		{"-tls self -acme-directory https://x.test", "are for -tls acme"},
		{"-tls acme", "needs -public-url"},
		{"-tls acme -public-url https://192.0.2.1", "certificates for public names"},
		{"-tls acme -public-url https://localhost", "certificates for public names"},
		{"-tls acme -public-url https://x.test -acme-roots /nowhere", "no certificate to trust"},
		{"-media-tcp x", "not a port"},
		{"-media-tcp 0", "not a port"},
		{"-media-tcp 70000", "not a port"},
		{"-trusted-proxy proxy.test", "neither an address nor a network"},
		{"-trusted-proxy 10.0.0.0/33", "neither an address nor a network"},
		{"-turn here", "or shared, or off"},
		{"-media-address 10.0.0.300", "not an IP address"},
	} {
		t.Run(tt.args, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			args := append([]string{"serve", "-listen", "127.0.0.1:0", "-database", "sqlite:" + filepath.Join(t.TempDir(), "a.db")}, strings.Fields(tt.args)...)
			err := run(ctx, args, environment(), io.Discard, io.Discard)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("run = %v, want one sentence with %q", err, tt.want)
			}
		})
	}
}

func fingerprint(c *x509.Certificate) string { return fmt.Sprintf("% X", sha256Of(c.Raw)) }
