package booking

import "strings"

// A Reference is the short public name of a Visit, made to be read aloud: six
// letters and digits in two groups ("BHD-7K2"). It opens nothing by itself.
type Reference string

// referenceAlphabet leaves out what sounds or looks like something else, and
// the vowels, so that no word comes out. That 256 is not a multiple of its 26
// makes some letters a tenth likelier than others, which a name that opens
// nothing can bear.
const referenceAlphabet = "2346789BCDFGHJKMNPQRTVWXYZ"

// NewReference makes a Reference of six random bytes.
func NewReference(random [6]byte) Reference {
	var b strings.Builder
	for i, r := range random {
		if i == 3 {
			b.WriteByte('-')
		}
		b.WriteByte(referenceAlphabet[int(r)%len(referenceAlphabet)])
	}
	return Reference(b.String())
}

// ParseReference reads a Reference as people write them: any case, with or
// without the hyphen or spaces.
func ParseReference(s string) (Reference, error) {
	var b strings.Builder
	for _, r := range strings.ToUpper(s) {
		switch {
		case r == ' ' || r == '-':
			continue
		case !strings.ContainsRune(referenceAlphabet, r) || b.Len() == 7:
			return "", ErrNoSuchVisit
		}
		if b.Len() == 3 {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	if b.Len() != 7 {
		return "", ErrNoSuchVisit
	}
	return Reference(b.String()), nil
}
