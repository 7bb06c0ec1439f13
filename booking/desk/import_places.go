package desk

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/intake"
	"github.com/wardvisit/wardvisit/booking/store"
)

// usualPolicy is what a new ward begins with where its row says nothing.
var usualPolicy = booking.Policy{
	Version: 1,
	Prepare: 10 * time.Minute, Clean: 10 * time.Minute,
	Earliest: 14 * 24 * time.Hour, Notice: 30 * time.Minute, ChangeCutoff: time.Hour,
	HoldFor: 10 * time.Minute, OpensBefore: 15 * time.Minute, Grace: 10 * time.Minute,
	People: 3, WeekStarts: time.Monday,
}

// ward imports one ward with its visiting times.
func (i *importer) ward(ctx context.Context, row intake.Ward) error {
	if row.Bad {
		return nil // nothing more can be said of it
	}
	site, err := i.site(ctx, row)
	if err != nil {
		return err
	}
	for n, w := range i.places {
		if w.Site.ID == site.ID && same(w.Name, row.Name) {
			return i.oldWard(ctx, n, row)
		}
	}
	if i.by.Kind != booking.SystemActor {
		return wrong("ward", "There is no ward of this name among those that you manage. Whoever runs Wardvisit can make a new one.")
	}
	w := booking.Ward{Site: site, Name: row.Name, Phone: row.Phone, Enabled: row.Open == nil || *row.Open}
	w.Policy = row.Apply(usualPolicy.WithDefaults())
	if err := met("ward", w.Policy.Check()); err != nil {
		return err
	}
	id, err := i.desk.newID()
	if err != nil {
		return err
	}
	w.ID = booking.WardID(id)
	if err := i.AddWard(ctx, w); err != nil {
		return err
	}
	if err := i.visiting(ctx, w, row.Visiting); err != nil {
		return err
	}
	i.places = append(i.places, w)
	i.count("wards", made)
	return i.note(ctx, "ward "+id, w.ID, made)
}

// site finds the hospital of a row, or makes it.
func (i *importer) site(ctx context.Context, row intake.Ward) (booking.Site, error) {
	zone, err := time.LoadLocation(row.Zone)
	if row.Zone != "" && (err != nil || strings.EqualFold(row.Zone, "local")) {
		return booking.Site{}, wrong("time_zone", "We do not know this time zone. Write it like Europe/London.")
	}
	for _, s := range i.sites {
		if !same(s.Name, row.Site) {
			continue
		}
		if row.Zone != "" && s.Zone.String() != zone.String() {
			return s, wrong("time_zone", "This hospital's clocks are those of %s, which a file cannot change. Write that, or leave the cell empty.", s.Zone)
		}
		return s, nil
	}
	switch {
	case i.by.Kind != booking.SystemActor:
		return booking.Site{}, wrong("site", "There is no hospital of this name. Check its spelling.")
	case row.Zone == "":
		return booking.Site{}, wrong("time_zone", "This hospital is new, so we need its time zone. Write it like Europe/London.")
	}
	id, err := i.desk.newID()
	if err != nil {
		return booking.Site{}, err
	}
	s := booking.Site{ID: booking.SiteID(id), Name: row.Site, Zone: zone}
	if err := i.AddSite(ctx, s); err != nil {
		return s, err
	}
	i.sites = append(i.sites, s)
	i.count("hospitals", made)
	return s, i.note(ctx, "site "+id, "", made)
}

// oldWard brings a ward that is there up to its row.
func (i *importer) oldWard(ctx context.Context, n int, row intake.Ward) error {
	w := i.places[n]
	if !mayManage(i.by, w.ID) {
		return wrong("ward", "There is no ward of this name among those that you manage. Leave the row out.")
	}
	was := w
	w.Phone = row.Phone
	if row.Open != nil {
		w.Enabled = *row.Open
	}
	w.Policy = row.Apply(w.Policy)
	became := alike
	if w.Phone != was.Phone || w.Enabled != was.Enabled {
		became = changed
		if err := i.SaveWard(ctx, w); err != nil {
			return err
		}
	}
	if !reflect.DeepEqual(w.Policy, was.Policy) {
		became = changed
		if err := met("ward", w.Policy.Check()); err != nil {
			return err
		}
		w.Policy.Version, w.Policy.MadeAt, w.Policy.MadeBy = was.Policy.Version+1, i.now, i.by.Name
		if err := i.AddPolicy(ctx, w.ID, w.Policy); err != nil {
			return err
		}
	}
	if err := i.visiting(ctx, w, row.Visiting); err != nil {
		return err
	}
	i.places[n] = w
	i.count("wards", became)
	return i.note(ctx, "ward "+string(w.ID), w.ID, became)
}

