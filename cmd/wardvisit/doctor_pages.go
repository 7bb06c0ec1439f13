package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// lookAtSettings says what serve would be told.
func (d *doctor) lookAtSettings() {
	public, err := url.Parse(strings.TrimSuffix(d.cfg.publicURL, "/"))
	if err != nil || public.Host == "" { // it has been checked: so it is not given
		scheme := "http"
		if d.cfg.way() != tlsOff {
			scheme = "https"
		}
		_, port, _ := net.SplitHostPort(d.cfg.listen)
		public = &url.URL{Scheme: scheme, Host: net.JoinHostPort("localhost", port)}
	}
	d.public = public
}

// lookAtPages says whether browsers would take the pages for what they are.
func (d *doctor) lookAtPages(ctx context.Context) {
	host := d.public.Hostname()
	switch {
	case host == "localhost":
		d.add("public-url", warning, "Links in messages lead to this machine alone.",
			"Say -public-url https://… as families will open it.")
		return
	case d.public.Scheme != "https":
		d.add("public-url", problem, d.public.String()+" is not https: browsers give such a page neither camera nor microphone.",
			"Serve HTTPS (-tls), or behind a proxy that does, and say -public-url https://…")
	case d.cfg.way() == tlsOff && d.cfg.trustedProxy == "":
		d.add("public-url", warning, d.public.String()+" is HTTPS, and we speak none: a proxy must, and all who come by it look like one to us.",
			"Say -trusted-proxy, or serve HTTPS ourselves (-tls).")
	case d.cfg.way() == tlsOff:
		d.ok("public-url", "%s, where our proxy ends TLS before us.", d.public)
	default:
		d.ok("public-url", "%s.", d.public)
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return // nothing to look up
	}
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil || len(addrs) == 0 {
		d.add("name", warning, host+" has no address, as this machine sees it.",
			"Enter it in the DNS that families and iPads ask.")
		return
	}
	d.ok("name", "%s is found at %s.", host, list(addrs))
}

func list[T fmt.Stringer](all []T) string {
	var words []string
	for _, one := range all {
		words = append(words, one.String())
	}
	return strings.Join(words, ", ")
}

const (
	// soon is when a certificate's end is near: two weeks, as somebody may be on leave.
	soon = 14 * 24 * time.Hour
	// longestLife is how long a certificate may be good for before iPads refuse it,
	// also one from a hospital's own authority.
	longestLife = 825 * 24 * time.Hour
	// shortestRSA is the shortest key that browsers take, in bits.
	shortestRSA = 2048
)

// lookAtCertificate reads the certificate as a browser would.
func (d *doctor) lookAtCertificate(context.Context) {
	switch d.cfg.way() {
	case tlsFiles:
		d.lookAtFiles()
	case tlsSelf:
		d.add("certificate", warning, "It is of an authority of our own, which devices must be told to trust.",
			"Install the profile at "+d.public.String()+"/trust on each iPad; relatives’ phones will warn of the page.")
		d.lookAtFolder()
	case tlsACME:
		d.ok("certificate", "An authority gives it to whoever answers on port 443 at %s.", d.public.Hostname())
		d.lookAtFolder()
	}
}

// lookAtFolder sees if what we make for TLS can be kept.
func (d *doctor) lookAtFolder() {
	where := d.cfg.tlsFolder
	if _, err := os.Stat(where); errors.Is(err, fs.ErrNotExist) {
		where = filepath.Dir(filepath.Clean(where)) // in which serve makes it
	}
	if why := unwritable(where); why != "" {
		d.add("certificate", problem, "Nothing can be kept in "+d.cfg.tlsFolder+": "+why, "Let this user write there, or choose another with -tls-folder.")
	}
}

