package desk

import (
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// An Invitation is what may be shown to whoever opens a link, before the code:
// who invites, and the last digits of the number that the code would go to.
// Nothing of the patient.
type Invitation struct {
	Hospital string
	Ward     booking.Ward // zero for an interpreter
	For      booking.Role
	PhoneEnd string        // "…123"
	CallWard bool          // all there is to say is to call the ward
	Holder   booking.Actor // whose link it is, which is not shown before they have proved it
	CodeOpen bool          // a code was sent and is still good
	CodeEnds time.Time     // until when
}

// A Circle is one patient whom a visitor may come to see, as that visitor may
// know them.
type Circle struct {
	Patient      booking.Patient
	Ward         booking.Ward
	Bed          string
	Relationship string
	Refused      error // why the visitor may not book now; nil when they may
}

// A Day is one day's free slots.
type Day struct {
	Date  booking.Date
	Slots []booking.Slot
}

// An Offering is what a visitor, or staff for them, may book for one patient.
type Offering struct {
	Patient booking.Patient
	Ward    booking.Ward
	Days    []Day // every day asked for, also those with nothing free
}

// A Companion is somebody who could come along: an approved member of the
// patient's circle.
type Companion struct {
	Member booking.CircleMember
	Chosen bool
	Self   bool // the one who is asking
}

// A Visit is a visit with everything its pages show.
type Visit struct {
	booking.Visit
	PatientRecord booking.Patient
	WardRecord    booking.Ward
	Bed           string // where the patient lies now
	DeviceRecord  booking.Device
	Flags         []booking.Flag        // open ones; only on a Board and a Bedside
	Outcome       *booking.Outcome      // what was last said of it, if that stands; only on a Board
	Unclean       *booking.UncleanStart // that it was started on an iPad that was not clean; only on a Board
	StandIn       *booking.Device       // on which it would start in the place of its own; only on a Board
	People        []booking.Participant
	Interpreter   *booking.InterpreterBooking // nil when none is asked for
	Forgone       booking.Tongue              // that it goes on without; only on a Board
	Question      Question                    // how it was; only on a Board
	Companions    []Companion                 // who could come; only from Held and Visit, until it is over
}

// Details are what a family says of a visit while they fill in its form.
type Details struct {
	Members []booking.MemberID // who is coming
	Tongue  booking.Tongue     // of the interpreter; zero for none
	Needs   []booking.Need
	// Rules that staff set aside for who is coming.
	Overrides []booking.Override
}

// Contact is somebody to be invited.
type Contact struct {
	Name         string
	Phone        string // as typed; read by phonenumbers, kept in E.164
	Email        string // may be empty
	Relationship string
	AgreedBy     string // who said that they may be told, of a patient who is private; else empty
}

// A Seat is leave to join one room, from which web makes a ticket.
type Seat struct {
	Room  string // the visit's id
	Seat  string // "patient", or the participant's id
	Role  string // "patient", "visitor", "interpreter"
	Name  string
	About string
	Visit Visit
	Key   string // of the patient's side: the mark of the iPad's key; see KeysThatStand
}

// SeatOfPatient is the seat of the ward's iPad.
const SeatOfPatient = "patient"

// A Board is one ward on one day.
type Board struct {
	Ward    booking.Ward
	Date    booking.Date
	Visits  []Visit // in order of time; without those that were never booked
	Devices []booking.Device
	Serial  int64 // grows whenever something on the board changes
}

// A Bedside is a patient with what staff need beside them.
type Bedside struct {
	Patient booking.Patient
	Stay    booking.Stay
	Ward    booking.Ward
	Circle  []booking.CircleMember
	Consent booking.Consent // the latest; zero when there is none
	Visits  []Visit         // to come
	Moved   bool            // the patient has come from another bed, which can be taken back; only of a Patient
}

// A Pairing is a code that makes a browser into a device, shown once.
type Pairing struct {
	Device  booking.Device
	Code    string // "K7M-4PQ": typed, or read from a QR
	Expires time.Time
}

// A Screen is what a device shows now.
type Screen struct {
	Device booking.Device
	Ward   booking.Ward
	Visit  *Visit // the one it is in, or the next; nil when there is none today
	Check  bool   // it is to try its camera and microphone now
	Serial int64
}

// A Job is a visit as an interpreter sees it: never the patient's name.
type Job struct {
	Offer booking.InterpreterBooking
	Visit Visit // PatientRecord is zero
}

// A Message is a notice that has been sent, or waits to be.
type Message struct {
	booking.Notice
	Body   string
	SentAt time.Time
}
