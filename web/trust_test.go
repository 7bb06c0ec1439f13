package web

import (
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/web/login"
)

// A hospital with an authority of its own says how to trust it, and what its
// pages say of HTTPS must not lock out a device whose root is new.
func TestHowToTrustUs(t *testing.T) {
	now := func() time.Time { return noon }
	s, err := New(Config{
		Doors:     login.New(login.Config{Store: &memory{logins: map[string][]byte{}}, Now: now}),
		PublicURL: &url.URL{Scheme: "https", Host: "visits.ward.test:8443"}, Now: now, Log: slog.New(slog.DiscardHandler),
		Trust: &Trust{Name: "Wardvisit at <ward>", Fingerprint: "AB CD EF", Until: noon.AddDate(10, 0, 0), Certificate: []byte("the root"), Profile: []byte("<plist/>")},
	})
	if err != nil {
		t.Fatal(err)
	}
	page := get(s, "/trust")
	for _, words := range []string{"AB CD EF", "Wardvisit at &lt;ward&gt;", "Certificate Trust Settings", "https://visits.ward.test:8443"} {
		if !strings.Contains(page.Body.String(), words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	for path, want := range map[string][2]string{
		"/trust/wardvisit.mobileconfig": {"application/x-apple-aspen-config", "<plist/>"},
		"/trust/wardvisit.cer":          {"application/x-x509-ca-cert", "the root"},
	} {
		w := get(s, path)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != want[0] || w.Body.String() != want[1] {
			t.Errorf("%s: %d %s %q", path, w.Code, w.Header().Get("Content-Type"), w.Body.String())
		}
	}
	if got := page.Header().Get("Strict-Transport-Security"); got != "" {
		t.Errorf("no way back to an untrusted page: %s", got)
	}
	other := newServer(t, io.Discard, false)
	for _, path := range []string{"/trust", "/trust/wardvisit.mobileconfig", "/trust/wardvisit.cer"} {
		if w := get(other, path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d where there is nothing to trust", path, w.Code)
		}
	}
	if got := get(other, "/").Header().Get("Strict-Transport-Security"); got == "" {
		t.Error("a page with a certificate that everybody trusts does not ask for HTTPS from now on")
	}
}
