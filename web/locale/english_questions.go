package locale

// questionsEnglish fits what a refusal says to the question that was asked. The
// key is the refusal's code, a slash and the name of the control.
var questionsEnglish = map[string]string{
	"missing/name":         "Enter your full name",
	"missing/first_name":   "Enter a first name",
	"missing/relationship": "Enter how you are related",
	"missing/phone":        "Enter a mobile phone number",
	"missing/email":        "Enter an email address",
	"missing/password":     "Enter your password",
	"missing/code":         "Enter the code that we sent to your phone",
	"missing/time":         "Choose a time for the visit",
	"missing/people":       "Choose who is coming",
	"missing/language":     "Choose a language",
	"missing/patient":      "Choose a patient",
	"missing/reason":       "Enter a reason",
	"missing/pairing_code": "Enter the code that the ward's screen shows",
}
