package booking_test

import (
	"errors"
	"testing"

	"github.com/wardvisit/wardvisit/booking"
)

func TestPINsThatAreGuessedFirst(t *testing.T) {
	for _, pin := range []string{"", "12345", "1234567", "12345a", "１２３４５６", "12 456", "-12345", "000000", "121212", "112211", "123456", "678901", "210987", "654321", "472472"} {
		if err := booking.CheckPIN(pin); !errors.Is(err, booking.ErrBadPIN) {
			t.Errorf("%q: %v", pin, err)
		}
	}
	for _, pin := range []string{"480271", "112235", "100200", "123457"} {
		if err := booking.CheckPIN(pin); err != nil {
			t.Errorf("%q: %v", pin, err)
		}
	}
}
