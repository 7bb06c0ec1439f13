package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/web"
	"github.com/wardvisit/wardvisit/web/login/provider"
)

// A providerConfig says through which OpenID Connect provider staff sign in, if they do.
type providerConfig struct {
	oidcIssuer, oidcClient, oidcSecretFile, oidcName, oidcClaim, oidcRoles string
}

func (c *providerConfig) register(fs *flag.FlagSet) {
	fs.StringVar(&c.oidcIssuer, "oidc-issuer", "", "`url` of the OpenID Connect provider that staff sign in through, as its discovery document names it")
	fs.StringVar(&c.oidcClient, "oidc-client", "", "`id` that the provider knows us by")
	fs.StringVar(&c.oidcSecretFile, "oidc-secret-file", "", "`file` of the secret that goes with -oidc-client")
	fs.StringVar(&c.oidcName, "oidc-name", "your hospital account", "`name` of the provider, as staff call it: \"Sign in with NAME\"")
	fs.StringVar(&c.oidcClaim, "oidc-claim", "groups", "`claim` whose values are roles")
	fs.StringVar(&c.oidcRoles, "oidc-roles", "", "`file` that says what they are: lines such as \"ward-7b = nurse in ward Willow Ward\"")
}

// check refuses half a provider, and one that anybody on the way could be.
func (c *providerConfig) check() error {
	if c.oidcIssuer == "" {
		if c.oidcClient != "" || c.oidcSecretFile != "" || c.oidcRoles != "" {
			return errors.New("-oidc-client, -oidc-secret-file and -oidc-roles are of a provider: say which with -oidc-issuer")
		}
		return nil
	}
	u, err := url.Parse(c.oidcIssuer)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http" {
		return fmt.Errorf("-oidc-issuer %q must be like https://login.example.org", c.oidcIssuer)
	}
	addr, err := netip.ParseAddr(u.Hostname())
	if own := err == nil && addr.IsLoopback() || u.Hostname() == "localhost"; u.Scheme == "http" && !own {
		return fmt.Errorf("-oidc-issuer %q must be https: anybody on the way could sign in as anybody", c.oidcIssuer)
	}
	switch {
	case c.oidcClient == "" || c.oidcSecretFile == "":
		return errors.New("-oidc-issuer needs -oidc-client and -oidc-secret-file, which the provider gives you")
	case c.oidcRoles == "":
		return errors.New("-oidc-issuer needs -oidc-roles: without a role nobody gets in")
	case strings.TrimSpace(c.oidcName) == "" || c.oidcClaim == "":
		return errors.New("-oidc-name and -oidc-claim can't be empty")
	}
	return nil
}

// provider makes the provider, of which nothing is asked yet; nil when there is none.
func (c *config) provider(public *url.URL) (*provider.Provider, error) {
	if c.oidcIssuer == "" {
		return nil, nil
	}
	secret, err := os.ReadFile(c.oidcSecretFile)
	if err != nil {
		return nil, fmt.Errorf("can't read -oidc-secret-file %s", c.oidcSecretFile)
	}
	word := strings.TrimSpace(string(secret))
	if word == "" {
		return nil, fmt.Errorf("-oidc-secret-file %s is empty", c.oidcSecretFile)
	}
	text, err := os.ReadFile(c.oidcRoles)
	if err != nil {
		return nil, fmt.Errorf("can't read -oidc-roles %s", c.oidcRoles)
	}
	roles, err := provider.ReadRoles(string(text))
	if err != nil {
		return nil, fmt.Errorf("-oidc-roles %s: %w", c.oidcRoles, err)
	}
	return provider.New(provider.Config{
		Issuer: c.oidcIssuer, ClientID: c.oidcClient, Secret: word, Name: c.oidcName, Claim: c.oidcClaim, Roles: roles,
		Redirect: public.JoinPath(web.ProviderBack).String(), Now: time.Now,
	}), nil
}

// openProvider makes it for the pages, and warns of places in its roles that are none.
func (s *server) openProvider(ctx context.Context) (err error) {
	if s.provider, err = s.cfg.provider(s.public); err != nil || s.provider == nil {
		return err
	}
	s.provider.Log = s.log
	places, err := s.desk.ClaimedPlaces(ctx)
	if lost := s.provider.Roles.Lost(places); err == nil && len(lost) > 0 {
		s.log.Warn("-oidc-roles names places that are none, or more than one: nobody gets a role there", "places", strings.Join(lost, ", "))
	}
	return err
}

// lookAtProvider asks the provider for what it says of itself.
func (d *doctor) lookAtProvider(ctx context.Context) {
	if d.cfg.oidcIssuer == "" {
		d.ok("sign-in", "Staff sign in with passwords alone: no provider is configured.")
		return
	}
	public := d.public
	if public == nil {
		public = &url.URL{}
	}
	p, err := d.cfg.provider(public)
	if err != nil {
		d.add("sign-in", problem, sentence(err.Error()), "Correct the setting and ask again.")
		return
	}
	if err := p.Find(ctx); err != nil {
		d.add("sign-in", problem, sentence("the provider at "+d.cfg.oidcIssuer+" does not answer as one"),
			"Check -oidc-issuer against its discovery document, and that this machine reaches it. Meanwhile staff sign in with passwords.")
		return
	}
	d.ok("sign-in", "The provider at %s answers. Give it %s to come back to, and %s for back-channel logout.", d.cfg.oidcIssuer,
		public.JoinPath(web.ProviderBack), public.JoinPath(web.ProviderLogout))
}
