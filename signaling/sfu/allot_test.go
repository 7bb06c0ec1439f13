package sfu

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// three are the layers of a browser that is well: 150, 500 and 1500 kbit/s.
func three() [layers]fed {
	return [layers]fed{{true, 150_000, 180}, {true, 500_000, 360}, {true, 1_500_000, 720}}
}

func TestWhatThereIsIsAllotted(t *testing.T) {
	large, small := Want{Height: 720}, Want{Height: 120}
	pinned := Want{Height: 720, Priority: 1}
	fresh := func(w Want) claim { return claim{want: w, layers: three(), now: held, most: layers - 1} }
	having := func(w Want, rank int) claim { return claim{want: w, layers: three(), now: rank, most: layers - 1} }
	for _, tt := range []struct {
		name   string
		budget int
		claims []claim
		want   []int
	}{
		{"enough for all", 20_000_000, []claim{fresh(large), fresh(large), fresh(small)}, []int{2, 2, 0}},
		{"nothing", 0, []claim{fresh(large), fresh(small)}, []int{held, held}},
		{"less than nothing: sound takes it all", -50_000, []claim{having(small, 0)}, []int{held}},
		{"the lowest for everybody before more for one", 700_000, []claim{fresh(large), fresh(large), fresh(small)}, []int{0, 0, 0}},
		{"then one more in turn", 900_000, []claim{fresh(large), fresh(large), fresh(small)}, []int{1, 0, 0}},
		{"whoever has priority before anybody has any", 600_000, []claim{fresh(large), fresh(pinned)}, []int{held, 1}},
		{"what is over goes to the rest", 1_950_000, []claim{fresh(large), fresh(pinned)}, []int{0, 2}},
		{"no more than there is use for", 20_000_000, []claim{fresh(small)}, []int{0}},
		{"what is not to be seen costs nothing", 150_000 * 115 / 100, []claim{fresh(Want{}), fresh(large)}, []int{held, 0}},
		{"not enough for one in two: the larger gets it", 200_000, []claim{fresh(small), fresh(large)}, []int{held, 0}},
		{"what flows stays while it just fits", 500_000, []claim{having(large, 1)}, []int{1}},
		{"but is not begun without a margin", 500_000, []claim{fresh(large)}, []int{0}},
		{"what no longer fits goes down", 499_000, []claim{having(large, 1)}, []int{0}},
		{"and what is barred does not go up", 20_000_000, []claim{{want: large, layers: three(), now: 0, most: 0}}, []int{0}},
		{"a layer that is not sent is not chosen", 20_000_000,
			[]claim{{want: large, layers: [layers]fed{{true, 150_000, 180}, {}, {true, 1_500_000, 720}}, now: held, most: 2}}, []int{2}},
		{"one that just began is taken to cost the usual", 400_000,
			[]claim{{want: large, layers: [layers]fed{{alive: true, height: 180}, {alive: true, height: 360}}, layered: true, now: held, most: 2}}, []int{0}},
		{"nothing is sent at all", 20_000_000, []claim{{want: large, now: held, most: 2}}, []int{held}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := allot(tt.budget, tt.claims); !slices.Equal(got, tt.want) {
				t.Errorf("allot = %v, want %v", got, tt.want)
			}
		})
	}
}

// claims draws any claims at all.
func claims(t *rapid.T) []claim {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) claim {
		c := claim{
			want: Want{Height: rapid.IntRange(0, 1000).Draw(t, "height"), Priority: rapid.IntRange(0, 2).Draw(t, "priority")},
			now:  rapid.IntRange(held, layers-1).Draw(t, "now"), most: rapid.IntRange(held, layers-1).Draw(t, "most"),
		}
		for rank := range c.layers {
			c.layers[rank] = fed{
				alive: rapid.Bool().Draw(t, "alive"), rate: rapid.IntRange(0, 3_000_000).Draw(t, "rate"),
				height: rapid.IntRange(1, 1080).Draw(t, "pixels"),
			}
		}
		return c
	}), 0, 6).Draw(t, "claims")
}

func TestAllotmentsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		claims, budget := claims(t), rapid.IntRange(-100_000, 10_000_000).Draw(t, "budget")
		ranks := allot(budget, claims)
		if sum := total(claims, ranks); sum > max(budget, 0) {
			t.Fatalf("%v costs %d of %d", ranks, sum, budget)
		}
		for i, rank := range ranks {
			switch c := claims[i]; {
			case rank == held:
			case !c.layers[rank].alive:
				t.Fatalf("slot %d gets layer %d, which is not sent", i, rank)
			case c.want.Height == 0:
				t.Fatalf("slot %d is not to be seen and gets layer %d", i, rank)
			case rank > min(c.best(), c.most):
				t.Fatalf("slot %d gets layer %d", i, rank)
			}
		}
		// What was decided, if it flows, is decided again: nothing flaps.
		again := slices.Clone(claims)
		for i := range again {
			again[i].now = ranks[i]
		}
		if second := allot(budget, again); !slices.Equal(second, ranks) {
			t.Fatalf("allot = %v, and then %v", ranks, second)
		}
	})
}

func TestMoreIsNeverWorse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := claims(t)
		if len(c) > 1 {
			c = c[:1]
		}
		budget := rapid.IntRange(0, 5_000_000).Draw(t, "budget")
		for i, rank := range allot(budget, c) {
			if more := allot(budget+500_000, c)[i]; more < rank {
				t.Fatalf("with more, slot %d falls from %d to %d", i, rank, more)
			}
		}
	})
}
