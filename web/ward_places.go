package web

import (
	"cmp"
	"net/http"
	"net/url"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// Which sites, wards, bays and beds there are: the pages of administrators. They show
// how many a change touches, and never whom. What can be changed is in
// ward_places_ward.go and ward_places_beds.go; how, in ward_places_change.go.

const placesPath = "/ward/places"

// placeSaid are what these pages can say was done.
var placeSaid = map[string]string{
	"site_added":   "The hospital is added. Add its wards next.",
	"ward_added":   "The ward is added. It is closed until it has visiting times: give somebody the role of its manager under People, who sets them.",
	"renamed":      "It is changed.",
	"ward_closed":  "The ward is closed. Nobody can book a visit in it.",
	"ward_opened":  "The ward is open. Families can book visits in it.",
	"beds_added":   "The beds are added.",
	"place_closed": "It is closed. Nobody can be put into it.",
	"place_opened": "It is open again.",
}

// A placesPage lists the hospitals and their wards.
type placesPage struct {
	Sites []desk.SitePlace
	Said  string
}

// ToSite is the address of an act on a hospital.
func (placesPage) ToSite(id booking.SiteID, act string) string { return sitePath(id, act) }

// ToWard is the page of a ward.
func (placesPage) ToWard(id booking.WardID) string { return wardPlacePath(id, "") }

func sitePath(id booking.SiteID, act string) string {
	return placesPath + "/sites/" + url.PathEscape(string(id)) + act
}

func wardPlacePath(id booking.WardID, act string) string {
	return placesPath + "/wards/" + url.PathEscape(string(id)) + act
}

// wardPlaces handles GET /ward/places.
func (s *Server) wardPlaces(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	estate, err := s.desk.Estate(r.Context(), by)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/places", placesPage{estate, placeSaid[r.URL.Query().Get("said")]})
}

// A placePage is one ward with its bays and beds.
type placePage struct {
	desk.WardPlace
	Said string
}

// To is the address of an act on the ward.
func (p placePage) To(act string) string { return wardPlacePath(p.ID, act) }

// ToBay is the address of an act on a bay.
func (p placePage) ToBay(bay, act string) string {
	return wardPlacePath(p.ID, act) + "?" + url.Values{"bay": {bay}}.Encode()
}

// ToBed is the address of an act on a bed.
func (p placePage) ToBed(id booking.BedID, act string) string { return bedPath(p.ID, id, act) }

func bedPath(ward booking.WardID, id booking.BedID, act string) string {
	return wardPlacePath(ward, "/beds/"+url.PathEscape(string(id))+act)
}

// BayWords is what a bay is called; beds can be in none.
func (placePage) BayWords(name string) string { return bayWords(name) }

func bayWords(name string) string { return cmp.Or(name, "Beds that are in no bay") }

// placeOf is the ward that an address names.
func (s *Server) placeOf(r *http.Request, by booking.Actor) (desk.WardPlace, error) {
	id, err := identifier(r.PathValue("ward"), booking.ErrNoSuchWard)
	if err != nil {
		return desk.WardPlace{}, err
	}
	return s.desk.WardPlace(r.Context(), by, booking.WardID(id))
}

// wardPlace handles GET /ward/places/wards/{ward}.
func (s *Server) wardPlace(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.placeOf(r, by)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/place", placePage{p, placeSaid[r.URL.Query().Get("said")]})
}

// places are the routes of all of this.
func (s *Server) places(mux *http.ServeMux) {
	mux.Handle("GET "+placesPath, s.asStaff(s.wardPlaces))
	mux.Handle("GET "+placesPath+"/wards/{ward}", s.asStaff(s.wardPlace))
	for path, change := range map[string]placeAct{
		"/sites/new": s.newSite, "/sites/{site}/rename": s.renameSite, "/wards/new": s.newWard,
		"/wards/{ward}/change": s.changeWard, "/wards/{ward}/close": s.closeWard, "/wards/{ward}/open": s.openWard,
		"/wards/{ward}/beds/new": s.newBeds, "/wards/{ward}/bay/rename": s.renameBay, "/wards/{ward}/bay/close": s.closeBay,
		"/wards/{ward}/beds/{bed}/rename": s.renameBed, "/wards/{ward}/beds/{bed}/close": s.closeBed, "/wards/{ward}/beds/{bed}/open": s.openBed,
	} {
		mux.Handle("GET "+placesPath+path, s.asStaff(s.askPlace(change)))
		mux.Handle("POST "+placesPath+path, s.asStaff(s.savePlace(change)))
	}
}
