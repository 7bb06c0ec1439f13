package provider

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// What can come of a sign-in but an Identity. Each is wrapped with the step at which
// it came.
var (
	ErrAway     = errors.New("provider: it does not answer")
	ErrDeclined = errors.New("provider: whoever was asked said no")
	ErrRefused  = errors.New("provider: its answer is not to be trusted")
)

const (
	askWithin  = 10 * time.Second // for one answer of the provider
	seekFirst  = time.Second      // after a first discovery that failed
	seekAtMost = time.Minute      // between two others
	// A logout token is sent as soon as it is made; clocks differ a little.
	logoutLife = 5 * time.Minute
	skew       = time.Minute
)

// Config is what the hospital's IT says of its provider.
type Config struct {
	Issuer, ClientID, Secret string
	Name                     string // as staff call it
	Claim                    string // whose values are roles
	Roles                    Roles
	Redirect                 string // our address that it sends browsers back to
	Now                      func() time.Time
	Log                      *slog.Logger
}

// A Provider is the hospital's.
type Provider struct {
	Config
	client *http.Client

	mu    sync.Mutex
	found *discovered // guarded by mu; nil until it has answered
}

// discovered is what its discovery document says.
type discovered struct {
	*oidc.Provider
	verifier   *oidc.IDTokenVerifier
	endSession string
	origins    []string
}

// New returns a Provider of which nothing is known yet.
func New(c Config) *Provider {
	return &Provider{Config: c, client: &http.Client{Timeout: askWithin}}
}

// Find asks for what there is to know, unless it is known.
func (p *Provider) Find(ctx context.Context) error {
	_, err := p.find(ctx)
	return err
}

func (p *Provider) find(ctx context.Context) (*discovered, error) {
	p.mu.Lock()
	found := p.found
	p.mu.Unlock()
	if found != nil {
		return found, nil
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, p.client), askWithin)
	defer cancel()
	there, err := oidc.NewProvider(ctx, p.Issuer)
	if err != nil {
		return nil, fmt.Errorf("%w: discovery: %v", ErrAway, err) //nolint:errorlint // what it says is for the log alone
	}
	var more struct {
		EndSession string `json:"end_session_endpoint"`
	}
	if err := there.Claims(&more); err != nil {
		return nil, fmt.Errorf("%w: discovery: %v", ErrAway, err) //nolint:errorlint // likewise
	}
	found = &discovered{Provider: there, verifier: there.Verifier(&oidc.Config{ClientID: p.ClientID, Now: p.Now}), endSession: more.EndSession}
	for _, raw := range []string{p.Issuer, more.EndSession} {
		if u, err := url.Parse(raw); err == nil && u.Host != "" && !slices.Contains(found.origins, u.Scheme+"://"+u.Host) {
			found.origins = append(found.origins, u.Scheme+"://"+u.Host)
		}
	}
	p.mu.Lock()
	p.found = found
	p.mu.Unlock()
	return found, nil
}

// Seek asks until the provider has answered, or ctx is over.
func (p *Provider) Seek(ctx context.Context) {
	for wait := seekFirst; ; wait = min(2*wait, seekAtMost) {
		err := p.Find(ctx)
		if err == nil {
			p.Log.InfoContext(ctx, "staff can sign in through the provider", "issuer", p.Issuer)
			return
		}
		if ctx.Err() != nil {
			return
		}
		p.Log.WarnContext(ctx, "the provider that staff sign in through does not answer: they can use passwords meanwhile",
			"issuer", p.Issuer, "again", wait, "err", err)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
	}
}

// Origins are where a form of ours may lead a browser to at the provider's.
func (p *Provider) Origins() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil {
		return nil
	}
	return p.found.origins
}

// SignOut is where a browser signs out at the provider's, to come back to an address of
// ours; "" when it has no such place. It is told which client asks, and not by a hint
// (OpenID Connect RP-Initiated Logout 1.0, section 2): that would be an ID token, with
// somebody's name in it, in an address.
func (p *Provider) SignOut(back string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil || p.found.endSession == "" {
		return ""
	}
	u, err := url.Parse(p.found.endSession)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("client_id", p.ClientID)
	q.Set("post_logout_redirect_uri", back)
	u.RawQuery = q.Encode()
	return u.String()
}

// derive makes one of the things that a sign-in remembers from its secret.
func derive(secret, what string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(what))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func (p *Provider) oauth(found *discovered) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.Secret, Endpoint: found.Endpoint(), RedirectURL: p.Redirect,
		Scopes: []string{oidc.ScopeOpenID, "profile", "email"},
	}
}

// Begin is where to send a browser, and the secret for it to keep until it is back.
func (p *Provider) Begin(ctx context.Context) (to, secret string, err error) {
	found, err := p.find(ctx)
	if err != nil {
		return "", "", err
	}
	secret = rand.Text()
	to = p.oauth(found).AuthCodeURL(derive(secret, "state"),
		oauth2.S256ChallengeOption(derive(secret, "verifier")), oidc.Nonce(derive(secret, "nonce")))
	return to, secret, nil
}

