package booking

import (
	"cmp"
	"slices"
	"time"
)

// A Berth is one of a ward's devices as the choice of devices sees it: where it
// is kept, and when it is there to be chosen.
type Berth struct {
	Device    DeviceID
	Zone      string     // the bay in which it is kept; "" is the whole ward
	Dedicated bool       // it never leaves Zone
	Out       bool       // nothing can be put on it: lost, or in repair
	Away      []Interval // when another ward has it, or, of one lent here, when it is not here
}

// A Claim is a visit's need of a device.
type Claim struct {
	Visit  VisitID
	When   Interval // of the device: with preparing and cleaning
	Zone   string   // the bay in which the patient lies; "" is none
	Urgent bool     // it is placed before the others when not all can be
}

// Claim is what v needs of a device for a patient in a bay. A goodbye is urgent.
func (v Visit) Claim(zone string) Claim {
	return Claim{v.ID, v.DeviceTime(), zone, v.Kind == EndOfLife}
}

// KeepsDevice reports whether v stays on the device that it has: it has begun, or
// that device is being prepared for it.
func (v Visit) KeepsDevice(now time.Time) bool {
	return v.State != Held && v.State != Booked || !now.Before(v.DeviceTime().Start())
}

// A Taking is a claim that has its device.
type Taking struct {
	Claim
	Device DeviceID
	Fixed  bool // it stays where it is: the visit has begun, or its device is on the way
}

// A Fleet is a ward's devices and what is taken of them, and answers which device
// a visit should have.
//
// # Zones
//
// A device kept in a bay that is not dedicated serves that bay first and the
// rest of the ward after: home is a preference. Dedication is a wall. A zone is
// dedicated as soon as one device is dedicated to it, whether or not that device
// works today, and from then on its visits have only its devices, and its
// devices only its visits, since what has been at an infected bed does not go
// to another, nor the other way, until staff have cleaned it and said so by
// dedicating it no longer. So the devices fall apart into pools, one for each
// dedicated zone and one for all the rest, and a visit has one pool.
//
// # Rearranging
//
// Visits that have not begun may change devices within their pool, which nobody
// who comes to them notices. That is why a pool is full only when, at some
// instant, all of it is taken; repack.go finds the places.
type Fleet struct {
	berths []Berth // by id
	taken  []Taking
	pools  map[string]*pool
	known  map[DeviceID]berthIn
}

// berthIn is the place of a device in its pool.
type berthIn struct {
	pool string
	lane int // in the pool; -1 when nothing can be put on it
}

// A span is an interval in minutes since 1970, which is all that searching needs.
type span struct{ from, to int32 }

func spanOf(i Interval) span {
	return span{int32(i.start.Unix() / 60), int32((i.end.Unix() + 59) / 60)} // good until 6053
}

func (s span) overlaps(t span) bool { return s.from < t.to && t.from < s.to }

// A pool is devices that can stand in for one another.
type pool struct {
	lanes []lane // by id
	items []item // those that can be moved, by start
}

// A lane is one device's time. Its spans are disjoint and in order.
type lane struct {
	device DeviceID
	zone   string
	away   []span // when it is not there
	shut   []span // and when it is taken by what stays where it is
	busy   []span // and by the visits that can be moved
}

// An item is a visit that can be moved, or that wants a device.
type item struct {
	span
	visit VisitID
	zone  string
	home  int // the lane it has, or nowhere
}

// NewFleet returns a ward's devices with what is taken of them. A taking that its
// device is not for, since it is out, away or behind the wall of another zone, is
// misplaced: it keeps what it has, so that nobody else is put there, until it is
// placed again.
func NewFleet(berths []Berth, taken []Taking) *Fleet {
	f := &Fleet{berths: slices.Clone(berths), taken: taken, pools: map[string]*pool{"": {}}, known: map[DeviceID]berthIn{}}
	slices.SortFunc(f.berths, func(a, b Berth) int { return cmp.Compare(a.Device, b.Device) })
	for _, b := range f.berths {
		if b.walled() && f.pools[b.Zone] == nil {
			f.pools[b.Zone] = &pool{}
		}
	}
	for _, b := range f.berths {
		f.addBerth(b)
	}
	for _, t := range taken {
		f.addTaking(t)
	}
	for _, p := range f.pools {
		p.settle()
	}
	return f
}

// Only is f with all but some of its devices out.
func (f *Fleet) Only(in map[DeviceID]bool) *Fleet {
	berths := slices.Clone(f.berths)
	for i := range berths {
		berths[i].Out = berths[i].Out || !in[berths[i].Device]
	}
	return NewFleet(berths, f.taken)
}

// Also is f with more that is taken, be it of devices that are none of its own.
func (f *Fleet) Also(taken ...Taking) *Fleet {
	if len(taken) == 0 {
		return f
	}
	return NewFleet(f.berths, slices.Concat(f.taken, taken))
}

// Berth is one of the devices, and whether it is one of them at all.
func (f *Fleet) Berth(id DeviceID) (Berth, bool) {
	i := slices.IndexFunc(f.berths, func(b Berth) bool { return b.Device == id })
	if i < 0 {
		return Berth{}, false
	}
	return f.berths[i], true
}

// Devices are all of them, in order of id.
func (f *Fleet) Devices() []DeviceID {
	ids := make([]DeviceID, len(f.berths))
	for i, b := range f.berths {
		ids[i] = b.Device
	}
	return ids
}

// walled reports whether b is dedicated to a zone that there is.
func (b Berth) walled() bool { return b.Dedicated && b.Zone != "" }

