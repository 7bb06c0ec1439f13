package desk

import (
	"context"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// A Sheet is a ward's day with what is needed to go on without the network: how to
// reach those who come.
type Sheet struct {
	Board
	Phones map[booking.VisitorID]string
}

// Sheet is a ward's day for paper. That it was looked at is recorded, as of every
// list that names people with their numbers.
func (d *Desk) Sheet(ctx context.Context, by booking.Actor, ward booking.WardID, date booking.Date) (Sheet, error) {
	board, err := d.Board(ctx, by, ward, date)
	if err != nil {
		return Sheet{}, err
	}
	return lists(ctx, d, by, ward, func(tx *store.Tx) (Sheet, error) {
		sheet := Sheet{Board: board, Phones: map[booking.VisitorID]string{}}
		for _, v := range board.Visits {
			for _, p := range v.People {
				if _, known := sheet.Phones[p.Visitor]; known || p.Visitor == "" || p.Place == booking.Removed {
					continue
				}
				visitor, err := tx.Visitor(ctx, p.Visitor)
				if err != nil {
					return sheet, err
				}
				sheet.Phones[p.Visitor] = visitor.Phone
			}
		}
		return sheet, nil
	})
}
