package login

import (
	"context"
	"crypto/rand"
	"net/http"
	"time"
)

const (
	sharedCookie = "wardvisit_shared"
	sharedLife   = 13 * time.Hour // a little longer than anybody may come back to it
	longestMark  = 64
)

// Shared returns the mark by which a browser on a ward is known, whoever is signed in
// there; "" when it has none. It signs nobody in.
func (d *Doors) Shared(ctx context.Context) string {
	cookie, err := entryOf(ctx).r.Cookie(sharedCookie)
	if err != nil || len(cookie.Value) > longestMark {
		return ""
	}
	return cookie.Value
}

// MarkShared gives this browser such a mark for the next hours, a new one each time that
// it has none, and returns it.
func (d *Doors) MarkShared(ctx context.Context) string {
	mark := d.Shared(ctx)
	if mark == "" {
		mark = rand.Text()
	}
	http.SetCookie(entryOf(ctx).w, &http.Cookie{
		Name: sharedCookie, Value: mark, Path: "/ward", MaxAge: int(sharedLife / time.Second),
		HttpOnly: true, Secure: d.secure, SameSite: http.SameSiteStrictMode,
	})
	return mark
}
