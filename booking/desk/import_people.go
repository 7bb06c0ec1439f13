package desk

import (
	"context"
	"errors"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/intake"
	"github.com/wardvisit/wardvisit/booking/store"
)

// patient imports one patient with where they lie and their consent.
func (i *importer) patient(ctx context.Context, row intake.Patient) error {
	w, err := i.find(row.Place)
	if err != nil || row.Bad {
		return err
	}
	if !row.Until.IsZero() && row.Until.Before(booking.DateOf(i.now, w.Site.Zone)) {
		return wrong("consent_until", "This day has passed, so nobody consents any more. Leave the consent out, or ask again.")
	}
	p, err := i.PatientByNumber(ctx, row.MRN)
	if errors.Is(err, booking.ErrNoSuchPatient) {
		return i.newPatient(ctx, w, row)
	}
	if err != nil {
		return err
	}
	if err := i.stillLies(ctx, p, w, row); err != nil {
		return err
	}
	was := p
	p.Name, p.Alias = row.Name, row.Alias
	if row.Infection != "" {
		p.Infection = row.Infection
	}
	became := alike
	if p != was {
		became = changed
		if err := i.RenamePatient(ctx, p); err != nil {
			return err
		}
	}
	i.count("patients", became)
	if err := i.note(ctx, "patient "+string(p.ID), w.ID, became); err != nil {
		return err
	}
	return i.consent(ctx, p, w, row)
}

// stillLies refuses a row that says a patient is elsewhere than they are. A file
// was written before it is imported: where somebody lies now, the ward knows
// better.
func (i *importer) stillLies(ctx context.Context, p booking.Patient, w booking.Ward, row intake.Patient) error {
	stay, err := i.Stay(ctx, p.ID)
	switch {
	case err != nil:
		return err
	case p.State != booking.PatientActive || p.MergedInto != "" || stay.Ward == "":
		return wrong("mrn", "The patient with this number is not on a ward any more. Leave the row out, or admit them again on the ward's own pages.")
	case stay.Ward != w.ID:
		return wrong("ward", "The patient with this number lies in another ward, and a file does not move them. Check the number and the ward.")
	case stay.Bay != row.Bay || stay.Bed != row.Bed:
		return wrong("bed", "The patient lies in %s now, and a file does not move them. Write that, or leave the row out.", bedName(stay.Bay, stay.Bed))
	}
	return nil
}

func (i *importer) newPatient(ctx context.Context, w booking.Ward, row intake.Patient) error {
	var ids [3]string
	for n := range ids {
		var err error
		if ids[n], err = i.desk.newID(); err != nil {
			return err
		}
	}
	p := booking.Patient{
		ID: booking.PatientID(ids[0]), MRN: row.MRN, Name: row.Name, Alias: row.Alias, State: booking.PatientActive, Infection: row.Infection,
	}
	if p.Infection == "" {
		p.Infection = booking.NoInfection
	}
	if err := i.AddPatient(ctx, p); err != nil {
		return err
	}
	fresh, err := i.OfferBed(ctx, ids[1], w.ID, row.Bay, row.Bed)
	if err != nil {
		return err
	}
	if fresh {
		i.count("beds", made)
	}
	stay := booking.Stay{Patient: p.ID, Ward: w.ID, Bay: row.Bay, Bed: row.Bed, From: i.now}
	if err := i.AddStay(ctx, ids[2], stay); err != nil {
		return err
	}
	i.count("patients", made)
	if err := i.note(ctx, "patient "+string(p.ID), w.ID, made); err != nil {
		return err
	}
	return i.consent(ctx, p, w, row)
}

// consent records the yes that a row tells of, unless one stands. It never
// overrules somebody who has taken theirs back.
func (i *importer) consent(ctx context.Context, p booking.Patient, w booking.Ward, row intake.Patient) error {
	if row.Basis == "" {
		return nil
	}
	last, err := i.Consent(ctx, p.ID)
	switch {
	case err != nil:
		return err
	case last.Stands(i.now, w.Site.Zone):
		i.count("consents", alike)
		return nil
	case !last.WithdrawnAt.IsZero():
		return wrong("consent", "Consent was taken back since. Leave the cell empty; if they have said yes again, record it on the patient's page.")
	}
	id, err := i.desk.newID()
	if err != nil {
		return err
	}
	err = i.AddConsent(ctx, booking.Consent{
		ID: booking.ConsentID(id), Patient: p.ID, Basis: row.Basis, By: row.By, RecordedBy: i.by.Name, At: i.now, ReviewOn: row.Until,
	})
	if err != nil {
		return err
	}
	i.count("consents", made)
	return i.AddEvent(ctx, booking.Event{
		At: i.now, By: i.by, Action: booking.ConsentRecorded, Subject: "patient " + string(p.ID), Ward: w.ID, Reason: string(row.Basis),
	})
}

