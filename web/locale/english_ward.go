package locale

// wardEnglish is what a refusal says to staff, who stand on the other side of
// it: the key is the refusal's code and "/staff"; and what it says of the
// questions that only staff are asked.
var wardEnglish = map[string]string{
	"already_started/staff": "This visit has been started already. Somebody else may have pressed Start just before you.",
	"not_started/staff":     "The iPad is not in the visit yet. Turn it on by the patient, then let people in.",
	"not_open_yet/staff":    "It is too early to start this visit.",
	"not_paired/staff":      "That iPad is not paired. Pair it, then press Start again.",
	"not_here/staff":        "They are not waiting any more. They may have closed the page.",
	"removed/staff":         "They were removed from this visit, which cannot be undone.",
	"room_locked/staff":     "The visit is locked. Unlock it, then let them in.",
	"visit_over/staff":      "This visit is over.",
	"visit_begun/staff":     "This visit has begun. End it instead.",
	"consent_needed/staff":  "There is no consent to video visits. Record it before you book.",
	"patient_away/staff":    "This patient is not on a ward, so visits cannot be booked.",
	"ward_closed/staff":     "This ward is not taking video visits at the moment.",
	"no_slots/staff":        "This person cannot visit. Look at the patient's family and friends.",
	"not_approved/staff":    "This person is not approved yet. Approve them on the patient's page first.",
	"not_in_circle/staff":   "This person is not on the patient's list. Invite them first.",
	"hold_expired/staff":    "We could not keep that time any longer. Choose a time again.",

	"missing/visitor":       "Choose who is ringing",
	"missing/start":         "Choose a time for the visit",
	"not_a_slot/start":      "That is not a time the ward offers. Choose one of the times shown",
	"patient_busy/start":    "The patient already has a visit then. Choose another time",
	"too_late/start":        "That time is too soon. Choose a later time",
	"consent_needed/start":  "There is no consent to video visits. Record it on the patient’s page first",
	"no_slots/start":        "This person cannot be booked for. Look at the patient’s family and friends",
	"patient_away/start":    "This patient is not on a ward, so visits cannot be booked",
	"ward_closed/start":     "This ward is not taking video visits at the moment",
	"not_approved/visitor":  "This person is not approved yet. Approve them on the patient’s page first",
	"not_in_circle/visitor": "This person is not on the patient’s list. Invite them first",
	"missing/tongue":        "Choose a language, or no interpreter",
	"missing/basis":         "Choose who said yes",
	"missing/by":            "Enter the name of the person who said yes",
	"bad_time/review":       "Enter a day from today on, and not more than a year ahead",
	"missing/text":          "Choose a message, or type one",
	"too_long/text":         "Use no more than 200 characters",
	"missing/why":           "Choose why the visit ends",
	"bad_choice/why":        "Choose why the visit ends",
	"too_long/reason":       "Use no more than 300 characters",
}
