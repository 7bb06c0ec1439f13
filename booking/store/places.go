package store

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// This file is what whoever keeps sites, wards and beds asks of the tables.

// placeNames are the constraints that keep two places from having one name.
var placeNames = map[string]bool{"sites_name": true, "wards_name": true, "beds_name": true}

// NameTaken is err, or ErrNameTaken where it says that another place has the name.
func (tx *Tx) NameTaken(err error) error {
	if placeNames[tx.store.engine.broken(err)] {
		return booking.ErrNameTaken
	}
	return err
}

const renameSite = `UPDATE sites SET name = $2 WHERE id = $1`

// RenameSite saves what a hospital is called.
func (tx *Tx) RenameSite(ctx context.Context, id booking.SiteID, name string) error {
	tx.wards = nil
	return tx.save(ctx, "rename site", renameSite, id, name)
}

const wardUses = `
SELECT a.id,
       (SELECT count(*) FROM beds AS b WHERE b.ward_id = a.id AND b.closed_at IS NULL),
       (SELECT count(*) FROM stays AS s WHERE s.ward_id = a.id AND s.to_at IS NULL),
       (SELECT count(*) FROM visits AS v WHERE v.ward_id = a.id AND v.state IN ('booked', 'preparing', 'lobby', 'live')),
       (SELECT count(*) FROM waitlist_entries AS e WHERE e.ward_id = a.id AND e.state = 'waiting'),
       (SELECT count(*) FROM devices AS d WHERE d.ward_id = a.id),
       (SELECT count(*) FROM sessions AS t WHERE t.ward_id = a.id AND (t.valid_to IS NULL OR t.valid_to >= $1))
FROM   wards AS a`

// WardUses are what is in each ward on a day.
func (tx *Tx) WardUses(ctx context.Context, today booking.Date) (map[booking.WardID]booking.WardUse, error) {
	uses := map[booking.WardID]booking.WardUse{}
	_, err := all(ctx, tx, "use of wards", func(row scanner) (none struct{}, err error) {
		var id booking.WardID
		var u booking.WardUse
		err = row.Scan(&id, &u.Beds, &u.Patients, &u.Visits, &u.Waiting, &u.Devices, &u.Sessions)
		uses[id] = u
		return none, err
	}, wardUses, day{today})
	return uses, err
}

const (
	renameBed = `UPDATE beds SET name = $2 WHERE id = $1`
	closeBed  = `UPDATE beds SET closed_at = $2 WHERE id = $1`
)

// RenameBed saves what a bed is called.
func (tx *Tx) RenameBed(ctx context.Context, id booking.BedID, name string) error {
	return tx.save(ctx, "rename bed", renameBed, id, name)
}

// CloseBed saves since when nobody may lie in a bed; the zero Time opens it.
// ErrPlaceInUse when somebody lies in it.
func (tx *Tx) CloseBed(ctx context.Context, id booking.BedID, since time.Time) error {
	return tx.save(ctx, "close bed", closeBed, id, at(since))
}

const (
	renameBay      = `UPDATE beds SET bay = $3 WHERE ward_id = $1 AND bay = $2`
	rezoneDevices  = `UPDATE devices SET zone = $3 WHERE ward_id = $1 AND zone = $2`
	rebayClosures  = `UPDATE closures SET bay = $3 WHERE ward_id = $1 AND bay = $2`
	devicesOfAZone = `SELECT id FROM devices WHERE ward_id = $1 AND zone = $2 ORDER BY id`
)

// DevicesOfBay are the devices that are at home in a bay of their ward.
func (tx *Tx) DevicesOfBay(ctx context.Context, ward booking.WardID, bay string) ([]booking.DeviceID, error) {
	if bay == "" {
		return nil, nil
	}
	return all(ctx, tx, "devices of a bay", scalar[booking.DeviceID], devicesOfAZone, ward, bay)
}

// RenameBay saves what a bay is called: of its beds, of the devices at home in it,
// and of what closes it.
func (tx *Tx) RenameBay(ctx context.Context, ward booking.WardID, bay, to string) error {
	queries := []string{renameBay, rezoneDevices, rebayClosures}
	if bay == "" { // which is no bay: an iPad there is at home in the whole ward, and a closure closes all of it
		queries = queries[:1]
	}
	for _, query := range queries {
		if _, err := tx.run(ctx, "rename bay", query, ward, bay, to); err != nil {
			return err
		}
	}
	return nil
}

// BedOf names a bed for Touch: whoever closes it keeps everybody waiting who would
// put a patient into it.
func BedOf(id booking.BedID) Resource { return Resource{bedRow, string(id)} }
