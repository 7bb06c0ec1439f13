package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// What is done to an iPad as a thing: taken out of service, lost, lent, kept in a
// bay. Each is asked for on a page of its own, then shown with the visits that it
// touches, and done when that is sent again.

// A carriedPage is about one iPad that a ward has, its own or a borrowed one.
type carriedPage struct {
	wardHead
	*form.Form
	desk.Carried
	Row  ipadRow
	Acts []ipadAct // that can be done with it now
	zone *time.Location
}

// Own reports whether the iPad belongs to the ward.
func (p carriedPage) Own() bool { return p.Device.Ward == p.wardHead.Ward.ID }

// Zone is the time zone of the ward.
func (p carriedPage) Zone() *time.Location { return p.zone }

// At is the address of something to do with the iPad.
func (p carriedPage) At(act string) string {
	return ipadAddress(p.Device.ID) + act + p.Query()
}

// TakeBack is the address at which a loan ends.
func (p carriedPage) TakeBack(l desk.WardAndLoan) string {
	return p.At("/change/take-back") + "&loan=" + url.QueryEscape(string(l.ID))
}

// Kept says where the iPad is kept.
func (p carriedPage) Kept() string { return keptWords(p.Carried) }

func keptWords(c desk.Carried) string {
	switch {
	case c.Dedicated:
		return c.Zone + ", and nowhere else"
	case c.Zone != "":
		return c.Zone
	}
	return "the whole ward"
}

// carriedOf is the iPad that an address names, of the ward that it names.
func (s *Server) carriedOf(r *http.Request, by booking.Actor) (carriedPage, error) {
	head, err := s.headOf(r, by, "/ward/ipads")
	if err != nil {
		return carriedPage{}, err
	}
	all, err := s.desk.Carried(r.Context(), by, head.Ward.ID)
	if err != nil {
		return carriedPage{}, err
	}
	i := slices.IndexFunc(all, func(c desk.Carried) bool { return string(c.ID) == r.PathValue("id") })
	if i < 0 {
		return carriedPage{}, booking.ErrNoSuchDevice
	}
	p := carriedPage{wardHead: head, Form: form.Blank(), Carried: all[i], Row: s.newIPadRow(all[i].Device, head.Ward.Site.Zone), zone: head.Ward.Site.Zone}
	for _, act := range ipadActs {
		if act.possible(p) {
			p.Acts = append(p.Acts, act)
		}
	}
	return p, nil
}

// wardIPad handles GET /ward/ipads/{id}. The address on an iPad's label names no
// ward, since it may be another's by the time that it is read.
func (s *Server) wardIPad(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	if id := booking.DeviceID(r.PathValue("id")); !r.URL.Query().Has("ward") {
		ward, err := s.desk.WardOfDevice(r.Context(), by, id)
		if err != nil {
			return err
		}
		return seeOther(w, r, ipadAddress(id)+"?ward="+url.QueryEscape(string(ward)))
	}
	p, err := s.carriedOf(r, by)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/ipad", p)
}

// An ipadAct is one thing that can be done with an iPad.
type ipadAct struct {
	Name     string // in its address
	Text     string // of the link to it
	Asks     string // the heading of its page
	Does     string // the button that does it
	Warns    bool   // it takes something away
	Done     string // what the list says afterwards
	possible func(p carriedPage) bool
	read     func(f *form.Form, p carriedPage) desk.DeviceChange
	asked    []string // its questions
	first    string   // the question beside which a refusal is shown
}

