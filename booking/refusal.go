package booking

// A Kind says what the asker can do about a Refusal.
type Kind int

// The kinds of refusal.
const (
	Invalid   Kind = iota + 1 // ask for something else
	Forbidden                 // ask as someone else
	NotFound                  // it is not there, or not yours to see
	Conflict                  // someone was first; look again
)

// A Refusal is a rule saying no. It is the only kind of error shown to the
// person asking. Its Code is stable: it goes out in JSON and in metrics, and
// is the key of its translations, so one is never reused or renamed.
type Refusal struct {
	Kind Kind
	Code string
}

func (r *Refusal) Error() string { return "booking: refused: " + r.Code }

// What may be refused. web/locale has a sentence for each.
var (
	// What is asked for is not there, or not the asker's to see.
	ErrNoSuchVisit       = &Refusal{NotFound, "no_such_visit"}
	ErrNoSuchPatient     = &Refusal{NotFound, "no_such_patient"}
	ErrNoSuchWard        = &Refusal{NotFound, "no_such_ward"}
	ErrNoSuchDevice      = &Refusal{NotFound, "no_such_device"}
	ErrNoSuchPerson      = &Refusal{NotFound, "no_such_person"}
	ErrNoSuchInterpreter = &Refusal{NotFound, "no_such_interpreter"}
	ErrNoSuchOffer       = &Refusal{NotFound, "no_such_offer"}
	ErrNoSuchInvite      = &Refusal{NotFound, "no_such_invite"}
	ErrNoSuchClosure     = &Refusal{NotFound, "no_such_closure"}
	ErrNoSuchSession     = &Refusal{NotFound, "no_such_session"}
	ErrNoSuchProtected   = &Refusal{NotFound, "no_such_protected_time"}
	ErrNoSuchFlag        = &Refusal{NotFound, "no_such_flag"}
	ErrNoSuchRequest     = &Refusal{NotFound, "no_such_request"}
	ErrNoSuchEntry       = &Refusal{NotFound, "no_such_entry"}
	ErrNoSuchWall        = &Refusal{NotFound, "no_such_wall"}
	ErrNoSuchSeries      = &Refusal{NotFound, "no_such_series"}

	// Links and codes.
	ErrInviteExpired   = &Refusal{NotFound, "invite_expired"}
	ErrInviteRevoked   = &Refusal{NotFound, "invite_revoked"}
	ErrWrongCode       = &Refusal{Invalid, "wrong_code"}
	ErrCodeExpired     = &Refusal{Invalid, "code_expired"}
	ErrTooManyCodes    = &Refusal{Conflict, "too_many_codes"}
	ErrCodeTooSoon     = &Refusal{Conflict, "code_too_soon"}
	ErrPairingCode     = &Refusal{Invalid, "pairing_code"}
	ErrDeviceUnknown   = &Refusal{Forbidden, "device_unknown"}
	ErrDeviceKey       = &Refusal{Invalid, "device_key"}
	ErrDeviceProof     = &Refusal{Forbidden, "device_proof"}
	ErrDeviceCopied    = &Refusal{Forbidden, "device_copied"}
	ErrDeviceLost      = &Refusal{Forbidden, "device_lost"}
	ErrWrongPassword   = &Refusal{Forbidden, "wrong_password"}
	ErrLockedOut       = &Refusal{Forbidden, "locked_out"}
	ErrFactorNeeded    = &Refusal{Forbidden, "factor_needed"} // the password was right
	ErrFactorFirst     = &Refusal{Forbidden, "factor_first"}  // set one up before anything else
	ErrWrongFactor     = &Refusal{Invalid, "wrong_factor"}
	ErrFactorUsed      = &Refusal{Conflict, "factor_used"}
	ErrFactorShut      = &Refusal{Forbidden, "factor_shut"} // guessed at too often
	ErrNoSuchFactor    = &Refusal{NotFound, "no_such_factor"}
	ErrTooManyFactors  = &Refusal{Conflict, "too_many_factors"}
	ErrBadPIN          = &Refusal{Invalid, "bad_pin"}
	ErrWrongPIN        = &Refusal{Invalid, "wrong_pin"}
	ErrPINSpent        = &Refusal{Forbidden, "pin_spent"} // tried too often here
	ErrNotHereLately   = &Refusal{Forbidden, "not_here_lately"}
	ErrNoPINForRole    = &Refusal{Forbidden, "no_pin_for_role"}
	ErrNotYourPassword = &Refusal{Invalid, "not_your_password"}
	ErrSignInNeeded    = &Refusal{Forbidden, "sign_in_needed"}
	ErrMayNot          = &Refusal{Forbidden, "may_not"}
	ErrMissing         = &Refusal{Invalid, "missing"}
	ErrTooLong         = &Refusal{Invalid, "too_long"}
	ErrBadText         = &Refusal{Invalid, "bad_text"}
	ErrBadPhone        = &Refusal{Invalid, "bad_phone"}
	ErrBadEmail        = &Refusal{Invalid, "bad_email"}
	ErrBadChoice       = &Refusal{Invalid, "bad_choice"}
	ErrBadTime         = &Refusal{Invalid, "bad_time"}
	ErrNoSuchLocalTime = &Refusal{Invalid, "no_such_local_time"}
	ErrTwiceLocalTime  = &Refusal{Invalid, "twice_local_time"}

	// Who may visit.
	ErrNotInCircle     = &Refusal{NotFound, "not_in_circle"}
	ErrNotApproved     = &Refusal{Forbidden, "not_approved"}
	ErrPaused          = &Refusal{Forbidden, "paused"}
	ErrPrivate         = &Refusal{Forbidden, "private"}
	ErrConsentNeeded   = &Refusal{Forbidden, "consent_needed"}
	ErrPatientAway     = &Refusal{Forbidden, "patient_away"}
	ErrWardClosed      = &Refusal{Forbidden, "ward_closed"}
	ErrAlreadyInCircle = &Refusal{Conflict, "already_in_circle"}

	// Booking. ErrNoSlots is also what a barred person hears, in the same words.
	ErrNoSlots       = &Refusal{Conflict, "no_slots"}
	ErrSlotTaken     = &Refusal{Conflict, "slot_taken"}
	ErrPatientBusy   = &Refusal{Conflict, "patient_busy"}
	ErrNotASlot      = &Refusal{Invalid, "not_a_slot"}
	ErrTooLate       = &Refusal{Conflict, "too_late"}
	ErrTooEarly      = &Refusal{Conflict, "too_early"}
	ErrHoldExpired   = &Refusal{Conflict, "hold_expired"}
	ErrTooManyHolds  = &Refusal{Conflict, "too_many_holds"}
	ErrTooManyPeople = &Refusal{Invalid, "too_many_people"}
	ErrNobodyComing  = &Refusal{Invalid, "nobody_coming"}
	ErrNoInterpreter = &Refusal{Conflict, "no_interpreter"}
	ErrVisitOver     = &Refusal{Conflict, "visit_over"}
	ErrNobodyWaits   = &Refusal{Conflict, "nobody_waits"}
	ErrVisitBegun    = &Refusal{Conflict, "visit_begun"}
	ErrStale         = &Refusal{Conflict, "stale"}
	ErrKeyReused     = &Refusal{Conflict, "key_reused"}
	ErrPast          = &Refusal{Conflict, "past"}

	// What a ward decides. Those that may be set aside are listed at Settle.
	ErrClosed           = &Refusal{Conflict, "closed"}
	ErrProtected        = &Refusal{Conflict, "protected_time"}
	ErrWeekFull         = &Refusal{Conflict, "week_full"}
	ErrReasonNeeded     = &Refusal{Invalid, "reason_needed"}
	ErrPolicyForbids    = &Refusal{Invalid, "policy_forbids"}
	ErrWeeklyNumbers    = &Refusal{Invalid, "weekly_numbers"}
	ErrBadPolicy        = &Refusal{Invalid, "bad_policy"}
	ErrSessionBackwards = &Refusal{Invalid, "session_backwards"}
	ErrSessionTooShort  = &Refusal{Invalid, "session_too_short"}
	ErrSessionNever     = &Refusal{Invalid, "session_never"}
	ErrSessionClashes   = &Refusal{Conflict, "session_clashes"}
	ErrBadSession       = &Refusal{Invalid, "bad_session"}
	ErrClosureBackwards = &Refusal{Invalid, "closure_backwards"}

	ErrWordingPlace    = &Refusal{Invalid, "wording_placeholder"}
	ErrWordingMarks    = &Refusal{Invalid, "wording_marks"}
	ErrWordingLink     = &Refusal{Invalid, "wording_link"}
	ErrWordingWard     = &Refusal{Invalid, "wording_ward"}
	ErrWordingAlphabet = &Refusal{Invalid, "wording_alphabet"}
	ErrWordingLong     = &Refusal{Invalid, "wording_long"}
	ErrNoSuchMessage   = &Refusal{NotFound, "no_such_message"}

	// On the day.
	ErrNotStarted     = &Refusal{Conflict, "not_started"}
	ErrNotOpenYet     = &Refusal{Conflict, "not_open_yet"}
	ErrAlreadyStarted = &Refusal{Conflict, "already_started"}
	ErrDeviceBusy     = &Refusal{Conflict, "device_busy"}
	ErrNotPaired      = &Refusal{Conflict, "not_paired"}
	ErrRoomLocked     = &Refusal{Conflict, "room_locked"}
	ErrRemoved        = &Refusal{Forbidden, "removed"}
	ErrNotHere        = &Refusal{Conflict, "not_here"}
	ErrNotLateYet     = &Refusal{Conflict, "not_late_yet"}
	ErrSomebodyHere   = &Refusal{Conflict, "somebody_here"}
	ErrNoMoreTime     = &Refusal{Conflict, "no_more_time"}
	ErrOfferClosed    = &Refusal{Conflict, "offer_closed"}

	// Interpreters.
	ErrBadRest         = &Refusal{Invalid, "bad_rest"}
	ErrBadHours        = &Refusal{Invalid, "bad_hours"}
	ErrHoursMeet       = &Refusal{Conflict, "hours_meet"}
	ErrBadTimeOff      = &Refusal{Invalid, "bad_time_off"}
	ErrNoSuchTimeOff   = &Refusal{NotFound, "no_such_time_off"}
	ErrCannotInterpret = &Refusal{Conflict, "cannot_interpret"}
	ErrPhoneTaken      = &Refusal{Conflict, "interpreter_phone_taken"}
	ErrNoTongue        = &Refusal{Invalid, "no_tongue"}
	ErrNoneWanted      = &Refusal{Conflict, "no_interpreter_wanted"}
	ErrTooSoon         = &Refusal{Conflict, "substitute_too_soon"}

	// The ward's devices.
	ErrDeviceAway  = &Refusal{Conflict, "device_away"}
	ErrDeviceTaken = &Refusal{Conflict, "device_taken"}
	ErrOtherZone   = &Refusal{Conflict, "other_zone"}
	ErrDeviceDirty = &Refusal{Conflict, "device_dirty"}
	ErrCleanMethod = &Refusal{Invalid, "clean_method"}
	ErrBadLoan     = &Refusal{Invalid, "bad_loan"}
	ErrLoanClashes = &Refusal{Conflict, "loan_clashes"}
	ErrNotLent     = &Refusal{Conflict, "not_lent"}

	// Where patients are.
	ErrCallWard      = &Refusal{Forbidden, "call_ward"} // all that is said once a patient has died
	ErrBedTaken      = &Refusal{Conflict, "bed_taken"}
	ErrNoSuchTask    = &Refusal{NotFound, "no_such_task"}
	ErrNoSuchMerge   = &Refusal{NotFound, "no_such_merge"}
	ErrNoSuchBed     = &Refusal{NotFound, "no_such_bed"}
	ErrAlreadyHere   = &Refusal{Conflict, "already_here"}
	ErrPatientDied   = &Refusal{Conflict, "patient_died"}
	ErrNothingToUndo = &Refusal{Conflict, "nothing_to_undo"}
	ErrNumberTaken   = &Refusal{Conflict, "number_taken"}
	ErrSamePatient   = &Refusal{Invalid, "same_patient"}
	ErrMergedAlready = &Refusal{Conflict, "merged_already"}

	// How a visit was.
	ErrNotAsked     = &Refusal{Conflict, "not_asked"}
	ErrNotEndedYet  = &Refusal{Conflict, "not_ended_yet"}
	ErrAnswerClosed = &Refusal{Conflict, "answer_closed"}

	// When nothing fits.
	ErrGoodbyeOnce    = &Refusal{Conflict, "goodbye_once"}
	ErrBadDays        = &Refusal{Invalid, "bad_days"}
	ErrStillFree      = &Refusal{Conflict, "still_free"}
	ErrWaitingAlready = &Refusal{Conflict, "waiting_already"}
	ErrTooManyWishes  = &Refusal{Invalid, "too_many_wishes"}
	ErrSameWish       = &Refusal{Invalid, "same_wish"}
	ErrRequestOpen    = &Refusal{Conflict, "request_open"}
	ErrRequestClosed  = &Refusal{Conflict, "request_closed"}
	ErrNothingToJoin  = &Refusal{Conflict, "nothing_to_join"}
	ErrBadSeries      = &Refusal{Invalid, "bad_series"}
	ErrSeriesTooLong  = &Refusal{Invalid, "series_too_long"}
	ErrInSeries       = &Refusal{Conflict, "in_series"}
	ErrNobodyGivesWay = &Refusal{Conflict, "nobody_gives_way"}

	// Who works here.
	ErrNoSuchAccount     = &Refusal{NotFound, "no_such_account"}
	ErrEmailTaken        = &Refusal{Conflict, "email_taken"}
	ErrAccountCode       = &Refusal{Invalid, "account_code"}
	ErrPasswordShort     = &Refusal{Invalid, "password_short"}
	ErrPasswordLong      = &Refusal{Invalid, "password_long"}
	ErrPasswordGuessable = &Refusal{Invalid, "password_guessable"}
	ErrLastAdministrator = &Refusal{Conflict, "last_administrator"}

	// Sites, wards and beds.
	ErrNoSuchSite  = &Refusal{NotFound, "no_such_site"}
	ErrNoSuchBay   = &Refusal{NotFound, "no_such_bay"}
	ErrNameTaken   = &Refusal{Conflict, "name_taken"}
	ErrPlaceInUse  = &Refusal{Conflict, "place_in_use"}
	ErrNoTimesYet  = &Refusal{Conflict, "no_times_yet"}
	ErrBadZone     = &Refusal{Invalid, "bad_zone"}
	ErrBedRange    = &Refusal{Invalid, "bed_range"}
	ErrTooManyBeds = &Refusal{Invalid, "too_many_beds"}

	// Signing in through the hospital's own provider.
	ErrProviderAway    = &Refusal{Conflict, "provider_away"}
	ErrProviderNo      = &Refusal{Forbidden, "provider_declined"}
	ErrProviderAnswer  = &Refusal{Forbidden, "provider_answer"}
	ErrNoRole          = &Refusal{Forbidden, "no_role"}
	ErrNotLinked       = &Refusal{Forbidden, "not_linked"}
	ErrEmailUnverified = &Refusal{Forbidden, "email_unverified"}
	ErrAccountShut     = &Refusal{Forbidden, "account_shut"}
)
