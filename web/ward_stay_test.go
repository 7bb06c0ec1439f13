package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

const (
	willowBed  booking.BedID = "00000000-0000-4000-8000-0000000006b1"
	harbourBed booking.BedID = "00000000-0000-4000-8000-0000000006b2"
)

// beds are two empty ones, one in each ward.
func (h *wardHouse) beds(t *testing.T) {
	t.Helper()
	err := h.store.Do(t.Context(), func(tx *store.Tx) error {
		if err := tx.AddBed(t.Context(), string(willowBed), willow, "Bay 7", "Bed 1"); err != nil {
			return err
		}
		return tx.AddBed(t.Context(), string(harbourBed), harbour, "Bay 8", "Bed 2")
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A patient comes, moves, leaves and comes back, each with a page that says what it
// means.
func TestAPatientComesAndGoes(t *testing.T) {
	h := newWardHouse(t)
	h.beds(t)
	by := h.staff(t, nurse)
	by.get("/ward/patients").shows(http.StatusOK, "Admit a patient", "People who have left")
	by.get("/ward/patients/" + string(thomas)).hides("The last move was a mistake")
	by.get("/ward/admit").shows(http.StatusOK, "Admit a patient to Willow Ward", "Bay 7, Bed 1").hides("Bay 8")
	by.post("/ward/admit").shows(http.StatusUnprocessableEntity, "Enter the hospital number", "Enter a name for the board", "Choose a bed", "Choose one of the answers")
	by.post("/ward/admit", "mrn", "N77", "name", "Thomas Arkwright", "alias", "Mr T.", "bed", "no-bed", "infection", "none").
		shows(http.StatusUnprocessableEntity, "Choose a bed from the list")
	page := by.post("/ward/admit", "mrn", "N77", "name", "Thomas Arkwright", "alias", "Mr T.", "bed", string(willowBed), "infection", "droplet").leads("/ward/patients/")
	by.get(page).shows(http.StatusOK, "The patient is on the ward.", "Two patients have this name", "N77", "By coughs and sneezes")
	page = strings.TrimSuffix(page, "?said=admitted")

	by.get(page+"/transfer?to="+string(harbour)).shows(http.StatusOK, "Which bed does the patient move to?", "Bay 8, Bed 2", "Visits to come keep their time")
	by.post(page+"/transfer", "to", string(harbour)).shows(http.StatusUnprocessableEntity, "Choose a bed")
	by.get(by.post(page+"/transfer", "to", string(harbour), "bed", string(harbourBed)).leads("/ward/patients?said=moved_away")).
		shows(http.StatusOK, "on the other ward now")
	by.get(page).shows(http.StatusNotFound, "We cannot find that patient")
	there := h.staff(t, otherNurse)
	there.get(page+"/leave/not-moved").shows(http.StatusOK, "Was the last move a mistake?")
	there.post(page + "/leave/not-moved").leads("/ward/patients?said=moved_away")

	by.get(page+"/leave/discharge").shows(http.StatusOK, "Has this patient left the hospital?", "No visits are booked.")
	by.get(by.post(page+"/leave/discharge").leads("/ward/patients")).shows(http.StatusOK, "cancelled in two hours")
	by.get("/ward/left").shows(http.StatusOK, "Thomas Arkwright", "N77")
	left := "/ward/left/" + page[strings.LastIndex(page, "/")+1:]
	by.get(left).shows(http.StatusOK, "Recorded as having left")
	there.get(left).shows(http.StatusNotFound, "We cannot find that patient")
	by.get(by.post(left, "was", "discharged").leads(page)).shows(http.StatusOK, "The patient is on the ward again.")
	by.get(page+"/needs").shows(http.StatusOK, "What helps the patient", "Tell nobody that they are here")
	by.post(page+"/needs", "tongue", "xx/spoken", "needs", "Hears on the left").shows(http.StatusUnprocessableEntity, "Hears on the left")
	by.post(page+"/needs", "tongue", "none", "needs", strings.Repeat("x", 900)).shows(http.StatusUnprocessableEntity, "That is too long. Use fewer words.")
	by.get(by.post(page+"/needs", "tongue", "none", "needs", "Hears on\r\nthe left", "private", "yes").leads(page)).
		shows(http.StatusOK, "Hears on the left", "Tell nobody that this patient is here")
	by.post(page+"/invite", "name", "Anna", "phone", "07700900321", "relationship", "Daughter").
		shows(http.StatusUnprocessableEntity, "say who agreed", "Who agreed that this person is told?")
	by.get(by.post(page+"/invite", "name", "Anna", "phone", "07700900321", "relationship", "Daughter", "agreed", "Mr Thomas himself").leads(page)).
		shows(http.StatusOK, "Mr Thomas himself agreed that they are told")
	by.get(by.post(page+"/infection", "infection", "airborne").leads(page)).shows(http.StatusOK, "Through the air")
	by.get(page+"/leave/fly").shows(http.StatusNotFound, "Page not found")
}

// A death asks twice, and then says nothing to anybody but the ward.
func TestADeathIsTheWardsToTell(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	v := h.booked(t, 3*time.Hour, booking.Tongue{}, anna)
	her := h.phoneOf(t, anna)
	her.get("/visits").shows(http.StatusOK, string(v.Reference))
	page := "/ward/patients/" + string(thomas)
	by.get(page+"/leave/died").shows(http.StatusOK, "Only a person tells the family", "I have checked the name")
	by.post(page+"/leave/died").shows(http.StatusUnprocessableEntity, "Confirm that you have checked who it is")
	her.get("/visits").shows(http.StatusOK, string(v.Reference))
	h.rooms.take()
	by.get(by.post(page+"/leave/died", "sure", "yes").leads("/ward/patients")).shows(http.StatusOK, "Nothing is sent to the family. Please ring them.")
	if told := h.rooms.take(); len(told) != 1 || told[0].Kind != OrderEnd {
		t.Errorf("the room was told %v", told)
	}
	her.get("/visits").shows(http.StatusOK, "Please call the ward", "Willow Ward: 0113 496 0107").hides(string(v.Reference), "ancelled", "Book", "booked")
	for _, path := range []string{"/visits/new", "/waiting/new", "/requests/new"} {
		her.get(path+"?patient="+string(thomas)).shows(http.StatusOK, "Please call the ward", "0113 496 0107").hides("can tell you more", "book a visit")
	}
	her.get("/visits/"+string(v.Reference)).shows(http.StatusForbidden, "Please call the ward", "0113 496 0107").hides("cancelled", "died")
	her.get("/visits/"+string(v.Reference)+"/calendar.ics").shows(http.StatusForbidden, "Please call the ward")

	by.get("/ward/today").shows(http.StatusOK, "Ring the family of", "We have rung them", "To look at (1)")
	s := by.get("/ward/review").shows(http.StatusOK, "Ring the family", "Thomas Arkwright", "Anna Arkwright, Daughter")
	task := s.text[strings.Index(s.text, "/ward/tasks/"):]
	task = task[:strings.IndexByte(task, '"')]
	by.get(by.post(task).leads("/ward/review")).shows(http.StatusOK, "you have rung the family").hides("Ring the family")

	left := "/ward/left/" + string(thomas)
	by.get(left).shows(http.StatusOK, "Recorded as having died", "They have not died")
	by.get(by.post(left, "was", "died").leads(page)).shows(http.StatusOK, "on the ward again", string(v.Reference), "To look at")
	by.get("/ward/review").shows(http.StatusOK, "It was cancelled by mistake and is on again. Nobody has been told", "To look at (1)")
	by.get(by.post("/ward/review/"+string(v.Reference)+"/tell").leads("/ward/review")).shows(http.StatusOK, "We have sent everybody who comes", "There is nothing to look at.")
	her.get("/visits/"+string(v.Reference)).shows(http.StatusOK, string(v.Reference))
}

// What is flagged can be kept with a reason, or moved after a look at what that
// would mean.
func TestTheWardLooksAtWhatIsFlagged(t *testing.T) {
	h := newWardHouse(t)
	h.beds(t)
	by := h.staff(t, nurse)
	by.get("/ward/review").shows(http.StatusOK, "There is nothing to look at.")
	v := h.booked(t, 3*time.Hour, booking.Tongue{}, anna)
	h.booked(t, 3*time.Hour, booking.Tongue{}, nadia) // has the only iPad of the other ward
	by.post("/ward/patients/"+string(thomas)+"/transfer", "bed", string(harbourBed)).leads("/ward/patients?said=moved_away")
	ref := string(v.Reference)
	for _, ward := range []*phone{by, h.staff(t, otherNurse)} {
		ward.get("/ward/review").shows(http.StatusOK, ref, "The patient has moved to another ward", "now on Harbour Ward")
	}
	by.get("/ward/today").shows(http.StatusOK, "To look at (1)", "The patient has moved to another ward")
	by.post("/ward/review/rehome").shows(http.StatusUnprocessableEntity, "Choose at least one visit")
	by.post("/ward/review/rehome", "visit", "XXX").shows(http.StatusNotFound)
	s := by.post("/ward/review/rehome", "visit", ref).shows(http.StatusOK, "Nothing has been changed yet.", "iPad 3 on Harbour Ward", "The family is told.", "Make this change")
	if again := by.get("/ward/review"); !strings.Contains(again.words(), ref) {
		t.Errorf("looking changed it: %s", s.words())
	}
	keep := "/ward/review/" + ref + "/keep"
	by.get(keep).shows(http.StatusOK, "Keep this visit as it is?", "The patient has moved to another ward")
	by.post(keep, "reason", " ").shows(http.StatusUnprocessableEntity, "Enter a reason")
	by.get(by.post("/ward/review/rehome", "visit", ref, "really", "yes").leads("/ward/review")).shows(http.StatusOK, "The changes are made.", "There is nothing to look at.")
	by.get(keep).shows(http.StatusNotFound, "We cannot find that visit")

	if err := h.desk.WithdrawConsent(t.Context(), booking.System, maria); err != nil {
		t.Fatal(err)
	}
	other := h.booked(t, 4*time.Hour, booking.Tongue{}, david)
	if err := h.desk.WithdrawConsent(t.Context(), booking.System, thomas); err != nil {
		t.Fatal(err)
	}
	there := h.staff(t, otherNurse)
	there.post("/ward/review/rehome", "visit", string(other.Reference)).shows(http.StatusOK, "Nothing else is free", "Record it first")
	there.get(there.post("/ward/review/"+string(other.Reference)+"/keep", "reason", "Asked again at noon").leads("/ward/review")).shows(http.StatusOK, "kept as it is")
}

// Two records of one patient, looked at beside each other, joined and taken apart.
func TestTwoRecordsAreJoinedAfterALook(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	page := "/ward/patients/" + string(thomas)
	other, err := h.desk.Patient(t.Context(), booking.System, patientOf(elsie))
	if err != nil {
		t.Fatal(err)
	}
	by.post(page+"/merge", "mrn", "").shows(http.StatusUnprocessableEntity, "Enter the hospital number")
	by.post(page+"/merge", "mrn", "nobody").shows(http.StatusUnprocessableEntity, "No patient of your wards has this number")
	by.post(page+"/merge", "mrn", other.Patient.MRN).shows(http.StatusOK, "Are these the same person?", other.Patient.MRN)
	by.get("/ward/patients").shows(http.StatusOK, "Two patients have this name")
	s := by.get(by.post(page+"/merge", "mrn", other.Patient.MRN, "really", "yes").leads(page)).shows(http.StatusOK, "The two records are one now.", "is part of this record", "Elsie Moor")
	s.hides("Two patients have this name")
	by.get(by.post(page+"/unmerge", "other", string(other.Patient.ID)).leads(page)).shows(http.StatusOK, "apart again", "Two patients have this name").hides("Elsie Moor")
}
