package booking

import (
	"encoding/binary"
	"slices"
)

// keep decides which claims of the knot are placed, as many as can be, and finds
// a way to do it.
func (k *knot) keep() {
	less := k.giveUpOverload()
	if k.sweep(0) {
		return
	}
	// Devices differ, and depth is not all there is to it.
	claims := 0
	for _, it := range k.items {
		if it.home == nowhere {
			claims++
		}
	}
	for ; less < claims; less++ {
		k.reset(nowhere)
		if k.sweep(less) {
			return
		}
	}
	k.reset(given) // everything stays as it is
}

// reset puts everything back, and the claims where they are told.
func (k *knot) reset(claims int) {
	for i, it := range k.items {
		if k.place[i] = it.home; it.home == nowhere {
			k.place[i] = claims
		}
	}
}

// giveUpOverload gives up the fewest claims without which no instant has more
// visits than lanes, and returns how many. Whenever there are too many, one of
// those that are on must go; the one that ends last is in the way of most, and
// until now it was in nobody's.
func (k *knot) giveUpOverload() (n int) {
	k.reset(nowhere)
	for _, at := range k.instants() {
		for {
			room, last := k.roomAt(at)
			if room >= 0 || last < 0 {
				break
			}
			k.place[last] = given
			n++
		}
	}
	return n
}

// instants are when there begins to be less room, in order.
func (k *knot) instants() []int32 {
	var at []int32
	for _, it := range k.items {
		at = append(at, it.from)
	}
	for _, l := range k.lanes {
		for _, s := range l.shut {
			at = append(at, s.from)
		}
	}
	slices.Sort(at)
	return slices.Compact(at)
}

// roomAt counts the lanes left over at an instant, and finds the claim that ends
// last of those that are on.
func (k *knot) roomAt(at int32) (room, last int) {
	last = -1
	now := span{at, at + 1}
	for i, it := range k.items {
		if it.from > at {
			break
		}
		if k.place[i] == given || it.to <= at {
			continue
		}
		room--
		if it.home == nowhere && (last < 0 || it.to > k.items[last].to) {
			last = i
		}
	}
	for i := range k.lanes {
		if !anySpan(k.lanes[i].shut, now) {
			room++
		}
	}
	return room, last
}

// sweepSteps bounds one sweep. Where lanes are alike it takes one step a visit;
// twelve lanes that are all lent away at different times take some thousands.
const sweepSteps = 200_000

// A sweep goes through a knot in order of time and gives each visit a lane,
// going back when one has none. dead are the states from which there was no way
// on, so that it never tries the same twice.
type sweep struct {
	*knot
	differ bool
	kept   [][]int // of each lane, the items at home on it, by start
	until  []int32 // of each lane, when the visit put on it last ends
	later  [][]int // of each lane, by how much of shut is past: a number for what is left
	dead   map[string]struct{}
	steps  int
}

// sweep finds a lane for every item that is not given up, giving up at most less
// claims on the way, and reports whether it could.
func (k *knot) sweep(less int) bool {
	home := make([]int, len(k.items))
	for i, it := range k.items {
		home[i] = it.home
	}
	w := sweep{knot: k, differ: k.differ(), kept: k.keptOn(home), until: make([]int32, len(k.lanes)), dead: map[string]struct{}{}, steps: sweepSteps}
	futures := map[string]int{}
	for _, l := range k.lanes {
		numbers := make([]int, len(l.shut)+1)
		var left []byte
		for i := len(l.shut); i >= 0; i-- {
			if i < len(l.shut) {
				left = binary.LittleEndian.AppendUint64(left, uint64(l.shut[i].from)<<32|uint64(uint32(l.shut[i].to)))
			}
			if _, ok := futures[string(left)]; !ok {
				futures[string(left)] = len(futures)
			}
			numbers[i] = futures[string(left)]
		}
		w.later = append(w.later, numbers)
	}
	return w.from(0, less)
}

// from places items i and on.
func (w *sweep) from(i, less int) bool {
	for i < len(w.items) && w.place[i] == given {
		i++
	}
	if i == len(w.items) {
		return true
	}
	if w.steps--; w.steps < 0 {
		return false
	}
	var state string
	if w.differ {
		state = w.state(i, less)
		if _, dead := w.dead[state]; dead {
			return false
		}
	}
	it := w.items[i]
	var tried []int // of lanes with the same future one is enough
	for _, l := range w.readiest(i) {
		future := w.future(l, it.from)
		if slices.Contains(tried, future) {
			continue
		}
		tried = append(tried, future)
		was := w.until[l]
		w.until[l], w.place[i] = it.to, l
		if w.from(i+1, less) {
			return true
		}
		w.until[l], w.place[i] = was, it.home
	}
	if it.home == nowhere && less > 0 {
		w.place[i] = given
		if w.from(i+1, less-1) {
			return true
		}
		w.place[i] = nowhere
	}
	if w.differ && w.steps >= 0 {
		w.dead[state] = struct{}{}
	}
	return false
}

// future numbers what is still shut of a lane from an instant at which it is
// idle: lanes with the same number can stand in for one another.
func (w *sweep) future(l int, at int32) int {
	return w.later[l][firstAfter(w.lanes[l].shut, at)]
}

// state is all that matters to item i and later ones: for each lane, whichever it
// is, its future and when it is idle.
func (w *sweep) state(i, less int) string {
	at := w.items[i].from
	lanes := make([]uint64, len(w.lanes))
	for l := range w.lanes {
		lanes[l] = uint64(w.future(l, at))<<32 | uint64(uint32(max(at, w.until[l])))
	}
	slices.Sort(lanes)
	key := make([]byte, 0, 8*len(lanes)+8)
	key = binary.LittleEndian.AppendUint32(key, uint32(i))
	key = binary.LittleEndian.AppendUint32(key, uint32(less))
	for _, l := range lanes {
		key = binary.LittleEndian.AppendUint64(key, l)
	}
	return string(key)
}

// readiest are the lanes that item i can have, its own first, then those on
// which it is in the way of the fewest visits still to come.
func (w *sweep) readiest(i int) []int {
	it := w.items[i]
	var lanes, cost []int
	for l := range w.lanes {
		if w.until[l] > it.from || anySpan(w.lanes[l].shut, it.span) {
			continue
		}
		c := -1
		if l != it.home {
			c = 4*w.drivesOut(it.span, l, i) + w.lanes[l].farFrom(it.zone)
		}
		at := len(lanes)
		for at > 0 && cost[at-1] > c {
			at--
		}
		lanes, cost = slices.Insert(lanes, at, l), slices.Insert(cost, at, c)
	}
	return lanes
}

// drivesOut counts the items after i at home on a lane that overlap want.
func (w *sweep) drivesOut(want span, l, i int) (n int) {
	for _, j := range w.kept[l] {
		if j > i && w.items[j].overlaps(want) {
			n++
		}
	}
	return n
}
