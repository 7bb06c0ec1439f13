package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// AddBeds adds beds to a bay of a ward, all or none: ErrNameTaken when one of the
// names is that of a bed there.
func (d *Desk) AddBeds(ctx context.Context, by booking.Actor, ward booking.WardID, bay string, names []string) error {
	bay, err := readBay(bay)
	if err != nil {
		return err
	}
	for i := range names {
		if names[i], err = readText(names[i], longestName); err != nil {
			return err
		}
	}
	return d.keepWard(ctx, by, ward, func(tx *store.Tx, w booking.Ward) error {
		there, err := tx.Beds(ctx, ward)
		if err != nil {
			return err
		}
		for _, name := range names {
			if bedNamed(there, bay, name, "") {
				return booking.ErrNameTaken
			}
			id, err := d.newID()
			if err != nil {
				return err
			}
			if err := tx.NameTaken(tx.AddBed(ctx, id, ward, bay, name)); err != nil {
				return err
			}
			if err := d.recordPlace(ctx, tx, by, booking.PlaceAdded, "bed "+id, ward, ""); err != nil {
				return err
			}
		}
		return nil
	})
}

// readBay reads the name of a bay, which may be empty: a bed can be in none.
func readBay(name string) (string, error) {
	name, err := readText(name, longestName)
	if errors.Is(err, booking.ErrMissing) {
		return "", nil
	}
	return name, err
}

// bedNamed reports whether another bed than self has a name in a bay.
func bedNamed(beds []store.Bed, bay, name string, self booking.BedID) bool {
	return slices.ContainsFunc(beds, func(b store.Bed) bool { return b.ID != self && same(b.Bay, bay) && same(b.Name, name) })
}

// keepBed runs an act on a bed of a ward, into which nobody is put until it is over.
func (d *Desk) keepBed(ctx context.Context, by booking.Actor, ward booking.WardID, id booking.BedID, fn func(tx *store.Tx, b store.Bed) error) error {
	_, err := do(ctx, d, func(tx *store.Tx) (none struct{}, err error) {
		if err := mayKeepPlaces(by); err != nil {
			return none, err
		}
		if err := tx.Touch(ctx, store.BedOf(id)); err != nil {
			return none, err
		}
		if err := tx.TakeWard(ctx, ward); err != nil {
			return none, err
		}
		b, err := tx.BedByID(ctx, id)
		if err == nil && b.Ward != ward {
			err = booking.ErrNoSuchBed
		}
		if err != nil {
			return none, err
		}
		return none, fn(tx, b)
	})
	return err
}

// RenameBed renames a bed that is called was; ErrStale when it is not.
func (d *Desk) RenameBed(ctx context.Context, by booking.Actor, ward booking.WardID, id booking.BedID, was, name string) error {
	name, err := readText(name, longestName)
	if err != nil {
		return err
	}
	return d.keepBed(ctx, by, ward, id, func(tx *store.Tx, b store.Bed) error {
		switch b.Name {
		case name:
			return nil
		case was:
		default:
			return booking.ErrStale
		}
		there, err := tx.Beds(ctx, ward)
		if err == nil && bedNamed(there, b.Bay, name, id) {
			err = booking.ErrNameTaken
		}
		if err != nil {
			return err
		}
		if err := tx.NameTaken(tx.RenameBed(ctx, id, name)); err != nil {
			return err
		}
		return d.recordPlace(ctx, tx, by, booking.PlaceRenamed, "bed "+string(id), ward, "was "+was)
	})
}

// CloseBed has nobody lie in a bed any more; ErrPlaceInUse when somebody does.
func (d *Desk) CloseBed(ctx context.Context, by booking.Actor, ward booking.WardID, id booking.BedID) error {
	return d.keepBed(ctx, by, ward, id, func(tx *store.Tx, b store.Bed) error { return d.closeBed(ctx, tx, by, b) })
}

func (d *Desk) closeBed(ctx context.Context, tx *store.Tx, by booking.Actor, b store.Bed) error {
	switch {
	case b.Closed:
		return nil
	case b.Patient != "":
		return booking.ErrPlaceInUse
	}
	if err := tx.CloseBed(ctx, b.ID, d.now()); err != nil {
		return err
	}
	return d.recordPlace(ctx, tx, by, booking.PlaceClosed, "bed "+string(b.ID), b.Ward, "")
}

