package certificate

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"encoding/xml"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// A clock stands still until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func open(t *testing.T, folder string, c *clock, hosts ...string) *Authority {
	t.Helper()
	a, err := OpenAuthority(AuthorityConfig{Folder: folder, Hosts: hosts, Now: c.now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// shown is what a client sees of a server with that certificate, once it has
// verified it against the root.
func shown(c *clock, root []byte, host string, get func(*tls.ClientHelloInfo) (*tls.Certificate, error)) (*x509.Certificate, error) {
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	served := make(chan error, 1)
	go func() {
		served <- tls.Server(far, &tls.Config{GetCertificate: get, MinVersion: tls.VersionTLS12, Time: c.now}).Handshake()
	}()
	roots := x509.NewCertPool()
	cert, err := x509.ParseCertificate(root)
	if err != nil {
		return nil, err
	}
	roots.AddCert(cert)
	client := tls.Client(near, &tls.Config{RootCAs: roots, ServerName: host, Time: c.now})
	if err := client.Handshake(); err != nil {
		return nil, err
	}
	return client.ConnectionState().PeerCertificates[0], <-served
}

func TestTheAuthorityIsTrustedForItsHostsAlone(t *testing.T) {
	c, folder := newClock(), filepath.Join(t.TempDir(), "new", "folder")
	a := open(t, folder, c, "visits.ward.test", "192.0.2.7", "2001:db8::7", "localhost")
	for _, host := range []string{"visits.ward.test", "192.0.2.7", "2001:db8::7", "localhost"} {
		leaf, err := shown(c, a.DER(), host, a.Certificate)
		if err != nil {
			t.Errorf("%s: %v", host, err)
			continue
		}
		if life := leaf.NotAfter.Sub(leaf.NotBefore); life > 398*24*time.Hour || leaf.IsCA || len(leaf.ExtKeyUsage) != 1 {
			t.Errorf("%s: a leaf of %v, authority %v, for %v", host, life, leaf.IsCA, leaf.ExtKeyUsage)
		}
	}
	if _, err := shown(c, a.DER(), "elsewhere.test", a.Certificate); err == nil {
		t.Error("trusted for another host")
	}
	if _, err := shown(c, open(t, t.TempDir(), c, "visits.ward.test").DER(), "visits.ward.test", a.Certificate); err == nil {
		t.Error("trusted by another root")
	}
}

func TestTheAuthorityStaysAndItsCertificateIsRenewed(t *testing.T) {
	c, folder := newClock(), t.TempDir()
	first := open(t, folder, c, "visits.ward.test")
	again := open(t, folder, c, "visits.ward.test", "192.0.2.7") // a new address needs no new root
	if !bytes.Equal(first.DER(), again.DER()) || first.Fingerprint() != again.Fingerprint() {
		t.Fatal("another root after a restart")
	}
	if _, err := shown(c, first.DER(), "192.0.2.7", again.Certificate); err != nil {
		t.Errorf("who trusts the root does not trust the restarted server: %v", err)
	}
	serials := map[string]bool{}
	for range 30 { // a month at a time, for two years and a half
		leaf, err := shown(c, first.DER(), "visits.ward.test", first.Certificate)
		if err != nil {
			t.Fatalf("at %v: %v", c.now(), err)
		}
		serials[leaf.SerialNumber.String()] = true
		c.pass(30 * 24 * time.Hour)
	}
	if len(serials) < 10 || len(serials) > 16 {
		t.Errorf("%d certificates in 30 months", len(serials))
	}
}

func TestTheKeyIsKeptToOneself(t *testing.T) {
	c, folder := newClock(), filepath.Join(t.TempDir(), "trust")
	a := open(t, folder, c, "visits.ward.test")
	for name, want := range map[string]os.FileMode{folder: 0o700 | os.ModeDir, a.file(): 0o600} {
		if info, err := os.Stat(name); err != nil || info.Mode() != want {
			t.Errorf("%s has mode %v, want %v", name, info.Mode(), want)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 1 {
		t.Errorf("%v is left in the folder", left)
	}
	if err := os.Chmod(a.file(), 0o640); err != nil {
		t.Fatal(err)
	}
	again := func() error {
		_, err := OpenAuthority(AuthorityConfig{Folder: folder, Hosts: []string{"x.test"}, Now: c.now, Log: slog.New(slog.DiscardHandler)})
		return err
	}
	if err := again(); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("with a key that others may read: %v", err)
	}
	whole, err := os.ReadFile(a.file())
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile(open(t, filepath.Join(t.TempDir(), "other"), c, "x.test").file())
	if err != nil {
		t.Fatal(err)
	}
	key, cert, _ := bytes.Cut(other, []byte("-----END PRIVATE KEY-----\n"))
	for name, b := range map[string][]byte{
		"nothing": nil, "half": whole[:len(whole)/2], "junk": []byte("junk"), "a root without its key": cert,
		"the key of another root": append(append(key, "-----END PRIVATE KEY-----\n"...), whole[bytes.Index(whole, []byte("-----BEGIN CERT")):]...),
	} {
		if err := os.WriteFile(a.file(), b, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(a.file(), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := again(); err == nil || !strings.Contains(err.Error(), "put back the file") {
			t.Errorf("with %s in its file: %v", name, err)
		}
	}
}

// Of several that found one at once, one stays, and all have it.
func TestTheAuthorityIsFoundedOnce(t *testing.T) {
	c, folder := newClock(), t.TempDir()
	roots := make([][]byte, 8)
	var race sync.WaitGroup
	for i := range roots {
		race.Go(func() { roots[i] = open(t, folder, c, "visits.ward.test").DER() })
	}
	race.Wait()
	for _, r := range roots {
		if !bytes.Equal(r, roots[0]) {
			t.Fatal("two roots")
		}
	}
}

func TestTheProfileIsAPropertyListWithTheRoot(t *testing.T) {
	c, folder := newClock(), t.TempDir()
	a := open(t, folder, c, "ward<&>.test")
	b, err := a.Profile()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := open(t, folder, c, "other.test").Profile(); err != nil || !bytes.Equal(b, again) {
		t.Error("the profile of one root has changed")
	}
	var list struct {
		Keys []string `xml:"dict>array>dict>key"`
		Data string   `xml:"dict>array>dict>data"`
		Of   []string `xml:"dict>string"`
		In   []string `xml:"dict>array>dict>string"`
	}
	d := xml.NewDecoder(bytes.NewReader(b))
	d.Strict = true
	if err := d.Decode(&list); err != nil {
		t.Fatalf("not XML: %v\n%s", err, b)
	}
	if rest := bytes.TrimSpace(b[d.InputOffset():]); len(rest) > 0 {
		t.Errorf("more after the end: %q", rest)
	}
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(list.Data), ""))
	if err != nil || !bytes.Equal(der, a.DER()) {
		t.Errorf("the root inside is another (%v)", err)
	}
	if list.Of[0] != "Configuration" || list.In[0] != "com.apple.security.root" || !strings.Contains(strings.Join(list.Of, " "), "ward<&>.test") {
		t.Errorf("%q, %q", list.Of, list.In)
	}
	ids := regexp.MustCompile(`>([0-9A-F]{8}-[0-9A-F]{4}-8[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12})<`).FindAllStringSubmatch(string(b), -1)
	if len(ids) != 2 || ids[0][1] == ids[1][1] {
		t.Errorf("UUIDs %v", ids)
	}
	if other, err := open(t, t.TempDir(), c, "ward<&>.test").Profile(); err != nil || strings.Contains(string(other), ids[0][1]) {
		t.Error("two roots, one UUID")
	}
}

func TestFilesAreReadAgainWhenTheyChange(t *testing.T) {
	c, folder := newClock(), t.TempDir()
	one, two := open(t, t.TempDir(), c, "one.test"), open(t, t.TempDir(), c, "two.test")
	cert, key := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	put := func(a *Authority) {
		t.Helper()
		write(t, a, cert, key)
	}
	put(one)
	var logs bytes.Buffer
	f, err := OpenFiles(cert, key, c.now, slog.New(slog.NewTextHandler(&logs, nil)))
	if err != nil {
		t.Fatal(err)
	}
	sees := func(a *Authority, host string) {
		t.Helper()
		if _, err := shown(c, a.DER(), host, f.Certificate); err != nil {
			t.Errorf("%s is not what is shown: %v", host, err)
		}
	}
	sees(one, "one.test")
	put(two)
	sees(one, "one.test") // it looks no more often than that
	c.pass(lookEvery)
	sees(two, "two.test")

	for range 3 {
		if err := os.WriteFile(key, []byte("half of a k"), 0o600); err != nil {
			t.Fatal(err)
		}
		c.pass(lookEvery)
		sees(two, "two.test") // half written: the one before stays
	}
	if err := os.Remove(cert); err != nil {
		t.Fatal(err)
	}
	c.pass(lookEvery)
	sees(two, "two.test")
	put(one)
	c.pass(lookEvery)
	sees(one, "one.test")
	if n := strings.Count(logs.String(), "has been renewed"); n != 2 {
		t.Errorf("said %d times that it was renewed:\n%s", n, logs.String())
	}
	if n := strings.Count(logs.String(), "can't be used"); n < 2 || n > 4 {
		t.Errorf("said %d times that files can't be used:\n%s", n, logs.String())
	}
}

// write puts an authority's certificate and key in two files.
func write(t *testing.T, a *Authority, cert, key string) {
	t.Helper()
	pair, err := a.Certificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string][]byte{cert: encode(certBlock, pair.Certificate[0]), key: encode(keyBlock, secret)} {
		if err := os.WriteFile(name, block, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFilesThatAreNone(t *testing.T) {
	folder := t.TempDir()
	c := newClock()
	if _, err := OpenFiles(filepath.Join(folder, "no"), filepath.Join(folder, "no"), c.now, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("opened what is not there")
	}
	empty := filepath.Join(folder, "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenFiles(empty, empty, c.now, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("opened what is empty")
	}
}

func encode(kind string, b []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b})
}
