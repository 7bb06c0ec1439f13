package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/notify"
	"github.com/wardvisit/wardvisit/web/form"
)

// What a ward adds to the messages that families get. Messages are in English, so each
// has one wording.

const messagesPath = "/ward/messages"

// mostWording is how much can be typed: more than will do, so that what is too long is
// shown again with what is wrong.
const mostWording = 1000

// messageNames are what the messages are, as a ward knows them.
var messageNames = map[booking.NoticeKind]string{
	booking.NoticeBooked: "A visit is booked", booking.NoticeMoved: "A visit has a new time", booking.NoticeCancelled: "A visit is cancelled",
	booking.NoticeReminder: "The day before", booking.NoticeJoin: "Shortly before, with how to join", booking.NoticeWaiting: "The family is late, and the ward waits",
	booking.NoticeMissed: "A visit did not happen",
	booking.NoticeInvite: "An invitation", booking.NoticeCode: "The code for it", booking.NoticeInterpreterNone: "No interpreter is found yet",
	booking.NoticeInterpreterLate: "The interpreter has not come", booking.NoticeSlotOffer: "A time on the waiting list", booking.NoticeRequestAnswered: "A request is answered",
	booking.NoticeSeries: "Visits that repeat are booked", booking.NoticeSeriesOff: "Visits that repeat are stopped",
	booking.NoticeDisplaced: "A visit makes way for a goodbye", booking.NoticeDisplacedOff: "A visit makes way, and no other time is kept",
}

// fixedMessages are those that a ward cannot add to, in the order of the page.
var fixedMessages = []booking.NoticeKind{
	booking.NoticeInvite, booking.NoticeCode, booking.NoticeSlotOffer, booking.NoticeRequestAnswered, booking.NoticeSeries, booking.NoticeSeriesOff,
	booking.NoticeInterpreterNone, booking.NoticeInterpreterLate, booking.NoticeDisplaced, booking.NoticeDisplacedOff,
}

// A messageRow is one kind of message, as a made-up family would get it.
type messageRow struct {
	Kind     booking.NoticeKind
	Name     string
	Also     string
	Version  int
	SMS      string
	Parts    int
	Subject  string
	Email    string
	Wordable bool
}

// Path is the message's own page, in a ward.
func (m messageRow) Path(head wardHead) string {
	return messagesPath + "/" + url.PathEscape(string(m.Kind)) + head.Query()
}

// madeUp are the words of a message to nobody about a visit that is none.
func (s *Server) madeUp(ward booking.Ward) map[string]string {
	when := s.now().Add(24 * time.Hour).Truncate(time.Hour)
	said := moment(when, ward.Site.Zone)
	return map[string]string{
		"hospital": ward.Site.Name, "phone": ward.Phone, "link": s.public.String() + "/invitation/made-up-link", "code": "123456", "minutes": "10",
		"when": said, "length": "30 minutes", "reference": "ABC-234", "language": "Polish (spoken)", "until": said, "was": said,
		"dates": "Tuesdays at 2:00pm: 24 Nov, 1, 8, 15 Dec",
	}
}

// newMessageRow says a message of a ward with words of its own.
func (s *Server) newMessageRow(ward booking.Ward, kind booking.NoticeKind, also string) (messageRow, error) {
	row := messageRow{Kind: kind, Name: messageNames[kind], Also: also, Wordable: kind.Wordable()}
	n := booking.Notice{Kind: kind, Channel: booking.SMS, Words: s.madeUp(ward), Also: also}
	sms, err := notify.Render(n)
	if err != nil {
		return row, err
	}
	n.Channel = booking.Email
	email, err := notify.Render(n)
	row.SMS, row.Parts, row.Subject, row.Email = sms.Body, booking.SMSParts(sms.Body), email.Subject, email.Body
	return row, err
}

// Head is the ward of the page, for addresses.
func (h wardHead) Head() wardHead { return h }

// A messagesPage is every message that families get.
type messagesPage struct {
	wardHead
	Own, Fixed []messageRow
	MayChange  bool
}

// wardMessages handles GET /ward/messages.
func (s *Server) wardMessages(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	head, err := s.headOf(r, by, messagesPath)
	if err != nil {
		return err
	}
	own, err := s.desk.Wordings(r.Context(), by, head.Ward.ID)
	if err != nil {
		return err
	}
	p := messagesPage{wardHead: head, MayChange: by.May(booking.DecideRules, head.Ward.ID)}
	for _, kind := range slices.Concat(booking.Wordables, fixedMessages) {
		also := ""
		if versions := own[kind]; len(versions) > 0 {
			also = versions[len(versions)-1].Text
		}
		row, err := s.newMessageRow(head.Ward, kind, also)
		if err != nil {
			return err
		}
		if row.Wordable {
			p.Own = append(p.Own, row)
		} else {
			p.Fixed = append(p.Fixed, row)
		}
	}
	return s.render(w, r, http.StatusOK, "ward/messages", p)
}

