package locale

// familyEnglish fits refusals to the relative's pages, where a question is the
// name of a control as in questionsEnglish.
var familyEnglish = map[string]string{
	"slot_taken/times":     "Somebody has just taken that time. Choose another time.",
	"patient_busy/times":   "There is another visit then. Choose another time.",
	"not_a_slot/times":     "That is not a time the ward offers. Choose one of the times shown.",
	"too_late/times":       "It is too late to book that time. Choose a later one.",
	"no_slots/times":       "That time is not free any more. Choose another time, or ring the ward.",
	"stale/times":          "This visit was changed while you were looking at it. Check the time it has now, then choose again.",
	"no_interpreter/times": "No interpreter is free at that time. Choose another time.",

	"missing/interpreter":        "Choose if you need an interpreter",
	"bad_choice/interpreter":     "Choose one of the languages shown",
	"no_interpreter/interpreter": "We have no interpreter for that language. Choose another, or ring the ward.",
	"no_interpreter/answers":     "No interpreter is free at that time. Choose another time, another language, or go without.",
	"too_many_people/people":     "That is too many people for one visit. Choose fewer people.",
	"room_locked/people":         "The ward is not letting anybody else in. Ring the ward if somebody else needs to come.",

	"stale/version":           "This visit was changed while you were looking at it. Check it, then cancel it if you still want to.",
	"already_in_circle/phone": "The ward knows about this person already. They will hear from the ward.",
}
