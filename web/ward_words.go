package web

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// inWords joins names: Anna, David and June.
func inWords(names []string) string {
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}

// ago says how long something has lasted, in whole minutes. board.ts says the
// same between two looks at the board.
func ago(since, now time.Time) string {
	d := now.Sub(since)
	if d < time.Minute {
		return "less than a minute"
	}
	return minutes(d.Truncate(time.Minute))
}

// An ipadLine is what there is to know of an iPad before carrying it to a bed.
type ipadLine struct {
	booking.Device
	Tag     tag
	Battery string
	Low     bool // charge it before it is used
	Online  bool
}

// To is where an act about the iPad goes.
func (i ipadLine) To(act string) string {
	return ipadAddress(i.Device.ID) + "/" + act + "?ward=" + url.QueryEscape(string(i.Device.Ward))
}

// CleanTap reports whether one tap says that the iPad is clean: whichever way it was
// cleaned in will do.
func (i ipadLine) CleanTap() bool {
	return len(i.Device.Soiled.CleanedBy()) == len(booking.CleanMethods)
}

func newIPadLine(d booking.Device, now time.Time) ipadLine {
	line := ipadLine{Device: d, Tag: deviceTag(d), Online: d.Online(now), Battery: "not known"}
	if d.Battery >= 0 {
		line.Battery = strconv.Itoa(d.Battery) + "%"
		line.Low = d.Battery < booking.LowBattery
	}
	return line
}

func deviceTag(d booking.Device) tag {
	switch d.State {
	case booking.DeviceReady:
		return tag{"Clean", "green"}
	case booking.DeviceInUse:
		return tag{"In a visit", "blue"}
	case booking.DeviceDirty:
		return tag{"Needs cleaning", "yellow"}
	case booking.DeviceLost:
		return tag{"Lost", "red"}
	}
	return tag{"Out of service", "grey"}
}

// interpreterTag says how far a visit's interpreter is; nil when none is asked for.
func interpreterTag(v desk.Visit) *tag {
	switch {
	case !v.Forgone.IsZero():
		return &tag{"Goes on without a " + interpreterOf(v.Forgone), "grey"}
	case v.Tongue.IsZero():
		return nil
	}
	who := interpreterOf(v.Tongue)
	if v.Interpreter == nil {
		return &tag{"No " + who + " found", "red"}
	}
	for _, p := range v.People {
		if p.Role == booking.AsInterpreter && !p.HereSince.IsZero() {
			return &tag{upperFirst(who) + " is here", "green"}
		}
	}
	switch v.Interpreter.State {
	case booking.Accepted:
		return &tag{upperFirst(who) + " is coming", "green"}
	case booking.Offered:
		return &tag{upperFirst(who) + " asked, no answer yet", "yellow"}
	case booking.Declined:
		return &tag{upperFirst(who) + " declined", "red"}
	}
	return &tag{"No " + who + " found", "red"}
}

// phoneWords writes a number as people in this country read it.
func phoneWords(e164 string) string {
	number, err := phonenumbers.Parse(e164, "GB")
	if err != nil {
		return e164
	}
	if number.GetCountryCode() == 44 {
		return phonenumbers.Format(number, phonenumbers.NATIONAL)
	}
	return phonenumbers.Format(number, phonenumbers.INTERNATIONAL)
}

// basisWords say on whose word a consent rests.
var basisWords = map[booking.Basis]string{
	booking.BasisOwn:           "The patient said yes",
	booking.BasisBestInterests: "In the patient’s best interests",
	booking.BasisParent:        "A parent said yes",
	booking.BasisAttorney:      "Somebody with power of attorney said yes",
}

// bases are all of them, in the order in which pages ask.
var bases = []booking.Basis{booking.BasisOwn, booking.BasisBestInterests, booking.BasisParent, booking.BasisAttorney}

// endWords say why a visit is ended.
var endWords = map[booking.Reason]string{
	booking.ByWard:          "Ended by the ward",
	booking.PatientDeclined: "The patient was not able to go on",
	booking.PatientAsleep:   "The patient was asleep",
	booking.NoShowVisitor:   "Nobody came",
	booking.Technical:       "Something did not work",
	booking.ByFamily:        "The family cancelled",
	booking.RanToEnd:        "Ended when its time was up",
	booking.AtBedside:       "Ended at the bedside",
}
