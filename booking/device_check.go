package booking

import "time"

// A Sense is what became of a device's camera or microphone when it was tried.
type Sense string

// What becomes of them.
const (
	SenseUntried Sense = ""
	SenseWorks   Sense = "works"
	SenseDark    Sense = "dark"    // a picture came, all of it black: in a drawer, or something is over the lens
	SenseRefused Sense = "refused" // its page may not use it, or would have to ask
	SenseMissing Sense = "missing" // there is none
	SenseNothing Sense = "nothing" // it is there, and gives nothing
)

// Broken reports whether no visit can go well with it. A lens in a drawer is dark
// every morning, which nobody need see to.
func (s Sense) Broken() bool { return s == SenseRefused || s == SenseMissing || s == SenseNothing }

// Valid reports whether it is what a check can find.
func (s Sense) Valid() bool { return s == SenseWorks || s == SenseDark || s.Broken() }

// A DeviceCheck is what a device found when it last tried itself.
type DeviceCheck struct {
	At                 time.Time // the zero Time is never
	Camera, Microphone Sense
}

// Broken reports whether one of them is.
func (c DeviceCheck) Broken() bool { return c.Camera.Broken() || c.Microphone.Broken() }

// morning is the local hour from which devices try themselves: before the first
// visit, and after a night's cleaning.
const morning = 6

// CheckDue reports whether a device is to try itself: once since this morning, in its
// ward's zone.
func CheckDue(last, now time.Time, zone *time.Location) bool {
	local := now.In(zone)
	at := time.Date(local.Year(), local.Month(), local.Day(), morning, 0, 0, 0, zone)
	if now.Before(at) {
		at = at.AddDate(0, 0, -1)
	}
	return last.Before(at)
}

// A Heartbeat is what a device says of itself.
type Heartbeat struct {
	Battery int           // per cent; negative when the browser does not tell
	Version string        // of the page it runs
	Clock   time.Time     // what it takes the time to be; the zero Time is not told
	Answer  time.Duration // how long its last heartbeat waited for its answer; 0 is not known
}

// mostAhead is how wrong a clock is taken to be at most: beyond it, it has none.
const mostAhead = 100 * 365 * 24 * time.Hour

// Ahead is how far the device's clock is ahead of now, in whole seconds; negative when
// it is behind.
func (b Heartbeat) Ahead(now time.Time) time.Duration {
	if b.Clock.IsZero() {
		return 0
	}
	return max(-mostAhead, min(mostAhead, b.Clock.Sub(now))).Truncate(time.Second)
}

// clockTolerance is how wrong a clock may be: what a person would not notice.
const clockTolerance = 2 * time.Minute

// ClockWrong reports whether somebody has to set its clock.
func (d Device) ClockWrong() bool { return d.ClockAhead.Abs() > clockTolerance }
