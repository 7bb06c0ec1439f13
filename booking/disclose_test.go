package booking_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/wardvisit/wardvisit/booking"
)

func TestPublish(t *testing.T) {
	const kept = -1
	for _, tt := range []struct {
		name   string
		counts []int
		want   []int
		sum    int
	}{
		{"nothing to count", nil, nil, 0},
		{"none of any", []int{0, 0}, []int{0, 0}, 0},
		{"all large", []int{5, 9, 0}, []int{5, 9, 0}, 14},
		{"one small takes the smallest other with it", []int{12, 3, 8}, []int{12, kept, kept}, 23},
		{"two small that cover one another", []int{4, 4, 30}, []int{kept, kept, 30}, 38},
		{"two ones do not", []int{1, 1, 30, 9}, []int{kept, kept, 30, kept}, 41},
		{"a small one alone takes the sum with it", []int{3, 0}, []int{kept, 0}, kept},
		{"six ones would show in a sum of six", []int{1, 1, 1, 1, 1, 1}, []int{kept, kept, kept, kept, kept, kept}, kept},
		{"a single large one", []int{7}, []int{7}, 7},
	} {
		t.Run(tt.name, func(t *testing.T) {
			number := func(p booking.Published) int {
				if p.Kept {
					return kept
				}
				return p.N
			}
			shown, sum := booking.Publish(tt.counts)
			var got []int
			for _, p := range shown {
				got = append(got, number(p))
			}
			if !slices.Equal(got, tt.want) || number(sum) != tt.sum {
				t.Errorf("Publish(%v) = %v of %v, want %v of %d", tt.counts, got, sum, tt.want, tt.sum)
			}
		})
	}
}

// Whatever is counted: what is shown is true, nothing small is, and what is kept back
// can't be worked out. The last is asked of every way to fill in what was kept back,
// counted one by one and not by the rule's own arithmetic.
func TestWhatIsKeptBackCannotBeWorkedOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(0, 6), rapid.IntRange(0, 12)), 0, 6).Draw(t, "counts")
		shown, sum := booking.Publish(counts)
		total, left, kept := 0, 0, 0
		for i, p := range shown {
			total += counts[i]
			switch {
			case p.Kept:
				kept, left = kept+1, left+counts[i]
				if p.N != 0 || counts[i] == 0 {
					t.Fatalf("%v: kept back %+v for %d", counts, p, counts[i])
				}
			case p.N != counts[i] || 0 < p.N && p.N < booking.Small:
				t.Fatalf("%v: shown %+v", counts, p)
			}
		}
		switch {
		case sum.Kept && sum.N != 0, !sum.Kept && sum.N != total:
			t.Fatalf("%v: a sum of %+v", counts, sum)
		case sum.Kept && kept == 0:
			t.Fatalf("%v: the sum is kept back for nothing", counts)
		case sum.Kept || kept == 0:
			return
		}
		could := map[int]bool{}
		fillIn(kept, left, func(first int) { could[first] = true })
		for n := 1; n <= booking.Small; n++ {
			if !could[n] {
				t.Fatalf("%v published as %v of %v: what is kept back can't be %d", counts, shown, sum, n)
			}
		}
	})
}

// fillIn tells the first of every list of so many numbers of one or more with a sum.
func fillIn(many, sum int, tell func(first int)) {
	if many == 1 {
		if sum >= 1 {
			tell(sum)
		}
		return
	}
	for n := 1; n < sum; n++ {
		fillIn(many-1, sum-n, func(int) { tell(n) })
	}
}
