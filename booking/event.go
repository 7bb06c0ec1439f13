package booking

import "time"

// An Action is what an Event says has been done; a stable word for audit.
type Action string

// The actions that are recorded.
const (
	SlotHeld            Action = "slot_held"
	HoldReleased        Action = "hold_released"
	VisitBooked         Action = "visit_booked"
	RuleSetAside        Action = "rule_set_aside"
	VisitMoved          Action = "visit_moved"
	VisitCancelled      Action = "visit_cancelled"
	VisitStarted        Action = "visit_started"
	VisitEnded          Action = "visit_ended"
	OutcomeNoted        Action = "outcome_noted"      // of a visit that does not go as planned; the reason says which
	OutcomeTakenBack    Action = "outcome_taken_back" //
	FeedbackGiven       Action = "feedback_given"     // the reason says on which side, and nothing of what was said
	FeedbackChanged     Action = "feedback_changed"   //
	VisitExtended       Action = "visit_extended"     // the reason says by how much
	RoomLocked          Action = "room_locked"
	RoomUnlocked        Action = "room_unlocked"
	PatientCovered      Action = "patient_covered"
	PatientUncovered    Action = "patient_uncovered"
	DeviceArrived       Action = "device_arrived"
	PersonArrived       Action = "person_arrived"
	WaitingSeen         Action = "waiting_seen"    // staff looked at whoever waited
	PersonSwitched      Action = "person_switched" // came in another browser than was let in
	PersonDeparted      Action = "person_departed"
	PersonAdmitted      Action = "person_admitted"
	PersonHeldBack      Action = "person_held_back"
	PersonRemoved       Action = "person_removed"
	PersonRefused       Action = "person_refused"
	PersonAdded         Action = "person_added"
	VisitorInvited      Action = "visitor_invited"
	VisitorApproved     Action = "visitor_approved"
	VisitorProposed     Action = "visitor_proposed"
	VisitorWithdrawn    Action = "visitor_withdrawn"
	VisitorPaused       Action = "visitor_paused"
	VisitorResumed      Action = "visitor_resumed"
	VisitorBarred       Action = "visitor_barred"
	BarLifted           Action = "bar_lifted"
	InviteRevoked       Action = "invite_revoked"
	CodeSent            Action = "code_sent"
	CodeRefused         Action = "code_refused"
	InviteOpened        Action = "invite_opened"
	ConsentRecorded     Action = "consent_recorded"
	ConsentWithdrawn    Action = "consent_withdrawn"
	PatientRead         Action = "patient_read"    // somebody of the ward looked at their record
	PatientsListed      Action = "patients_listed" // or at a page that names who lies in it
	AskedElsewhere      Action = "asked_elsewhere" // staff asked for what is not of their wards, or not there
	AuditRead           Action = "audit_read"
	AuditTaken          Action = "audit_taken"   // as a file
	FiguresRead         Action = "figures_read"  // the reason says of which days
	FiguresTaken        Action = "figures_taken" // as a file
	InterpreterOffered  Action = "interpreter_offered"
	OfferAccepted       Action = "offer_accepted"
	OfferDeclined       Action = "offer_declined"
	OfferWithdrawn      Action = "offer_withdrawn"
	OfferConfirmed      Action = "offer_confirmed"
	OfferLapsed         Action = "offer_lapsed"
	InterpreterMissed   Action = "interpreter_missed"
	SubstituteAsked     Action = "substitute_asked"
	InterpreterAssigned Action = "interpreter_assigned" // by staff, to whom they said yes
	InterpreterTakenOff Action = "interpreter_taken_off"
	InterpreterAdded    Action = "interpreter_added"
	InterpreterChanged  Action = "interpreter_changed"
	InterpreterClosed   Action = "interpreter_closed"
	InterpreterForgone  Action = "interpreter_forgone"
	FamilyToldLooking   Action = "family_told_looking" // that nobody has been found yet
	FamilyToldLate      Action = "family_told_late"    // that the interpreter has not come
	TimeOffTaken        Action = "time_off_taken"
	TimeOffDropped      Action = "time_off_dropped"
	HoursChanged        Action = "hours_changed"
	PairingBegun        Action = "pairing_begun"
	DevicePaired        Action = "device_paired"
	DeviceRevoked       Action = "device_revoked"
	DeviceCopied        Action = "device_copied" // a copy of its browser was turned away
	DeviceCleaned       Action = "device_cleaned"
	UncleanStarted      Action = "unclean_started"   // a visit, on a device that was not clean; the reason is a person's
	DeviceReassigned    Action = "device_reassigned" // a visit has another device than it had
	DeviceSwapped       Action = "device_swapped"    // during a visit; the reason says which, and why
	DeviceWithdrawn     Action = "device_withdrawn"
	DeviceRestored      Action = "device_restored"
	DeviceLent          Action = "device_lent"
	DeviceTakenBack     Action = "device_taken_back"
	DeviceZoned         Action = "device_zoned"
	WallAdded           Action = "wall_added" // a screen on the ward's wall
	WallPaired          Action = "wall_paired"
	WallRemoved         Action = "wall_removed"
	SignedIn            Action = "signed_in"
	SignInRefused       Action = "sign_in_refused"
	SignedOut           Action = "signed_out"
	AccountAdded        Action = "account_added"
	AccountClosed       Action = "account_closed"
	AccountReopened     Action = "account_reopened"
	RoleGiven           Action = "role_given"
	RoleTaken           Action = "role_taken"
	PasswordReset       Action = "password_reset" // to a code, by somebody else
	PasswordChosen      Action = "password_chosen"
	MessageWorded       Action = "message_worded" // the reason says which, its version, and the words now and before
	PlaceAdded          Action = "place_added"    // a site, a ward or a bed; the subject says which
	PlaceRenamed        Action = "place_renamed"
	PlacePhoned         Action = "place_phoned" // the number that families ring was changed
	PlaceClosed         Action = "place_closed"
	PlaceOpened         Action = "place_opened"
	FactorRefused       Action = "factor_refused" // a code that was not right, after the password
	FactorAdded         Action = "factor_added"   // a second factor of their own
	FactorRenamed       Action = "factor_renamed"
	FactorRemoved       Action = "factor_removed"
	FactorsRemoved      Action = "factors_removed" // all of somebody's, by somebody else, who said why
	CodesMade           Action = "codes_made"      // on paper
	PINSet              Action = "pin_set"
	PINRemoved          Action = "pin_removed"
	PINSpent            Action = "pin_spent"         // tried too often in one browser, which has forgotten its owner
	RolesNeedFactor     Action = "roles_need_factor" // the reason says which
	Imported            Action = "imported"          // made or changed by a file; the reason says which
	IdentityLinked      Action = "identity_linked"   // to an account here; the reason is the issuer

	WaitJoined        Action = "wait_joined"
	WaitLeft          Action = "wait_left"
	SlotOffered       Action = "slot_offered"
	SlotOfferDeclined Action = "slot_offer_declined"
	TimeRequested     Action = "time_requested"
	RequestAnswered   Action = "request_answered"
	RequestTakenBack  Action = "request_taken_back"
	SeriesBooked      Action = "series_booked"
	SeriesStopped     Action = "series_stopped"
	VisitDisplaced    Action = "visit_displaced"

	VisitFlagged    Action = "visit_flagged" // something troubles it; the reason says what
	FlagClosed      Action = "flag_closed"
	FlagKept        Action = "flag_kept" // by staff, who said why
	VisitRehomed    Action = "visit_rehomed"
	VisitReinstated Action = "visit_reinstated"
	PatientMovedOn  Action = "patient_moved" // a movement is known; the reason says which
	PatientsMerged  Action = "patients_merged"
	PatientsParted  Action = "patients_parted"
	TaskOpened      Action = "task_opened"
	TaskDone        Action = "task_done"
	InfectionSet    Action = "infection_set"
	NeedsRecorded   Action = "needs_recorded"  // the reason says of which kind, not which
	PrivacyAsked    Action = "privacy_asked"   // the patient is not to be talked of
	PrivacyDropped  Action = "privacy_dropped" //
)