// An Identity is what the provider says of somebody.
type Identity struct {
	Issuer, Subject, SID string
	Name, Email          string
	Verified             bool // the address is theirs
	Values               []string
}

// Finish is who came back with an answer to what was begun with a secret.
func (p *Provider) Finish(ctx context.Context, secret string, answer url.Values) (Identity, error) {
	if secret == "" || subtle.ConstantTimeCompare([]byte(answer.Get("state")), []byte(derive(secret, "state"))) != 1 {
		return Identity{}, fmt.Errorf("%w: state", ErrRefused)
	}
	if iss := answer.Get("iss"); iss != "" && iss != p.Issuer { // RFC 9207
		return Identity{}, fmt.Errorf("%w: issuer", ErrRefused)
	}
	if answer.Get("error") != "" {
		return Identity{}, ErrDeclined
	}
	found, err := p.find(ctx)
	if err != nil {
		return Identity{}, err
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, p.client), askWithin)
	defer cancel()
	token, err := p.oauth(found).Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(derive(secret, "verifier")))
	if err != nil { // what it says may hold what was sent
		if retrieve := (*oauth2.RetrieveError)(nil); errors.As(err, &retrieve) && retrieve.Response != nil && retrieve.Response.StatusCode < 500 {
			return Identity{}, fmt.Errorf("%w: the code was refused", ErrRefused)
		}
		return Identity{}, fmt.Errorf("%w: the exchange of a code", ErrAway)
	}
	raw, _ := token.Extra("id_token").(string)
	return p.identify(ctx, found, raw, derive(secret, "nonce"), oauth2.StaticTokenSource(token))
}

// identify verifies an ID token. What it does not say is asked for.
func (p *Provider) identify(ctx context.Context, found *discovered, raw, nonce string, asks oauth2.TokenSource) (Identity, error) {
	id, err := found.verifier.Verify(ctx, raw)
	if err != nil {
		return Identity{}, fmt.Errorf("%w: ID token: %v", ErrRefused, err) //nolint:errorlint // what it says is for the log alone
	}
	claims := map[string]any{}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(nonce)) != 1 {
		return Identity{}, fmt.Errorf("%w: nonce", ErrRefused)
	}
	if err := id.Claims(&claims); err != nil {
		return Identity{}, fmt.Errorf("%w: claims", ErrRefused)
	}
	if azp, ok := claims["azp"].(string); len(id.Audience) > 1 && (!ok || azp != p.ClientID) {
		return Identity{}, fmt.Errorf("%w: authorized party", ErrRefused)
	}
	if claims[p.Claim] == nil || claims["email"] == nil {
		if err := more(ctx, found, asks, id.Subject, claims); err != nil {
			return Identity{}, err
		}
	}
	who := Identity{Issuer: id.Issuer, Subject: id.Subject, Values: valuesOf(claims[p.Claim])}
	who.SID, _ = claims["sid"].(string)
	who.Name, _ = claims["name"].(string)
	who.Email, _ = claims["email"].(string)
	who.Verified, _ = claims["email_verified"].(bool)
	return who, nil
}

// more adds what the userinfo endpoint says and the token does not.
func more(ctx context.Context, found *discovered, asks oauth2.TokenSource, subject string, claims map[string]any) error {
	if found.UserInfoEndpoint() == "" {
		return nil
	}
	info, err := found.UserInfo(ctx, asks)
	if err != nil {
		return fmt.Errorf("%w: userinfo", ErrAway)
	}
	said := map[string]any{}
	if err := info.Claims(&said); err != nil || info.Subject != subject {
		return fmt.Errorf("%w: userinfo", ErrRefused)
	}
	for name, value := range said {
		if _, has := claims[name]; !has {
			claims[name] = value
		}
	}
	return nil
}

// valuesOf reads a claim that is one word or several.
func valuesOf(claim any) []string {
	switch claim := claim.(type) {
	case string:
		return []string{claim}
	case []any:
		var all []string
		for _, one := range claim {
			if s, ok := one.(string); ok {
				all = append(all, s)
			}
		}
		return all
	}
	return nil
}

// Logout reads what the provider says is over.
func (p *Provider) Logout(ctx context.Context, raw string) (*oidc.LogoutToken, error) {
	found, err := p.find(ctx)
	if err != nil {
		return nil, err
	}
	said, err := found.verifier.VerifyLogout(oidc.ClientContext(ctx, p.client), raw)
	if err != nil {
		return nil, fmt.Errorf("%w: logout token: %v", ErrRefused, err) //nolint:errorlint // what it says is for the log alone
	}
	now := p.Now()
	if said.IssuedAt.Before(now.Add(-logoutLife)) || said.IssuedAt.After(now.Add(skew)) {
		return nil, fmt.Errorf("%w: logout token: not made now", ErrRefused)
	}
	return said, nil
}
