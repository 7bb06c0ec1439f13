package booking

import (
	"cmp"
	"slices"
)

// A DeviceMove is a visit that gets another device, or, if From is empty, its
// first.
type DeviceMove struct {
	Visit    VisitID
	From, To DeviceID
}

// A Placement is what has become of some claims: who gets which device, the
// claims that were placed and the visits that made room for them, in order of
// visit; and the claims for which there is no room, which keep what they have.
type Placement struct {
	Moves    []DeviceMove
	Unplaced []VisitID
}

// Place finds devices for claims, of visits that have none yet or can't keep
// theirs. It moves other visits of the fleet among its devices where that makes
// room, but none that is fixed. It places as many claims as can be placed, and of
// the ways to do that takes the one that moves the fewest visits that it finds.
//
// # How
//
// Each pool is searched by itself, and of a pool only the knots: the stretches
// of time in which visits hang together by overlapping one another, since what
// happens in one is nothing to the next. In a knot, three searches follow.
//
// keep (repack_sweep.go) asks which claims can be placed at all. Devices of a pool
// are alike, so as long as none is shut later on, visits fit exactly where no
// instant has more of them than devices (interval partitioning), and when one
// has, the claim to give up is that which ends last. A loan ahead makes devices
// differ, and finding out is then a search through time, in which devices with
// the same future count as one.
//
// The sweep leaves visits where they are when it can; untangle then returns those
// that it moved without need, by exchanging what two devices have for a while.
//
// That is a way, but not yet the shortest. fewest (repack_fewest.go) looks for
// one with fewer moves by driving visits out from where the claims are, one more
// each time, after oneByOne has done so for each claim in turn. It finds the
// fewest if it gets to the end, and it stops after a bounded number of steps,
// since to be sure of the fewest is a hard problem (extending a colouring of an
// interval graph): then the best way known by then stands.
//
// The same fleet and claims always give the same placement.
//
// Urgent claims are placed first, and the others where that leaves room.
//
// A claim of a visit that has a device leaves it to the others, so that two can
// change places. One that can't be placed stays, and whoever was put in its place
// is then placed again without that.
func (f *Fleet) Place(claims ...Claim) Placement {
	var urgent, others []Claim
	for _, c := range claims {
		if c.Urgent {
			urgent = append(urgent, c)
		} else {
			others = append(others, c)
		}
	}
	steps := fewestSteps
	if len(urgent) == 0 || len(others) == 0 {
		return f.told(f.placeAll(claims, &steps))
	}
	first := f.placeAll(urgent, &steps)
	then := f.after(first, urgent).placeAll(others, &steps)
	return f.told(first.then(then))
}

// placeAll places claims of which none goes before another.
func (f *Fleet) placeAll(claims []Claim, steps *int) Placement {
	leaves := make(map[VisitID]bool, len(claims))
	for _, c := range claims {
		leaves[c.Visit] = true
	}
	var stays []VisitID
	for {
		out := f.without(leaves).place(claims, leaves, steps)
		rooted := f.rooted(out)
		if len(rooted) == 0 {
			out.Unplaced = append(out.Unplaced, stays...)
			return out
		}
		for _, v := range rooted {
			delete(leaves, v)
		}
		stays = append(stays, rooted...)
	}
}

// after is f as it is once claims have been placed.
func (f *Fleet) after(p Placement, claims []Claim) *Fleet {
	to := map[VisitID]DeviceID{}
	for _, m := range p.Moves {
		to[m.Visit] = m.To
	}
	taken := slices.Clone(f.taken)
	for i, t := range taken {
		if device, moved := to[t.Visit]; moved {
			taken[i].Device = device
			delete(to, t.Visit)
		}
	}
	for _, c := range claims {
		if device, placed := to[c.Visit]; placed {
			taken = append(taken, Taking{Claim: c, Device: device})
		}
	}
	return NewFleet(f.berths, taken)
}

// then is p followed by another placement.
func (p Placement) then(q Placement) Placement {
	for _, m := range q.Moves {
		if i := slices.IndexFunc(p.Moves, func(o DeviceMove) bool { return o.Visit == m.Visit }); i >= 0 {
			p.Moves[i].To = m.To
			continue
		}
		p.Moves = append(p.Moves, m)
	}
	p.Unplaced = append(p.Unplaced, q.Unplaced...)
	return p
}

