package certificate

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const (
	// rootLife is longer than an iPad lasts: a new root is a walk to each of them.
	rootLife = 10 * 365 * 24 * time.Hour
	// leafLife is short, since nobody has to do anything to renew it, and well
	// under the 825 days beyond which Apple's devices refuse one.
	leafLife = 90 * 24 * time.Hour
	// early is how far clocks may be behind ours.
	early = 24 * time.Hour
	// fileName is where key and root are, in one file, so that there is never one
	// without the other.
	fileName = "authority.pem"

	keyBlock, certBlock = "PRIVATE KEY", "CERTIFICATE"
)

// AuthorityConfig is what an Authority needs to be told.
type AuthorityConfig struct {
	// Folder keeps the root and its key.
	Folder string
	// Hosts are the names and IP addresses to vouch for; the first is also what
	// people recognise the root by.
	Hosts []string
	Now   func() time.Time
	Log   *slog.Logger
}

// An Authority vouches for this server towards those who were told to trust it.
type Authority struct {
	cfg  AuthorityConfig
	root *x509.Certificate
	key  crypto.Signer

	mu   sync.Mutex
	leaf *tls.Certificate // guarded by mu
}

// OpenAuthority opens the authority in a folder, or founds it.
func OpenAuthority(cfg AuthorityConfig) (*Authority, error) {
	if len(cfg.Hosts) == 0 {
		return nil, errors.New("certificate: nothing to vouch for")
	}
	if err := os.MkdirAll(cfg.Folder, 0o700); err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	a := &Authority{cfg: cfg}
	err := a.load()
	if errors.Is(err, fs.ErrNotExist) {
		if err = a.found(); err == nil {
			err = a.load()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	if _, err := a.Certificate(nil); err != nil {
		return nil, err
	}
	return a, nil
}

func (a *Authority) file() string { return filepath.Join(a.cfg.Folder, fileName) }

// load reads what found has written.
func (a *Authority) load() error {
	info, err := os.Stat(a.file())
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s holds a secret key that others on this machine may read: make it yours alone (chmod 600)", a.file())
	}
	b, err := os.ReadFile(a.file())
	if err != nil {
		return err
	}
	for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
		switch block.Type {
		case keyBlock:
			key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			if err != nil {
				return fmt.Errorf("%s: %w", a.file(), err)
			}
			a.key, _ = key.(crypto.Signer)
		case certBlock:
			if a.root, err = x509.ParseCertificate(block.Bytes); err != nil {
				return fmt.Errorf("%s: %w", a.file(), err)
			}
		}
	}
	if a.key == nil || a.root == nil || !a.root.IsCA || !samePublic(a.key.Public(), a.root.PublicKey) {
		return fmt.Errorf("%s is not a root and its key: put back the file that was there, or take it away for a new one, which every device must then be told to trust", a.file())
	}
	if a.cfg.Now().After(a.root.NotAfter.Add(-leafLife)) {
		a.cfg.Log.Warn("the authority ends soon: take its file away, start again, and have every device trust the new one", "until", a.root.NotAfter, "file", a.file())
	}
	return nil
}

func samePublic(a, b crypto.PublicKey) bool {
	key, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && key.Equal(b)
}

// found makes a root. If another process does so too, one of the two stays.
func (a *Authority) found() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	now := a.cfg.Now()
	template := &x509.Certificate{
		SerialNumber: serial(),
		Subject: pkix.Name{
			Organization: []string{"Wardvisit"},
			CommonName:   fmt.Sprintf("Wardvisit at %s, %s", a.cfg.Hosts[0], now.UTC().Format("2006-01-02")),
		},
		NotBefore: now.Add(-early), NotAfter: now.Add(rootLife),
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		IsCA:     true, BasicConstraintsValid: true, MaxPathLenZero: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	for _, block := range []*pem.Block{{Type: keyBlock, Bytes: secret}, {Type: certBlock, Bytes: der}} {
		if err := pem.Encode(&b, block); err != nil {
			return err
		}
	}
	return a.keep(b.Bytes())
}

// keep writes the file whole or not at all, and not over another.
func (a *Authority) keep(b []byte) error {
	draft, err := os.CreateTemp(a.cfg.Folder, ".authority-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(draft.Name()) }() // the draft is of no use to anybody
	_, err = draft.Write(b)
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return err
	}
	if err := os.Link(draft.Name(), a.file()); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// serial is a number that no other certificate of ours has.
func serial() *big.Int {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // which never fails
	b[0] &= 0x7f        // positive
	return new(big.Int).SetBytes(b)
}

// Certificate returns this server's certificate, and makes a new one when it has
// come two thirds of its way; it is what tls.Config.GetCertificate asks.
func (a *Authority) Certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.cfg.Now()
	if a.leaf != nil && now.Before(a.leaf.Leaf.NotAfter.Add(-leafLife/3)) {
		return a.leaf, nil
	}
	leaf, err := a.issue(now)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	a.leaf = leaf
	return leaf, nil
}

func (a *Authority) issue(now time.Time) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{Organization: []string{"Wardvisit"}, CommonName: a.cfg.Hosts[0]},
		NotBefore: now.Add(-early), NotAfter: now.Add(leafLife),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	if template.NotAfter.After(a.root.NotAfter) {
		template.NotAfter = a.root.NotAfter
	}
	for _, host := range a.cfg.Hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.root, key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der, a.root.Raw}, PrivateKey: key, Leaf: leaf}, nil
}

// DER is the root, as .cer files are.
func (a *Authority) DER() []byte { return a.root.Raw }

// Name is what devices show of the root.
func (a *Authority) Name() string { return a.root.Subject.CommonName }

// Until is when the root ends.
func (a *Authority) Until() time.Time { return a.root.NotAfter }

// Fingerprint is how people compare what they install with what we have: the
// root's SHA-256, in pairs of digits.
func (a *Authority) Fingerprint() string {
	sum := sha256.Sum256(a.root.Raw)
	return fmt.Sprintf("% X", sum[:])
}
