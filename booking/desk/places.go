package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// Sites, wards, bays and beds are kept by administrators, who see how many patients
// a change touches and never who they are. Nothing is ever removed: a ward or a bed
// is closed, since visits and stays in it are history. Names are compared as people
// read them; that two who name a place at once do not use one name is a constraint
// of the database.

// A SitePlace is a hospital with its wards, by name.
type SitePlace struct {
	booking.Site
	Wards []WardPlace
}

// A WardPlace is a ward with what is in it.
type WardPlace struct {
	booking.Ward
	Use  booking.WardUse
	Bays []BayPlace // only of one ward on its own
}

// A BayPlace is a bay of a ward; without a name it holds the beds that are in none.
type BayPlace struct {
	Name string
	Beds []BedPlace
}

// A BedPlace is a bed; nothing is said of who lies in it.
type BedPlace struct {
	ID    booking.BedID
	Name  string
	Taken bool
	Shut  bool
}

// mayKeepPlaces is asked first by everything here.
func mayKeepPlaces(by booking.Actor) error {
	if !by.MayEverywhere(booking.KeepPlaces) {
		return booking.ErrMayNot
	}
	return nil
}

// Estate are all hospitals with their wards, by name.
func (d *Desk) Estate(ctx context.Context, by booking.Actor) ([]SitePlace, error) {
	return view(ctx, d, func(tx *store.Tx) ([]SitePlace, error) {
		if err := mayKeepPlaces(by); err != nil {
			return nil, err
		}
		sites, err := tx.Sites(ctx)
		if err != nil {
			return nil, err
		}
		wards, err := tx.Wards(ctx)
		if err != nil {
			return nil, err
		}
		uses, err := tx.WardUses(ctx, booking.DateOf(d.now(), time.UTC))
		var estate []SitePlace
		for _, s := range sites {
			place := SitePlace{Site: s}
			for _, w := range wards {
				if w.Site.ID == s.ID {
					place.Wards = append(place.Wards, WardPlace{Ward: w, Use: uses[w.ID]})
				}
			}
			estate = append(estate, place)
		}
		return estate, err
	})
}

// WardPlace is one ward with its bays and beds.
func (d *Desk) WardPlace(ctx context.Context, by booking.Actor, id booking.WardID) (WardPlace, error) {
	return view(ctx, d, func(tx *store.Tx) (WardPlace, error) { return d.wardPlace(ctx, tx, by, id) })
}

func (d *Desk) wardPlace(ctx context.Context, tx *store.Tx, by booking.Actor, id booking.WardID) (WardPlace, error) {
	if err := mayKeepPlaces(by); err != nil {
		return WardPlace{}, err
	}
	w, err := tx.Ward(ctx, id)
	if err != nil {
		return WardPlace{}, err
	}
	uses, err := tx.WardUses(ctx, booking.DateOf(d.now(), w.Site.Zone))
	if err != nil {
		return WardPlace{}, err
	}
	beds, err := tx.Beds(ctx, id)
	asCounted(beds)
	p := WardPlace{Ward: w, Use: uses[id]}
	for _, b := range beds { // by bay
		if n := len(p.Bays); n == 0 || p.Bays[n-1].Name != b.Bay {
			p.Bays = append(p.Bays, BayPlace{Name: b.Bay})
		}
		bay := &p.Bays[len(p.Bays)-1]
		bay.Beds = append(bay.Beds, BedPlace{ID: b.ID, Name: b.Name, Taken: b.Patient != "", Shut: b.Closed})
	}
	return p, err
}

// asCounted puts beds in order as people count them.
func asCounted(beds []store.Bed) {
	slices.SortStableFunc(beds, func(a, b store.Bed) int {
		return cmp.Or(booking.CompareNames(a.Bay, b.Bay), cmp.Compare(a.Bay, b.Bay), booking.CompareNames(a.Name, b.Name))
	})
}

// Bay finds a bay of a ward.
func (w WardPlace) Bay(name string) (BayPlace, bool) {
	i := slices.IndexFunc(w.Bays, func(b BayPlace) bool { return b.Name == name })
	if i < 0 {
		return BayPlace{}, false
	}
	return w.Bays[i], true
}

