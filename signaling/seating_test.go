package signaling

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestSeating(t *testing.T) {
	for _, tt := range []struct {
		name        string
		now, others []string
		pinned      string
		want        []string
	}{
		{"nobody comes", []string{"", ""}, nil, "", []string{"", ""}},
		{"the first comes", []string{"", ""}, []string{"a"}, "", []string{"a", ""}},
		{"who is there stays put", []string{"", "b"}, []string{"a", "b"}, "", []string{"a", "b"}},
		{"somebody goes, nobody moves", []string{"a", "b", "c"}, []string{"a", "c"}, "", []string{"a", "", "c"}},
		{"more come than fit", []string{"", ""}, []string{"a", "b", "c"}, "", []string{"a", "b"}},
		{"the pinned comes first", []string{"", ""}, []string{"a", "b", "c"}, "c", []string{"c", "a"}},
		{"the least important makes room for the pinned", []string{"b", "a"}, []string{"a", "b", "c"}, "c", []string{"c", "a"}},
		{"to pin who is there moves nobody", []string{"a", "b"}, []string{"a", "b", "c"}, "b", []string{"a", "b"}},
		{"to pin who is not here is nothing", []string{"a", "b"}, []string{"a", "b"}, "z", []string{"a", "b"}},
		{"no slots at all", nil, []string{"a"}, "a", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := slices.Clone(tt.now)
			if got := seating(tt.now, tt.others, tt.pinned); !slices.Equal(got, tt.want) {
				t.Errorf("seating = %q, want %q", got, tt.want)
			}
			if !slices.Equal(tt.now, before) {
				t.Error("what was given is changed")
			}
		})
	}
}

func TestSeatingAlwaysHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"a", "b", "c", "d", "e"})
		slots := make([]string, rapid.IntRange(0, 5).Draw(t, "slots"))
		for range rapid.IntRange(1, 8).Draw(t, "changes") {
			others := rapid.SliceOfDistinct(name, rapid.ID[string]).Draw(t, "others")
			pinned := name.Draw(t, "pinned")
			was := slots
			slots = seating(slots, others, pinned)
			taken := map[string]bool{}
			for i, seat := range slots {
				if seat == "" {
					continue
				}
				if taken[seat] || !slices.Contains(others, seat) {
					t.Fatalf("%q in slot %d of %q", seat, i, slots)
				}
				taken[seat] = true
				if at := slices.Index(was, seat); at >= 0 && at != i {
					t.Fatalf("%q moved from slot %d to %d", seat, at, i)
				}
			}
			if len(taken) != min(len(slots), len(others)) {
				t.Fatalf("%q left a slot empty, or somebody out, of %q", slots, others)
			}
			if len(slots) > 0 && slices.Contains(others, pinned) && !taken[pinned] {
				t.Fatalf("the pinned %q is not in %q", pinned, slots)
			}
		}
	})
}
