package desk

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// An addressee is who a link is for, and what they may be told of where it leads
// before they have proved who they are.
type addressee struct {
	actor booking.Actor
	phone string
	email string
	shown Invitation
}

// Invitation shows a link without spending anything.
func (d *Desk) Invitation(ctx context.Context, token string) (Invitation, error) {
	return view(ctx, d, func(tx *store.Tx) (Invitation, error) {
		now := d.now()
		i, err := tx.Invite(ctx, hashSecret(token))
		if err != nil {
			return Invitation{}, err
		}
		if err := i.Usable(now); err != nil {
			return Invitation{}, err
		}
		who, err := address(ctx, tx, i, now)
		return who.shown, err
	})
}

// SendCode sends a one-time code to the phone the link was sent to.
func (d *Desk) SendCode(ctx context.Context, token string) (Invitation, error) {
	return do(ctx, d, func(tx *store.Tx) (Invitation, error) {
		now := d.now()
		i, err := tx.InviteForTry(ctx, hashSecret(token))
		if err != nil {
			return Invitation{}, err
		}
		who, err := address(ctx, tx, i, now)
		if err != nil {
			return Invitation{}, err
		}
		if who.shown.CallWard {
			return Invitation{}, booking.ErrCallWard
		}
		code, err := d.newCode()
		if err != nil {
			return Invitation{}, err
		}
		if i, err = i.SendCode(d.hashCode(string(i.ID), code), now); err != nil {
			return Invitation{}, err
		}
		if err := tx.SaveInviteCode(ctx, i); err != nil {
			return Invitation{}, err
		}
		who.shown.CodeOpen, who.shown.CodeEnds = true, i.CodeExpires
		err = d.owe(ctx, tx, who.phone, who.email, booking.Notice{
			Kind: booking.NoticeCode, Due: now, Expires: i.CodeExpires,
			Dedupe: fmt.Sprintf("%s:%s:%d", booking.NoticeCode, i.ID, now.UnixMicro()),
			Words: map[string]string{
				"hospital": who.shown.Hospital, "code": code,
				"minutes": strconv.Itoa(int(booking.CodeLife / time.Minute)),
			},
		})
		if err != nil {
			return Invitation{}, err
		}
		return who.shown, tx.AddEvent(ctx, inviteEvent(now, who.actor, booking.CodeSent, i, ""))
	})
}

// OpenInvitation spends a code and says who the link was for. The link itself is
// not spent: it opens again with another code.
func (d *Desk) OpenInvitation(ctx context.Context, token, code string) (booking.Actor, error) {
	return do(ctx, d, func(tx *store.Tx) (booking.Actor, error) {
		now := d.now()
		i, err := tx.InviteForTry(ctx, hashSecret(token))
		if err != nil {
			return booking.Actor{}, err
		}
		who, err := address(ctx, tx, i, now)
		if err != nil {
			return booking.Actor{}, err
		}
		if who.shown.CallWard {
			return booking.Actor{}, booking.ErrCallWard
		}
		i, refused := i.TryCode(d.hashCode(string(i.ID), digits(code)), now)
		if err := tx.SaveInviteCode(ctx, i); err != nil { // a wrong try counts
			return booking.Actor{}, err
		}
		if refused != nil {
			var why *booking.Refusal
			errors.As(refused, &why)
			err := tx.AddEvent(ctx, inviteEvent(now, booking.System, booking.CodeRefused, i, why.Code))
			if err != nil {
				return booking.Actor{}, err
			}
			return booking.Actor{}, store.Keep(refused)
		}
		if id := who.actor.Visitor(); id != "" {
			if err := tx.VerifyVisitor(ctx, id, now); err != nil {
				return booking.Actor{}, err
			}
		}
		return who.actor, tx.AddEvent(ctx, inviteEvent(now, who.actor, booking.InviteOpened, i, ""))
	})
}

func inviteEvent(now time.Time, by booking.Actor, what booking.Action, i booking.Invite, reason string) booking.Event {
	return booking.Event{At: now, By: by, Action: what, Subject: "invite " + string(i.ID), Reason: reason}
}

// digits leaves out what people type between the digits of a code.
func digits(code string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, code)
}

// address finds who a link is for.
func address(ctx context.Context, tx *store.Tx, i booking.Invite, now time.Time) (addressee, error) {
	a := addressee{shown: Invitation{For: booking.AsVisitor}}
	if i.Interpreter != "" {
		who, err := tx.Interpreter(ctx, i.Interpreter)
		if err != nil {
			return a, err
		}
		a.actor = booking.Actor{Kind: booking.InterpreterActor, ID: string(who.ID), Name: who.Name}
		a.phone, a.email, a.shown.For = who.Phone, who.Email, booking.AsInterpreter
	} else {
		who, err := tx.Visitor(ctx, i.Visitor)
		if err != nil {
			return a, err
		}
		a.actor = booking.Actor{Kind: booking.VisitorActor, ID: string(who.ID), Name: who.Name}
		a.phone, a.email = who.Phone, who.Email
		patient, err := tx.Patient(ctx, i.Patient)
		if err != nil {
			return a, err
		}
		a.shown.CallWard = patient.State == booking.PatientDied
		if a.shown.Ward, err = wardToRing(ctx, tx, i.Patient); err != nil {
			return a, err
		}
	}
	a.shown.Holder, a.shown.PhoneEnd = a.actor, ending(a.phone)
	if i.CodeOpen(now) {
		a.shown.CodeOpen, a.shown.CodeEnds = true, i.CodeExpires
	}
	if a.shown.Ward.ID != "" {
		a.shown.Hospital = a.shown.Ward.Site.Name
		return a, nil
	}
	site, err := tx.SiteName(ctx)
	a.shown.Hospital = site
	return a, err
}

// wardToRing is where a patient lies, or lay last: the ward that knows of them; the
// zero Ward when they never lay anywhere.
func wardToRing(ctx context.Context, tx *store.Tx, id booking.PatientID) (booking.Ward, error) {
	stay, err := tx.LastStay(ctx, id)
	if err != nil || stay.Ward == "" {
		return booking.Ward{}, err
	}
	return tx.Ward(ctx, stay.Ward)
}

// ending is as much of a number as its owner needs to know it by.
func ending(phone string) string {
	return "…" + phone[max(0, len(phone)-3):]
}