// lookAtFiles reads a certificate that somebody else keeps.
func (d *doctor) lookAtFiles() {
	pair, err := tls.LoadX509KeyPair(d.cfg.tlsCert, d.cfg.tlsKey)
	if err != nil {
		d.add("certificate", problem, sentence(strings.TrimPrefix(err.Error(), "tls: ")),
			"Give -tls-cert the certificate with those of its issuers below it, and -tls-key the key that belongs to it, both as PEM.")
		return
	}
	if file, err := os.Stat(d.cfg.tlsKey); err == nil && file.Mode().Perm()&0o077 != 0 {
		d.add("certificate", warning, d.cfg.tlsKey+" can be read by other users of this machine.", "chmod 600 it.")
	}
	chain, err := parseChain(pair.Certificate)
	if err != nil {
		d.add("certificate", problem, sentence(err.Error()), "Ask for the certificate anew.")
		return
	}
	if d.browsersRefuse(chain[0], time.Now()) {
		return
	}
	if why := untrusted(chain); why != "" {
		d.add("certificate", warning, why,
			"If it is of your own authority, install that authority on the iPads; relatives’ phones will not have it. If not, add the issuer’s certificates to the file.")
		return
	}
	d.ok("certificate", "For %s, good until %s.", d.public.Hostname(), chain[0].NotAfter.UTC().Format("2 January 2006"))
}

func parseChain(raw [][]byte) (chain []*x509.Certificate, err error) {
	for _, der := range raw {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("the file has a certificate that cannot be read: %w", err)
		}
		chain = append(chain, cert)
	}
	return chain, nil
}

// browsersRefuse says what browsers refuse a certificate for whoever issued it,
// and warns of what they will soon.
func (d *doctor) browsersRefuse(leaf *x509.Certificate, now time.Time) bool {
	ends := leaf.NotAfter.UTC().Format("2 January 2006")
	refused := func(says, do string) bool {
		d.add("certificate", problem, says, do)
		return true
	}
	switch {
	case now.After(leaf.NotAfter):
		return refused("It ended on "+ends+": no browser opens a page.", "Renew it.")
	case now.Before(leaf.NotBefore):
		return refused("It begins on "+leaf.NotBefore.UTC().Format("2 January 2006")+".", "See if this machine’s clock is right.")
	case len(leaf.DNSNames)+len(leaf.IPAddresses) == 0:
		return refused("It names nobody where browsers look (subjectAltName).", "Ask for one with the host name there.")
	case leaf.VerifyHostname(d.public.Hostname()) != nil && d.public.Hostname() != "localhost":
		return refused(fmt.Sprintf("It is for %s, not for %s.", strings.Join(leaf.DNSNames, ", "), d.public.Hostname()),
			"Ask for one with that name, or say the -public-url that it is for.")
	case len(leaf.ExtKeyUsage) > 0 && !serves(leaf):
		return refused("It may not be used by a server (extendedKeyUsage).", "Ask for one for a web server.")
	case weak(leaf):
		return refused("Its key or its signature is too weak for browsers.", "Ask for one with an ECDSA P-256 or an RSA key of 2048 bits, signed with SHA-256.")
	}
	if leaf.NotAfter.Sub(leaf.NotBefore) > longestLife {
		d.add("certificate", warning, "It lasts longer than 825 days: iPads and iPhones refuse it.", "Ask for one for a year.")
	}
	if leaf.NotAfter.Sub(now) < soon {
		d.add("certificate", warning, "It ends on "+ends+".", "Renew it now.")
	}
	return false
}

func serves(leaf *x509.Certificate) bool {
	for _, use := range leaf.ExtKeyUsage {
		if use == x509.ExtKeyUsageServerAuth || use == x509.ExtKeyUsageAny {
			return true
		}
	}
	return false
}

func weak(leaf *x509.Certificate) bool {
	switch leaf.SignatureAlgorithm {
	case x509.MD5WithRSA, x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.DSAWithSHA1:
		return true
	}
	switch key := leaf.PublicKey.(type) {
	case *rsa.PublicKey:
		return key.N.BitLen() < shortestRSA
	case *ecdsa.PublicKey:
		return key.Curve.Params().BitSize < 256
	}
	return false
}

// untrusted says why a browser that knows what this machine knows would not
// believe a certificate; empty if it would.
func untrusted(chain []*x509.Certificate) string {
	between := x509.NewCertPool()
	for _, cert := range chain[1:] {
		between.AddCert(cert)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Intermediates: between})
	var unknown x509.UnknownAuthorityError
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &unknown):
		return sentence(err.Error())
	case bytes.Equal(chain[0].RawIssuer, chain[0].RawSubject):
		return "It is signed by itself: browsers warn of it and give no camera until they are told to trust it."
	case len(chain) == 1:
		return "Its issuer, " + chain[0].Issuer.CommonName + ", is not one that this machine trusts, and the file has no certificate of theirs."
	}
	return "Its issuer, " + chain[len(chain)-1].Issuer.CommonName + ", is not one that this machine trusts."
}