// without is f as it is once some visits have left their devices.
func (f *Fleet) without(leaves map[VisitID]bool) *Fleet {
	staying := make([]Taking, 0, len(f.taken))
	frees := false
	for _, t := range f.taken {
		if !leaves[t.Visit] {
			staying = append(staying, t)
		} else if at, ours := f.known[t.Device]; ours && at.lane >= 0 {
			frees = true
		}
	}
	if !frees {
		return f
	}
	return NewFleet(f.berths, staying)
}

// place places those of claims that are asked for.
func (f *Fleet) place(claims []Claim, asked map[VisitID]bool, steps *int) (out Placement) {
	wanted := map[*pool][]Claim{}
	for _, c := range claims {
		if p := f.poolOf(c.Zone); asked[c.Visit] {
			wanted[p] = append(wanted[p], c)
		}
	}
	for _, p := range f.inOrder() {
		for _, k := range p.knots(wanted[p]) {
			k.solve(steps)
			k.report(&out)
		}
	}
	return out
}

// rooted are the visits that were not placed and have something to keep.
func (f *Fleet) rooted(p Placement) (rooted []VisitID) {
	if len(p.Unplaced) == 0 {
		return nil
	}
	for _, t := range f.taken {
		if at, ours := f.known[t.Device]; ours && at.lane >= 0 && slices.Contains(p.Unplaced, t.Visit) {
			rooted = append(rooted, t.Visit)
		}
	}
	return rooted
}

// told completes p with where each visit was, and puts it in order.
func (f *Fleet) told(p Placement) Placement {
	had := make(map[VisitID]DeviceID, len(f.taken))
	for _, t := range f.taken {
		had[t.Visit] = t.Device
	}
	for i, m := range p.Moves {
		p.Moves[i].From = had[m.Visit]
	}
	p.Moves = slices.DeleteFunc(p.Moves, func(m DeviceMove) bool { return m.From == m.To }) // there and back
	slices.SortFunc(p.Moves, func(a, b DeviceMove) int { return cmp.Compare(a.Visit, b.Visit) })
	slices.Sort(p.Unplaced)
	return p
}

// Clear finds which visits must move to others so that a visit can have one
// device and no other, and whether that can be.
func (f *Fleet) Clear(c Claim, device DeviceID) (moves []DeviceMove, ok bool) {
	at, ours := f.known[device]
	if !ours || at.lane < 0 || f.poolOf(c.Zone) != f.pools[at.pool] || anySpan(f.pools[at.pool].lanes[at.lane].shut, spanOf(c.When)) {
		return nil, false
	}
	var others []Claim
	taken := []Taking{{Claim: c, Device: device, Fixed: true}}
	for _, t := range f.taken {
		switch {
		case t.Visit == c.Visit:
			continue
		case t.Device == device && t.When.Overlaps(c.When):
			others = append(others, t.Claim)
		}
		taken = append(taken, t)
	}
	placed := NewFleet(f.berths, taken).Place(others...)
	return placed.Moves, len(placed.Unplaced) == 0
}

// HasRoom reports whether at every instant that a claim asks for some device that
// it may have is free: without that, no moving helps.
func (f *Fleet) HasRoom(c Claim) bool { return f.poolOf(c.Zone).depthAllows(spanOf(c.When)) }

// Fits reports whether a visit could have a device, if others were moved to make
// room. It is quick, since it is asked of every slot of a page.
func (f *Fleet) Fits(c Claim) bool {
	p, want := f.poolOf(c.Zone), spanOf(c.When)
	if !p.depthAllows(want) {
		return false
	}
	if bestFit(p.lanes, c.Zone, want) >= 0 {
		return true
	}
	for _, k := range p.knots([]Claim{c}) {
		if k.differ() { // else depth is all there is to it
			k.keep()
			return !slices.Contains(k.place, given)
		}
	}
	return true
}

func (f *Fleet) inOrder() []*pool {
	var zones []string
	for zone := range f.pools {
		zones = append(zones, zone)
	}
	slices.Sort(zones)
	pools := make([]*pool, len(zones))
	for i, zone := range zones {
		pools[i] = f.pools[zone]
	}
	return pools
}
