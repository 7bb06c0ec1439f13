package web

import (
	"net/http"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// didWords are what somebody did to a visit, as it is told to whoever pressed a
// button on a page that did not show it yet.
var didWords = map[booking.Action]string{
	booking.VisitStarted: "started it", booking.VisitEnded: "ended it", booking.VisitCancelled: "called it off", booking.VisitMoved: "moved it",
	booking.VisitExtended: "gave it more time", booking.DeviceSwapped: "swapped its iPad", booking.DeviceReassigned: "gave it another iPad",
	booking.PersonAdmitted: "let somebody in", booking.PersonHeldBack: "asked somebody to wait again", booking.PersonRemoved: "removed somebody",
	booking.PersonArrived: "came to the waiting room", booking.PersonDeparted: "left", booking.PersonAdded: "added somebody",
	booking.RoomLocked: "locked it", booking.RoomUnlocked: "unlocked it", booking.PatientCovered: "covered the camera", booking.PatientUncovered: "showed the patient again",
	booking.OutcomeNoted: "said how it goes", booking.OutcomeTakenBack: "took back what was said of it", booking.VisitReinstated: "put it back",
	booking.PlaceAdded: "added it", booking.PlaceRenamed: "renamed it", booking.PlacePhoned: "changed its number", booking.PlaceClosed: "closed it",
	booking.PlaceOpened:   "opened it",
	booking.DeviceArrived: "opened it at the bed", booking.VisitRehomed: "moved it with its patient", booking.VisitBooked: "booked it",
}

// doneBefore are what somebody else did, by what it has others refused with: they are told
// of that, whatever has happened since.
var doneBefore = map[string]booking.Action{booking.ErrAlreadyStarted.Code: booking.VisitStarted}

// sinceWords say what was last done to a visit; empty when nothing was.
func (s *Server) sinceWords(r *http.Request, by booking.Actor, ward booking.Ward) (string, error) {
	ref, err := booking.ParseReference(r.URL.Query().Get("about"))
	if err != nil {
		return "", nil //nolint:nilerr // an address that is about no visit has nothing to add
	}
	last, err := s.desk.LastChangeOf(r.Context(), by, ref, doneBefore[r.URL.Query().Get("said")])
	if err != nil || last.Action == "" {
		return "", unlessRefusal(err)
	}
	return lastWords(last, ward), nil
}

func lastWords(last desk.LastChange, ward booking.Ward) string {
	did, who := didWords[last.Action], last.Who
	if did == "" {
		did = "changed it"
	}
	if who == "" {
		who = someoneWords[last.By.Kind]
	}
	return who + " " + did + " at " + clock(last.At, ward.Site.Zone) + "."
}
