package store

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// A stamp is an instant as both engines keep it: timestamptz, or text of a fixed
// width whose order is the order of time. The zero Time is null.
type stamp struct{ time.Time }

const stampLayout = "2006-01-02T15:04:05.000000Z"

// at makes an instant a parameter.
func at(t time.Time) stamp { return stamp{t} }

// Value implements driver.Valuer.
func (s stamp) Value() (driver.Value, error) {
	if s.IsZero() {
		return nil, nil
	}
	return s.UTC().Format(stampLayout), nil
}

// Scan implements sql.Scanner.
func (s *stamp) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		s.Time = time.Time{}
	case time.Time:
		s.Time = v.UTC()
	case string:
		t, err := time.Parse(stampLayout, v)
		if err != nil {
			return fmt.Errorf("store: an instant: %w", err)
		}
		s.Time = t
	default:
		return fmt.Errorf("store: an instant from %T", src)
	}
	return nil
}

// A day is a booking.Date as both engines keep it; the zero Date is null.
type day struct{ booking.Date }

// Value implements driver.Valuer.
func (d day) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan implements sql.Scanner.
func (d *day) Scan(src any) (err error) {
	switch v := src.(type) {
	case nil:
		d.Date = booking.Date{}
	case time.Time:
		d.Date = booking.DateOf(v, time.UTC)
	case string:
		d.Date, err = booking.ParseDate(v)
	default:
		err = fmt.Errorf("store: a day from %T", src)
	}
	return err
}

// A maybe is a text or an id in which the empty string is null.
type maybe[T ~string] struct{ p *T }

// orNull makes a text or an id a parameter that is null when empty.
func orNull[T ~string](v T) maybe[T] { return maybe[T]{&v} }

// into makes a text or an id a place to scan a column that may be null.
func into[T ~string](p *T) maybe[T] { return maybe[T]{p} }

// Value implements driver.Valuer.
func (m maybe[T]) Value() (driver.Value, error) {
	if *m.p == "" {
		return nil, nil
	}
	return string(*m.p), nil
}

// Scan implements sql.Scanner.
func (m maybe[T]) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*m.p = ""
	case string:
		*m.p = T(v)
	case []byte:
		*m.p = T(v)
	default:
		return fmt.Errorf("store: a text from %T", src)
	}
	return nil
}

// isID reports whether a text is written as every id is.
func isID[T ~string](v T) bool {
	if len(v) != 36 {
		return false
	}
	for i := range len(v) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (v[i] == '-') || !dash && !strings.ContainsRune("0123456789abcdefABCDEF", rune(v[i])) {
			return false
		}
	}
	return true
}

// minutes gives a length as the tables keep it.
func minutes(d time.Duration) int { return int(d / time.Minute) }

// lasting makes a column of minutes a length.
func lasting(m int) time.Duration { return time.Duration(m) * time.Minute }
