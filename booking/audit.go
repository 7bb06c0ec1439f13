package booking

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// This file is the chain of the audit, as the package's essay describes it.

// A Recorded is an Event as it stands in the audit: with its number there.
type Recorded struct {
	Seq int64
	Event
}

// A Seal binds one event to all that were sealed before it.
type Seal struct {
	Place int64 // 1, 2, 3 …
	Seq   int64 // of the event
	At    time.Time
	Hash  string // hexadecimal
	MAC   string // hexadecimal; empty but on the last of a batch, and where there is no key
}

// chainName begins what is hashed, so that no other use of SHA-256 is mistaken for
// a seal, and a later way of encoding has a name of its own.
const chainName = "wardvisit-audit-1"

// ChainStart stands in the place of the hash before the first.
const ChainStart = "0000000000000000000000000000000000000000000000000000000000000000"

// auditLayout is how an instant is written in what is hashed.
const auditLayout = "2006-01-02T15:04:05.000000Z"

// SealHash is the hash of the seal of e, at a place and sealed at an instant, after
// the seal whose hash is before.
func SealHash(before string, place int64, sealed time.Time, e Recorded) string {
	h := sha256.New()
	for _, field := range []string{
		chainName, before, strconv.FormatInt(place, 10), sealed.UTC().Format(auditLayout),
		strconv.FormatInt(e.Seq, 10), e.At.UTC().Format(auditLayout), string(e.By.Kind), e.By.ID,
		string(e.Action), e.Subject, strings.ToLower(string(e.Ward)), e.Reason,
	} {
		h.Write([]byte(strconv.Itoa(len(field)) + ":" + field + ","))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// SealMAC is what only somebody who has the key can put beside a hash.
func SealMAC(key []byte, place int64, hash string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(chainName + " " + Head{Place: place, Hash: hash}.String()))
	return hex.EncodeToString(mac.Sum(nil))
}

// A Head is the last seal of a chain: whoever keeps it elsewhere can tell later
// whether the chain still holds everything that it held then.
type Head struct {
	Place int64
	Hash  string
}

// String writes a head as people copy it: "1234:9f86d0…".
func (h Head) String() string { return strconv.FormatInt(h.Place, 10) + ":" + h.Hash }

// ParseHead reads what String has written, and whether it could be that.
func ParseHead(s string) (Head, bool) {
	place, hash, _ := strings.Cut(strings.TrimSpace(s), ":")
	n, err := strconv.ParseInt(place, 10, 64)
	sum, hexErr := hex.DecodeString(hash)
	if err != nil || hexErr != nil || n < 0 || len(sum) != sha256.Size {
		return Head{}, false
	}
	return Head{Place: n, Hash: strings.ToLower(hash)}, true
}
