package notify

import (
	"context"

	"github.com/wardvisit/wardvisit/booking"
)

// Practice is the Sender of a practice hospital: it delivers nothing to anybody.
// What it was given is kept, links and codes and all, to be read on the practice
// phone.
type Practice struct{}

// Send keeps the words of m.
func (Practice) Send(_ context.Context, m Message) (Receipt, error) {
	if m.Channel == booking.Email {
		return Receipt{Kept: m.Subject + "\n\n" + m.Body}, nil
	}
	return Receipt{Kept: m.Body}, nil
}
