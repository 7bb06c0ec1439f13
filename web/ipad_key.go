package web

import (
	"net/http"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// How an iPad shows that it is the one that was paired: it signs what we make up,
// with a key that cannot be carried away; web/scripts/_key.ts is the other side.

// A challenge is what an iPad is to sign, as its script reads it.
type challenge struct {
	Device booking.DeviceID `json:"device"`
	Nonce  string           `json:"nonce"`
}

// challengeIPad handles POST /ipad/challenge.
func (s *Server) challengeIPad(w http.ResponseWriter, r *http.Request) error {
	_, key, err := readDeviceKey(r)
	if err != nil {
		return err
	}
	c, err := s.desk.Challenge(r.Context(), key)
	if err != nil {
		return err
	}
	return s.reply(w, challenge{c.Device, c.Nonce})
}

// enterIPad handles POST /ipad/enter: the cookie that an iPad's pages need for the
// next minutes.
func (s *Server) enterIPad(w http.ResponseWriter, r *http.Request) error {
	f, key, err := readDeviceKey(r)
	if err != nil {
		return err
	}
	token, err := s.desk.Enter(r.Context(), key, answerOf(f))
	if err != nil {
		return err
	}
	if err := s.doors.SignInDevice(r.Context(), token, desk.DeviceSpell); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// provesSeat refuses leave to join a room to an iPad that has not signed for it.
func (s *Server) provesSeat(r *http.Request, by booking.Actor, f *form.Form) error {
	key, err := booking.ParseDeviceKey(f.Value("device_key"))
	if err != nil {
		return booking.ErrDeviceProof
	}
	return s.desk.ProveSeat(r.Context(), by, key, answerOf(f))
}

func readDeviceKey(r *http.Request) (*form.Form, booking.DeviceKey, error) {
	about(r.Context()).door = booking.DeviceActor
	f, err := form.Read(r)
	if err != nil {
		return nil, booking.DeviceKey{}, err
	}
	key, err := booking.ParseDeviceKey(f.Value("device_key"))
	return f, key, err
}

func answerOf(f *form.Form) desk.DeviceAnswer {
	return desk.DeviceAnswer{
		Nonce: f.Value("nonce"), Link: booking.DeviceLink(f.Value("link")), Next: f.Value("next"), Signature: f.Value("signature"),
	}
}
