package store

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const (
	addSeries = `
INSERT INTO series (id, patient_id, visitor_id, ward_id, weekday, starts_minute, length_minutes, every_weeks, first_on, last_on,
       made_at, made_by_kind, made_by_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`

	seriesByID = `
SELECT id, patient_id, visitor_id, ward_id, weekday, starts_minute, length_minutes, every_weeks, first_on, last_on,
       made_at, made_by_kind, made_by_id, ended_at
FROM   series WHERE id = $1`

	endSeries  = `UPDATE series SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL`
	joinSeries = `UPDATE visits SET series_id = $2 WHERE id = $1 AND series_id IS NULL`
)

// AddSeries saves a new series.
func (tx *Tx) AddSeries(ctx context.Context, s booking.Series) error {
	return tx.save(ctx, "add series", addSeries, s.ID, s.Patient, s.Visitor, s.Ward, int(s.Weekday), int(s.Start),
		minutes(s.Length), s.EveryWeeks, day{s.First}, day{s.Last}, at(s.MadeAt), s.MadeBy.Kind, s.MadeBy.ID)
}

// Series returns a series, or ErrNoSuchSeries.
func (tx *Tx) Series(ctx context.Context, id booking.SeriesID) (booking.Series, error) {
	return one(ctx, tx, "series", booking.ErrNoSuchSeries, func(row scanner) (s booking.Series, err error) {
		var weekday, length int
		var first, last day
		var made, ended stamp
		err = row.Scan(&s.ID, &s.Patient, &s.Visitor, &s.Ward, &weekday, &s.Start, &length, &s.EveryWeeks, &first, &last,
			&made, &s.MadeBy.Kind, &s.MadeBy.ID, &ended)
		s.Weekday, s.Length, s.First, s.Last = time.Weekday(weekday), lasting(length), first.Date, last.Date
		s.MadeAt, s.EndedAt = made.Time, ended.Time
		return s, err
	}, seriesByID, id)
}

// EndSeries saves that a series has no more visits.
func (tx *Tx) EndSeries(ctx context.Context, id booking.SeriesID, now time.Time) error {
	_, err := tx.run(ctx, "end series", endSeries, id, at(now))
	return err
}

// JoinSeries makes a visit one of a series. ErrInSeries when it is of one already.
func (tx *Tx) JoinSeries(ctx context.Context, visit booking.VisitID, id booking.SeriesID) error {
	if err := tx.saving(ctx, visit); err != nil {
		return err
	}
	n, err := tx.run(ctx, "join series", joinSeries, visit, id)
	if err == nil && n == 0 {
		return booking.ErrInSeries
	}
	return err
}

const seriesVisits = `v.series_id = $1 AND v.starts_at >= $2`

// VisitsOfSeries are its visits that begin at an instant or after it, in order of
// time.
func (tx *Tx) VisitsOfSeries(ctx context.Context, id booking.SeriesID, from time.Time) ([]Record, error) {
	return tx.records(ctx, seriesVisits, id, at(from))
}

const timesDisplaced = `SELECT count(*) FROM visits WHERE patient_id = $1 AND state = 'cancelled' AND reason = 'displaced'`

// TimesDisplaced counts the visits of a patient that made way for an end-of-life
// visit.
func (tx *Tx) TimesDisplaced(ctx context.Context, patient booking.PatientID) (int, error) {
	return one(ctx, tx, "times displaced", nil, scalar[int], timesDisplaced, patient)
}
