package e2e

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	_ "embed"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/wardvisit/wardvisit/signaling/netlab"
)

// The server's name and addresses, at which it is found as on the internet:
// browsers treat private addresses otherwise.
const visits = "visits.test"

var (
	server4  = netip.MustParseAddr("203.0.113.10")
	server6  = netip.MustParseAddr("2001:db8::10")
	wardAddr = netip.MustParseAddr("10.0.9.2")
)

// full reports whether each promise is to be proved at its whole length.
func full() bool { return os.Getenv("WARDVISIT_PROVE") == "full" }

// inFull is one thing when proved at whole length, and another in every day's run:
// what is promised, and what a machine with other things to do can be held to.
func inFull[T any](whole, short T) T {
	if full() {
		return whole
	}
	return short
}

// A world is a laboratory with the real program in it, and a ward's Wi-Fi.
type world struct {
	t      *testing.T
	lab    *netlab.Lab
	server *netlab.Namespace
	ward   *netlab.Namespace
	places int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	lab, err := netlab.New(netlab.Config{Now: time.Now, Seed: 1})
	if errors.Is(err, netlab.ErrUnavailable) {
		missing(t, err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := lab.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{t: t, lab: lab}
	w.server = w.namespace("server")
	if err := w.server.Own(server4, server6); err != nil {
		t.Fatal(err)
	}
	w.ward = w.namespace("ward")
	w.link(w.ward, "wifi", wardAddr, netlab.RoundTrip(2*time.Millisecond), nil)
	return w
}

func (w *world) namespace(word string) *netlab.Namespace {
	w.t.Helper()
	place, err := w.lab.Namespace(word)
	if err != nil {
		w.t.Fatal(err)
	}
	return place
}

// link connects a place with the server. Behind a NAT, which may be nil, the
// server sees the NAT's address in place of the place's own.
func (w *world) link(place *netlab.Namespace, device string, addr netip.Addr, c netlab.Conditions, nat *netlab.NAT) *netlab.Link {
	w.t.Helper()
	seen := addr
	if nat != nil {
		seen = nat.Outside()
	}
	everywhere := netlab.Everywhere[:1]
	if addr.Is6() {
		everywhere = netlab.Everywhere[1:]
	}
	w.places++
	link, err := w.lab.Link(
		netlab.End{In: place, Device: device, Addresses: []netip.Addr{addr}, Routes: everywhere, MTU: c.MTU},
		netlab.End{In: w.server, Device: fmt.Sprintf("to%d", w.places), Routes: []netip.Prefix{netlab.Only(seen)}}, nat)
	if err != nil {
		w.t.Fatal(err)
	}
	link.Set(c)
	return link
}

// start runs bin/wardvisit demo at the server's address, at port 443 of UDP and
// TCP alike, until the test ends.
func (w *world) start(folder string, more ...string) *product {
	w.t.Helper()
	cert, key := newCertificate(w.t, folder)
	args := append([]string{"demo", "-json", "-folder", folder, "-public-url", "https://" + visits,
		"-listen", ":443", "-media-udp", "[::]:443",
		"-tls-cert", cert, "-tls-key", key}, more...)
	p := &product{cmd: w.server.Command(context.Background(), binary(w.t), args...), log: &strings.Builder{}}
	p.cmd.Stderr = p.log
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { p.stop(w.t) })
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		w.t.Fatalf("the program said nothing to open: %v\n%s", err, p.log)
	}
	if err := json.Unmarshal(line, &p.open); err != nil {
		w.t.Fatalf("%v in %s", err, line)
	}
	go io.Copy(io.Discard, stdout)
	return p
}

// newCertificate makes a certificate that nobody has signed, as the browsers of
// these tests are told to bear.
func newCertificate(t *testing.T, folder string) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: visits}, DNSNames: []string{visits},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	for file, block := range map[string]*pem.Block{
		certFile: {Type: "CERTIFICATE", Bytes: cert}, keyFile: {Type: "PRIVATE KEY", Bytes: secret},
	} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}

// browser starts a Chromium in a place, which finds the server at addr.
func (w *world) browser(place *netlab.Namespace, addr netip.Addr, more ...chromedp.ExecAllocatorOption) context.Context {
	w.t.Helper()
	literal := addr.String()
	if addr.Is6() {
		literal = "[" + literal + "]"
	}
	return newBrowser(w.t, append([]chromedp.ExecAllocatorOption{
		chromedp.IgnoreCertErrors,
		chromedp.Flag("host-resolver-rules", "MAP "+visits+" "+literal),
		chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) {
			cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
			if err := place.Move(cmd); err != nil {
				w.t.Error(err)
			}
		}),
	}, more...)...)
}

//go:embed watch.js
var watchScript string

// watched gives somebody a browser profile with a camera, and leave to use one:
// without it Chromium shows a server no addresses of TCP.
func (w *world) watched(browserCtx context.Context, name string, width int64, camera Camera) *person {
	w.t.Helper()
	p := newPerson(w.t, browserCtx, name, width, camera.Script()+"("+watchScript+")();")
	p.hurried = true
	p.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		for _, device := range []string{"camera", "microphone"} {
			_, err := cdp.Call(ctx, tab, browser.SetPermission, browser.SetPermissionParams{
				Permission: &browser.PermissionDescriptor{Name: device}, Setting: browser.PermissionSettingGranted,
				Origin: "https://" + visits, BrowserContextID: chromedp.FromContext(ctx).BrowserContextID,
			})
			if err != nil {
				return err
			}
		}
		return nil
	}))
	return p
}

// takeAfter gives a person the cookies of another: the same relative, at another
// machine.
func (p *person) takeAfter(other *person) {
	p.t.Helper()
	var jar []*network.CookieParam
	other.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		got, err := cdp.Call(ctx, tab, network.GetCookies, network.GetCookiesParams{URLs: []string{"https://" + visits}})
		if err != nil {
			return err
		}
		for _, c := range got.Cookies {
			jar = append(jar, &network.CookieParam{Name: c.Name, Value: c.Value, Domain: c.Domain, Path: c.Path, Secure: c.Secure, HTTPOnly: c.HTTPOnly, SameSite: c.SameSite})
		}
		return nil
	}))
	p.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, network.SetCookies, network.SetCookiesParams{Cookies: jar})
		return err
	}))
}

// resident is how many bytes of the program are in the machine's memory.
func (p *product) resident(t *testing.T) int {
	t.Helper()
	statm, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	var size, pages int
	if _, err := fmt.Sscan(string(statm), &size, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
