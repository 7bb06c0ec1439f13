package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"github.com/wardvisit/wardvisit/signaling/port"
	"github.com/wardvisit/wardvisit/web"
	certificates "github.com/wardvisit/wardvisit/web/certificate"
)

// The ways to have a certificate.
const (
	tlsOff   = "off"   // cleartext: on one machine, or behind a proxy that does it
	tlsFiles = "files" // as somebody else keeps it
	tlsSelf  = "self"  // by an authority of our own
	tlsACME  = "acme"  // from an authority that checks that the name is ours
)

// usualTLSFolder is where certificates are kept if nobody says.
const usualTLSFolder = "certificates"

// acmeAgain is how long we wait after an authority has refused us, lest it shut
// us out for asking too often.
const acmeAgain = 10 * time.Minute

// A secureConfig is what can be told about TLS.
type secureConfig struct {
	tls           string
	tlsCert       string
	tlsKey        string
	tlsFolder     string
	tlsHosts      string
	acmeEmail     string
	acmeDirectory string
	acmeRoots     string
}

func (c *secureConfig) register(fs *flag.FlagSet) {
	fs.StringVar(&c.tls, "tls", "", "`way` to a certificate: off; files (-tls-cert and -tls-key); self (an authority of our own, for a ward's network: devices are told to trust it at /trust); acme (Let's Encrypt or another); default: files if they are named, else off")
	fs.StringVar(&c.tlsCert, "tls-cert", "", "certificate `file`, PEM, read again when it changes")
	fs.StringVar(&c.tlsKey, "tls-key", "", "key `file` of -tls-cert")
	fs.StringVar(&c.tlsFolder, "tls-folder", usualTLSFolder, "`folder` that keeps what -tls self and -tls acme make")
	fs.StringVar(&c.tlsHosts, "tls-hosts", "", "`names` for the certificate of -tls self or acme, with commas between; default: that of -public-url, and for self this machine's own names and addresses too")
	fs.StringVar(&c.acmeEmail, "acme-email", "", "`address` that the authority of -tls acme may write to")
	fs.StringVar(&c.acmeDirectory, "acme-directory", "", "`url` of the authority of -tls acme; default: Let's Encrypt")
	fs.StringVar(&c.acmeRoots, "acme-roots", "", "`file` of the roots to trust that authority by, PEM; default: this machine's")
}

// way returns how there is to be a certificate.
func (c *secureConfig) way() string {
	switch {
	case c.tls != "":
		return c.tls
	case c.tlsCert != "" || c.tlsKey != "":
		return tlsFiles
	}
	return tlsOff
}

func (c *secureConfig) check(publicURL string) error {
	way := c.way()
	u, err := url.Parse(publicURL)
	if err != nil {
		return fmt.Errorf("-public-url %q must be like https://visits.example.org", publicURL)
	}
	switch {
	case !slices.Contains([]string{tlsOff, tlsFiles, tlsSelf, tlsACME}, way):
		return fmt.Errorf("-tls %q must be off, files, self or acme", way)
	case way == tlsFiles && (c.tlsCert == "" || c.tlsKey == ""):
		return errors.New("-tls-cert and -tls-key go together, and -tls files needs both")
	case way != tlsFiles && (c.tlsCert != "" || c.tlsKey != ""):
		return fmt.Errorf("-tls %s does not go with -tls-cert and -tls-key: leave out one or the other", way)
	case way != tlsOff && u.Scheme == "http":
		return fmt.Errorf("-public-url %s is not https, but -tls %s makes it so: write https", publicURL, way)
	case way != tlsSelf && way != tlsACME && c.tlsHosts != "":
		return errors.New("-tls-hosts is for -tls self or acme: a certificate from elsewhere says itself what it is for")
	case way != tlsACME && (c.acmeEmail != "" || c.acmeDirectory != "" || c.acmeRoots != ""):
		return errors.New("-acme-email, -acme-directory and -acme-roots are for -tls acme")
	case way == tlsACME && c.tlsHosts == "" && publicURL == "":
		return errors.New("-tls acme needs -public-url https://NAME, or the names in -tls-hosts")
	}
	return c.checkHosts(way, u.Hostname())
}

func (c *secureConfig) checkHosts(way, public string) error {
	hosts := split(c.tlsHosts)
	if len(hosts) == 0 && public != "" {
		hosts = []string{public}
	}
	for _, host := range hosts {
		_, err := netip.ParseAddr(host)
		switch isAddress := err == nil; {
		case strings.ContainsAny(host, "/: ") && !isAddress:
			return fmt.Errorf("-tls-hosts %q is not a name: write visits.example.org, without https:// and port", host)
		case way == tlsACME && (isAddress || !strings.Contains(strings.Trim(host, "."), ".")):
			return fmt.Errorf("-tls acme gets certificates for public names, and %q is none: use -tls self or files", host)
		}
	}
	return nil
}

// split reads a list with commas between.
func split(list string) (all []string) {
	for s := range strings.SplitSeq(list, ",") {
		if s = strings.TrimSpace(s); s != "" {
			all = append(all, s)
		}
	}
	return all
}

// A secure is TLS as it was told, ready to be spoken.
type secure struct {
	config *tls.Config // nil for none
	// leaf returns the certificate as it is now; nil without TLS, or while there
	// is none yet.
	leaf  func() *x509.Certificate
	trust *web.Trust // what devices must be told to trust; nil for nothing
	fetch func(context.Context)
}