// visiting adds the visiting times that a ward does not have. It takes none
// away, since visits may be booked in them.
func (i *importer) visiting(ctx context.Context, w booking.Ward, wanted []booking.Session) error {
	if len(wanted) == 0 {
		return nil
	}
	there, err := i.Sessions(ctx, w.ID)
	if err != nil {
		return err
	}
	today := booking.DateOf(i.now, w.Site.Zone)
	for _, s := range wanted {
		if hasSession(there, s, today) {
			i.count("visiting times", alike)
			continue
		}
		id, err := i.desk.newID()
		if err != nil {
			return err
		}
		s.ID, s.Ward = booking.SessionID(id), w.ID
		if s.ValidFrom.IsZero() {
			s.ValidFrom = today
		}
		if err := met("visiting", s.Check()); err != nil {
			return err
		}
		for _, t := range there {
			if s.Clashes(t) {
				return wrong("visiting", "On %s, %s-%s overlaps %s-%s, for the same people. Change one of them, or join them.", s.Weekday, s.Start, s.End, t.Start, t.End)
			}
		}
		if err := i.AddSession(ctx, s); err != nil {
			return err
		}
		there = append(there, s)
		i.count("visiting times", made)
		if err := i.note(ctx, "session "+id, w.ID, made); err != nil {
			return err
		}
	}
	return nil
}

// hasSession reports whether a ward has a visiting time as a row says. A row that
// does not say from when means one that runs today.
func hasSession(there []booking.Session, s booking.Session, today booking.Date) bool {
	for _, t := range there {
		t.ID, t.Ward, t.EveryWeeks, s.EveryWeeks = "", "", max(1, t.EveryWeeks), max(1, s.EveryWeeks)
		if s.ValidFrom.IsZero() && !today.Before(t.ValidFrom) {
			t.ValidFrom = booking.Date{}
		}
		if t == s {
			return true
		}
	}
	return false
}

// find finds the ward that a row names, if the actor manages it.
func (i *importer) find(p intake.Place) (found booking.Ward, err error) {
	if p.Ward == "" {
		return found, nil // of a bad row, which has been told so
	}
	for _, w := range i.places {
		if !mayManage(i.by, w.ID) || !same(w.Name, p.Ward) || p.Site != "" && !same(w.Site.Name, p.Site) {
			continue
		}
		if found.ID != "" {
			return found, wrong("site", "Two hospitals have a ward of this name. Fill in site to say which is meant.")
		}
		found = w
	}
	switch {
	case found.ID != "":
		return found, nil
	case i.by.Kind == booking.SystemActor:
		return found, wrong("ward", "There is no ward of this name. Check its spelling, or import wards first.")
	}
	return found, wrong("ward", "There is no ward of this name among those that you manage. Check its spelling, or leave the row out.")
}

func same(a, b string) bool { return strings.EqualFold(a, b) }

// device imports one iPad.
func (i *importer) device(ctx context.Context, row intake.Device) error {
	w, err := i.find(row.Place)
	if err != nil || row.Bad {
		return err
	}
	d, err := i.DeviceByTag(ctx, row.Tag)
	if errors.Is(err, booking.ErrNoSuchDevice) {
		id, err := i.desk.newID()
		if err != nil {
			return err
		}
		d = booking.Device{ID: booking.DeviceID(id), Tag: row.Tag, Ward: w.ID, Zone: row.Zone, State: booking.DeviceReady, Battery: -1}
		d.Dedicated = row.Dedicated != nil && *row.Dedicated
		if err := i.AddDevice(ctx, d); err != nil {
			return err
		}
		i.count("iPads", made)
		return i.note(ctx, "device "+id, w.ID, made)
	}
	if err != nil {
		return err
	}
	if d.Ward != w.ID {
		return wrong("ward", "An iPad with this tag belongs to another ward, and a file does not move it. Check the tag and the ward.")
	}
	was := d
	if row.Zone != "" {
		d.Zone = row.Zone
	}
	if row.Dedicated != nil {
		d.Dedicated = *row.Dedicated
	}
	became := alike
	if d != was {
		became = changed
		if err := i.SaveDeviceHome(ctx, d); err != nil {
			return err
		}
	}
	i.count("iPads", became)
	return i.note(ctx, "device "+string(d.ID), w.ID, became)
}

// devicesNamed are the iPads of the file that are there.
func (i *importer) devicesNamed(ctx context.Context) (found []store.Resource, err error) {
	for _, row := range i.file.Devices {
		d, err := i.DeviceByTag(ctx, row.Tag)
		switch {
		case err == nil:
			found = append(found, deviceOf(d.ID))
		case !errors.Is(err, booking.ErrNoSuchDevice):
			return nil, err
		}
	}
	return found, nil
}
