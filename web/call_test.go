package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// A callHouse is a hospital in which Anna and a BSL interpreter visit Thomas at
// two o'clock, and one iPad is paired.
type callHouse struct {
	*familyHouse
	sealer *ticket.Sealer
	visit  desk.Visit
	anna   *phone
	bryn   *phone // the interpreter
	ipad   *phone
}

func newCallHouse(t *testing.T) *callHouse {
	t.Helper()
	h := &callHouse{familyHouse: newFamilyHouse(t)}
	var err error
	if h.sealer, err = ticket.New(make([]byte, ticket.MinKey), func() time.Time { return h.hour }); err != nil {
		t.Fatal(err)
	}
	h.tickets = h.sealer
	h.iceServers = func(t ticket.Ticket) []ICEServer {
		servers := []ICEServer{{URLs: []string{"stun:relay.example:3478"}}}
		if t.ID == "" {
			return servers
		}
		return append(servers, ICEServer{URLs: []string{"turn:relay.example:3478"}, Username: t.ID, Credential: "c"})
	}
	h.anna = h.phoneOf(t, anna)
	h.bryn = h.phone(t)
	token := h.link(t, "", bslInterpreter)
	h.bryn.post("/invitation/code", "token", token)
	h.bryn.post("/invitation/open", "token", token, "code", h.code(t)).leads("/interpreter")
	h.book(t)
	h.pair(t)
	return h
}

