package web

import (
	"net/http"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/web/form"
)

// setPIN handles POST /ward/me/pin.
func (s *Server) setPIN(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	pin, again := f.Secret("pin", mostFactorCode), f.Secret("pin_again", mostFactorCode)
	password := f.Secret("password", mostPassword)
	if f.OK() && pin != again {
		f.FailAs("pin_again", booking.ErrBadChoice, "The two are not the same. Type your PIN twice.")
	}
	if f.OK() {
		err := s.desk.SetPIN(r.Context(), by, password, pin)
		if err == nil {
			return seeOther(w, r, "/ward/me?said=pin")
		}
		question := "password"
		if isAny(err, booking.ErrBadPIN, booking.ErrNoPINForRole) {
			question = "pin"
		}
		if fault := f.Fail(question, err); fault != nil {
			return fault
		}
	}
	return s.render(w, r, http.StatusUnprocessableEntity, "ward/me-ask", meForm{Form: f, Act: "pin"})
}

// removePIN handles POST /ward/me/no-pin.
func (s *Server) removePIN(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	if err := s.desk.RemovePIN(r.Context(), by); err != nil {
		return err
	}
	return seeOther(w, r, "/ward/me?said=no-pin")
}
