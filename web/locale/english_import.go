package locale

// importEnglish is what a refusal says of a row of a file, to whoever imports it:
// the key is the refusal's code and "/import".
var importEnglish = map[string]string{
	"bad_phone/import":          "This is not a telephone number. Write it like 07700 900 982, or abroad with + and the country's code.",
	"bad_email/import":          "This is not an email address. Write it like name@example.com, or leave the cell empty.",
	"bad_time/import":           "This is not a time that a visit can have. Look at the day, the time and the length.",
	"no_such_local_time/import": "The clocks go forward then, so this time does not happen on that day. Choose another time.",
	"slot_taken/import":         "No iPad of the ward is free at this time, with its preparing and cleaning. Choose another time or a shorter visit.",
	"no_slots/import":           "This person cannot visit this patient. Look at the patient's family and friends.",
	"patient_busy/import":       "The patient has another visit at this time. Choose another time, or leave the row out.",
	"too_late/import":           "This time has passed or is too soon for the ward. Leave the row out, or choose a later time.",
	"too_early/import":          "This is further ahead than the ward lets staff book. Choose an earlier day, or change the ward's rules first.",
	"closed/import":             "The ward is closed to visits at this time. Choose another time, or reopen it first.",
	"protected_time/import":     "The ward keeps this time free of visits. Choose another time.",
	"week_full/import":          "The patient has as many visits in this week as the ward gives. Choose another week, or change the ward's rules first.",
	"consent_needed/import":     "There is no consent to video visits. Record it on the patient's page, or import it with the patient.",
	"patient_away/import":       "This patient is not on a ward, so visits cannot be booked. Leave the row out.",
	"ward_closed/import":        "The patient's ward is not taking video visits. Open it first, or leave the row out.",
	"too_many_people/import":    "These are more people than the ward lets come to one visit. Take somebody off the row.",
	"no_interpreter/import":     "No interpreter of this language is free at this time. Choose another time, or leave the cell empty.",
	"policy_forbids/import":     "Nobody could ever book under these rules. The notice must be shorter than the days ahead, and somebody must be able to come.",
	"weekly_numbers/import":     "The fewest visits a week cannot be more than the most. Change one of the two.",
	"bad_policy/import":         "These rules are outside what any ward can mean. Look at the numbers of this row again.",
	"session_never/import":      "These visiting times never take place: their first day comes after their last. Change from or until.",
	"session_too_short/import":  "A visit of this length does not fit between the two times. Change one of them.",
	"bad_session/import":        "These visiting times are outside what any ward can mean. Look at the numbers again.",
	"no_such_bed/import":        "This bed is closed. Choose another bed, or have it opened first.",
	"stale/import":              "Somebody changed this while the file was being read. Try again.",

	"missing/kind":    "Choose what the file holds",
	"bad_choice/kind": "Choose what the file holds",
	"missing/file":    "Choose a file",
	"too_big/file":    "This file is larger than 1 megabyte. Split it into several files, or ask whoever runs Wardvisit to bring it in.",
}
