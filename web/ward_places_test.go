package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/wardvisit/wardvisit/booking"
)

// made says yes on the second page of a change, and follows it.
func (p *phone) made(path string, pairs ...string) screen {
	p.t.Helper()
	p.post(path, pairs...).shows(http.StatusOK, "What it touches")
	return p.get(p.post(path, append(pairs, "seen", "yes")...).leads("/ward/places"))
}

func TestAnAdministratorKeepsPlaces(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		boss := h.administrator(t)
		boss.get("/ward/places").shows(http.StatusOK, "Wards and beds", "Willow Ward", "Harbour Ward").hides("Thomas", "Arkwright")
		boss.made("/ward/places/sites/new", "place_name", "St Brigid’s", "time_zone", "Europe/Dublin").shows(http.StatusOK, "The hospital is added", "Europe/Dublin", "no wards yet")
		site := linkTo(t, boss.get("/ward/places"), "/ward/places/wards/new?site=") // the first by name
		boss.get(site).shows(http.StatusOK, "Which rules does it begin with?", "Those of Willow Ward")
		s := boss.made(site, "place_name", "Oak <b>Ward</b>", "ward_phone", "0113 496 0199", "like", string(willow))
		s.shows(http.StatusOK, "It is closed until it has visiting times", "Oak <b>Ward</b>", "No visiting times", "no beds yet")
		if strings.Contains(s.text, "<b>Ward") {
			t.Error("a name is drawn as HTML")
		}
		ward := linkTo(t, s, "/ward/places/wards/")
		ward = strings.TrimSuffix(ward, "/change")
		boss.get(ward+"/open").shows(http.StatusOK, "It has no visiting times yet.").hides("Nothing would change")
		boss.post(ward+"/open", "seen", "yes").shows(http.StatusOK, "It has no visiting times yet.")

		boss.post(ward+"/beds/new", "bay", "Bay A", "beds", "Bed 1-3, =cmd()").shows(http.StatusOK, "Bed 1, Bed 2, Bed 3, =cmd()", "4 beds are added")
		boss.post(ward+"/beds/new", "bay", "Bay A", "beds", "Bed 1-3", "again", "yes").shows(http.StatusOK, "Which beds?")
		s = boss.made(ward+"/beds/new", "bay", "Bay A", "beds", "Bed 1-3, =cmd()").shows(http.StatusOK, "The beds are added", "Bay A", "Bed 3", "=cmd()", "4 open beds")
		boss.post(ward+"/beds/new", "bay", "bay a", "beds", "bed 3-5").shows(http.StatusUnprocessableEntity, "has Bed 3 already")
		boss.made(ward+"/bay/rename?bay=Bay+A", "bay", "East bay").shows(http.StatusOK, "It is changed.", "East bay").hides("Bay A")
		boss.get(ward + "/bay/rename?bay=Bay+A").shows(http.StatusNotFound)
		bed := strings.TrimSuffix(linkTo(t, s, ward+"/beds/0"), "/rename")
		boss.get(bed+"/close").shows(http.StatusOK, "Nobody can be put into it.")
		boss.get(boss.post(bed+"/close", "seen", "yes").leads(ward)).shows(http.StatusOK, "Nobody can be put into it.", "3 open beds")
		boss.get(boss.post(bed+"/open", "seen", "yes").leads(ward)).shows(http.StatusOK, "It is open again.", "4 open beds")
		boss.get(boss.post(ward+"/bay/close?bay=East+bay", "seen", "yes").leads(ward)).shows(http.StatusOK, "0 open beds")
	})
}