// numbers are the hospital numbers that the file's rows name.
func (i *importer) numbers() (all []string) {
	for _, row := range i.file.Patients {
		all = append(all, row.MRN)
	}
	for _, row := range i.file.Relatives {
		all = append(all, row.MRN)
	}
	for _, row := range i.file.Visits {
		all = append(all, row.MRN)
	}
	return all
}

// patientsNamed are the patients of the file who are there.
func (i *importer) patientsNamed(ctx context.Context) (found []store.Resource, err error) {
	looked := map[string]bool{}
	for _, mrn := range i.numbers() {
		if looked[mrn] {
			continue
		}
		looked[mrn] = true
		p, err := i.PatientByNumber(ctx, mrn)
		switch {
		case err == nil:
			found = append(found, patientOf(p.ID))
		case !errors.Is(err, booking.ErrNoSuchPatient):
			return nil, err
		}
	}
	return found, nil
}

// inpatient finds a patient by their number, and the ward where they lie, if the
// actor manages it.
func (i *importer) inpatient(ctx context.Context, mrn string) (booking.Patient, booking.Ward, error) {
	if mrn == "" {
		return booking.Patient{}, booking.Ward{}, nil // of a bad row, which has been told so
	}
	p, err := i.PatientByNumber(ctx, mrn)
	if err != nil && !errors.Is(err, booking.ErrNoSuchPatient) {
		return p, booking.Ward{}, err
	}
	var stay booking.Stay
	if err == nil {
		if stay, err = i.Stay(ctx, p.ID); err != nil {
			return p, booking.Ward{}, err
		}
	}
	if stay.Ward == "" || !mayManage(i.by, stay.Ward) {
		where := "on any ward"
		if i.by.Kind != booking.SystemActor {
			where = "on a ward that you manage"
		}
		return p, booking.Ward{}, wrong("mrn", "There is no patient with this number %s. Check the number, or import patients first.", where)
	}
	w, err := i.Ward(ctx, stay.Ward)
	return p, w, err
}

// relative imports one person of a patient's circle.
func (i *importer) relative(ctx context.Context, row intake.Relative) error {
	p, w, err := i.inpatient(ctx, row.MRN)
	if err != nil || row.Bad {
		return err
	}
	who := Contact{Name: row.Name, Relationship: row.Relationship}
	if who.Phone, err = i.desk.readPhone(row.Phone); err != nil {
		return met("phone", err)
	}
	if who.Email, err = readEmail(row.Email); err != nil {
		return met("email", err)
	}
	_, err = i.VisitorByPhone(ctx, who.Phone)
	if err != nil && !errors.Is(err, booking.ErrNoSuchPerson) {
		return err
	}
	m, isNew, err := i.desk.member(ctx, i.Tx, p.ID, who)
	switch {
	case err != nil:
		return err
	case !same(m.Visitor.Name, row.Name):
		return wrong("phone", "This number is known as somebody else's, under another name. Check both with the family.")
	case m.Barred:
		return wrong("name", "This person is barred from visiting this patient. Leave the row out; only lifting the bar on the patient's page lets them visit.")
	case p.Private && m.Status != booking.MemberApproved:
		return wrong("name", "This patient asked that nobody be told that they are here. Leave the row out, and invite the person on the patient's page.")
	case m.Status == booking.MemberPaused:
		return wrong("name", "This person's visits are paused. Leave the row out; only the patient's page lets them visit again.")
	case m.Status == booking.MemberRemoved:
		return wrong("name", "This person was taken off this patient's list. Leave the row out, or invite them again on the patient's page.")
	case m.Status == booking.MemberApproved && m.Relationship == row.Relationship:
		i.count("relatives", alike)
		return nil
	}
	became, wasApproved := changed, m.Status == booking.MemberApproved
	if isNew {
		became = made
	}
	m.Relationship = row.Relationship
	i.count("relatives", became)
	if i.tell && !wasApproved {
		_, err = i.desk.approve(ctx, i.Tx, i.by, m, w, isNew, booking.VisitorInvited)
		return err
	}
	if !wasApproved {
		m.Status, m.ApprovedAt = booking.MemberApproved, i.now
	}
	if err := putMember(ctx, i.Tx, m, isNew); err != nil {
		return err
	}
	return i.AddEvent(ctx, memberEvent(i.now, i.by, booking.VisitorApproved, m, w.ID, "imported"))
}
