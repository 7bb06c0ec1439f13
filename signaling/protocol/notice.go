package protocol

// Where a person stands with the room, in Welcome and Standing.
const (
	Waiting  = "waiting"  // connected, and nothing passes to or from them
	Admitted = "admitted" // in the visit
	Held     = "held"     // was admitted, and is asked to wait again
)

// A Reason says why a person's time in the room is over.
type Reason string

// The reasons of Ended.
const (
	WardEnded  Reason = "ended"    // the ward ended the visit
	Finished   Reason = "finished" // the patient's side ended it
	WasRemoved Reason = "removed"  // the ward removed this person
	HasLeft    Reason = "left"     // this person left
	Replaced   Reason = "replaced" // the seat was resumed on another socket
	Revoked    Reason = "revoked"  // the login that this person came by is worth nothing any more
	Waited     Reason = "waited"   // this person waited longer than anybody is kept waiting
	Swapped    Reason = "swapped"  // another device goes on with the visit in this one's place
)

// A Code says why a frame was refused. Codes are stable: they are labels of
// metrics and keys of translations, so one is never reused or renamed.
type Code string

// The codes of Refused; PROTOCOL.md says what to do about each.
const (
	BadVersion    Code = "version"
	BadTicket     Code = "bad_ticket"
	SeatTaken     Code = "seat_taken"
	ResumeUnknown Code = "resume_unknown"
	RoomFull      Code = "room_full"
	RoomLocked    Code = "room_locked"
	RoomOver      Code = "room_over"
	Removed       Code = "removed"
	NotExpected   Code = "not_expected"
	BadOffer      Code = "bad_offer"
	NotAllowed    Code = "not_allowed"
	TooSoon       Code = "too_soon"
	Draining      Code = "draining"
	Busy          Code = "busy"
	Fault         Code = "fault"
)

// The websocket close codes that are ours; PROTOCOL.md says what to do about each.
const (
	CloseMalformed  = 4400
	CloseUnknown    = 4401
	CloseOutOfOrder = 4402
	CloseRefused    = 4403
	CloseTimeout    = 4408
	CloseEnded      = 4410
	CloseSlow       = 4413
	CloseFlood      = 4429
)

// Welcome is the server's first frame: the seat is yours.
type Welcome struct {
	V        int    `json:"v"`
	Seat     string `json:"seat"`
	Role     string `json:"role"`
	Standing string `json:"standing"`
	Resume   string `json:"resume"` // secret; takes the seat back within 30 s
	Seq      int    `json:"seq"`    // 0
	SDP      string `json:"sdp"`    // the answer; empty if the join had no offer
	Capacity int    `json:"capacity"`
}

// Answer answers the Offer of the same Seq.
type Answer struct {
	Seq int    `json:"seq"`
	SDP string `json:"sdp"`
}

// Standing says that where this person stands has changed.
type Standing struct {
	Standing string `json:"standing"`
}

// People is everyone else in the visit. Only the admitted are told.
type People struct {
	Locked  bool     `json:"locked"`
	Covered bool     `json:"covered"` // the patient's side
	People  []Person `json:"people"`
}

// A Person is one of People.
type Person struct {
	Seat         string `json:"seat"`
	Role         string `json:"role"`
	Name         string `json:"name"`
	About        string `json:"about"`
	Audio        bool   `json:"audio"`
	Video        bool   `json:"video"`
	Covered      bool   `json:"covered"`
	Reconnecting bool   `json:"reconnecting"`
	Unheard      bool   `json:"unheard"` // the microphone is on, and nothing comes
	Unseen       bool   `json:"unseen"`  // the camera is on, and nothing comes
}

// Slots says who is in which of this person's slots. Only the admitted are told.
type Slots struct {
	Slots []Slot `json:"slots"`
}

// A Slot is one face: a pair of media sections and whose they now are.
type Slot struct {
	Slot   int    `json:"slot"`
	Audio  string `json:"audio"`  // mid, or "" if not offered
	Video  string `json:"video"`  // mid, or "" if not offered
	Seat   string `json:"seat"`   // "" for nobody
	Paused bool   `json:"paused"` // the network of whoever is told carries only sound
}

// Speaking says who speaks now, loudest first. Only the admitted are told.
type Speaking struct {
	Seats []string `json:"seats"`
}

// What Trouble says of sound or picture; "" is that all is well.
const (
	NothingComes = "none"   // it is switched on, and no packet comes
	OnlySilence  = "silent" // sound comes, and there is nothing in it
)

// Trouble says what is switched on at this end and does not reach the server.
type Trouble struct {
	Audio string `json:"audio"`
	Video string `json:"video"`
}

// Sparing says that somebody who hears and sees this person has a network that
// carries little, so that less is to be sent; or no longer.
type Sparing struct {
	On bool `json:"on"`
}

// What a TextLine is.
const (
	Chat    = "chat"
	Caption = "caption" // typed by a speech-to-text reporter as people speak
)

// Lines are written words. Only the admitted are told, and nobody keeps them.
type Lines struct {
	Lines []TextLine `json:"lines"`
}

// A TextLine is one of Lines. One with the N of an earlier line replaces it.
type TextLine struct {
	N    int    `json:"n"`
	Seat string `json:"seat"`
	Name string `json:"name"`
	Kind string `json:"kind"`
	Text string `json:"text"`
	Done bool   `json:"done"` // false while it is still being typed
}

// Looked tells somebody who waits that staff look at them, or no longer do.
type Looked struct {
	On bool `json:"on"`
}

// Say is words from the ward to somebody waiting.
type Say struct {
	Text string `json:"text"`
}

// Until says when the visit is to end now, since the ward has given it more time.
type Until struct {
	At string `json:"at"` // RFC 3339, in UTC
}

// Ended is the last frame.
type Ended struct {
	Reason Reason `json:"reason"`
}

// Refused says that a frame was refused. But for a Join, nothing else changed.
type Refused struct {
	Code  Code   `json:"code"`
	Frame string `json:"frame"`
}

// Pong answers the Ping of the same N.
type Pong struct {
	N int `json:"n"`
}

func (Welcome) Type() string  { return "welcome" }
func (Answer) Type() string   { return "answer" }
func (Standing) Type() string { return "standing" }
func (People) Type() string   { return "people" }
func (Slots) Type() string    { return "slots" }
func (Speaking) Type() string { return "speaking" }
func (Trouble) Type() string  { return "trouble" }
func (Sparing) Type() string  { return "sparing" }
func (Lines) Type() string    { return "lines" }
func (Looked) Type() string   { return "looked" }
func (Say) Type() string      { return "say" }
func (Until) Type() string    { return "until" }
func (Ended) Type() string    { return "ended" }
func (Refused) Type() string  { return "refused" }
func (Pong) Type() string     { return "pong" }

func (Welcome) notice()  {}
func (Answer) notice()   {}
func (Standing) notice() {}
func (People) notice()   {}
func (Slots) notice()    {}
func (Speaking) notice() {}
func (Trouble) notice()  {}
func (Sparing) notice()  {}
func (Lines) notice()    {}
func (Looked) notice()   {}
func (Say) notice()      {}
func (Until) notice()    {}
func (Ended) notice()    {}
func (Refused) notice()  {}
func (Pong) notice()     {}
