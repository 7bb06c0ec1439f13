package signaling

import "slices"

// seating decides who is in which slot of one person's. now is who is there,
// "" for nobody; others are those who may be, most important first; pinned, if
// among others, always gets a slot.
//
// Whoever has a slot keeps it, since to move a face costs a keyframe and makes
// it jump; those without get the free ones; and if there is none for the
// pinned, the least important gives up theirs.
func seating(now, others []string, pinned string) []string {
	next := slices.Clone(now)
	for i, seat := range next {
		if !slices.Contains(others, seat) {
			next[i] = ""
		}
	}
	wanted := others
	if slices.Contains(others, pinned) {
		wanted = append([]string{pinned}, others...)
	}
	for _, seat := range wanted {
		if slices.Contains(next, seat) {
			continue
		}
		if free := slices.Index(next, ""); free >= 0 {
			next[free] = seat
		} else if seat == pinned {
			if i := leastImportant(next, others); i >= 0 {
				next[i] = seat
			}
		}
	}
	return next
}

// leastImportant returns the slot of whoever is last among others, -1 if there
// are no slots.
func leastImportant(slots, others []string) int {
	least, rank := -1, -1
	for i, seat := range slots {
		if r := slices.Index(others, seat); r > rank {
			least, rank = i, r
		}
	}
	return least
}