// An Event is a fact already true: who did what to what. It is written in the
// transaction of the act that made it true.
type Event struct {
	At      time.Time
	By      Actor
	Action  Action
	Subject string // kind and id: "visit 0190…"
	Ward    WardID // whose it is, and whose boards change; empty when no ward's
	Reason  string // a code or a person's words; never a name
	Quiet   bool   // no board changes: something was only read
}

// A NoticeKind is what a Notice says; the key of its words.
type NoticeKind string

// The notices that are sent.
const (
	NoticeInvite         NoticeKind = "invite"          // the link to an invitation
	NoticeCode           NoticeKind = "code"            // the one-time code for it
	NoticeBooked         NoticeKind = "booked"          //
	NoticeMoved          NoticeKind = "moved"           //
	NoticeCancelled      NoticeKind = "cancelled"       //
	NoticeReminder       NoticeKind = "reminder"        // the day before
	NoticeJoin           NoticeKind = "join"            // shortly before, with how to join
	NoticeInterpreterAsk NoticeKind = "interpreter_ask" // an offer to look at
	NoticeInterpreterOff NoticeKind = "interpreter_off" // the visit moved or was cancelled

	NoticeInterpreterConfirm NoticeKind = "interpreter_confirm" // to an interpreter: do you still come
	NoticeInterpreterNone    NoticeKind = "interpreter_none"    // to a family: we are still looking
	NoticeInterpreterLate    NoticeKind = "interpreter_late"    // to a family: go on without, or another time

	NoticeWaiting NoticeKind = "waiting" // to a family that is late: until when the ward waits
	NoticeMissed  NoticeKind = "missed"  // to a family that did not come

	NoticeSlotOffer       NoticeKind = "slot_offer"       // a freed time, kept for somebody on the waiting list
	NoticeRequestAnswered NoticeKind = "request_answered" // with a link to the answer, never the answer itself
	NoticeSeries          NoticeKind = "series"           // visits that repeat, all in one
	NoticeSeriesOff       NoticeKind = "series_off"       //
	NoticeDisplaced       NoticeKind = "displaced"        // the ward needs the time; another one is kept
	NoticeDisplacedOff    NoticeKind = "displaced_off"    // and none could be
)

// A Channel is how a Notice travels.
type Channel string

// The channels of a Notice.
const (
	SMS   Channel = "sms"
	Email Channel = "email"
)

// A Notice is a message owed to someone. Words holds what its template needs,
// already formatted for its reader; what is secret in it is erased once sent.
type Notice struct {
	ID      string
	Kind    NoticeKind
	Channel Channel
	To      string // E.164 number or email address
	Visit   VisitID
	Dedupe  string // unique: the same fact is told once
	Due     time.Time
	Expires time.Time // after which it is not worth sending
	Words   map[string]string
	Also    string // the ward's own sentence, with placeholders; set by its lease
	Attempt int    // to send it, counted from 1; set by its lease
}