func (h *callHouse) book(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	by, err := h.desk.VisitorActor(ctx, booking.VisitorID("2"+string(anna[1:])))
	if err != nil {
		t.Fatal(err)
	}
	held, err := h.desk.Hold(ctx, by, thomas, by.Visitor(), noon.Add(2*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	details := desk.Details{
		Members: []booking.MemberID{anna}, Tongue: booking.Tongue{Language: "bfi", Mode: booking.Sign},
		Needs: []booking.Need{booking.NeedLargeControls},
	}
	if _, err := h.desk.Describe(ctx, by, held.ID, details); err != nil {
		t.Fatal(err)
	}
	if h.visit, err = h.desk.Book(ctx, by, held.ID); err != nil {
		t.Fatal(err)
	}
	bryn, err := h.desk.InterpreterActor(ctx, bslInterpreter)
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := h.desk.Jobs(ctx, bryn)
	if err != nil || len(jobs) != 1 {
		t.Fatalf("Jobs = %d jobs, %v", len(jobs), err)
	}
	if _, err := h.desk.AnswerOffer(ctx, bryn, jobs[0].Offer.ID, true); err != nil {
		t.Fatal(err)
	}
}

// pair makes a phone the iPad that the visit has.
func (h *callHouse) pair(t *testing.T) {
	t.Helper()
	code, err := h.desk.PracticePairing(t.Context(), h.visit.Device)
	if err != nil {
		t.Fatal(err)
	}
	h.ipad = h.phone(t)
	h.ipad.key = newKey(t)
	_, token, err := h.ipad.key.Pair(t.Context(), h.desk, code)
	if err != nil {
		t.Fatal(err)
	}
	h.ipad.cookies["wardvisit_device"] = token
}

// start is what the ward does ten minutes before the visit.
func (h *callHouse) start(t *testing.T) {
	t.Helper()
	h.hour = h.visit.When.Start().Add(-10 * time.Minute)
	if _, err := h.desk.Start(t.Context(), booking.System, h.visit.Reference); err != nil {
		t.Fatal(err)
	}
}

// script posts a form as a script does, and returns what it is told.
func (p *phone) script(to string, pairs ...string) (status int, body string) {
	p.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequestWithContext(p.t.Context(), http.MethodPost, to, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	for name, value := range p.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	p.house.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// ticket asks for a ticket as a script does, and returns the answer or the code
// of the refusal.
func (p *phone) ticket(as, ref string) (got pass, refused string, status int) {
	p.t.Helper()
	fields := []string{"as", as, "ref", ref}
	if as == "device" && p.key.IPad != nil {
		p.enters()
		fields = p.sits()
	}
	status, body := p.script(ticketPath, fields...)
	if status == http.StatusOK {
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			p.t.Fatal(err)
		}
		return got, "", status
	}
	var no problem
	if err := json.Unmarshal([]byte(body), &no); err != nil {
		p.t.Fatalf("status %d: %v in %s", status, err, body)
	}
	if no.Message == "" || no.Message == no.Code {
		p.t.Errorf("%s has no sentence", no.Code)
	}
	return got, no.Code, status
}

func TestTicketOpensOnesOwnSeat(t *testing.T) {
	h := newCallHouse(t)
	h.start(t)
	for _, tt := range []struct {
		name, as string
		phone    *phone
		want     ticket.Ticket
	}{
		{"a relative", "visitor", h.anna, ticket.Ticket{Role: ticket.Visitor, Name: "Anna Arkwright", About: "Daughter"}},
		{"an interpreter", "interpreter", h.bryn, ticket.Ticket{Role: ticket.Interpreter, Name: "Bryn Morgan"}},
		{"the iPad", "device", h.ipad, ticket.Ticket{Role: ticket.Patient, Name: "T.", Seat: desk.SeatOfPatient}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, refused, _ := tt.phone.ticket(tt.as, string(h.visit.Reference))
			if refused != "" {
				t.Fatalf("refused: %s", refused)
			}
			opened, err := h.sealer.Open(got.Ticket)
			if err != nil {
				t.Fatal(err)
			}
			if opened.Room != string(h.visit.ID) || opened.Seat == "" || opened.Role != tt.want.Role || opened.Name != tt.want.Name {
				t.Errorf("a ticket for room %s, seat %q, as %s %q", opened.Room, opened.Seat, opened.Role, opened.Name)
			}
			if tt.want.Seat != "" && opened.Seat != tt.want.Seat || tt.want.About != "" && opened.About != tt.want.About {
				t.Errorf("seat %q, about %q", opened.Seat, opened.About)
			}
			if life := opened.Expires.Sub(h.hour); life <= 0 || life > ticket.MaxLife {
				t.Errorf("it lives %v", life)
			}
			if got.Signal != "/signal" || len(got.ICEServers) != 2 || got.ICEServers[1].Username != opened.ID {
				t.Errorf("to be taken to %q with %+v", got.Signal, got.ICEServers)
			}
			again, _, _ := tt.phone.ticket(tt.as, string(h.visit.Reference))
			if second, err := h.sealer.Open(again.Ticket); err != nil || second.ID == opened.ID || second.Seat != opened.Seat {
				t.Errorf("the next ticket: same seat %t, same ID %t, %v", second.Seat == opened.Seat, second.ID == opened.ID, err)
			}
		})
	}
}

func TestTicketIsRefused(t *testing.T) {
	h := newCallHouse(t)
	ref := string(h.visit.Reference)
	stranger := h.phoneOf(t, piotr)
	early, onTime, late := noon, noon.Add(110*time.Minute), noon.Add(5*time.Hour)
	for _, tt := range []struct {
		name    string
		phone   *phone
		as, ref string
		at      time.Time
		want    string
		status  int
	}{
		{"to nobody", h.phone(t), "visitor", ref, onTime, "sign_in_needed", http.StatusForbidden},
		{"to a relative who asks as an interpreter", h.anna, "interpreter", ref, onTime, "sign_in_needed", http.StatusForbidden},
		{"to a relative who asks as the iPad", h.anna, "device", ref, onTime, "device_unknown", http.StatusForbidden},
		{"to a relative who asks as staff", h.anna, "staff", ref, onTime, "sign_in_needed", http.StatusForbidden},
		{"to whoever does not say as whom", h.anna, "", ref, onTime, "bad_choice", http.StatusUnprocessableEntity},
		{"for somebody else's visit", stranger, "visitor", ref, onTime, "no_such_visit", http.StatusNotFound},
		{"for no visit", h.anna, "visitor", "not a reference", onTime, "no_such_visit", http.StatusNotFound},
		{"before the waiting room opens", h.anna, "visitor", ref, early, "not_open_yet", http.StatusConflict},
		{"to the iPad before the ward starts", h.ipad, "device", "", onTime, "not_started", http.StatusConflict},
		{"after a visit to which the ward never came", h.anna, "visitor", ref, late, "visit_over", http.StatusConflict},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h.hour = tt.at
			got, refused, status := tt.phone.ticket(tt.as, tt.ref)
			if refused != tt.want || status != tt.status || got.Ticket != "" {
				t.Errorf("refused %q with %d, ticket %q; want %q with %d", refused, status, got.Ticket, tt.want, tt.status)
			}
		})
	}
}