// A messagePage is one message, with what the ward adds to it and has added.
type messagePage struct {
	wardHead
	*form.Form
	messageRow
	History   []messageVersion // the last one first
	MayChange bool
	Preview   bool // of what is typed, and not yet saved
	Owed      int  // messages that have not gone yet, and would have it
}

// UsesOwn reports whether the ward adds anything now.
func (p messagePage) UsesOwn() bool { return len(p.History) > 0 && p.History[0].Text != "" }

// A messageVersion is what a ward added once.
type messageVersion struct {
	booking.Wording
	Made string
}

func (s *Server) messageOf(r *http.Request, by booking.Actor) (p messagePage, err error) {
	kind := booking.NoticeKind(r.PathValue("kind"))
	if !kind.Wordable() {
		return p, booking.ErrNoSuchMessage
	}
	if p.wardHead, err = s.headOf(r, by, messagesPath); err != nil {
		return p, err
	}
	own, err := s.desk.Wordings(r.Context(), by, p.wardHead.Ward.ID)
	if err != nil {
		return p, err
	}
	var last booking.Wording
	for _, v := range slices.Backward(own[kind]) {
		p.History = append(p.History, messageVersion{v, moment(v.MadeAt, p.wardHead.Ward.Site.Zone) + ", by " + v.MadeBy})
	}
	if len(p.History) > 0 {
		last = p.History[0].Wording
	}
	if p.messageRow, err = s.newMessageRow(p.wardHead.Ward, kind, last.Text); err != nil {
		return p, err
	}
	p.Version = last.Version
	if p.Owed, err = s.desk.NoticesOwed(r.Context(), by, p.wardHead.Ward.ID, kind); err != nil {
		return p, err
	}
	p.MayChange = by.May(booking.DecideRules, p.wardHead.Ward.ID)
	p.Form = form.Blank("also", last.Text, "version", strconv.Itoa(last.Version))
	return p, nil
}

// wardMessage handles GET /ward/messages/{kind}.
func (s *Server) wardMessage(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.messageOf(r, by)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/message", p)
}

// wordMessage handles POST /ward/messages/{kind}: what is typed is shown as it would be,
// with how many messages it touches, and then saved; nothing typed is the usual words.
func (s *Server) wordMessage(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	p, err := s.messageOf(r, by)
	if err != nil {
		return err
	}
	version, err := strconv.Atoi(f.Value("version"))
	if err != nil {
		return booking.ErrBadChoice
	}
	now := p.Version
	p.Form, p.Version = f, version // that they began from, which somebody may have changed since
	typed := f.Optional("also", mostWording)
	switch {
	case !f.OK():
		return s.render(w, r, http.StatusUnprocessableEntity, "ward/message", p)
	case f.Value("do") == "again":
		return s.render(w, r, http.StatusOK, "ward/message", p)
	case f.Value("do") != "save":
		return s.previewMessage(w, r, by, p, typed)
	}
	err = s.desk.Word(r.Context(), by, booking.Wording{Ward: p.wardHead.Ward.ID, Kind: p.Kind, Version: version, Text: typed})
	switch {
	case err == nil && typed == "":
		return seeOther(w, r, p.Path(p.wardHead)+"&said=message_usual")
	case err == nil:
		return seeOther(w, r, p.Path(p.wardHead)+"&said=message_worded")
	case isAny(err, booking.ErrStale):
		p.Version = now // whose words the page shows now
		return s.refuseWording(w, r, http.StatusConflict, p, err)
	}
	return s.refuseWording(w, r, http.StatusUnprocessableEntity, p, err)
}

func (s *Server) previewMessage(w http.ResponseWriter, r *http.Request, by booking.Actor, p messagePage, typed string) error {
	text, err := s.desk.ReadWording(r.Context(), by, p.wardHead.Ward.ID, typed)
	if err != nil {
		return s.refuseWording(w, r, http.StatusUnprocessableEntity, p, err)
	}
	shown, err := s.newMessageRow(p.wardHead.Ward, p.Kind, text)
	if err != nil {
		return err
	}
	shown.Version = p.Version
	p.messageRow, p.Preview = shown, true
	return s.render(w, r, http.StatusOK, "ward/message", p)
}

func (s *Server) refuseWording(w http.ResponseWriter, r *http.Request, status int, p messagePage, err error) error {
	if fault := p.Fail("also", err); fault != nil || isAny(err, booking.ErrMayNot, booking.ErrNoSuchWard) {
		return err
	}
	return s.render(w, r, status, "ward/message", p)
}
