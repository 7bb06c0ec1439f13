package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"database/sql"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/migrations"
)

// asked has the doctor look, and returns what it found and with what it ended.
func asked(t *testing.T, args ...string) (doctorReport, int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	var out bytes.Buffer
	err := run(ctx, append([]string{"doctor", "-json"}, args...), environment(), &out, io.Discard)
	var code exitCode
	if err != nil && !errors.As(err, &code) {
		t.Fatalf("doctor %v = %v", args, err)
	}
	var report doctorReport
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatalf("%v in %s", err, out.String())
	}
	return report, int(code)
}

// well are settings with which nothing is wrong but what a test adds. The doctor
// changes nothing, so that tests may share a database.
func well(database string) []string {
	return []string{
		"-listen", "127.0.0.1:0", "-media-udp", "127.0.0.1:0", "-turn", "127.0.0.1:0",
		"-database", "sqlite:" + database, "-public-url", "https://192.0.2.7",
	}
}

func laidOut(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.db")
	if err := migrations.Up(t.Context(), "sqlite:"+file); err != nil {
		t.Fatal(err)
	}
	return file
}

// finds insists on a finding of that check and grade, whose words hold those.
func (r doctorReport) finds(t *testing.T, check string, g grade, words string) {
	t.Helper()
	for _, f := range r.Findings {
		if f.Check == check && f.Grade == g && strings.Contains(f.Says+" "+f.Do, words) {
			if g != fine && f.Do == "" && !strings.Contains(f.Says, ":") {
				t.Errorf("%+v does not say what to do", f)
			}
			return
		}
	}
	t.Errorf("no %s of %s with %q among %+v", g, check, words, r.Findings)
}

// Each row is a machine that somebody set up wrongly, and what they are told.
func TestTheDoctorFindsWhatIsWrong(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	takenUDP, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer takenUDP.Close()
	folder, database := t.TempDir(), laidOut(t)
	for _, tt := range []struct {
		name  string
		args  []string
		check string
		grade grade
		words string
	}{
		{"a setting that is none", []string{"-listen", "here"}, "settings", problem, "is not an address"},
		{"a port that another program has", []string{"-listen", taken.Addr().String()}, "port", problem, "in use by another program"},
		{"a media port that another program has", []string{"-media-udp", takenUDP.LocalAddr().String()}, "port", problem, "in use by another program"},
		{"an address of another machine", []string{"-listen", "203.0.113.9:8080"}, "port", problem, "does not have"},
		{"pages without HTTPS", []string{"-public-url", "http://192.0.2.7"}, "public-url", problem, "is not https"},
		{"pages behind a proxy that is not named", nil, "public-url", warning, "we speak none"},
		{"pages behind a proxy that is", []string{"-trusted-proxy", "192.0.2.1"}, "public-url", fine, "our proxy ends TLS"},
		{"an authority of our own", []string{"-tls", "self", "-tls-folder", folder}, "certificate", warning, "https://192.0.2.7/trust"},
		{"nowhere to keep what it makes", []string{"-tls", "self", "-tls-folder", filepath.Join(folder, "no", "such")}, "certificate", problem, "Nothing can be kept"},
		{"links to this machine alone", []string{"-public-url", "http://localhost:8080"}, "public-url", warning, "this machine alone"},
		{"443 at private addresses", []string{"-media-udp", "127.0.0.1:443", "-media-address", "10.1.2.3"}, "addresses", problem, "refuse media at port 443"},
		{"443 at private addresses besides", []string{"-media-udp", "127.0.0.1:443", "-media-address", "10.1.2.3,203.0.113.9"}, "addresses", warning, "203.0.113.9 remain"},
		{"a low port that browsers refuse", []string{"-media-udp", "127.0.0.1:500"}, "addresses", problem, "refuse media at port 500"},
		{"addresses for this house alone", []string{"-media-address", "10.1.2.3"}, "addresses", warning, "only networks of this house"},
		{"a public address", []string{"-media-address", "203.0.113.9"}, "addresses", fine, "203.0.113.9"},
		{"a folder that is not there", []string{"-database", "sqlite:" + filepath.Join(folder, "no", "a.db")}, "database", problem, "none can be made"},
		{"a database yet to be made", []string{"-database", "sqlite:" + filepath.Join(folder, "a.db")}, "database", warning, "none at"},
		{"a file that is no database", []string{"-database", "sqlite:" + fileWith(t, strings.Repeat("not a database ", 100))}, "database", problem, "does not answer"},
		{"a newer database", []string{"-database", "sqlite:" + newerDatabase(t)}, "database", problem, "newer than this program"},
		{"a database in the middle of a change", []string{"-database", "sqlite:" + halfDone(t)}, "database", problem, "middle of a change"},
		{"a database that is gone", []string{"-database", "postgres://u:p@127.0.0.1:1/x"}, "database", problem, "Connection refused"},
		{"no way to send", nil, "messages", warning, "no way to send texts"},
		{"half a mail server", []string{"-smtp", "smtp://127.0.0.1:25"}, "messages", problem, "-smtp-from"},
		{"a mail server that is not to be tried", []string{"-smtp", "smtp://127.0.0.1:1", "-smtp-from", "a@b.example"}, "messages", fine, "-send"},
		{"a mail server that is gone", []string{"-smtp", "smtp://127.0.0.1:1", "-smtp-from", "a@b.example", "-send"}, "messages", problem, "cannot be reached"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			report, code := asked(t, append(well(database), tt.args...)...)
			report.finds(t, tt.check, tt.grade, tt.words)
			if want := map[grade]int{fine: 0, warning: 1, problem: 2}[report.Worst]; code != want || tt.grade == problem && code != 2 {
				t.Errorf("it ended with %d, the worst being %s", code, report.Worst)
			}
		})
	}
}

