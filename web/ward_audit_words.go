package web

import (
	"strings"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// actorKinds are in the order of the search's list.
var actorKinds = []booking.ActorKind{
	booking.StaffActor, booking.VisitorActor, booking.InterpreterActor, booking.DeviceActor, booking.SystemActor,
}

// actorWords are what the kinds are called in the search.
var actorWords = map[booking.ActorKind]string{
	booking.StaffActor: "All staff", booking.VisitorActor: "All family and friends", booking.InterpreterActor: "All interpreters",
	booking.DeviceActor: "All iPads", booking.SystemActor: "Wardvisit itself",
}

// someoneWords are what somebody is called whose name is not known.
var someoneWords = map[booking.ActorKind]string{
	booking.StaffActor: "Somebody of the staff", booking.VisitorActor: "A relative or friend", booking.InterpreterActor: "An interpreter",
	booking.DeviceActor: "An iPad", booking.SystemActor: "Wardvisit itself",
}

// auditKinds are what is recorded, in groups.
var auditKinds = []struct {
	name    string
	actions []booking.Action
}{
	{"Reading", []booking.Action{booking.PatientRead, booking.PatientsListed, booking.WaitingSeen, booking.AskedElsewhere, booking.AuditRead, booking.AuditTaken, booking.FiguresRead, booking.FiguresTaken}},
	{"Signing in", []booking.Action{booking.SignedIn, booking.SignInRefused, booking.FactorRefused, booking.SignedOut}},
	{"Accounts and roles", []booking.Action{
		booking.AccountAdded, booking.AccountClosed, booking.AccountReopened, booking.RoleGiven, booking.RoleTaken, booking.PasswordReset, booking.PasswordChosen, booking.IdentityLinked,
		booking.FactorAdded, booking.FactorRenamed, booking.FactorRemoved, booking.FactorsRemoved, booking.CodesMade, booking.RolesNeedFactor,
		booking.PINSet, booking.PINRemoved, booking.PINSpent,
	}},
	{"Wards and beds", []booking.Action{
		booking.PlaceAdded, booking.PlaceRenamed, booking.PlacePhoned, booking.PlaceClosed, booking.PlaceOpened,
	}},
	{"Visits", []booking.Action{
		booking.SlotHeld, booking.HoldReleased, booking.VisitBooked, booking.RuleSetAside, booking.VisitMoved, booking.VisitCancelled, booking.VisitReinstated,
		booking.VisitStarted, booking.VisitEnded, booking.VisitDisplaced, booking.VisitRehomed, booking.SeriesBooked, booking.SeriesStopped,
		booking.VisitFlagged, booking.FlagClosed, booking.FlagKept,
	}},
	{"In a visit", []booking.Action{
		booking.DeviceArrived, booking.PersonArrived, booking.PersonSwitched, booking.PersonAdmitted, booking.PersonHeldBack, booking.PersonRemoved,
		booking.PersonRefused, booking.PersonDeparted, booking.PersonAdded, booking.RoomLocked, booking.RoomUnlocked, booking.PatientCovered, booking.PatientUncovered,
		booking.VisitExtended, booking.DeviceSwapped,
		booking.OutcomeNoted, booking.OutcomeTakenBack, booking.FeedbackGiven, booking.FeedbackChanged,
	}},
	{"Family and friends", []booking.Action{
		booking.VisitorProposed, booking.VisitorInvited, booking.VisitorApproved, booking.VisitorWithdrawn, booking.VisitorPaused, booking.VisitorResumed,
		booking.VisitorBarred, booking.BarLifted,
		booking.InviteRevoked, booking.InviteOpened, booking.CodeSent, booking.CodeRefused, booking.TimeRequested, booking.RequestAnswered, booking.RequestTakenBack,
		booking.WaitJoined, booking.WaitLeft, booking.SlotOffered, booking.SlotOfferDeclined,
	}},
	{"Patients", []booking.Action{
		booking.ConsentRecorded, booking.ConsentWithdrawn, booking.PatientMovedOn, booking.PatientsMerged, booking.PatientsParted, booking.InfectionSet,
		booking.NeedsRecorded, booking.PrivacyAsked, booking.PrivacyDropped,
		booking.TaskOpened, booking.TaskDone, booking.Imported,
	}},
	{"Interpreters", []booking.Action{
		booking.InterpreterOffered, booking.OfferAccepted, booking.OfferDeclined, booking.OfferWithdrawn, booking.OfferConfirmed, booking.OfferLapsed,
		booking.InterpreterMissed, booking.SubstituteAsked, booking.InterpreterForgone, booking.FamilyToldLooking, booking.FamilyToldLate,
		booking.InterpreterAssigned, booking.InterpreterTakenOff, booking.InterpreterAdded, booking.InterpreterChanged, booking.InterpreterClosed,
		booking.TimeOffTaken, booking.TimeOffDropped, booking.HoursChanged,
	}},
	{"iPads", []booking.Action{
		booking.PairingBegun, booking.DevicePaired, booking.DeviceRevoked, booking.DeviceCopied, booking.DeviceCleaned, booking.UncleanStarted, booking.DeviceReassigned, booking.DeviceWithdrawn,
		booking.DeviceRestored, booking.DeviceLent, booking.DeviceTakenBack, booking.DeviceZoned,
		booking.WallAdded, booking.WallPaired, booking.WallRemoved,
	}},
	{"Visiting rules", []booking.Action{
		booking.SessionSaved, booking.SessionEnded, booking.WardClosed, booking.WardReopened, booking.ProtectedAdded, booking.ProtectedRemoved, booking.PolicySaved,
		booking.MessageWorded,
	}},
}

// actionWords are what each of them is in words.
var actionWords = map[booking.Action]string{
	booking.PatientRead: "Looked at a patient’s record", booking.PatientsListed: "Looked at a list of the ward’s patients",
	booking.WaitingSeen: "Looked at who is waiting", booking.AskedElsewhere: "Asked for something of a ward that is not theirs",
	booking.AuditRead: "Looked at the audit", booking.AuditTaken: "Saved the audit as a file",
	booking.FiguresRead: "Looked at figures", booking.FiguresTaken: "Saved figures as a file",
	booking.SignedIn: "Signed in", booking.SignInRefused: "Tried to sign in and was refused", booking.SignedOut: "Signed out",
	booking.AccountAdded: "Added somebody who works here", booking.AccountClosed: "Closed an account", booking.AccountReopened: "Opened an account again",
	booking.PlaceAdded: "Added a hospital, a ward or a bed", booking.PlaceRenamed: "Renamed a hospital, a ward, a bay or a bed",
	booking.PlacePhoned: "Changed the number that families ring", booking.PlaceClosed: "Closed a ward or a bed", booking.PlaceOpened: "Opened a ward or a bed",
	booking.RoleGiven: "Gave a role", booking.RoleTaken: "Took a role away", booking.PasswordReset: "Made a code for a new password", booking.PasswordChosen: "Chose a password", booking.IdentityLinked: "Linked a sign-in to an account",
	booking.FactorRefused: "Typed a wrong code while signing in", booking.FactorAdded: "Set up a second step to sign in", booking.FactorRenamed: "Renamed a second step",
	booking.FactorRemoved: "Removed a second step of their own", booking.FactorsRemoved: "Removed somebody’s second step", booking.CodesMade: "Made codes on paper",
	booking.RolesNeedFactor: "Decided which roles need a second step", booking.PINSet: "Chose a PIN",
	booking.PINRemoved: "Removed their PIN", booking.PINSpent: "A screen forgot somebody after five wrong PINs",
	booking.SlotHeld: "Kept a time while booking", booking.HoldReleased: "Gave a kept time back", booking.VisitBooked: "Booked a visit",
	booking.RuleSetAside: "Set a rule aside", booking.VisitMoved: "Moved a visit", booking.VisitCancelled: "Cancelled a visit",
	booking.WallAdded: "Added a wall screen", booking.WallPaired: "Made a browser a wall screen", booking.WallRemoved: "Removed a wall screen",
	booking.OutcomeNoted: "Said that a visit does not go as planned", booking.OutcomeTakenBack: "Took back what was said of a visit",
	booking.FeedbackGiven: "Said how a visit was", booking.FeedbackChanged: "Changed what they said of a visit",
	booking.VisitExtended: "Gave a visit more time", booking.DeviceSwapped: "Swapped the iPad during a visit", booking.VisitReinstated: "Put a cancelled visit back", booking.VisitStarted: "Started a visit", booking.VisitEnded: "Ended a visit",
	booking.VisitDisplaced: "Moved a visit to make room", booking.VisitRehomed: "Moved a visit with its patient",
	booking.SeriesBooked: "Booked visits that repeat", booking.SeriesStopped: "Stopped visits that repeat",
	booking.VisitFlagged: "A visit needed a look", booking.FlagClosed: "A visit needed no look any more", booking.FlagKept: "Kept a visit as it is",
	booking.DeviceArrived: "The iPad came into a visit", booking.PersonArrived: "Somebody came to a visit",
	booking.PersonSwitched: "Came in another browser than was let in", booking.PersonAdmitted: "Let somebody in",
	booking.PersonHeldBack: "Put somebody back to wait", booking.PersonRemoved: "Removed somebody from a visit",
	booking.PersonRefused: "Somebody was not let into a visit", booking.PersonDeparted: "Somebody left a visit", booking.PersonAdded: "Added somebody to a visit",
	booking.RoomLocked: "Locked a visit", booking.RoomUnlocked: "Unlocked a visit", booking.PatientCovered: "Stopped the patient’s picture and sound",
	booking.PatientUncovered: "Let the patient’s picture and sound go on",
	booking.VisitorProposed:  "Proposed somebody as a visitor", booking.VisitorInvited: "Invited somebody", booking.VisitorApproved: "Approved a visitor",
	booking.VisitorWithdrawn: "Took somebody off a patient’s list", booking.VisitorPaused: "Paused somebody’s visits", booking.VisitorResumed: "Let somebody visit again",
	booking.VisitorBarred: "Barred somebody", booking.BarLifted: "Lifted a bar",
	booking.InviteRevoked: "A link was made invalid", booking.InviteOpened: "Opened an invitation", booking.CodeSent: "Asked for a code",
	booking.CodeRefused: "Typed a wrong code", booking.TimeRequested: "Asked for a time", booking.RequestAnswered: "Answered a request",
	booking.RequestTakenBack: "Took a request back", booking.WaitJoined: "Joined the waiting list", booking.WaitLeft: "Left the waiting list",
	booking.SlotOffered: "A free time was offered", booking.SlotOfferDeclined: "Declined a free time",
	booking.ConsentRecorded: "Recorded consent", booking.ConsentWithdrawn: "Withdrew consent", booking.PatientMovedOn: "A patient came, moved or left",
	booking.PatientsMerged: "Made two records one", booking.PatientsParted: "Made one record two again", booking.InfectionSet: "Changed a patient’s infection",
	booking.NeedsRecorded: "Changed what helps a patient", booking.PrivacyAsked: "Noted that nobody is to be told of a patient", booking.PrivacyDropped: "Noted that people may be told of a patient again",
	booking.TaskOpened: "A family was to be rung", booking.TaskDone: "Rang a family", booking.Imported: "Brought in a file",
	booking.InterpreterOffered: "Asked an interpreter", booking.OfferAccepted: "An interpreter said yes", booking.OfferDeclined: "An interpreter said no",
	booking.OfferWithdrawn: "An interpreter was not needed any more", booking.OfferConfirmed: "An interpreter confirmed", booking.OfferLapsed: "An interpreter did not answer",
	booking.InterpreterMissed: "An interpreter did not come", booking.SubstituteAsked: "Asked for another interpreter",
	booking.InterpreterAssigned: "Put an interpreter down for a visit", booking.InterpreterTakenOff: "Took an interpreter off a visit",
	booking.InterpreterAdded: "Added an interpreter", booking.InterpreterChanged: "Changed an interpreter’s entry", booking.InterpreterClosed: "Closed an interpreter’s entry",
	booking.InterpreterForgone: "Went on without an interpreter", booking.FamilyToldLooking: "Told a family that an interpreter is looked for",
	booking.FamilyToldLate: "Told a family that the interpreter is late", booking.TimeOffTaken: "Took time off", booking.TimeOffDropped: "Took time off back",
	booking.HoursChanged: "Changed their hours",
	booking.PairingBegun: "Began to pair an iPad", booking.DevicePaired: "Paired an iPad", booking.DeviceRevoked: "Unpaired an iPad", booking.DeviceCopied: "Turned away a copy of an iPad",
	booking.DeviceCleaned: "Cleaned an iPad", booking.UncleanStarted: "Started a visit on an iPad that was not clean", booking.DeviceReassigned: "Gave a visit another iPad", booking.DeviceWithdrawn: "Took an iPad out of service",
	booking.DeviceRestored: "Brought an iPad back", booking.DeviceLent: "Lent an iPad", booking.DeviceTakenBack: "Took a lent iPad back",
	booking.DeviceZoned:  "Changed where an iPad is kept",
	booking.SessionSaved: "Changed visiting times", booking.SessionEnded: "Ended visiting times", booking.WardClosed: "Closed something to visits",
	booking.WardReopened: "Opened something again", booking.ProtectedAdded: "Kept a time free of visits", booking.ProtectedRemoved: "Gave a protected time back",
	booking.MessageWorded: "Changed the ward’s own words in a message",
	booking.PolicySaved:   "Changed notice, limits or cleaning",
}

func actionText(a booking.Action) string {
	if words, known := actionWords[a]; known {
		return words
	}
	return spaced(string(a))
}

// actorText is who did something.
func actorText(r desk.AuditRow) string {
	if r.Who != "" {
		return r.Who
	}
	return someoneWords[r.By.Kind]
}

// subjectText is what something was done to: what it is, and what it is called.
func subjectText(r desk.AuditRow) string {
	kind, id, _ := strings.Cut(r.Subject, " ")
	words := map[string]string{
		"visit": "Visit", "patient": "Patient", "member": "Visitor", "device": "iPad", "ward": "Ward", "staff": "Staff", "interpreter": "Interpreter",
		"visitor": "Visitor", "invite": "Invitation of", "request": "Request of", "entry": "Waiting list:", "task": "Task:", "file": "File",
		"session": "Visiting times", "closure": "Closure", "protected": "Protected time", "series": "Visits that repeat", "page": "Page",
		"site": "Hospital", "bed": "Bed",
	}[kind]
	switch {
	case words == "":
		return r.Subject
	case r.Whose != "":
		return words + " " + r.Whose
	case kind == "page" || kind == "file":
		return words + " " + id
	}
	return words
}

// reasonText is why: a code with spaces, or what somebody has written as it is.
func reasonText(reason string) string {
	if strings.ContainsFunc(reason, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') }) {
		return reason
	}
	return spaced(reason)
}

func spaced(code string) string { return strings.ReplaceAll(code, "_", " ") }

// auditWhats are the actions to choose from.
func auditWhats(asked string) (groups []auditGroup) {
	for _, kind := range auditKinds {
		g := auditGroup{Name: kind.name}
		for _, a := range kind.actions {
			g.Choices = append(g.Choices, auditChoice{string(a), actionWords[a], string(a) == asked})
		}
		groups = append(groups, g)
	}
	return groups
}
