package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// GovNotifyConfig says how messages are handed to GOV.UK Notify. Notify sends
// only templates that were made on its site, so each channel has one that holds
// nothing but our words: ((body)) for texts, ((subject)) and ((body)) for email.
type GovNotifyConfig struct {
	URL           string // https://api.notifications.service.gov.uk
	Key           string // an API key, as Notify shows it
	SMSTemplate   string // id of the template for texts
	EmailTemplate string // id of the template for email
	Client        *http.Client
	Now           func() time.Time
}

// GovNotify is the Sender of texts and email through GOV.UK Notify.
type GovNotify struct {
	base      *url.URL
	service   string // the service's id: who we are
	secret    []byte // signs what we ask
	templates map[booking.Channel]string
	client    *http.Client
	now       func() time.Time
}

// An API key is a name of any length, then two UUIDs, with hyphens between: the
// service's id and its secret.
const (
	uuidLength = 36
	keyTail    = uuidLength + 1 + uuidLength
)

// NewGovNotify returns the Sender that c describes. It does not connect.
func NewGovNotify(c GovNotifyConfig) (*GovNotify, error) {
	base, err := url.Parse(c.URL)
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("notify: %q is not the address of GOV.UK Notify", c.URL)
	}
	if len(c.Key) < keyTail {
		return nil, errors.New("notify: the GOV.UK Notify key is too short to be one")
	}
	tail := c.Key[len(c.Key)-keyTail:]
	if strings.Trim(strings.ToLower(tail), "0123456789abcdef-") != "" {
		return nil, errors.New("notify: the GOV.UK Notify key does not end in two ids")
	}
	return &GovNotify{
		base:      base,
		service:   tail[:uuidLength],
		secret:    []byte(tail[uuidLength+1:]),
		templates: map[booking.Channel]string{booking.SMS: c.SMSTemplate, booking.Email: c.EmailTemplate},
		client:    c.Client,
		now:       c.Now,
	}, nil
}

// Send hands m to Notify. If an earlier attempt may have arrived, Notify is first
// asked for it: its own API takes the same reference twice without a murmur.
func (g *GovNotify) Send(ctx context.Context, m Message) (Receipt, error) {
	template := g.templates[m.Channel]
	if template == "" {
		return Receipt{}, &Failure{Code: codeNotConfigured, After: askOperatorAgain}
	}
	if m.Again {
		if id, err := g.find(ctx, m.Reference); err != nil || id != "" {
			return Receipt{ProviderID: id}, err
		}
	}
	var taken struct {
		ID string `json:"id"`
	}
	err := g.call(ctx, http.MethodPost, "v2/notifications/"+string(m.Channel), nil, order(m, template), &taken)
	return Receipt{ProviderID: taken.ID}, err
}

// order is what Notify is asked to send.
func order(m Message, template string) map[string]any {
	words := map[string]string{"body": m.Body}
	o := map[string]any{"template_id": template, "reference": m.Reference, "personalisation": words}
	if m.Channel == booking.Email {
		words["subject"] = m.Subject
		o["email_address"] = m.To
	} else {
		o["phone_number"] = m.To
	}
	return o
}

// find returns Notify's id of the message with a reference, or nothing if it has
// none. Notify looks back over a week, longer than any notice is tried.
func (g *GovNotify) find(ctx context.Context, reference string) (string, error) {
	var found struct {
		Notifications []struct {
			ID string `json:"id"`
		} `json:"notifications"`
	}
	query := url.Values{"reference": {reference}}
	if err := g.call(ctx, http.MethodGet, "v2/notifications", query, nil, &found); err != nil {
		return "", err
	}
	if len(found.Notifications) == 0 {
		return "", nil
	}
	return found.Notifications[0].ID, nil
}

// maxAnswer bounds what is read of an answer; a real one is a few hundred bytes.
const maxAnswer = 64 << 10

// call asks Notify once. body may be nil; the answer is read into answer.
func (g *GovNotify) call(ctx context.Context, method, path string, query url.Values, body, answer any) error {
	to := g.base.JoinPath(path)
	to.RawQuery = query.Encode()
	var content io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("notify: encode for GOV.UK Notify: %w", err)
		}
		content = bytes.NewReader(encoded)
	}
	r, err := http.NewRequestWithContext(ctx, method, to.String(), content)
	if err != nil {
		return fmt.Errorf("notify: ask GOV.UK Notify: %w", err)
	}
	r.Header.Set("Authorization", "Bearer "+g.leave())
	r.Header.Set("Content-Type", "application/json")
	response, err := g.client.Do(r)
	if err != nil {
		return failure(err)
	}
	defer response.Body.Close()
	read, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	switch {
	case response.StatusCode >= 300:
		return refusedBy(response)
	case err != nil:
		return failure(err)
	}
	if err := json.Unmarshal(read, answer); err != nil {
		return &Failure{Code: "govuk_garbled"}
	}
	return nil
}

// refusedBy is a Failure by its status alone: the words of an answer may hold
// the number that it complains of. Too many requests, and trouble on their side,
// pass; anything else would be refused for ever.
func refusedBy(response *http.Response) *Failure {
	status := response.StatusCode
	f := &Failure{
		Code:  "govuk_" + strconv.Itoa(status),
		Final: status != http.StatusTooManyRequests && status < 500,
	}
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && seconds > 0 {
		f.After = min(time.Duration(seconds)*time.Second, longestWait)
	}
	return f
}

// leave is a JSON Web Token that says who asks and when. Notify takes one for 30
// seconds, so each request has its own.
func (g *GovNotify) leave() string {
	encode := base64.RawURLEncoding.EncodeToString
	var b strings.Builder
	b.WriteString(encode([]byte(`{"typ":"JWT","alg":"HS256"}`)))
	b.WriteByte('.')
	b.WriteString(encode(fmt.Appendf(nil, `{"iss":"%s","iat":%d}`, g.service, g.now().Unix())))
	mac := hmac.New(sha256.New, g.secret)
	mac.Write([]byte(b.String()))
	return b.String() + "." + encode(mac.Sum(nil))
}