func fileWith(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func halfDone(t *testing.T) string {
	t.Helper()
	file := laidOut(t)
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "UPDATE schema_migrations SET dirty = 1"); err != nil {
		t.Fatal(err)
	}
	return file
}

// The doctor looks and makes nothing.
func TestTheDoctorChangesNothing(t *testing.T) {
	folder := t.TempDir()
	asked(t, well(filepath.Join(folder, "a.db"))...)
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}

// Beside a server that runs, the ports are held and each path leads there.
func TestTheDoctorBesideAServer(t *testing.T) {
	listen, media, relay := freePort(t, "tcp"), freePort(t, "udp"), freePort(t, "tcp")
	folder := t.TempDir()
	_, stop := startDemo(t, "-folder", folder, "-listen", listen, "-media-udp", media, "-turn", relay)
	defer stop()
	args := append(well(laidOut(t)), "-listen", listen, "-media-udp", media, "-turn", relay)
	report, _ := asked(t, args...)
	report.finds(t, "port", fine, "tcp "+listen+", for pages and all that goes by TCP, is held, and a running wardvisit answers")
	report.finds(t, "port", fine, "udp "+media)
	for _, path := range []string{"udp.", "tcp.", "relay-udp.", "relay-tcp."} {
		report.finds(t, "paths", fine, "by "+path)
	}
}

// freePort is an address of this machine at which nobody listens just now.
func freePort(t *testing.T, network string) string {
	t.Helper()
	if network == "udp" {
		conn, err := net.ListenPacket(network, "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		return conn.LocalAddr().String()
	}
	l, err := net.Listen(network, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestTheDoctorSpeaksPlainly(t *testing.T) {
	var out bytes.Buffer
	err := run(t.Context(), append([]string{"doctor"}, well(laidOut(t))...), environment(), &out, io.Discard)
	var code exitCode
	if !errors.As(err, &code) || code != 1 { // nobody can be told anything: a warning
		t.Errorf("it ended with %v", err)
	}
	for line := range strings.Lines(out.String()) {
		words := strings.Fields(line)
		if len(words) < 4 || !strings.Contains("ok warning problem", words[0]) || !strings.HasSuffix(strings.TrimSpace(line), ".") {
			t.Errorf("%q is no sentence with its grade", line)
		}
	}
	if strings.Contains(out.String(), "%!") {
		t.Errorf("a sentence is broken: %s", out.String())
	}
}

// A certificate of the test's own, with what is wrong with it.
type flaw func(c *x509.Certificate)

func TestTheDoctorReadsCertificates(t *testing.T) {
	database := laidOut(t)
	for _, tt := range []struct {
		name  string
		flaw  flaw
		curve elliptic.Curve
		grade grade
		words string
	}{
		{"signed by itself", nil, nil, warning, "signed by itself"},
		{"ended", func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) }, nil, problem, "It ended on"},
		{"not begun", func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }, nil, problem, "It begins on"},
		{"about to end", func(c *x509.Certificate) { c.NotAfter = time.Now().Add(5 * 24 * time.Hour) }, nil, warning, "It ends on"},
		{"for another name", func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"other.example"} }, nil, problem, "It is for other.example, not for 192.0.2.7"},
		{"for no name", func(c *x509.Certificate) { c.IPAddresses = nil }, nil, problem, "names nobody"},
		{"for clients", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }, nil, problem, "may not be used by a server"},
		{"for ten years", func(c *x509.Certificate) { c.NotAfter = time.Now().AddDate(10, 0, 0) }, nil, warning, "825 days"},
		{"of a weak key", nil, elliptic.P224(), problem, "too weak"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cert, key := certificate(t, tt.curve, tt.flaw)
			report, _ := asked(t, append(well(database), "-tls-cert", cert, "-tls-key", key)...)
			report.finds(t, "certificate", tt.grade, tt.words)
		})
	}
	cert, key := certificate(t, nil, nil)
	_, other := certificate(t, nil, nil)
	report, _ := asked(t, append(well(database), "-tls-cert", cert, "-tls-key", other)...)
	report.finds(t, "certificate", problem, "rivate key does not match")
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	report, _ = asked(t, append(well(database), "-tls-cert", cert, "-tls-key", key)...)
	report.finds(t, "certificate", warning, "can be read by other users")
}

// certificate makes one and its key, as files.
func certificate(t *testing.T, curve elliptic.Curve, wrong flaw) (cert, key string) {
	t.Helper()
	if curve == nil {
		curve = elliptic.P256()
	}
	private, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a ward"},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().AddDate(1, 0, 0),
		IPAddresses: []net.IP{net.IPv4(192, 0, 2, 7)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if wrong != nil {
		wrong(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), crypto.Signer(private))
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	write := func(kind string, der []byte) string {
		return fileWith(t, string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})))
	}
	return write("CERTIFICATE", der), write("PRIVATE KEY", secret)
}

func TestTheDoctorsHelp(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), []string{"doctor", "-h"}, environment(), &out, io.Discard); err == nil {
		t.Error("help is no success and no failure")
	}
	for _, want := range []string{"-json", "-send", "-media-udp", fmt.Sprint(2)} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("help does not speak of %s", want)
		}
	}
}
