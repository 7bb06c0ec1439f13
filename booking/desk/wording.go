package desk

import (
	"context"
	"fmt"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// Wordings are all versions of what a ward adds to the messages of each kind, the last
// one last.
func (d *Desk) Wordings(ctx context.Context, by booking.Actor, ward booking.WardID) (map[booking.NoticeKind][]booking.Wording, error) {
	return view(ctx, d, func(tx *store.Tx) (map[booking.NoticeKind][]booking.Wording, error) {
		if _, err := heldWard(ctx, tx, by, booking.RunVisits, ward); err != nil {
			return nil, err
		}
		all, err := tx.Wordings(ctx, ward)
		kinds := map[booking.NoticeKind][]booking.Wording{}
		for _, w := range all {
			kinds[w.Kind] = append(kinds[w.Kind], w)
		}
		return kinds, err
	})
}

// NoticesOwed counts the messages of a kind that a change of a ward's words would touch:
// those about its visits that have not gone yet.
func (d *Desk) NoticesOwed(ctx context.Context, by booking.Actor, ward booking.WardID, kind booking.NoticeKind) (int, error) {
	return view(ctx, d, func(tx *store.Tx) (int, error) {
		if _, err := heldWard(ctx, tx, by, booking.RunVisits, ward); err != nil {
			return 0, err
		}
		return tx.NoticesOwed(ctx, ward, kind, d.now())
	})
}

// ReadWording says what a ward's own words would be, or why they will not do.
func (d *Desk) ReadWording(ctx context.Context, by booking.Actor, ward booking.WardID, typed string) (string, error) {
	return view(ctx, d, func(tx *store.Tx) (string, error) {
		if err := mayDecide(by, ward); err != nil {
			return "", err
		}
		return readWording(ctx, tx, typed)
	})
}

func readWording(ctx context.Context, tx *store.Tx, typed string) (string, error) {
	wards, err := tx.Wards(ctx) // of the whole hospital: a family is told of none
	if err != nil {
		return "", err
	}
	names := make([]string, len(wards))
	for n, w := range wards {
		names[n] = w.Name
	}
	return booking.ReadWording(typed, names)
}

// Word adds a ward's own words to messages of a kind, in the place of its words of a
// version; empty ones leave the usual words alone. ErrStale when somebody has changed
// them since. Saying what is said changes nothing.
func (d *Desk) Word(ctx context.Context, by booking.Actor, w booking.Wording) error {
	_, err := do(ctx, d, func(tx *store.Tx) (none struct{}, err error) {
		if _, err := toDecide(ctx, tx, by, w.Ward); err != nil {
			return none, err
		}
		if !w.Kind.Wordable() {
			return none, booking.ErrNoSuchMessage
		}
		if w.Text, err = readWording(ctx, tx, w.Text); err != nil {
			return none, err
		}
		all, err := tx.Wordings(ctx, w.Ward)
		if err != nil {
			return none, err
		}
		var last booking.Wording
		for _, was := range all {
			if was.Kind == w.Kind {
				last = was
			}
		}
		switch {
		case last.Text == w.Text:
			return none, nil
		case last.Version != w.Version:
			return none, booking.ErrStale
		}
		w.Version, w.MadeAt, w.MadeBy = last.Version+1, d.now(), by.Name
		if err := tx.AddWording(ctx, w); err != nil {
			return none, err
		}
		return none, tx.AddEvent(ctx, booking.Event{
			At: d.now(), By: by, Action: booking.MessageWorded, Subject: "ward " + string(w.Ward), Ward: w.Ward,
			Reason: fmt.Sprintf("%s %d: “%s”, before “%s”", w.Kind, w.Version, w.Text, last.Text),
		})
	})
	return err
}