// The page of a call has one more person come without leaving the call.
func TestInvitingFromWithinTheCall(t *testing.T) {
	h := newCallHouse(t)
	h.start(t)
	to := "/visits/" + string(h.visit.Reference)
	for _, tt := range []struct {
		name, to string
		form     []string
		status   int
		says     string
	}{
		{"nobody", "/people", nil, http.StatusUnprocessableEntity, `"message":"`},
		{"a stranger", "/people", []string{"people", string(piotr)}, http.StatusUnprocessableEntity, `"message":"`},
		{"somebody of the circle", "/people", []string{"people", string(david)}, http.StatusOK, `{"names":["David`},
		{"the same again", "/people", []string{"people", string(david)}, http.StatusOK, `{"names":[]}`},
		{"somebody new without a number", "/propose", []string{"name", "Carys", "relationship", "Friend"}, http.StatusUnprocessableEntity, `"message":"`},
		{"somebody new", "/propose", []string{"name", "Carys", "relationship", "Friend", "phone", "07700 900777"}, http.StatusOK, `{"names":["Carys"]}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, body := h.anna.script(to+tt.to, tt.form...)
			if status != tt.status || !strings.Contains(body, tt.says) {
				t.Errorf("%d %s; want %d with %s", status, body, tt.status, tt.says)
			}
		})
	}
}

func TestTicketWithoutARelayListsNone(t *testing.T) {
	h := newCallHouse(t)
	h.start(t)
	h.iceServers = nil
	if got, _, _ := h.anna.ticket("visitor", string(h.visit.Reference)); got.ICEServers == nil {
		t.Error("iceServers is null, which no browser takes")
	}
}

func TestPagesOfACall(t *testing.T) {
	h := newCallHouse(t)
	h.start(t)
	ref := string(h.visit.Reference)

	ready := h.anna.get("/visits/"+ref+"/ready").shows(http.StatusOK, "Get ready for your visit", "needs JavaScript", "Willow Ward on 0113 496 0107")
	for _, want := range []string{`data-check`, `data-signal="/signal"`, `data-stun="stun:relay.example:3478"`, `href="/visits/` + ref + `/call"`} {
		if !strings.Contains(ready.text, want) {
			t.Errorf("ready has no %s", want)
		}
	}
	call := h.anna.get("/visits/"+ref+"/call").shows(http.StatusOK, "Joining your visit", "The call itself needs JavaScript", "ring Willow Ward on 0113 496 0107")
	for _, want := range []string{`data-as="visitor"`, `data-ref="` + ref + `"`, `data-sign="true"`, `data-pins="true"`, "wv-call--large", `data-phone="0113 496 0107"`} {
		if !strings.Contains(call.text, want) {
			t.Errorf("call has no %s", want)
		}
	}
	for _, path := range []string{"/interpreter/visits/" + ref + "/ready", "/interpreter/visits/" + ref + "/call"} {
		h.bryn.get(path).shows(http.StatusOK).hides("Arkwright", "Thomas")
	}
	h.ipad.enters()
	ipad := h.ipad.get("/ipad/call").shows(http.StatusOK, "Anna will be here in a moment", "End the visit", "Cover").hides("Thomas")
	for _, want := range []string{`data-as="device"`, `data-pins="false"`, `data-rest="/ipad?ended"`, `role="alertdialog"`} {
		if !strings.Contains(ipad.text, want) {
			t.Errorf("the iPad's call has no %s", want)
		}
	}
	if strings.Contains(ipad.text, "<a ") {
		t.Error("the iPad's call has a link out")
	}
	h.phone(t).get("/try").shows(http.StatusOK, "Try my phone")
}

func TestPagesOfACallAreTheirOwners(t *testing.T) {
	h := newCallHouse(t)
	ref := string(h.visit.Reference)
	for _, page := range []string{"ready", "call"} {
		h.phone(t).get("/visits/"+ref+"/"+page).shows(http.StatusForbidden).hides("Thomas", "Willow")
		h.phoneOf(t, david).get("/visits/"+ref+"/"+page).shows(http.StatusNotFound).hides("Thomas", "Willow")
		h.anna.get("/interpreter/visits/" + ref + "/" + page).shows(http.StatusForbidden)
	}
	h.ipad.enters()
	h.ipad.get("/ipad/call").leads("/ipad") // the ward has not started it
	h.phone(t).get("/ipad/call").shows(http.StatusForbidden)
}

func TestPagesOfACallThatIsOver(t *testing.T) {
	h := newCallHouse(t)
	h.start(t)
	ref := string(h.visit.Reference)
	if _, err := h.desk.End(t.Context(), booking.System, h.visit.Reference, booking.Technical); err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{"ready", "call"} {
		h.anna.get("/visits/" + ref + "/" + page).leads("/visits/" + ref)
		h.bryn.get("/interpreter/visits/" + ref + "/" + page).shows(http.StatusNotFound) // their work there is done
	}
	h.ipad.enters()
	h.ipad.get("/ipad/call").leads("/ipad")
}

func TestNoTicketIsEverLogged(t *testing.T) {
	h := newCallHouse(t)
	h.start(t)
	got, _, _ := h.anna.ticket("visitor", string(h.visit.Reference))
	for _, secret := range []string{got.Ticket, "Anna", "Thomas"} {
		if strings.Contains(h.log.String(), secret) {
			t.Error("the log holds a ticket, or a name")
		}
	}
	if !strings.Contains(h.log.String(), ticketPath) {
		t.Error("the log says nothing at all")
	}
}
