package booking

import "time"

// A DeviceState is what a device can be used for now.
type DeviceState string

// The states of a device.
const (
	DeviceReady        DeviceState = "ready"
	DeviceInUse        DeviceState = "in_use"
	DeviceDirty        DeviceState = "dirty" // used, and not cleaned since
	DeviceOutOfService DeviceState = "out_of_service"
	DeviceLost         DeviceState = "lost"
)

// Usable reports whether visits may be booked on a device in this state.
func (s DeviceState) Usable() bool { return s != DeviceOutOfService && s != DeviceLost }

// onlineFor is how long after its last heartbeat a device counts as online:
// three heartbeats of twenty seconds, so that one lost is not an alarm.
const onlineFor = time.Minute

// A Device is what is carried to the bed; pages call it an iPad. It belongs to
// a ward and is known by the Tag on its back.
type Device struct {
	ID   DeviceID
	Tag  string
	Ward WardID // that it belongs to; see Loan
	Zone string // the bay where it is at home; empty for the whole ward
	// Dedicated devices never leave their zone, and no other enters that: an
	// infected bay.
	Dedicated bool
	State     DeviceState
	Paired    bool
	Battery   int       // per cent; negative when the browser does not tell
	LastSeen  time.Time // the zero Time is never
	Version   string    // of the page it runs
	// ClockAhead is how far its clock is ahead of ours; negative when it is behind.
	ClockAhead time.Duration
	Answer     time.Duration // how long its last heartbeat waited for its answer; 0 is not known
	Check      DeviceCheck   // of its camera and microphone
	Soiled     Infection     // what it has to be cleaned for, while it is in use or dirty
	SoiledBy   VisitID       // the last visit that it was in since it was clean; empty when none is known
	Copied     time.Time     // when a copy of its browser was turned away; the zero Time is never, since it was paired
}

// A Loan is a device in another ward for a time.
type Loan struct {
	ID         LoanID
	Device     DeviceID
	To         WardID
	From, Till time.Time
	ReturnedAt time.Time // when it was taken back early; the zero Time while the loan stands
	LentBy     string
}

// Online reports whether d was heard from lately.
func (d Device) Online(now time.Time) bool {
	return !d.LastSeen.IsZero() && now.Sub(d.LastSeen) < onlineFor
}
