package main

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// The invented hospital: wards of eight patients, and enough iPads that most who
// ask get one, and some meet.
const (
	patientsPerWard = 8
	devicesPerWard  = 6
)

func newID[ID ~string]() ID { return ID(uuid.NewString()) }

// inventHospital makes a hospital in which as many relatives as asked have
// somebody to visit, at any time of the day for a fortnight.
func inventHospital(relatives int, now time.Time) desk.Hospital {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err) // it is built in
	}
	site := booking.Site{ID: newID[booking.SiteID](), Name: "Invented Hospital", Zone: zone}
	h := desk.Hospital{Sites: []booking.Site{site}}
	for i := range relatives {
		if i%patientsPerWard == 0 {
			addWard(&h, site, now)
		}
		addInpatient(&h, i, now)
	}
	return h
}

func addWard(h *desk.Hospital, site booking.Site, now time.Time) {
	ward := booking.Ward{
		ID: newID[booking.WardID](), Site: site, Name: fmt.Sprintf("Ward %d", len(h.Wards)+1), Phone: "01632 960 000", Enabled: true,
		Policy: booking.Policy{
			Version: 1, Prepare: 10 * time.Minute, Clean: 10 * time.Minute, Earliest: 14 * 24 * time.Hour, Notice: time.Hour,
			ChangeCutoff: time.Hour, HoldFor: 10 * time.Minute, OpensBefore: 15 * time.Minute, Grace: 10 * time.Minute, People: 4,
		},
	}
	h.Wards = append(h.Wards, ward)
	for range devicesPerWard {
		h.Devices = append(h.Devices, booking.Device{
			ID: newID[booking.DeviceID](), Tag: fmt.Sprintf("iPad %d", len(h.Devices)+1), Ward: ward.ID, State: booking.DeviceReady, Battery: -1,
		})
	}
	for day := time.Sunday; day <= time.Saturday; day++ {
		h.Sessions = append(h.Sessions, booking.Session{
			ID: newID[booking.SessionID](), Ward: ward.ID, Weekday: day, Start: 0, End: 24 * 60, Length: 20 * time.Minute, Step: 20 * time.Minute,
			ValidFrom: booking.DateOf(now, site.Zone), Audience: booking.ForRelatives,
		})
	}
}

func addInpatient(h *desk.Hospital, i int, now time.Time) {
	ward := h.Wards[len(h.Wards)-1].ID
	patient := booking.Patient{
		ID: newID[booking.PatientID](), MRN: fmt.Sprintf("B%06d", i), Name: fmt.Sprintf("Patient %d", i), Alias: fmt.Sprintf("P %d", i), State: booking.PatientActive,
	}
	bed := desk.Bed{Ward: ward, Bay: "Bay 1", Name: fmt.Sprintf("Bed %d", i%patientsPerWard+1)}
	h.Beds = append(h.Beds, bed)
	h.Patients = append(h.Patients, desk.Inpatient{
		Patient: patient,
		Stay:    booking.Stay{Patient: patient.ID, Ward: ward, Bay: bed.Bay, Bed: bed.Name, From: now.Add(-time.Hour)},
		Consent: booking.Consent{
			ID: newID[booking.ConsentID](), Patient: patient.ID, Basis: booking.BasisOwn, By: patient.Name, RecordedBy: "Nobody", At: now.Add(-time.Hour),
		},
		Circle: []booking.CircleMember{{
			ID: newID[booking.MemberID](), Patient: patient.ID, Relationship: "Daughter", Status: booking.MemberApproved, ApprovedAt: now.Add(-time.Hour),
			Visitor: booking.Visitor{ID: newID[booking.VisitorID](), Name: fmt.Sprintf("Relative %d", i), Phone: fmt.Sprintf("+4477009%05d", i)},
		}},
	})
}
