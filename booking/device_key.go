package booking

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"strings"
)

// A DeviceKey is the public half of a key that an iPad's browser has made. The
// other half cannot be read out of that browser, not even by our own page: it only
// signs. The zero DeviceKey is nobody's.
type DeviceKey struct{ text string }

// coordinate is the length of one number of P-256, of which a signature has two.
const coordinate = 32

// ParseDeviceKey reads a key as browsers write one: an uncompressed point of P-256,
// in base64 for URLs. ErrDeviceKey when it is not one.
func ParseDeviceKey(text string) (DeviceKey, error) {
	point, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || base64.RawURLEncoding.EncodeToString(point) != text { // Go reads past a line's end
		return DeviceKey{}, ErrDeviceKey
	}
	if _, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point); err != nil {
		return DeviceKey{}, ErrDeviceKey
	}
	return DeviceKey{text}, nil
}

// Hash is by what the key is known.
func (k DeviceKey) Hash() string {
	sum := sha256.Sum256([]byte(k.text))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// A DevicePurpose is what an iPad signs for, so that what it signed for one thing
// is worth nothing for another.
type DevicePurpose string

// What iPads sign for.
const (
	ToPair  DevicePurpose = "pair"  // Nonce is the code that was typed
	ToEnter DevicePurpose = "enter" // for the cookie that its pages need
	ToSit   DevicePurpose = "sit"   // for leave to join the room of its visit
)

// A DeviceClaim is what an iPad signs. Each part is on a line of its own, and has
// none in it.
type DeviceClaim struct {
	Purpose DevicePurpose
	Origin  string   // of the page, as the browser itself says it: "https://visits.example"
	Device  DeviceID // empty while it is being paired
	Nonce   string   // ours, and good for one claim
	Link    string   // see DeviceLink; only to enter
	Next    string
}

// claimKind comes before every claim, so that nothing else that an iPad may come to
// sign is one.
const claimKind = "wardvisit-ipad-1"

// Text is what is signed.
func (c DeviceClaim) Text() string {
	return strings.Join([]string{claimKind, string(c.Purpose), c.Origin, string(c.Device), c.Nonce, c.Link, c.Next}, "\n")
}

// Signed reports whether signature is k's under a claim: the two numbers of ECDSA
// one after the other, as browsers write them, in base64 for URLs.
func (k DeviceKey) Signed(c DeviceClaim, signature string) bool {
	point, err := base64.RawURLEncoding.DecodeString(k.text)
	if err != nil {
		return false
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return false // the zero key
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(signature)
	if err != nil || len(b) != 2*coordinate {
		return false
	}
	sum := sha256.Sum256([]byte(c.Text()))
	return ecdsa.Verify(key, sum[:], new(big.Int).SetBytes(b[:coordinate]), new(big.Int).SetBytes(b[coordinate:]))
}

// A DeviceLink is one link of the chain that finds copies. Whenever an iPad enters
// it shows the link that it announced the time before, and announces the next, by
// its hash. Of a browser and its copy only one can show a link first; whichever
// comes after it shows one that is worn.
type DeviceLink string

// Links reports what a link and the hash of the next are to a device that awaits
// the link of a hash: it fits, or it is worn. The hash that is awaited being the
// next already is an answer that was lost on its way, and asked for again. A device
// that has shown none yet awaits "".
func (l DeviceLink) Links(next, awaited string) bool {
	return awaited == "" || awaited == next || awaited == l.hash()
}

func (l DeviceLink) hash() string {
	sum := sha256.Sum256([]byte(l))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