func TestPlacesAreReadWithCare(t *testing.T) {
	h := newWardHouse(t)
	boss := h.administrator(t)
	site := linkTo(t, boss.get("/ward/places"), "/ward/places/wards/new?site=")
	ward := "/ward/places/wards/" + string(willow)
	for _, tt := range []struct {
		name, path string
		pairs      []string
		says       string
	}{
		{"nothing", site, nil, "Enter a name"},
		{"no number", site, []string{"place_name", "X", "ward_phone", "call us", "like", "usual"}, "Enter a telephone number"},
		{"another's name", site, []string{"place_name", "Willow Ward", "ward_phone", "0113 496 0199", "like", "usual"}, "Another one has this name already"},
		{"no such rules", site, []string{"place_name", "X", "ward_phone", "0113 496 0199", "like", "mine"}, "Choose from the list"},
		{"turned round", site, []string{"place_name", "X\u202ey", "ward_phone", "0113 496 0199", "like", "usual"}, "characters we cannot use"},
		{"900 characters", site, []string{"place_name", strings.Repeat("x", 900), "ward_phone", "0113 496 0199", "like", "usual"}, "too long"},
		{"no such zone", "/ward/places/sites/new", []string{"place_name", "Y", "time_zone", "Mars/Base"}, "We do not know this time zone"},
		{"here", "/ward/places/sites/new", []string{"place_name", "Y", "time_zone", "Local"}, "We do not know this time zone"},
		{"no beds", ward + "/beds/new", []string{"bay", "B"}, "Enter at least one bed"},
		{"beds backwards", ward + "/beds/new", []string{"bay", "B", "beds", "Bed 6-1"}, "from the lowest to the highest"},
		{"too many beds", ward + "/beds/new", []string{"bay", "B", "beds", "Bed 1-900"}, "no more than 100"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			boss.post(tt.path, tt.pairs...).shows(http.StatusUnprocessableEntity, tt.says)
			boss.post(tt.path, append(tt.pairs, "seen", "yes")...).shows(http.StatusUnprocessableEntity, tt.says)
		})
	}
	boss.get("/ward/places/wards/nobody").shows(http.StatusNotFound)
	boss.get("/ward/places/wards/<b>/close").shows(http.StatusNotFound)
	boss.get(ward + "/beds/nobody/close").shows(http.StatusNotFound)
	boss.get("/ward/places/sites/nobody/rename").shows(http.StatusNotFound)
	h.staff(t, nurse).get("/ward/places").shows(http.StatusForbidden)
	h.staff(t, nurse).post(ward+"/close", "seen", "yes").shows(http.StatusForbidden)
}

// A second administrator who has an old page is told what changed since.
func TestWhoChangedTheWardMeanwhile(t *testing.T) {
	h := newWardHouse(t)
	boss := h.administrator(t)
	ward := "/ward/places/wards/" + string(willow)
	old := []string{"was_name", "Willow Ward", "was_phone", "0113 496 0107", "place_name", "Birch Ward", "ward_phone", "0113 496 0107"}
	boss.get(ward+"/change").shows(http.StatusOK, "Willow Ward").hides("since")
	s := boss.made(ward+"/change", old[0], old[1], old[2], old[3], "place_name", "Ash Ward", "ward_phone", "0113 496 0198")
	s.shows(http.StatusOK, "It is changed.", "Ash Ward", "0113 496 0198")
	boss.post(ward+"/change", append(old, "seen", "yes")...).
		shows(http.StatusUnprocessableEntity, "Inês Costa", "changed its number", "The ward is “Ash Ward”, 0113 496 0198, now")
	boss.get(ward).shows(http.StatusOK, "Ash Ward")
	// Once they have seen it, it is theirs to change.
	boss.made(ward+"/change", "was_name", "Ash Ward", "was_phone", "0113 496 0198", "place_name", "Birch Ward", "ward_phone", "0113 496 0107").shows(http.StatusOK, "Birch Ward")
}

func TestAWardWithVisitsStaysOpen(t *testing.T) {
	h := newWardHouse(t)
	boss := h.administrator(t)
	h.booked(t, 3*3600e9, booking.Tongue{}, anna)
	ward := "/ward/places/wards/" + string(willow)
	boss.get(ward+"/close").shows(http.StatusOK, "1 visit is booked or under way", "patients lie in it", "cannot be closed while visits are booked").hides("Thomas")
	boss.post(ward+"/close", "seen", "yes").shows(http.StatusOK, "cannot be closed while visits are booked")
	quiet := "/ward/places/wards/" + string(harbour)
	boss.get(boss.post(quiet+"/close", "seen", "yes").leads(quiet)).shows(http.StatusOK, "The ward is closed.")
	boss.get(boss.post(quiet+"/open", "seen", "yes").leads(quiet)).shows(http.StatusOK, "The ward is open.")
	boss.get(ward+"/bay/close?bay=Bay+1").shows(http.StatusOK, "Not yet", "move them to other beds first")
}