// openTLS makes what is spoken to those who come to public.
func openTLS(cfg config, public *url.URL, at netip.AddrPort, log *slog.Logger) (secure, error) {
	switch cfg.way() {
	case tlsFiles:
		files, err := certificates.OpenFiles(cfg.tlsCert, cfg.tlsKey, time.Now, log)
		if err != nil {
			return secure{}, fmt.Errorf("can't use the certificate and key: %w", err)
		}
		return secureBy(files.Certificate), nil
	case tlsSelf:
		return openSelf(cfg, public, at, log)
	case tlsACME:
		return openACME(cfg, public, log)
	}
	return secure{leaf: func() *x509.Certificate { return nil }, fetch: func(context.Context) {}}, nil
}

// secureBy is TLS with whatever certificate get returns.
func secureBy(get func(*tls.ClientHelloInfo) (*tls.Certificate, error), more ...string) secure {
	return secure{
		config: &tls.Config{GetCertificate: get, MinVersion: tls.VersionTLS12, NextProtos: append(port.Protocols(), more...)},
		fetch:  func(context.Context) {},
		leaf: func() *x509.Certificate {
			if pair, err := get(nil); err == nil && pair != nil {
				return pair.Leaf
			}
			return nil
		},
	}
}

func openSelf(cfg config, public *url.URL, at netip.AddrPort, log *slog.Logger) (secure, error) {
	hosts := split(cfg.tlsHosts)
	if len(hosts) == 0 {
		hosts = ownHosts(public.Hostname(), at.Addr())
	}
	authority, err := certificates.OpenAuthority(certificates.AuthorityConfig{Folder: cfg.tlsFolder, Hosts: hosts, Now: time.Now, Log: log})
	if err != nil {
		return secure{}, fmt.Errorf("can't have an authority of our own in the folder %s (choose another with -tls-folder): %w", cfg.tlsFolder, err)
	}
	profile, err := authority.Profile()
	if err != nil {
		return secure{}, err
	}
	s := secureBy(authority.Certificate)
	s.trust = &web.Trust{Name: authority.Name(), Fingerprint: authority.Fingerprint(), Until: authority.Until(), Certificate: authority.DER(), Profile: profile}
	return s, nil
}

// ownHosts are the names and addresses by which this machine may be called.
func ownHosts(public string, at netip.Addr) []string {
	hosts := []string{public}
	add := func(host string) {
		if host != "" && !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	if name, err := os.Hostname(); err == nil {
		add(strings.ToLower(name))
	}
	for _, host := range []string{"localhost", "127.0.0.1", "::1"} {
		add(host)
	}
	if !at.IsUnspecified() {
		add(at.Unmap().String())
		return hosts
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return hosts
	}
	for _, a := range addrs {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil && !prefix.Addr().IsLinkLocalUnicast() {
			add(prefix.Addr().Unmap().String())
		}
	}
	return hosts
}

func openACME(cfg config, public *url.URL, log *slog.Logger) (secure, error) {
	hosts := split(cfg.tlsHosts)
	if len(hosts) == 0 {
		hosts = []string{public.Hostname()}
	}
	client, err := acmeClient(cfg)
	if err != nil {
		return secure{}, err
	}
	folder := filepath.Join(cfg.tlsFolder, tlsACME)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return secure{}, fmt.Errorf("can't make the folder %s: choose another with -tls-folder", folder)
	}
	manager := &autocert.Manager{
		Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(folder), HostPolicy: autocert.HostWhitelist(hosts...),
		Email: cfg.acmeEmail, Client: client,
	}
	s := secureBy(func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		if hello == nil || hello.ServerName == "" { // somebody who knows our address alone
			known := *ours(hosts[0])
			if hello != nil {
				known = *hello
				known.ServerName = hosts[0]
			}
			hello = &known
		}
		return manager.GetCertificate(hello)
	}, acme.ALPNProto)
	s.leaf = func() *x509.Certificate { return cached(manager, hosts[0]) }
	s.fetch = func(ctx context.Context) { fetchAll(ctx, manager, hosts, log) }
	return s, nil
}

func acmeClient(cfg config) (*acme.Client, error) {
	client := &acme.Client{DirectoryURL: cfg.acmeDirectory, UserAgent: "wardvisit", HTTPClient: &http.Client{Timeout: time.Minute}}
	if client.DirectoryURL == "" {
		client.DirectoryURL = autocert.DefaultACMEDirectory
	}
	if cfg.acmeRoots == "" {
		return client, nil
	}
	b, err := os.ReadFile(cfg.acmeRoots)
	roots := x509.NewCertPool()
	if err != nil || !roots.AppendCertsFromPEM(b) {
		return nil, fmt.Errorf("-acme-roots %s has no certificate to trust", cfg.acmeRoots)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	client.HTTPClient.Transport = transport
	return client, nil
}

// ours is the greeting of a browser of this decade, for which certificates are
// got before one comes.
func ours(host string) *tls.ClientHelloInfo {
	return &tls.ClientHelloInfo{ServerName: host, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}}
}

// cached returns a certificate that we have, without asking anybody for it.
func cached(manager *autocert.Manager, host string) *x509.Certificate {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if _, err := manager.Cache.Get(ctx, host); err != nil {
		return nil
	}
	pair, err := manager.GetCertificate(ours(host))
	if err != nil {
		return nil
	}
	return pair.Leaf
}

// fetchAll has a certificate for each name before anybody needs it, and says
// what stands in the way. Renewing is autocert's own business.
func fetchAll(ctx context.Context, manager *autocert.Manager, hosts []string, log *slog.Logger) {
	for {
		missing := false
		for _, host := range hosts {
			pair, err := manager.GetCertificate(ours(host))
			if err != nil {
				missing = true
				log.Error("no certificate can be had: is TCP port 443 of this name led to this server?", "name", host, "err", err, "again in", acmeAgain)
				continue
			}
			log.Info("there is a certificate", "name", host, "until", pair.Leaf.NotAfter)
		}
		if !missing {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(acmeAgain):
		}
	}
}
