package login

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// maxToken bounds what is taken for a device's token, far above any that is made, so
// that a browser cannot have megabytes hashed.
const maxToken = 256

// SignInDevice lets this browser be a device for as long as a token is good. The key
// with which it gets the next one is in no cookie.
func (d *Doors) SignInDevice(ctx context.Context, token string, life time.Duration) error {
	if token == "" || len(token) > maxToken {
		return errors.New("login: not a device's token")
	}
	e := entryOf(ctx)
	delete(e.passed, booking.DeviceActor)
	d.setDevice(e, token, life)
	return nil
}

func (d *Doors) askDevice(ctx context.Context, e *entry, use bool) (booking.Actor, error) {
	cookie, err := e.r.Cookie(deviceCookie)
	if err != nil || cookie.Value == "" || len(cookie.Value) > maxToken {
		return booking.Actor{}, booking.ErrDeviceUnknown
	}
	ask := d.devices.DeviceStill
	if use {
		ask = d.devices.DeviceActor
	}
	actor, err := ask(ctx, cookie.Value)
	var refusal *booking.Refusal
	switch {
	case errors.As(err, &refusal):
		return booking.Actor{}, refusal
	case err != nil:
		return booking.Actor{}, fmt.Errorf("login: whose token is this: %w", err)
	}
	return actor, nil
}

// setDevice sets the iPads' cookie, or takes it away when life is negative.
func (d *Doors) setDevice(e *entry, token string, life time.Duration) {
	age := -1
	if life > 0 {
		age = int(life / time.Second)
	}
	http.SetCookie(e.w, &http.Cookie{
		Name: deviceCookie, Value: token, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: d.secure, SameSite: http.SameSiteStrictMode,
	})
}
