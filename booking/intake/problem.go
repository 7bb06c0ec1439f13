package intake

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Problem is one thing to mend in a file.
type Problem struct {
	Line   int    // as an editor counts, from 1; 0 for the file as a whole
	Column string // empty when the line as a whole is meant
	Text   string // what is wrong and what to do; empty when Code says it
	Code   string // of the booking.Refusal that a row met
}

// MostProblems is how many problems are listed. Whoever has more has mistaken
// something once, many times over.
const MostProblems = 1000

// Add lists a problem, or counts it once MostProblems are listed.
func (f *File) Add(p Problem) {
	if len(f.Problems) >= MostProblems {
		f.Unlisted++
		return
	}
	f.Problems = append(f.Problems, p)
}

// Sort puts the problems in the order of the file.
func (f *File) Sort() {
	order := map[string]int{}
	for i, c := range columns[f.Kind] {
		order[c.Name] = i + 1
	}
	slices.SortStableFunc(f.Problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(order[a.Column], order[b.Column]))
	})
}

// whole refuses the file as a whole, at a line of it where there is one.
func (f *File) whole(line int, format string, args ...any) {
	f.Add(Problem{Line: line, Text: fmt.Sprintf(format, args...)})
}

// expected lists the columns of a kind for somebody who has named others.
func expected(k Kind) string {
	var needed, others []string
	for _, c := range columns[k] {
		if c.Needed {
			needed = append(needed, c.Name)
		} else {
			others = append(others, c.Name)
		}
	}
	return "a file of " + string(k) + " needs " + and(needed) + ", and may have " + and(others)
}

func and(names []string) string {
	switch n := len(names); n {
	case 0:
		return "nothing else"
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}
