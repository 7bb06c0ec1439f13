// Package desktest is an iPad's browser in Go, for tests of what it is let do: it
// makes a key, signs with it, and keeps the chain that finds copies, as
// web/scripts/_key.ts does. A copy of an IPad is what a thief has who copied all
// that a browser keeps.
package desktest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// An IPad is one browser with its key.
type IPad struct {
	Origin string // of its pages: "https://visits.example", if not said otherwise
	Link   string // that it shows next; "" before its first
	Next   string // announced and not confirmed
	key    *ecdsa.PrivateKey
}

// NewIPad makes a browser with a key of its own.
func NewIPad() (*IPad, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("desktest: make a key: %w", err)
	}
	return &IPad{Origin: "https://visits.example", key: key}, nil
}

// Copy is another browser that keeps the same.
func (p *IPad) Copy() *IPad {
	other := *p
	return &other
}

// Text is its public key as it sends it.
func (p *IPad) Text() string {
	point, err := p.key.PublicKey.Bytes()
	if err != nil {
		return "" // not of a key that NewIPad made
	}
	return base64.RawURLEncoding.EncodeToString(point)
}

// Key is its public key as the desk reads it.
func (p *IPad) Key() booking.DeviceKey {
	key, err := booking.ParseDeviceKey(p.Text())
	if err != nil {
		return booking.DeviceKey{} // as of Text
	}
	return key
}

// Sign signs a claim.
func (p *IPad) Sign(c booking.DeviceClaim) (string, error) {
	sum := sha256.Sum256([]byte(c.Text()))
	r, s, err := ecdsa.Sign(rand.Reader, p.key, sum[:])
	if err != nil {
		return "", fmt.Errorf("desktest: sign: %w", err)
	}
	var b [64]byte
	r.FillBytes(b[:32])
	s.FillBytes(b[32:])
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}

// SignCode signs a pairing code as it is typed.
func (p *IPad) SignCode(code string) (string, error) {
	return p.Sign(booking.DeviceClaim{Purpose: booking.ToPair, Origin: p.Origin, Nonce: code})
}

// Pair makes it the device of a code.
func (p *IPad) Pair(ctx context.Context, d *desk.Desk, code string) (dev booking.Device, token string, err error) {
	signature, err := p.SignCode(code)
	if err != nil {
		return dev, "", err
	}
	return d.Pair(ctx, code, p.Key(), signature)
}

// Enter gets a new token.
func (p *IPad) Enter(ctx context.Context, d *desk.Desk) (token string, err error) {
	c, err := d.Challenge(ctx, p.Key())
	if err != nil {
		return "", err
	}
	a, err := p.Answer(c)
	if err != nil {
		return "", err
	}
	if token, err = d.Enter(ctx, p.Key(), a); err == nil {
		p.Entered()
	}
	return token, err
}

// Answer signs a challenge to enter.
func (p *IPad) Answer(c desk.Challenge) (desk.DeviceAnswer, error) {
	if p.Next == "" {
		p.Next = rand.Text()
	}
	sum := sha256.Sum256([]byte(p.Next))
	a := desk.DeviceAnswer{Nonce: c.Nonce, Link: booking.DeviceLink(p.Link), Next: base64.RawURLEncoding.EncodeToString(sum[:])}
	var err error
	a.Signature, err = p.Sign(booking.DeviceClaim{
		Purpose: booking.ToEnter, Origin: p.Origin, Device: c.Device, Nonce: c.Nonce, Link: p.Link, Next: a.Next,
	})
	return a, err
}

// Entered says that the answer to Answer has come.
func (p *IPad) Entered() { p.Link, p.Next = p.Next, "" }

// Seat signs a challenge for a seat.
func (p *IPad) Seat(c desk.Challenge) (desk.DeviceAnswer, error) {
	signature, err := p.Sign(booking.DeviceClaim{Purpose: booking.ToSit, Origin: p.Origin, Device: c.Device, Nonce: c.Nonce})
	return desk.DeviceAnswer{Nonce: c.Nonce, Signature: signature}, err
}
