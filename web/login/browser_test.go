package login

import (
	"context"
	"testing"

	"github.com/wardvisit/wardvisit/booking"
)

func (b *browser) mark(kind booking.ActorKind) (mark string) {
	b.t.Helper()
	b.visit(func(ctx context.Context) {
		var err error
		if mark, err = b.doors.Browser(ctx, kind); err != nil {
			b.t.Error(err)
		}
	})
	return mark
}

func TestABrowserIsKnownForAsLongAsItKeepsItsLogin(t *testing.T) {
	people := people()
	people["another"] = booking.Actor{Kind: booking.VisitorActor, ID: "another", Name: "Somebody else"}
	doors, _ := newDoors(people, false)
	one, two := newBrowser(t, doors), newBrowser(t, doors)
	if m := one.mark(booking.VisitorActor); m != "" {
		t.Errorf("nobody is signed in, and the mark is %q", m)
	}
	one.signIn(booking.VisitorActor)
	two.signIn(booking.VisitorActor)
	first := one.mark(booking.VisitorActor)
	if first == "" || first != one.mark(booking.VisitorActor) || first == two.mark(booking.VisitorActor) {
		t.Errorf("marks %q and %q of two browsers", first, two.mark(booking.VisitorActor))
	}
	if first == one.jar[visitorCookie] {
		t.Error("the mark is the cookie")
	}
	one.signIn(booking.VisitorActor)
	if again := one.mark(booking.VisitorActor); again != first {
		t.Error("the same person signs in again and is another browser")
	}
	one.visit(func(ctx context.Context) {
		if err := doors.SignIn(ctx, people["another"]); err != nil {
			t.Error(err)
		}
	})
	if m := one.mark(booking.VisitorActor); m == "" || m == first {
		t.Errorf("somebody else signs in under the mark %q", m)
	}
	one.signIn(booking.DeviceActor)
	if m := one.mark(booking.DeviceActor); m != "" {
		t.Errorf("an iPad's mark is %q", m)
	}
}

// A login of the version before this one has no mark, and is given one to keep.
func TestALoginWithoutAMarkIsGivenOne(t *testing.T) {
	doors, _ := newDoors(people(), false)
	b := newBrowser(t, doors)
	b.signIn(booking.InterpreterActor)
	b.visit(func(ctx context.Context) {
		e, door := entryOf(ctx), doors.people[booking.InterpreterActor]
		held, err := door.Load(ctx, e.token(door))
		if err != nil {
			t.Fatal(err)
		}
		door.Remove(held, browserKey)
		if err := doors.keep(held, e, door); err != nil {
			t.Fatal(err)
		}
	})
	if m := b.mark(booking.InterpreterActor); m == "" || m != b.mark(booking.InterpreterActor) {
		t.Errorf("the mark is %q, and then %q", m, b.mark(booking.InterpreterActor))
	}
}
