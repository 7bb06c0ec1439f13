package booking

// Small is the least number of people, or of visits, that a figure read outside
// their own ward may say: in "2 of Ward 7 who speak Welsh" colleagues and neighbours
// would know whom. The Office for National Statistics' guidance on health statistics
// takes a count of one or two in a cell for unsafe, and of three or four too where the
// area is small or the matter sensitive; a ward is both.
const Small = 5

// A Published is a count as it may be shown: a number, or that one is kept back, in
// which case N is nothing, so that no page can let it slip.
type Published struct {
	N    int
	Kept bool
}

// Publish says which of some counts, none of them below zero, may be shown beside
// their sum, and whether the sum may.
//
// It is cell suppression. A count of one to four is kept back; none at all is said.
// Then the smallest of the others are kept back too, as few as are needed that the
// sum less what is shown gives none away: that there are two or more, and that each
// could still be anything from one to five or more, so that nobody can tell which
// of them was small. Where the others do not suffice, the sum is kept back as well.
//
// NHS Digital did so by hand with Hospital Episode Statistics until September 2018,
// keeping back one to five. It rounds everything to fives since, which needs no second
// step, but would leave nothing true of the few visits of one ward.
//
// It protects one list and its sum. Counts that are in two lists with sums of their
// own, such as the rows and columns of one table, need protecting together, which
// this does not do: publish one of the two.
func Publish(counts []int) (shown []Published, sum Published) {
	shown = make([]Published, len(counts))
	kept, hidden := 0, 0 // how many counts are kept back, and what they add up to
	keep := func(i int) {
		shown[i] = Published{Kept: true}
		kept, hidden = kept+1, hidden+counts[i]
	}
	for i, n := range counts {
		sum.N += n
		shown[i].N = n
		if 0 < n && n < Small {
			keep(i)
		}
	}
	for kept > 0 && !covered(kept, hidden) {
		next := smallest(shown)
		if next < 0 {
			return shown, Published{Kept: true}
		}
		keep(next)
	}
	return shown, sum
}

// covered reports whether so many counts of one or more, of which the sum is known,
// leave it open whether any of them is small. One by itself never does: it is small,
// and the sum.
func covered(kept, sum int) bool { return sum-(kept-1) >= Small }

// smallest is where the smallest is that is still shown and is not zero; -1 for none.
func smallest(shown []Published) int {
	at := -1
	for i, p := range shown {
		if p.N > 0 && (at < 0 || p.N < shown[at].N) {
			at = i
		}
	}
	return at
}
