package sfu

// lateBy is how many packets before the newest one may still be sent on.
const lateBy = 1024

// A window remembers which of the latest numbers were sent. No number is sent
// twice with another content: to encrypt two packets under one number would give
// their key away.
type window struct {
	any    bool
	newest uint16
	bits   [lateBy / 64]uint64
}

// open reports whether a number may be sent: it was not, and is not so old that
// we do not know.
func (w *window) open(seq uint16) bool {
	behind := int16(w.newest - seq)
	return !w.any || behind < 0 || behind < lateBy && !w.bit(seq)
}

// was reports whether a number was sent lately.
func (w *window) was(seq uint16) bool {
	behind := int16(w.newest - seq)
	return w.any && behind >= 0 && behind < lateBy && w.bit(seq)
}

// mark notes that a number was sent. It reports whether it is the newest.
func (w *window) mark(seq uint16) bool {
	ahead := int16(seq - w.newest)
	if !w.any || ahead >= lateBy {
		w.bits = [lateBy / 64]uint64{}
	} else {
		for between := w.newest + 1; ahead > 0 && between != seq; between++ {
			w.bits[between%lateBy/64] &^= 1 << (between % 64)
		}
	}
	w.bits[seq%lateBy/64] |= 1 << (seq % 64)
	newest := !w.any || ahead > 0
	if newest {
		w.any, w.newest = true, seq
	}
	return newest
}

func (w *window) bit(seq uint16) bool { return w.bits[seq%lateBy/64]&(1<<(seq%64)) != 0 }
