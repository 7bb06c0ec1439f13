package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path"
	"regexp"
	"strings"
	"time"
)

// page weighs what a relative's phone fetches to choose a time: the page, its
// styles and its script, on the first visit.
func page(ctx context.Context, p plan) (_ []row, err error) {
	folder, err := os.MkdirTemp("", "wardbench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	program, o, err := demo(ctx, p.binary, folder)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, program.stop()) }()
	phone, err := newPhone()
	if err != nil {
		return nil, err
	}
	if err := phone.signIn(ctx, o); err != nil {
		return nil, err
	}
	at, err := url.Parse(o.URL)
	if err != nil {
		return nil, err
	}
	booking, err := phone.follow(ctx, at.ResolveReference(&url.URL{Path: "/visits"}), bookingInPage)
	if err != nil {
		return nil, err
	}
	return phone.weigh(ctx, booking)
}

// bookingInPage is the link to the booking page on a relative's own.
var bookingInPage = regexp.MustCompile(`href="(/visits/new[^"]*)"`)

// follow finds a link in a page.
func (p *phone) follow(ctx context.Context, at *url.URL, link *regexp.Regexp) (*url.URL, error) {
	found, err := p.get(ctx, at)
	if err != nil {
		return nil, err
	}
	to := link.FindSubmatch(found.content)
	if to == nil {
		return nil, fmt.Errorf("%s has no link like %s", found.at.Path, link)
	}
	return found.at.Parse(html.UnescapeString(string(to[1])))
}

// A phone is a relative's browser, without a screen.
type phone struct{ client *http.Client }

func newPhone() (*phone, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &phone{&http.Client{Jar: jar, Timeout: 10 * time.Second}}, nil
}

var codeInMessage = regexp.MustCompile(`\b(\d{6}) is your code`)

// signIn opens the relative's invitation with the code that is sent to the
// practice phone.
func (p *phone) signIn(ctx context.Context, o opened) error {
	link, err := url.Parse(o.Relative.URL)
	if err != nil {
		return err
	}
	token := path.Base(link.Path)
	if err := p.post(ctx, link.ResolveReference(&url.URL{Path: "/invitation/code"}), url.Values{"token": {token}}); err != nil {
		return err
	}
	messages, err := url.Parse(o.Messages.URL)
	if err != nil {
		return err
	}
	var code string
	waiting, cancel := context.WithTimeout(ctx, settleWithin)
	defer cancel()
	err = until(waiting, func() bool {
		shown, err := p.get(waiting, messages)
		if err != nil {
			return false
		}
		if found := codeInMessage.FindStringSubmatch(string(shown.content)); found != nil {
			code = found[1]
		}
		return code != ""
	})
	if err != nil {
		return fmt.Errorf("no code came to the practice phone: %w", err)
	}
	return p.post(ctx, link.ResolveReference(&url.URL{Path: "/invitation/open"}), url.Values{"token": {token}, "code": {code}})
}

func (p *phone) post(ctx context.Context, to *url.URL, form url.Values) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := p.client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("POST %s answers %s", to.Path, response.Status)
	}
	return nil
}

// A fetched thing is what came over the wire, and what was in it.
type fetched struct {
	at      *url.URL // after redirects
	sent    int      // bytes
	content []byte
}

// get fetches as browsers do, compressed if the server likes.
func (p *phone) get(ctx context.Context, from *url.URL) (fetched, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, from.String(), nil)
	if err != nil {
		return fetched{}, err
	}
	r.Header.Set("Accept", "text/html,*/*")
	r.Header.Set("Accept-Encoding", "gzip")
	response, err := p.client.Do(r)
	if err != nil {
		return fetched{}, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fetched{}, fmt.Errorf("GET %s answers %s", from.Path, response.Status)
	}
	var wire counter
	body := io.TeeReader(response.Body, &wire)
	if response.Header.Get("Content-Encoding") == "gzip" {
		if body, err = gzip.NewReader(body); err != nil {
			return fetched{}, err
		}
	}
	content, err := io.ReadAll(body)
	return fetched{response.Request.URL, int(wire), content}, err
}

// A counter counts what is written to it.
type counter int

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

var (
	stylesInPage = regexp.MustCompile(`<link[^>]*\brel="stylesheet"[^>]*>`)
	scriptInPage = regexp.MustCompile(`<script[^>]*\bsrc="[^"]+"[^>]*>`)
	addressOf    = regexp.MustCompile(`\b(?:href|src)="([^"]+)"`)
)

func (p *phone) weigh(ctx context.Context, at *url.URL) ([]row, error) {
	first, err := p.get(ctx, at)
	if err != nil {
		return nil, err
	}
	if first.at.Path != at.Path {
		return nil, fmt.Errorf("asked for %s, came to %s", at.Path, first.at.Path)
	}
	parts := []struct {
		name string
		tags [][]byte
	}{
		{"styles", stylesInPage.FindAll(first.content, -1)},
		{"script", scriptInPage.FindAll(first.content, -1)},
	}
	total := fetched{sent: first.sent, content: first.content}
	rows := []row{weight("  page", first)}
	for _, part := range parts {
		var sum fetched
		for _, tag := range part.tags {
			link, err := first.at.Parse(string(addressOf.FindSubmatch(tag)[1]))
			if err != nil {
				return nil, err
			}
			one, err := p.get(ctx, link)
			if err != nil {
				return nil, err
			}
			sum.sent += one.sent
			sum.content = append(sum.content, one.content...)
		}
		rows = append(rows, weight("  "+part.name, sum))
		total.sent += sum.sent
		total.content = append(total.content, sum.content...)
	}
	return append([]row{weight("booking page, first visit: bytes sent (unpacked)", total)}, rows...), nil
}

func weight(what string, f fetched) row {
	return row{what: what, ours: fmt.Sprintf("%s kB (%s kB)", figure(float64(f.sent)/1000), figure(float64(len(f.content))/1000))}
}
