package main

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	certificates "github.com/wardvisit/wardvisit/web/certificate"
)

func sha256Of(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:]
}

const acmeName = "visits.wardvisit.test"

// A real authority (Pebble, Let's Encrypt's own for tests) checks over our one
// port that the name is ours, and what it signs is what browsers are shown.
func TestACertificateFromAnAuthority(t *testing.T) {
	pebble := pebbleProgram(t)
	folder := t.TempDir()
	own, err := certificates.OpenAuthority(certificates.AuthorityConfig{
		Folder: filepath.Join(folder, "pebble"), Hosts: []string{"127.0.0.1"}, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	roots := filepath.Join(folder, "roots.pem")
	if err := os.WriteFile(roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: own.DER()}), 0o600); err != nil {
		t.Fatal(err)
	}
	ours, directory, manage := freeAddress(t), freeAddress(t), freeAddress(t)
	startPebble(t, pebble, folder, own, ours, directory, manage)
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(must(os.ReadFile(roots)))
	authority := device(trusted)
	eventually(t, "Pebble answers", func() bool {
		res, err := authority.Get("https://" + directory + "/dir")
		if err == nil {
			res.Body.Close()
		}
		return err == nil
	})
	_, logs := startServe(t, "-listen", ours, "-tls", "acme", "-public-url", "https://"+acmeName, "-tls-folder", folder,
		"-acme-directory", "https://"+directory+"/dir", "-acme-roots", roots, "-acme-email", "it@wardvisit.test", "-turn", "shared")
	eventually(t, "a certificate is there", func() bool {
		if strings.Contains(logs.String(), "no certificate can be had") {
			t.Fatalf("refused:\n%s", logs)
		}
		return strings.Contains(logs.String(), "there is a certificate")
	})
	_, issuer := fetch(t, authority, "https://"+manage+"/roots/0")
	public := x509.NewCertPool()
	if !public.AppendCertsFromPEM([]byte(issuer)) {
		t.Fatal("Pebble has no root")
	}
	for _, name := range []string{acmeName, ""} { // a client may greet us by no name
		c, err := tls.Dial("tcp", ours, &tls.Config{RootCAs: public, ServerName: name, InsecureSkipVerify: name == ""})
		if err != nil {
			t.Fatalf("by the name %q: %v", name, err)
		}
		if err := c.ConnectionState().PeerCertificates[0].VerifyHostname(acmeName); err != nil {
			t.Error(err)
		}
		asksRelay(t, "TLS by the name "+name, c)
	}
	if _, err := tls.Dial("tcp", ours, &tls.Config{RootCAs: public, ServerName: "elsewhere.test"}); err == nil {
		t.Error("a certificate for another name")
	}
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

// pebbleProgram builds Pebble, which has a go.mod of its own.
func pebbleProgram(t *testing.T) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	build := exec.CommandContext(ctx, "go", "tool", "-modfile=../../.ci/pebble/go.mod", "-n", "pebble")
	var why strings.Builder
	build.Stderr = &why
	out, err := build.Output()
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatalf("Pebble can't be built: %v\n%s", err, why.String())
	}
	if err != nil {
		t.Skipf("SKIPPED: Pebble, an ACME authority for tests, can't be built here: %v\n%s", err, why.String())
	}
	return strings.TrimSpace(string(out))
}

// freeAddress is one that nobody uses just now.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// startPebble runs the authority until the test ends. It finds every name at
// 127.0.0.1, and looks for who has it at our port.
func startPebble(t *testing.T, program, folder string, own *certificates.Authority, ours, directory, manage string) {
	t.Helper()
	pair, err := own.Certificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{
		"pebble-cert.pem": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}),
		"pebble-key.pem":  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
	}
	at, err := net.ResolveTCPAddr("tcp", ours)
	if err != nil {
		t.Fatal(err)
	}
	files["pebble.json"], err = json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": directory, "managementListenAddress": manage, "certificate": filepath.Join(folder, "pebble-cert.pem"),
		"privateKey": filepath.Join(folder, "pebble-key.pem"), "httpPort": 1, "tlsPort": at.Port,
		"retryAfter": map[string]int{"authz": 1, "order": 1},
		"profiles":   map[string]any{"default": map[string]any{"description": "for tests", "validityPeriod": 7776000}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(folder, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), program, "-config", filepath.Join(folder, "pebble.json"), "-dnsserver", everyNameIsHere(t))
	cmd.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0")
	said := &lines{}
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
		if t.Failed() {
			t.Logf("Pebble said:\n%s", said)
		}
	})
}

// everyNameIsHere is a DNS server, over TCP, that says so.
func everyNameIsHere(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go answerNames(c)
		}
	}()
	return l.Addr().String()
}

func answerNames(c net.Conn) {
	defer c.Close()
	for {
		var length [2]byte
		if _, err := io.ReadFull(c, length[:]); err != nil {
			return
		}
		question := make([]byte, binary.BigEndian.Uint16(length[:]))
		var m dnsmessage.Message
		if _, err := io.ReadFull(c, question); err != nil || m.Unpack(question) != nil || len(m.Questions) != 1 {
			return
		}
		m.Response, m.Authoritative, m.Additionals = true, true, nil
		if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
			m.Answers = []dnsmessage.Resource{{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1},
				Body:   &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}},
			}}
		}
		b, err := m.Pack()
		if err != nil {
			return
		}
		if _, err := c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...)); err != nil {
			return
		}
	}
}