// ipadActs are all of them, in the order of the page. Taking back is asked for of
// one loan, beside it.
var ipadActs = []ipadAct{
	{
		Name: "repair", Text: "Take out of service", Asks: "Take it out of service?", Does: "Take it out of service", Warns: true, Done: "ipad_withdrawn",
		possible: usable, read: readWithdraw(booking.DeviceOutOfService, "fault"), asked: []string{"fault"}, first: "fault",
	}, {
		Name: "lost", Text: "It is lost", Asks: "Is it lost?", Does: "Mark it as lost", Warns: true, Done: "ipad_lost",
		possible: func(p carriedPage) bool { return p.State != booking.DeviceLost },
		read:     readWithdraw(booking.DeviceLost, "lastseen"), asked: []string{"lastseen"}, first: "lastseen",
	}, {
		Name: "restore", Text: "Put back into service", Asks: "Put it back into service?", Does: "Put it back into service", Done: "ipad_restored",
		possible: func(p carriedPage) bool { return !usable(p) },
		read:     func(*form.Form, carriedPage) desk.DeviceChange { return desk.Restore{} },
	}, {
		Name: "lend", Text: "Lend to another ward", Asks: "Lend it to which ward, and for how long?", Does: "Lend it", Done: "ipad_lent",
		possible: func(p carriedPage) bool { return usable(p) && p.Own() },
		read:     readLend, asked: []string{"to", "from-", "from-time", "till-", "till-time"}, first: "till",
	}, {
		Name: "zone", Text: "Change where it is kept", Asks: "Where is it kept?", Does: "Keep it there", Done: "ipad_zoned",
		possible: carriedPage.Own, read: readZone, asked: []string{"zone", "dedicated"}, first: "zone",
	}, {
		Name: "take-back", Asks: "End the loan now?", Does: "End the loan", Warns: true, Done: "ipad_taken_back",
		possible: func(p carriedPage) bool { return len(p.Loans) > 0 },
		read: func(f *form.Form, _ carriedPage) desk.DeviceChange {
			return desk.TakeBack{Loan: booking.LoanID(f.Value("loan"))}
		}, asked: []string{"loan"},
	},
}

func usable(p carriedPage) bool { return p.State.Usable() }

func readWithdraw(state booking.DeviceState, question string) func(*form.Form, carriedPage) desk.DeviceChange {
	return func(f *form.Form, _ carriedPage) desk.DeviceChange {
		reason := f.Paragraph(question, mostReason)
		if strings.TrimSpace(reason) == "" && f.Error(question) == "" {
			refuse(f, question, booking.ErrReasonNeeded)
		}
		return desk.Withdraw{State: state, Reason: reason}
	}
}

func readLend(f *form.Form, p carriedPage) desk.DeviceChange {
	to, err := identifier(f.Value("to"), booking.ErrMissing)
	if err != nil {
		refuse(f, "to", err)
	}
	return desk.Lend{To: booking.WardID(to), From: readMoment(f, "from", p.zone, false), Till: readMoment(f, "till", p.zone, true)}
}

// readMoment reads a day and a time of it, which may be left out: then it is the
// beginning of the day, or with last its end. A time that the clocks skip is
// refused; of one that they show twice, the first is meant, or with last the second.
func readMoment(f *form.Form, name string, zone *time.Location, last bool) time.Time {
	day := mustDate(f, name)
	if day.IsZero() {
		return time.Time{}
	}
	begins, ends := booking.DayBounds(day, zone)
	switch clock := f.Value(name + "-time"); {
	case strings.TrimSpace(clock) == "" && last:
		return ends
	case strings.TrimSpace(clock) == "":
		return begins
	}
	clock := readClock(f, name+"-time", last)
	instants := booking.Instants(day, clock, zone)
	switch {
	case f.Error(name+"-time") != "":
		return time.Time{}
	case clock == 24*60:
		return ends
	case len(instants) == 0:
		refuse(f, name+"-time", booking.ErrNoSuchLocalTime)
		return time.Time{}
	case last:
		return instants[len(instants)-1]
	}
	return instants[0]
}

// wholeWard is the choice of no bay, which a form could not tell from no choice.
const wholeWard = "-"

func readZone(f *form.Form, _ carriedPage) desk.DeviceChange {
	zone := f.Value("zone")
	switch zone {
	case "":
		refuse(f, "zone", booking.ErrMissing)
	case wholeWard:
		zone = ""
	}
	dedicated := f.Value("dedicated") == "yes"
	if dedicated && zone == "" && f.OK() {
		refuse(f, "zone", booking.ErrBadChoice)
	}
	return desk.SetZone{Zone: zone, Dedicated: dedicated}
}

// An ipadChoice is one of a list.
type ipadChoice struct {
	Value, Text string
	On          bool
}

// An ipadAskPage asks what an act needs to know, or shows what it would do.
type ipadAskPage struct {
	carriedPage
	Act     ipadAct
	Wards   []ipadChoice // to lend to
	Bays    []ipadChoice
	Example string
	Would   desk.Repacked
	Carries []carried
}

// There is where the act is sent.
func (p ipadAskPage) There() string { return p.At("/change/" + p.Act.Name) }

// Touched is how many visits the act touches.
func (p ipadAskPage) Touched() int { return len(p.Would.Moved) + len(p.Would.Left) }

