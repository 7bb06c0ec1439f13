package booking

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A WardUse is what a change of a ward would touch: numbers only, since whoever
// keeps places sees no patient.
type WardUse struct {
	Beds     int // open ones
	Patients int // who lie in it
	Visits   int // booked or under way
	Waiting  int // on its waiting list
	Devices  int // that belong to it
	Sessions int // visiting times that run or are to come
}

// CompareNames orders the names of places as people count: Bed 2 before Bed 10.
func CompareNames(a, b string) int {
	for a != "" && b != "" {
		x, y := leading(a), leading(b)
		a, b = a[len(x):], b[len(y):]
		n, first := strconv.Atoi(x)
		m, second := strconv.Atoi(y)
		if first == nil && second == nil && n != m {
			return cmp.Compare(n, m)
		}
		if c := strings.Compare(strings.ToLower(x), strings.ToLower(y)); (first != nil || second != nil) && c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

// leading is the beginning of a name that is all figures, or has none.
func leading(name string) string {
	figure := func(r rune) bool { return r >= '0' && r <= '9' }
	end := strings.IndexFunc(name, func(r rune) bool { return !figure(r) })
	if !figure(rune(name[0])) {
		end = strings.IndexFunc(name, figure)
	}
	if end < 0 {
		return name
	}
	return name[:end]
}

// mostBeds is how many beds can be added at once: more than any ward has.
const mostBeds = 100

// bedRange is the end of "Bed 1-6", "Bed 1 – 6" and "Bed 1 to 6".
var bedRange = regexp.MustCompile(`^(.*?)(\d{1,6})\s*(?:-|–|\bto\b)\s*(\d{1,6})$`)

// BedNames reads the beds that somebody would add, by commas or line by line, and
// writes out those that are counted: "Bed 1-6, Window bed" are seven. A name that is
// there twice counts once.
func BedNames(text string) ([]string, error) {
	var names []string
	known := map[string]bool{}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		spelt, err := countedBeds(strings.Join(strings.Fields(part), " "))
		if err != nil {
			return nil, err
		}
		for _, name := range spelt {
			if fold := strings.ToLower(name); name != "" && !known[fold] {
				known[fold] = true
				names = append(names, name)
			}
		}
		if len(names) > mostBeds {
			return nil, ErrTooManyBeds
		}
	}
	if len(names) == 0 {
		return nil, ErrMissing
	}
	return names, nil
}

// countedBeds writes one part of the list out. Figures keep the noughts that the
// first of them begins with.
func countedBeds(part string) ([]string, error) {
	found := bedRange.FindStringSubmatch(part)
	if found == nil {
		return []string{part}, nil
	}
	from, _ := strconv.Atoi(found[2]) // six figures at most
	to, _ := strconv.Atoi(found[3])
	switch {
	case to < from:
		return nil, ErrBedRange
	case to-from >= mostBeds:
		return nil, ErrTooManyBeds
	}
	var names []string
	for n := from; n <= to; n++ {
		names = append(names, fmt.Sprintf("%s%s", found[1], padded(n, found[2])))
	}
	return names, nil
}

func padded(n int, like string) string {
	if strings.HasPrefix(like, "0") {
		return fmt.Sprintf("%0*d", len(like), n)
	}
	return strconv.Itoa(n)
}