func (f *Fleet) addBerth(b Berth) {
	at := berthIn{lane: -1}
	if b.walled() {
		at.pool = b.Zone
	}
	if !b.Out {
		p := f.pools[at.pool]
		at.lane = len(p.lanes)
		l := lane{device: b.Device, zone: b.Zone}
		for _, away := range b.Away {
			l.away = append(l.away, spanOf(away))
		}
		l.away = merged(l.away)
		p.lanes = append(p.lanes, l)
	}
	f.known[b.Device] = at
}

func (f *Fleet) addTaking(t Taking) {
	at, ours := f.known[t.Device]
	if !ours || at.lane < 0 {
		return
	}
	p := f.pools[at.pool]
	l := &p.lanes[at.lane]
	it := item{spanOf(t.When), t.Visit, t.Zone, at.lane}
	if t.Fixed || f.poolOf(t.Zone) != p || anySpan(l.away, it.span) { // see Misplaced
		l.shut = append(l.shut, it.span)
		return
	}
	l.busy = append(l.busy, it.span)
	p.items = append(p.items, it)
}

// Misplaced are the claims whose device is not for them and that have not begun:
// what to place again when a device has become out, away or another zone's, or
// when one has come back.
func (f *Fleet) Misplaced() (claims []Claim) {
	for _, t := range f.taken {
		if !t.Fixed && f.astray(t) {
			claims = append(claims, t.Claim)
		}
	}
	return claims
}

// Stranded are the visits that stay where they are, though their device is not for
// them any more: no other can be planned for the whole of their time.
func (f *Fleet) Stranded() (visits []VisitID) {
	for _, t := range f.taken {
		if t.Fixed && f.astray(t) {
			visits = append(visits, t.Visit)
		}
	}
	return visits
}

// astray reports whether a taking has a device that is not for it.
func (f *Fleet) astray(t Taking) bool {
	at, ours := f.known[t.Device]
	return !ours || at.lane < 0 || f.poolOf(t.Zone) != f.pools[at.pool] ||
		anySpan(f.pools[at.pool].lanes[at.lane].away, spanOf(t.When))
}

// settle completes a pool once everything is in it.
func (p *pool) settle() {
	sortItems(p.items)
	for i := range p.lanes {
		l := &p.lanes[i]
		l.shut = merged(append(l.shut, l.away...))
		l.busy = merged(append(l.busy, l.shut...))
	}
}

func sortItems(items []item) {
	slices.SortFunc(items, func(a, b item) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.visit, b.visit))
	})
}

// merged sorts spans and joins those that meet.
func merged(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && s.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
			continue
		}
		out = append(out, s)
	}
	return out
}

// firstAfter is the index of the first of disjoint spans that ends after t.
func firstAfter(spans []span, t int32) int {
	i, _ := slices.BinarySearchFunc(spans, t, func(s span, t int32) int {
		if s.to > t {
			return 1
		}
		return -1
	})
	return i
}

// anySpan reports whether one of disjoint spans overlaps want.
func anySpan(spans []span, want span) bool {
	i := firstAfter(spans, want.from)
	return i < len(spans) && spans[i].from < want.to
}

func (f *Fleet) poolOf(zone string) *pool {
	if p := f.pools[zone]; p != nil {
		return p
	}
	return f.pools[""]
}

// Choose returns the device that a visit should take as things are, and whether
// there is one: one kept in the patient's own bay before one of the whole ward,
// and that before another bay's; of those, the one whose free time around the
// visit is shortest, so that longer gaps stay whole; and of those the one with
// the lowest id, so that the choice can be repeated.
func (f *Fleet) Choose(c Claim) (DeviceID, bool) {
	lanes := f.poolOf(c.Zone).lanes
	i := bestFit(lanes, c.Zone, spanOf(c.When))
	if i < 0 {
		return "", false
	}
	return lanes[i].device, true
}

// bestFit is the index of the lane that Choose speaks of, or -1.
func bestFit(lanes []lane, zone string, want span) int {
	best, bestFar, bestGap := -1, 0, int32(0)
	for i := range lanes {
		gap, free := lanes[i].gapAround(want)
		if !free {
			continue
		}
		far := lanes[i].farFrom(zone)
		if best < 0 || far < bestFar || far == bestFar && gap < bestGap {
			best, bestFar, bestGap = i, far, gap
		}
	}
	return best
}

// farFrom ranks how readily a device goes to a bay.
func (l *lane) farFrom(zone string) int {
	switch l.zone {
	case zone:
		return 0
	case "":
		return 1
	}
	return 2
}

// wholeDay bounds a gap that has nothing on one side: a day counts as empty.
const wholeDay = int32(24 * time.Hour / time.Minute)

// gapAround is how long a device would be idle before and after want, and whether
// it is free for the whole of it.
func (l *lane) gapAround(want span) (gap int32, free bool) {
	i := firstAfter(l.busy, want.from)
	before, after := wholeDay, wholeDay
	if i < len(l.busy) {
		if l.busy[i].from < want.to {
			return 0, false
		}
		after = min(wholeDay, l.busy[i].from-want.to)
	}
	if i > 0 {
		before = min(wholeDay, want.from-l.busy[i-1].to)
	}
	return before + after, true
}

// Suits says whether a visit may be put on a device by hand. It refuses with
// ErrOtherZone across the wall of a zone, ErrDeviceAway when the device is not
// there or not usable, and ErrDeviceTaken when another visit has it then.
func (f *Fleet) Suits(c Claim, device DeviceID) error {
	at, ours := f.known[device]
	if !ours || at.lane < 0 {
		return ErrDeviceAway
	}
	p, want := f.pools[at.pool], spanOf(c.When)
	switch l := &p.lanes[at.lane]; {
	case f.poolOf(c.Zone) != p:
		return ErrOtherZone
	case anySpan(l.busy, want):
		return ErrDeviceTaken
	}
	return nil
}
