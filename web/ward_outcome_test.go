package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

func TestOneTapOutcomes(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	v := h.booked(t, 10*time.Minute, booking.Tongue{}, anna)
	h.paired(t, by, v.Device, willow)
	board := "/ward/today?ward=" + string(willow)
	at := visitPath(v.Reference)
	note := func(kind booking.OutcomeKind) string {
		t.Helper()
		return by.post(at+"/note", "outcome", string(kind), "version", h.versionOf(t, v.Reference)).leads("/ward/today")
	}
	by.get(board).shows(http.StatusOK, "Patient asleep", "Not now").hides("They are late", "Nobody came", "Undo")
	by.get(note(booking.OutcomeLate)).shows(http.StatusOK, "It is not time yet.")

	h.hour = v.When.Start().Add(2 * time.Minute)
	by.get(board).shows(http.StatusOK, "They are late", "Nobody came")
	by.get(note(booking.OutcomeLate)).shows(http.StatusOK, "The visit waits.", "Waiting for the family until", "Undo “They are late”")
	by.get(by.post(at+"/undo").leads("/ward/today")).shows(http.StatusOK, "It is undone.").hides("Waiting for the family")

	t.Log("from the bed, to a little later")
	by.post(at + "/start").leads("/ward/today")
	h.arrives(t, v, "patient")
	h.rooms.take()
	by.get(note(booking.OutcomeAsleep)).shows(http.StatusOK, "half an hour later", "the patient was asleep")
	told := h.rooms.take()
	kinds := []RoomOrderKind{}
	for _, order := range told {
		kinds = append(kinds, order.Kind)
	}
	if !slices.Equal(kinds, []RoomOrderKind{OrderSay, OrderRecall}) || strings.Contains(told[0].Text, "asleep") {
		t.Errorf("the room was told %v", told)
	}
	by.get(by.post(at+"/undo").leads("/ward/today")).shows(http.StatusOK, "It is undone.")

	t.Log("called off, and put back")
	by.get(note(booking.OutcomeNoShow)).shows(http.StatusOK, "The visit is called off.", "Finished", "Nobody came", "Undo “Nobody came”")
	if told := h.rooms.take(); !slices.Equal(told, []RoomOrder{{Kind: OrderEnd}}) {
		t.Errorf("the room was told %v", told)
	}
	h.staff(t, otherNurse).post(at + "/undo").shows(http.StatusNotFound)
	h.staff(t, otherNurse).post(at+"/note", "outcome", "late").shows(http.StatusNotFound)
	by.get(by.post(at+"/undo").leads("/ward/today")).shows(http.StatusOK, "It is undone.", "Start")
	h.hour = h.hour.Add(time.Second)
	by.get(by.post(at+"/note", "outcome", "=cmd()", "version", h.versionOf(t, v.Reference)).leads("/ward/today")).shows(http.StatusOK, "Choose")
}

// Whoever presses what another has pressed first is told who that was, and when.
func TestTheSecondToPressIsToldWho(t *testing.T) {
	h := newWardHouse(t)
	one, two := h.staff(t, nurse), h.staff(t, manager)
	v := h.booked(t, 10*time.Minute, booking.Tongue{}, anna)
	h.paired(t, one, v.Device, willow)
	stale := h.versionOf(t, v.Reference)
	start := visitPath(v.Reference) + "/start"
	one.post(start).leads("/ward/today")
	to := two.post(start).leads("/ward/today")
	if address, err := url.Parse(to); err != nil || address.Query().Get("about") != string(v.Reference) {
		t.Errorf("it leads to %s", to)
	}
	two.get(to).shows(http.StatusOK, "This visit has been started already.", "Sister Khan started it at "+clock(h.hour, v.WardRecord.Site.Zone)+".")
	two.get(two.post(visitPath(v.Reference)+"/note", "outcome", "asleep", "version", stale).leads("/ward/today")).
		shows(http.StatusOK, "Somebody changed this", "Sister Khan started it at")
	two.get("/ward/today?said=stale&about=ZZZ-ZZZ").shows(http.StatusOK, "Somebody changed this").hides("started it")
	h.staff(t, otherNurse).get("/ward/today?said=stale&about=" + string(v.Reference)).shows(http.StatusOK).hides("started it")
}