// actOnIPad is the page of the act that an address names.
func (s *Server) actOnIPad(r *http.Request, by booking.Actor) (ipadAskPage, error) {
	p, err := s.carriedOf(r, by)
	if err != nil {
		return ipadAskPage{}, err
	}
	i := slices.IndexFunc(p.Acts, func(a ipadAct) bool { return a.Name == r.PathValue("act") })
	if i < 0 {
		return ipadAskPage{}, booking.ErrNoSuchDevice
	}
	return ipadAskPage{carriedPage: p, Act: p.Acts[i]}, nil
}

// askIPad handles GET /ward/ipads/{id}/change/{act}. What asks nothing is shown with
// what it would do at once.
func (s *Server) askIPad(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.actOnIPad(r, by)
	if err != nil {
		return err
	}
	switch p.Act.Name {
	case "restore", "take-back":
		p.Form = form.Blank("loan", r.URL.Query().Get("loan"))
		return s.checkIPad(w, r, by, http.StatusOK, p)
	case "lend":
		now := s.now().In(p.zone)
		today := booking.DateOf(now, p.zone)
		p.Form = form.Blank(append(datePairs("from", today), "from-time", now.Format("15:04"))...)
	case "zone":
		zone, dedicated := p.Carried.Zone, ""
		if zone == "" {
			zone = wholeWard
		}
		if p.Dedicated {
			dedicated = "yes"
		}
		p.Form = form.Blank("zone", zone, "dedicated", dedicated)
	}
	return s.showAsk(w, r, by, http.StatusOK, p)
}

func (s *Server) showAsk(w http.ResponseWriter, r *http.Request, by booking.Actor, status int, p ipadAskPage) error {
	switch p.Act.Name {
	case "lend":
		wards, err := s.desk.LendTo(r.Context(), by, p.wardHead.Ward.ID)
		if err != nil {
			return err
		}
		for _, ward := range wards {
			p.Wards = append(p.Wards, ipadChoice{string(ward.ID), ward.Name, p.Value("to") == string(ward.ID)})
		}
	case "zone":
		bays, err := s.desk.Bays(r.Context(), by, p.wardHead.Ward.ID)
		if err != nil {
			return err
		}
		p.Bays = append(p.Bays, ipadChoice{wholeWard, "The whole ward", p.Value("zone") == wholeWard})
		for _, bay := range bays {
			p.Bays = append(p.Bays, ipadChoice{bay, bay, p.Value("zone") == bay})
		}
	}
	return s.render(w, r, status, "ward/ipad-ask", p)
}

// checkIPad shows what an act would do to visits, or asks again if it is refused.
func (s *Server) checkIPad(w http.ResponseWriter, r *http.Request, by booking.Actor, status int, p ipadAskPage) error {
	change := p.Act.read(p.Form, p.carriedPage)
	if !p.OK() {
		return s.showAsk(w, r, by, http.StatusUnprocessableEntity, p)
	}
	var err error
	if p.Would, err = s.desk.RehearseDevice(r.Context(), by, p.Device.ID, change); err != nil {
		return s.refuseIPad(w, r, by, p, err)
	}
	p.Carries = carry(p.Form, p.Act.asked...)
	return s.render(w, r, status, "ward/ipad-check", p)
}

// refuseIPad asks again with what is wrong, if there is a question to put it by.
func (s *Server) refuseIPad(w http.ResponseWriter, r *http.Request, by booking.Actor, p ipadAskPage, err error) error {
	if p.Act.first == "" {
		return err
	}
	if fault := p.Form.Fail(p.Act.first, err); fault != nil {
		return fault
	}
	return s.showAsk(w, r, by, http.StatusUnprocessableEntity, p)
}

// changeIPad handles POST /ward/ipads/{id}/change/{act}: it shows which visits the
// change would touch, and makes it when that was seen.
func (s *Server) changeIPad(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.actOnIPad(r, by)
	if err != nil {
		return err
	}
	if p.Form, err = form.Read(r); err != nil {
		return err
	}
	if p.Value("again") != "" {
		return s.showAsk(w, r, by, http.StatusOK, p)
	}
	if p.Value("seen") == "" {
		return s.checkIPad(w, r, by, http.StatusOK, p)
	}
	change := p.Act.read(p.Form, p.carriedPage)
	if !p.OK() {
		return s.showAsk(w, r, by, http.StatusUnprocessableEntity, p)
	}
	done, err := s.desk.ChangeDevice(r.Context(), by, p.Device.ID, change)
	if err != nil {
		return s.refuseIPad(w, r, by, p, err)
	}
	said := p.Act.Done
	if len(done.Left) > 0 {
		said = "ipad_left"
	}
	return seeOther(w, r, "/ward/ipads"+p.Query()+"&said="+said)
}
