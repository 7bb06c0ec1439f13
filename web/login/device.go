package login

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// maxKey bounds what is taken for a device's key, far above any that is made, so
// that a browser cannot have megabytes hashed.
const maxKey = 256

// SignInDevice makes this browser a device: it keeps the key that pairing gave.
func (d *Doors) SignInDevice(ctx context.Context, key string) error {
	if key == "" || len(key) > maxKey {
		return errors.New("login: not a device's key")
	}
	e := entryOf(ctx)
	delete(e.passed, booking.DeviceActor)
	d.setDevice(e, key, deviceLife)
	return nil
}

func (d *Doors) askDevice(ctx context.Context, e *entry, use bool) (booking.Actor, error) {
	cookie, err := e.r.Cookie(deviceCookie)
	if err != nil || cookie.Value == "" || len(cookie.Value) > maxKey {
		return booking.Actor{}, booking.ErrDeviceUnknown
	}
	actor, err := d.devices.DeviceActor(ctx, cookie.Value)
	var refusal *booking.Refusal
	switch {
	case errors.As(err, &refusal):
		return booking.Actor{}, refusal
	case err != nil:
		return booking.Actor{}, fmt.Errorf("login: whose key is this: %w", err)
	}
	if use && e.isPage() {
		d.setDevice(e, cookie.Value, deviceLife)
	}
	return actor, nil
}

// setDevice sets the iPads' cookie, or takes it away when life is negative.
func (d *Doors) setDevice(e *entry, key string, life time.Duration) {
	age := -1
	if life > 0 {
		age = int(life / time.Second)
	}
	http.SetCookie(e.w, &http.Cookie{
		Name: deviceCookie, Value: key, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: d.secure, SameSite: http.SameSiteLaxMode,
	})
}