// Bed finds a bed of a ward, and the bay that it is in.
func (w WardPlace) Bed(id booking.BedID) (bay string, bed BedPlace, err error) {
	for _, b := range w.Bays {
		for _, bed := range b.Beds {
			if bed.ID == id {
				return b.Name, bed, nil
			}
		}
	}
	return "", BedPlace{}, booking.ErrNoSuchBed
}

// Taken are how many of a bay's beds somebody lies in.
func (b BayPlace) Taken() int {
	n := 0
	for _, bed := range b.Beds {
		if bed.Taken {
			n++
		}
	}
	return n
}

// AddSite adds a hospital, whose clocks are those of a zone of the IANA's list.
func (d *Desk) AddSite(ctx context.Context, by booking.Actor, name, zone string) (booking.Site, error) {
	name, err := readText(name, longestName)
	if err != nil {
		return booking.Site{}, err
	}
	z, err := ReadZone(zone)
	if err != nil {
		return booking.Site{}, err
	}
	making := creation[booking.Site]{
		act: "add_site", asked: []any{name, zone}, id: func(made booking.Site) string { return string(made.ID) },
		find: func(ctx context.Context, tx *store.Tx, id string) (booking.Site, error) {
			return siteOf(ctx, tx, booking.SiteID(id))
		},
	}
	return create(ctx, d, by, making, func(tx *store.Tx) (booking.Site, error) {
		if err := mayKeepPlaces(by); err != nil {
			return booking.Site{}, err
		}
		if err := siteNameFree(ctx, tx, "", name); err != nil {
			return booking.Site{}, err
		}
		id, err := d.newID()
		if err != nil {
			return booking.Site{}, err
		}
		s := booking.Site{ID: booking.SiteID(id), Name: name, Zone: z}
		if err := tx.NameTaken(tx.AddSite(ctx, s)); err != nil {
			return s, err
		}
		return s, d.recordPlace(ctx, tx, by, booking.PlaceAdded, "site "+id, "", "")
	})
}

// ReadZone reads the name of a time zone. "Local" is none: it is wherever the
// program runs.
func ReadZone(name string) (*time.Location, error) {
	name = strings.TrimSpace(name)
	if name == "" {
		return nil, booking.ErrMissing
	}
	zone, err := time.LoadLocation(name)
	if err != nil || strings.EqualFold(name, "local") {
		return nil, booking.ErrBadZone
	}
	return zone, nil
}

func siteOf(ctx context.Context, tx *store.Tx, id booking.SiteID) (booking.Site, error) {
	sites, err := tx.Sites(ctx)
	i := slices.IndexFunc(sites, func(s booking.Site) bool { return s.ID == id })
	if err != nil || i < 0 {
		return booking.Site{}, orElse(err, booking.ErrNoSuchSite)
	}
	return sites[i], nil
}

// siteNameFree refuses a name that another hospital has.
func siteNameFree(ctx context.Context, tx *store.Tx, self booking.SiteID, name string) error {
	sites, err := tx.Sites(ctx)
	if slices.ContainsFunc(sites, func(s booking.Site) bool { return s.ID != self && same(s.Name, name) }) {
		return booking.ErrNameTaken
	}
	return err
}

// RenameSite renames a hospital that is called was; ErrStale when it is not.
func (d *Desk) RenameSite(ctx context.Context, by booking.Actor, id booking.SiteID, was, name string) error {
	name, err := readText(name, longestName)
	if err != nil {
		return err
	}
	_, err = do(ctx, d, func(tx *store.Tx) (none struct{}, err error) {
		if err := mayKeepPlaces(by); err != nil {
			return none, err
		}
		s, err := siteOf(ctx, tx, id)
		switch {
		case err != nil:
			return none, err
		case s.Name == name:
			return none, nil // pressed twice
		case s.Name != was:
			return none, booking.ErrStale
		}
		if err := siteNameFree(ctx, tx, id, name); err != nil {
			return none, err
		}
		if err := tx.NameTaken(tx.RenameSite(ctx, id, name)); err != nil {
			return none, err
		}
		return none, d.recordPlace(ctx, tx, by, booking.PlaceRenamed, "site "+string(id), "", "was "+was)
	})
	return err
}

func (d *Desk) recordPlace(ctx context.Context, tx *store.Tx, by booking.Actor, what booking.Action, subject string, ward booking.WardID, why string) error {
	return tx.AddEvent(ctx, booking.Event{At: d.now(), By: by, Action: what, Subject: subject, Ward: ward, Reason: why})
}
