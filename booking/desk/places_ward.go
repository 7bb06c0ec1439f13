package desk

import (
	"context"
	"slices"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// A NewWard is a ward to be added. It takes no visits before somebody opens it.
type NewWard struct {
	Site        booking.SiteID
	Name, Phone string
	Like        booking.WardID // whose rules it begins with; empty for the usual ones
}

// AddWard adds a ward. It is closed until it has visiting times and is opened.
func (d *Desk) AddWard(ctx context.Context, by booking.Actor, n NewWard) (booking.Ward, error) {
	card, err := d.readWardCard(WardCard{n.Name, n.Phone})
	if err != nil {
		return booking.Ward{}, err
	}
	making := creation[booking.Ward]{
		act: "add_ward", asked: []any{n}, id: func(made booking.Ward) string { return string(made.ID) },
		find: func(ctx context.Context, tx *store.Tx, id string) (booking.Ward, error) {
			return tx.Ward(ctx, booking.WardID(id))
		},
	}
	return create(ctx, d, by, making, func(tx *store.Tx) (booking.Ward, error) {
		if err := mayKeepPlaces(by); err != nil {
			return booking.Ward{}, err
		}
		site, err := siteOf(ctx, tx, n.Site)
		if err != nil {
			return booking.Ward{}, err
		}
		if err := wardNameFree(ctx, tx, site.ID, "", card.Name); err != nil {
			return booking.Ward{}, err
		}
		w := booking.Ward{Site: site, Name: card.Name, Phone: card.Phone, Policy: usualPolicy.WithDefaults()}
		if n.Like != "" {
			other, err := tx.Ward(ctx, n.Like)
			if err != nil {
				return w, err
			}
			w.Policy = other.Policy
		}
		w.Policy.Version, w.Policy.MadeAt, w.Policy.MadeBy = 1, d.now(), by.Name
		id, err := d.newID()
		if err != nil {
			return w, err
		}
		w.ID = booking.WardID(id)
		if err := tx.NameTaken(tx.AddWard(ctx, w)); err != nil {
			return w, err
		}
		return w, d.recordPlace(ctx, tx, by, booking.PlaceAdded, "ward "+id, w.ID, "")
	})
}

// wardNameFree refuses a name that another ward of a hospital has.
func wardNameFree(ctx context.Context, tx *store.Tx, site booking.SiteID, self booking.WardID, name string) error {
	wards, err := tx.Wards(ctx)
	if slices.ContainsFunc(wards, func(w booking.Ward) bool { return w.ID != self && w.Site.ID == site && same(w.Name, name) }) {
		return booking.ErrNameTaken
	}
	return err
}

// A WardCard is what families know of a ward.
type WardCard struct{ Name, Phone string }

// CardOf is the card of a ward.
func CardOf(w booking.Ward) WardCard { return WardCard{w.Name, w.Phone} }

// readWardCard reads a card. The number stays as it was written, since people dial
// it; but it must be one.
func (d *Desk) readWardCard(c WardCard) (WardCard, error) {
	var err error
	if c.Name, err = readText(c.Name, longestName); err != nil {
		return c, err
	}
	if _, err = d.readPhone(c.Phone); err != nil {
		return c, err
	}
	c.Phone, err = readText(c.Phone, longestPhone)
	return c, err
}

// CheckPhone refuses what is no telephone number.
func (d *Desk) CheckPhone(number string) error {
	_, err := d.readPhone(number)
	return err
}

// ChangeWard changes what a ward is called, and its number. ErrStale when its card is
// not what it was, since whoever asks has not seen what it says now.
func (d *Desk) ChangeWard(ctx context.Context, by booking.Actor, id booking.WardID, was, is WardCard) error {
	is, err := d.readWardCard(is)
	if err != nil {
		return err
	}
	return d.keepWard(ctx, by, id, func(tx *store.Tx, w booking.Ward) error {
		switch card := CardOf(w); {
		case card == is:
			return nil // pressed twice
		case card != was:
			return booking.ErrStale
		}
		if err := wardNameFree(ctx, tx, w.Site.ID, id, is.Name); err != nil {
			return err
		}
		w.Name, w.Phone = is.Name, is.Phone
		if err := tx.NameTaken(tx.SaveWard(ctx, w)); err != nil {
			return err
		}
		if is.Name != was.Name {
			if err := d.recordPlace(ctx, tx, by, booking.PlaceRenamed, "ward "+string(id), id, "was "+was.Name); err != nil {
				return err
			}
		}
		if is.Phone != was.Phone {
			return d.recordPlace(ctx, tx, by, booking.PlacePhoned, "ward "+string(id), id, "was "+was.Phone)
		}
		return nil
	})
}

// keepWard runs an act on a ward, which is as it is until the act is over.
func (d *Desk) keepWard(ctx context.Context, by booking.Actor, id booking.WardID, fn func(tx *store.Tx, w booking.Ward) error) error {
	_, err := do(ctx, d, func(tx *store.Tx) (none struct{}, err error) {
		if err := mayKeepPlaces(by); err != nil {
			return none, err
		}
		if err := tx.TakeWard(ctx, id); err != nil {
			return none, err
		}
		w, err := tx.Ward(ctx, id)
		if err != nil {
			return none, err
		}
		return none, fn(tx, w)
	})
	return err
}

// CloseWard has a ward take no visits any more. ErrPlaceInUse while a visit is booked
// or under way in it: those are for its staff to move, or to call off.
func (d *Desk) CloseWard(ctx context.Context, by booking.Actor, id booking.WardID) error {
	return d.keepWard(ctx, by, id, func(tx *store.Tx, w booking.Ward) error {
		if !w.Enabled {
			return nil
		}
		uses, err := tx.WardUses(ctx, booking.DateOf(d.now(), w.Site.Zone))
		if err == nil && uses[id].Visits > 0 {
			err = booking.ErrPlaceInUse
		}
		if err != nil {
			return err
		}
		w.Enabled = false
		if err := tx.SaveWard(ctx, w); err != nil {
			return err
		}
		return d.recordPlace(ctx, tx, by, booking.PlaceClosed, "ward "+string(id), id, "")
	})
}

// OpenWard has a ward take visits. ErrNoTimesYet while it has no visiting times.
func (d *Desk) OpenWard(ctx context.Context, by booking.Actor, id booking.WardID) error {
	err := d.keepWard(ctx, by, id, func(tx *store.Tx, w booking.Ward) error {
		if w.Enabled {
			return nil
		}
		uses, err := tx.WardUses(ctx, booking.DateOf(d.now(), w.Site.Zone))
		if err == nil && uses[id].Sessions == 0 {
			err = booking.ErrNoTimesYet
		}
		if err != nil {
			return err
		}
		w.Enabled = true
		if err := tx.SaveWard(ctx, w); err != nil {
			return err
		}
		return d.recordPlace(ctx, tx, by, booking.PlaceOpened, "ward "+string(id), id, "")
	})
	if err == nil {
		d.passOn(ctx, id)
	}
	return err
}
