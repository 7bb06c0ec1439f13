package desk

import (
	"cmp"
	"context"
	"slices"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// WardFigures are what is told of one ward.
type WardFigures struct {
	Ward booking.Ward
	booking.Figures
}

// A FiguresPage is how visits were used in some days: of one ward, or of each that the
// reader may read them of, and of all those together.
type FiguresPage struct {
	From, To booking.Date // both within
	Wards    []WardFigures
	All      booking.Figures
}

// FigureWards are the wards whose figures by may read.
func (d *Desk) FigureWards(ctx context.Context, by booking.Actor) ([]booking.Ward, error) {
	return view(ctx, d, func(tx *store.Tx) ([]booking.Ward, error) { return figureWards(ctx, tx, by) })
}

func figureWards(ctx context.Context, tx *store.Tx, by booking.Actor) ([]booking.Ward, error) {
	wards, err := tx.Wards(ctx)
	return slices.DeleteFunc(wards, func(w booking.Ward) bool { return !by.May(booking.ReadFigures, w.ID) }), err
}

// Figures are those of a ward in some days. That somebody has read them is recorded,
// and whether they took them as a file.
func (d *Desk) Figures(ctx context.Context, by booking.Actor, id booking.WardID, from, to booking.Date, file bool) (FiguresPage, error) {
	p, err := d.figures(ctx, from, to, func(tx *store.Tx) ([]booking.Ward, error) {
		ward, err := heldWard(ctx, tx, by, booking.ReadFigures, id)
		return []booking.Ward{ward}, err
	})
	if err != nil {
		return FiguresPage{}, err
	}
	return p, d.hasRead(ctx, figuresEvent(by, p, "ward "+string(id), id, file))
}

// AllFigures are those of every ward of which by may read them. It is recorded once, as
// read of no one ward.
func (d *Desk) AllFigures(ctx context.Context, by booking.Actor, from, to booking.Date, file bool) (FiguresPage, error) {
	p, err := d.figures(ctx, from, to, func(tx *store.Tx) ([]booking.Ward, error) {
		wards, err := figureWards(ctx, tx, by)
		if err == nil && len(wards) == 0 {
			err = booking.ErrNoSuchWard
		}
		return wards, err
	})
	if err != nil {
		return FiguresPage{}, err
	}
	return p, d.hasRead(ctx, figuresEvent(by, p, "page figures", "", file))
}

func figuresEvent(by booking.Actor, p FiguresPage, of string, ward booking.WardID, file bool) booking.Event {
	what := booking.FiguresRead
	if file {
		what = booking.FiguresTaken
	}
	return booking.Event{By: by, Action: what, Subject: of, Ward: ward, Reason: p.From.String() + " to " + p.To.String()}
}

func (d *Desk) figures(ctx context.Context, from, to booking.Date, of func(tx *store.Tx) ([]booking.Ward, error)) (FiguresPage, error) {
	return view(ctx, d, func(tx *store.Tx) (FiguresPage, error) {
		p := FiguresPage{From: from, To: to}
		wards, err := of(tx) // who may not, is not told whether the days make sense
		if err != nil {
			return p, err
		}
		if err := booking.CheckDays(from, to); err != nil {
			return p, err
		}
		tallies := make([]booking.Tally, len(wards))
		for i, ward := range wards {
			if tallies[i], err = d.tally(ctx, tx, ward, from, to); err != nil {
				return p, err
			}
			p.Wards = append(p.Wards, WardFigures{ward, tallies[i].Figures()})
		}
		p.All = booking.AllFigures(tallies)
		return p, nil
	})
}

// tally counts a ward's days by its own clock.
func (d *Desk) tally(ctx context.Context, tx *store.Tx, ward booking.Ward, from, to booking.Date) (booking.Tally, error) {
	start, _ := booking.DayBounds(from, ward.Site.Zone)
	_, end := booking.DayBounds(to, ward.Site.Zone)
	t, err := tx.Tally(ctx, ward.ID, start, end)
	if err != nil {
		return t, err
	}
	table, err := tx.Timetable(ctx, ward, from)
	if err != nil {
		return t, err
	}
	t.Open = table.OpenFor(from, to, d.now())
	here, err := tx.Devices(ctx, ward.ID)
	if err != nil {
		return t, err
	}
	return t, withTags(ctx, tx, &t, here)
}

// withTags says what the devices are called that had a visit in a ward, and adds those
// of the ward that had none.
func withTags(ctx context.Context, tx *store.Tx, t *booking.Tally, here []booking.Device) error {
	for i, used := range t.Devices {
		at := slices.IndexFunc(here, func(d booking.Device) bool { return d.ID == used.ID })
		if at >= 0 {
			t.Devices[i].Tag = here[at].Tag
			here = slices.Delete(here, at, at+1)
			continue
		}
		device, err := tx.Device(ctx, used.ID) // of another ward, by now or always
		if err != nil {
			return err
		}
		t.Devices[i].Tag = device.Tag
	}
	for _, d := range here {
		t.Devices = append(t.Devices, booking.DeviceTally{ID: d.ID, Tag: d.Tag})
	}
	slices.SortFunc(t.Devices, func(a, b booking.DeviceTally) int { return cmp.Compare(a.Tag, b.Tag) })
	return nil
}
