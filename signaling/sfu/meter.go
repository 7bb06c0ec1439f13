package sfu

import "time"

// meterTicks is how many ticks a meter looks back over: one second.
const meterTicks = 10

// A meter measures a bitrate over the last second.
type meter struct {
	bytes int // since the last tick
	past  [meterTicks]struct {
		bytes int
		at    time.Time
	}
	next int
}

func (m *meter) add(bytes int) { m.bytes += bytes }

// tick ends one tenth of a second.
func (m *meter) tick(now time.Time) {
	m.past[m.next].bytes, m.past[m.next].at = m.bytes, now
	m.next = (m.next + 1) % meterTicks
	m.bytes = 0
}

// rate returns bits a second, as of the last tick; 0 until there were two.
func (m *meter) rate() int {
	newest := m.past[(m.next+meterTicks-1)%meterTicks].at
	var oldest time.Time
	total, first := 0, 0
	for i := range meterTicks {
		tick := m.past[(m.next+i)%meterTicks]
		if tick.at.IsZero() {
			continue
		}
		if oldest.IsZero() {
			oldest, first = tick.at, tick.bytes
		}
		total += tick.bytes
	}
	if span := newest.Sub(oldest); span > 0 {
		return int(int64(total-first) * 8 * int64(time.Second) / int64(span))
	}
	return 0
}
