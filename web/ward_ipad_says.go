package web

import (
	"strconv"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// senseWords say what became of a camera or a microphone when the iPad tried it.
var senseWords = map[booking.Sense]string{
	booking.SenseWorks: "works", booking.SenseDark: "sees only black: something may lie over the lens",
	booking.SenseRefused: "may not be used: allow it in the iPad’s settings for this page", booking.SenseMissing: "is not there",
	booking.SenseNothing: "gives nothing: close other apps, or start the iPad again",
}

// wrongWith says what is wrong with an iPad that no button puts right.
func wrongWith(d booking.Device, now time.Time) (words []string) {
	for _, need := range d.Needs(now) {
		switch need {
		case booking.NeedsFinding:
			words = append(words, "See that it is on, charged and online")
		case booking.NeedsRepair:
			if d.Check.Camera.Broken() {
				words = append(words, "Its camera "+senseWords[d.Check.Camera])
			}
			if d.Check.Microphone.Broken() {
				words = append(words, "Its microphone "+senseWords[d.Check.Microphone])
			}
		case booking.NeedsClock:
			words = append(words, "Its clock is "+aheadWords(d.ClockAhead)+": set its date and time to automatic")
		}
	}
	return words
}

// aheadWords say how wrong a clock is, in the largest unit that says it.
func aheadWords(ahead time.Duration) string {
	way := " fast"
	if ahead < 0 {
		way = " slow"
	}
	switch off := ahead.Abs(); {
	case off < time.Minute:
		return "right"
	case off < 2*time.Hour:
		return plural(int(off/time.Minute), "minute", "minutes") + way
	case off < 48*time.Hour:
		return plural(int(off/time.Hour), "hour", "hours") + way
	default:
		return plural(int(off/(24*time.Hour)), "day", "days") + way
	}
}

// Says are what the iPad last said of itself.
func (r ipadRow) Says() (facts []fact) {
	if !r.Paired || r.LastSeen.IsZero() {
		return []fact{{"Last heard from", "never"}}
	}
	facts = []fact{{"Last heard from", upperFirst(r.Seen)}, {"Battery", r.Battery}, {"Clock", upperFirst(aheadWords(r.ClockAhead))}}
	if r.Answer > 0 {
		facts = append(facts, fact{"Network", answerWords(r.Answer)})
	}
	if r.Check.At.IsZero() {
		return append(facts, fact{"Camera and microphone", "Not tried yet"})
	}
	when := ", " + moment(r.Check.At, r.zone)
	return append(facts, fact{"Camera", upperFirst(senseWords[r.Check.Camera]) + when}, fact{"Microphone", upperFirst(senseWords[r.Check.Microphone]) + when})
}

// slowAnswer is how long an answer may take before pages feel slow.
const slowAnswer = time.Second

func answerWords(answer time.Duration) string {
	words := "Good"
	if answer > slowAnswer {
		words = "Slow"
	}
	return words + ": answers in " + strconv.FormatInt(answer.Milliseconds(), 10) + " ms"
}