// OpenBed lets patients lie in a bed again.
func (d *Desk) OpenBed(ctx context.Context, by booking.Actor, ward booking.WardID, id booking.BedID) error {
	return d.keepBed(ctx, by, ward, id, func(tx *store.Tx, b store.Bed) error {
		if !b.Closed {
			return nil
		}
		if err := tx.CloseBed(ctx, id, time.Time{}); err != nil {
			return err
		}
		return d.recordPlace(ctx, tx, by, booking.PlaceOpened, "bed "+string(id), ward, "")
	})
}

// keepBay runs an act on the beds of a bay, into which nobody is put until it is over,
// and on the iPads at home in it. ErrNoSuchBay when it has no bed.
func (d *Desk) keepBay(ctx context.Context, by booking.Actor, ward booking.WardID, bay string, fn func(tx *store.Tx, beds []store.Bed) error) error {
	_, err := do(ctx, d, func(tx *store.Tx) (none struct{}, err error) {
		if err := mayKeepPlaces(by); err != nil {
			return none, err
		}
		of, err := bedsOfBay(ctx, tx, ward, bay)
		if err != nil {
			return none, err
		}
		slices.SortFunc(of, func(a, b store.Bed) int { return cmp.Compare(a.ID, b.ID) })
		for _, b := range of {
			if err := tx.Touch(ctx, store.BedOf(b.ID)); err != nil {
				return none, err
			}
		}
		devices, err := tx.DevicesOfBay(ctx, ward, bay)
		if err != nil {
			return none, err
		}
		for _, id := range devices {
			if err := tx.Touch(ctx, deviceOf(id)); err != nil {
				return none, err
			}
		}
		if err := tx.TakeWard(ctx, ward); err != nil {
			return none, err
		}
		if of, err = bedsOfBay(ctx, tx, ward, bay); err != nil {
			return none, err
		}
		return none, fn(tx, of)
	})
	return err
}

func bedsOfBay(ctx context.Context, tx *store.Tx, ward booking.WardID, bay string) ([]store.Bed, error) {
	beds, err := tx.Beds(ctx, ward)
	beds = slices.DeleteFunc(beds, func(b store.Bed) bool { return b.Bay != bay })
	if err == nil && len(beds) == 0 {
		err = booking.ErrNoSuchBay
	}
	return beds, err
}

// RenameBay renames a bay, with the iPads at home in it and what closes it. The beds
// that were in none can be put into one so. ErrNameTaken when the ward has the other
// bay already.
func (d *Desk) RenameBay(ctx context.Context, by booking.Actor, ward booking.WardID, was, name string) error {
	name, err := readText(name, longestName)
	if err != nil {
		return err
	}
	return d.keepBay(ctx, by, ward, was, func(tx *store.Tx, of []store.Bed) error {
		if name == was {
			return nil
		}
		there, err := tx.Beds(ctx, ward)
		if err == nil && slices.ContainsFunc(there, func(b store.Bed) bool { return b.Bay != was && same(b.Bay, name) }) {
			err = booking.ErrNameTaken
		}
		if err != nil {
			return err
		}
		if err := tx.NameTaken(tx.RenameBay(ctx, ward, was, name)); err != nil {
			return err
		}
		for _, b := range of {
			if err := d.recordPlace(ctx, tx, by, booking.PlaceRenamed, "bed "+string(b.ID), ward, "was in "+was); err != nil {
				return err
			}
		}
		return nil
	})
}

// CloseBay closes every bed of a bay, or none: ErrPlaceInUse when somebody lies in one.
func (d *Desk) CloseBay(ctx context.Context, by booking.Actor, ward booking.WardID, bay string) error {
	return d.keepBay(ctx, by, ward, bay, func(tx *store.Tx, of []store.Bed) error {
		for _, b := range of {
			if err := d.closeBed(ctx, tx, by, b); err != nil {
				return err
			}
		}
		return nil
	})
}
