package desk

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// What every authenticator app understands of RFC 6238, and nothing else: SHA-1, six
// digits, thirty seconds. A clock may be one step wrong either way.
const (
	factorStep   = 30
	factorDrift  = 1
	factorSecret = 20 // bytes, as RFC 4226 recommends
	factorIssuer = "Wardvisit"
)

// factorURL is what an app reads from the QR code.
func factorURL(secret, email string) string {
	return "otpauth://totp/" + url.PathEscape(factorIssuer+":"+email) + "?" +
		strings.ReplaceAll(url.Values{"secret": {secret}, "issuer": {factorIssuer}}.Encode(), "+", "%20")
}

// stepOf is the step of which a code is, at an instant; false when it is of none that
// may still be used.
func stepOf(secret, code string, now time.Time) (step uint64, right bool, err error) {
	at := uint64(now.Unix()) / factorStep
	for s := at - factorDrift; s <= at+factorDrift; s++ {
		want, err := hotp.GenerateCodeCustom(secret, s, hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return 0, false, fmt.Errorf("desk: make a code: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return s, true, nil
		}
	}
	return 0, false, nil
}

// readFactorCode reads a code as people type it, and says whether it is an app's: six
// digits, with or without a space between. Anything else is taken for one on paper.
func readFactorCode(typed string) (code string, app bool) {
	code = strings.ToUpper(strings.NewReplacer("-", "", " ", "", "\u00a0", "", "\t", "").Replace(typed))
	app = len(code) == otp.DigitsSix.Length() && !strings.ContainsFunc(code, func(r rune) bool { return r < '0' || r > '9' })
	return code, app
}

// newFactorSecret returns a secret as apps and people read it.
func (d *Desk) newFactorSecret() (string, error) {
	b := make([]byte, factorSecret)
	if _, err := io.ReadFull(d.random, b); err != nil {
		return "", fmt.Errorf("desk: random: %w", err)
	}
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b), nil
}

// factorSeal is what seals secrets: AES-256-GCM by a key that is derived from the
// desk's own, so that neither says anything about the other.
func (d *Desk) factorSeal() (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, d.pepper, nil, "wardvisit second factor 1", 32)
	if err != nil {
		return nil, fmt.Errorf("desk: derive a key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("desk: a key: %w", err)
	}
	return cipher.NewGCM(block)
}

// sealFactor seals a secret for its owner: put into the row of another, it is worth
// nothing.
func (d *Desk) sealFactor(id booking.FactorID, owner booking.StaffID, secret string) (string, error) {
	seal, err := d.factorSeal()
	if err != nil {
		return "", err
	}
	nonce := make([]byte, seal.NonceSize())
	if _, err := io.ReadFull(d.random, nonce); err != nil {
		return "", fmt.Errorf("desk: random: %w", err)
	}
	return base64.RawStdEncoding.EncodeToString(seal.Seal(nonce, nonce, []byte(secret), factorOwner(id, owner))), nil
}

var errBadSeal = errors.New("desk: the secret of a second factor cannot be read: was it sealed with another key?")

// openFactor returns the secret of a factor.
func (d *Desk) openFactor(f store.SealedFactor, owner booking.StaffID) (string, error) {
	seal, err := d.factorSeal()
	if err != nil {
		return "", err
	}
	b, err := base64.RawStdEncoding.DecodeString(f.Sealed)
	if err != nil || len(b) < seal.NonceSize() {
		return "", errBadSeal
	}
	secret, err := seal.Open(nil, b[:seal.NonceSize()], b[seal.NonceSize():], factorOwner(f.ID, owner))
	if err != nil {
		return "", errBadSeal
	}
	return string(secret), nil
}

func factorOwner(id booking.FactorID, owner booking.StaffID) []byte {
	return []byte(strings.ToLower(string(id) + " " + string(owner)))
}

// recoveryHash is what is kept of a code on paper. It is too long to guess; the key
// keeps one of somebody's from being told to be that of another.
func (d *Desk) recoveryHash(id booking.StaffID, code string) string {
	return d.hashCode("recovery "+strings.ToLower(string(id)), code)
}
