package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
	"github.com/wardvisit/wardvisit/web/locale"
)

// Another iPad for a visit, chosen by hand: a page that says of each of the ward's
// iPads whether it would do, and one that says what the change means.

// A swapPage asks which iPad a visit is to have.
type swapPage struct {
	*form.Form
	desk.Visit
	Way     wayBack
	Has     *swapRow // the one that it has; nil when that is not the ward's any more
	Can     []swapRow
	Cannot  []swapRow
	Chosen  *swapRow // of those that can
	Version int      // of the visit, as it was shown
}

// A swapRow is one of the ward's iPads.
type swapRow struct {
	ipadLine
	Makes int    // how many other visits change iPads for it
	Why   string // it cannot be chosen
	On    bool
}

// Zone is that of the visit's ward.
func (p swapPage) Zone() *time.Location { return p.WardRecord.Site.Zone }

// Here is the address of the page.
func (p swapPage) Here() string { return visitPath(p.Reference) + "/ipad" + p.Way.Query() }

// Back is where it was opened from.
func (p swapPage) Back() string { return p.Way.To(p.Reference, "") }

// swapPageOf sets out the iPads of the ward of the visit that an address names.
func (s *Server) swapPageOf(r *http.Request, by booking.Actor, f *form.Form) (swapPage, error) {
	ref, err := booking.ParseReference(r.PathValue("ref"))
	if err != nil {
		return swapPage{}, err
	}
	choices, err := s.desk.ChoicesOf(r.Context(), by, ref)
	if err != nil {
		return swapPage{}, err
	}
	p := swapPage{Form: f, Visit: choices.Visit, Way: wayBackOf(r), Version: choices.Visit.Version}
	for _, c := range choices.Devices {
		row := swapRow{ipadLine: newIPadLine(c.Device, s.now()), Makes: c.Makes, Why: whyNot(c), On: f.Value("device") == string(c.ID)}
		switch {
		case c.Has:
			p.Has = &row
		case c.Cannot != nil:
			p.Cannot = append(p.Cannot, row)
		default:
			p.Can = append(p.Can, row)
			if row.On {
				p.Chosen = &row
			}
		}
	}
	return p, nil
}

// whyNot says in plain words why an iPad cannot be chosen; empty when it can.
func whyNot(c desk.Choice) string {
	var refusal *booking.Refusal
	switch {
	case !errors.As(c.Cannot, &refusal):
		return ""
	case !c.State.Usable():
		return "It is " + unusableWords[c.State]
	case refusal == booking.ErrDeviceBusy && c.State != booking.DeviceInUse:
		return "It is not ready"
	}
	return locale.English.SayOf(refusal.Code, "choice")
}

var unusableWords = map[booking.DeviceState]string{
	booking.DeviceLost: "lost", booking.DeviceOutOfService: "out of service",
}

// askSwap handles GET /ward/visits/{ref}/ipad.
func (s *Server) askSwap(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.swapPageOf(r, by, form.Blank())
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/visit-ipad", p)
}

// swapIPad handles POST /ward/visits/{ref}/ipad: it says what the change means, and
// makes it when that was seen.
func (s *Server) swapIPad(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	p, err := s.swapPageOf(r, by, f)
	if err != nil {
		return err
	}
	chosen := f.Value("device")
	switch {
	case f.Value("again") != "":
		return s.render(w, r, http.StatusOK, "ward/visit-ipad", p)
	case chosen == "":
		refuse(f, "device", booking.ErrMissing)
	case p.Has != nil && string(p.Has.Device.ID) == chosen: // pressed twice
		return seeOther(w, r, p.Way.To(p.Reference, "other_ipad"))
	case p.Chosen == nil:
		refuse(f, "device", p.refusalOf(chosen))
	}
	if !f.OK() {
		return s.render(w, r, http.StatusUnprocessableEntity, "ward/visit-ipad", p)
	}
	if f.Value("seen") == "" {
		return s.render(w, r, http.StatusOK, "ward/visit-ipad-check", p)
	}
	// What is no number is no version that was ever shown: the desk finds it stale.
	version, _ := strconv.Atoi(f.Value("version"))
	ctx, done := s.decide(r, p.Reference)
	defer done()
	visit, err := s.desk.Reassign(ctx, by, p.Reference, version, booking.DeviceID(chosen))
	if err == nil {
		return seeOther(w, r, p.Way.To(visit.Reference, "other_ipad"))
	}
	if isAny(err, booking.ErrNoSuchVisit, booking.ErrVisitOver) {
		return err
	}
	if fault := f.Fail("device", err); fault != nil {
		return fault
	}
	if p, err = s.swapPageOf(r, by, f); err != nil { // as things are now
		return err
	}
	return s.render(w, r, http.StatusConflict, "ward/visit-ipad", p)
}

// errNotThisIPad is what is wrong with an iPad that was free when the page was drawn.
var errNotThisIPad = &booking.Refusal{Kind: booking.Conflict, Code: "not_this_ipad"}

// refusalOf says what is wrong with an iPad that cannot be chosen.
func (p swapPage) refusalOf(id string) error {
	for _, row := range p.Cannot {
		if string(row.Device.ID) == id {
			return errNotThisIPad
		}
	}
	return booking.ErrBadChoice
}
