package web

import (
	"context"
	"net/http"
	"slices"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
	"github.com/wardvisit/wardvisit/web/nhs"
)

// newSite adds a hospital.
func (s *Server) newSite(r *http.Request, by booking.Actor, f *form.Form) (placeChange, error) {
	estate, err := s.desk.Estate(r.Context(), by)
	if err != nil {
		return placeChange{}, err
	}
	zone := "Europe/London"
	if len(estate) > 0 {
		zone = estate[0].Zone.String()
	}
	p := placeChange{
		Form: first(f, "time_zone", zone), Title: "Add a hospital", Back: placesPath, BackText: "Wards and beds", Press: "Add the hospital", about: "place_name",
		Questions: []placeQuestion{
			{Kind: "input", Name: "place_name", Label: "What is the hospital called?", Hint: "Families read this in each message"},
			{Kind: "input", Name: "time_zone", Label: "Which time zone are its clocks in?", Hint: "For example, Europe/London. It cannot be changed later, since visits are booked by it"},
		},
	}
	if f == nil {
		return p, nil
	}
	name, typed := f.Text("place_name", mostName), f.Text("time_zone", mostName)
	if typed != "" {
		if _, err := desk.ReadZone(typed); err != nil {
			refuse(f, "time_zone", err)
		}
	}
	if slices.ContainsFunc(estate, func(p desk.SitePlace) bool { return p.Name == name }) {
		refuse(f, "place_name", booking.ErrNameTaken)
	}
	p.is("Name", "", name)
	p.is("Time zone", "", typed)
	p.Touches = []string{"Nothing that there is already. Wards are added to it next."}
	p.make = func(ctx context.Context) (string, error) {
		_, err := s.keyed(f).AddSite(ctx, by, name, typed)
		return placesPath + "?said=site_added", err
	}
	return p, nil
}

// siteAt is the hospital that an address names.
func (s *Server) siteAt(r *http.Request, by booking.Actor, id string) (desk.SitePlace, error) {
	estate, err := s.desk.Estate(r.Context(), by)
	if err != nil {
		return desk.SitePlace{}, err
	}
	i := slices.IndexFunc(estate, func(p desk.SitePlace) bool { return string(p.ID) == id })
	if i < 0 {
		return desk.SitePlace{}, booking.ErrNoSuchSite
	}
	return estate[i], nil
}

// renameSite renames a hospital.
func (s *Server) renameSite(r *http.Request, by booking.Actor, f *form.Form) (placeChange, error) {
	site, err := s.siteAt(r, by, r.PathValue("site"))
	if err != nil {
		return placeChange{}, err
	}
	p := placeChange{
		Form: first(f, "place_name", site.Name), Title: "Rename " + site.Name, Back: placesPath, BackText: "Wards and beds", Press: "Rename the hospital",
		Questions: []placeQuestion{{Kind: "input", Name: "place_name", Label: "What is the hospital called?"}}, Hidden: []carried{{"was_name", site.Name}},
		about: "place_name",
	}
	if f == nil {
		return p, nil
	}
	name := f.Text("place_name", mostName)
	if was := f.Value("was_name"); was != site.Name && name != site.Name {
		since, err := s.sincePlace(r, by, "site "+string(site.ID), booking.Ward{Site: site.Site})
		if err != nil {
			return p, err
		}
		f.FailAs("place_name", booking.ErrStale, since+"It is called “"+site.Name+"” now. Look at your answer, and press again if it is still right.")
	}
	p.is("Name", site.Name, name)
	visits := 0
	for _, w := range site.Wards {
		visits += w.Use.Visits
	}
	p.touches(len(site.Wards), "ward", "wards", " of the hospital")
	p.touches(visits, "visit that is booked", "visits that are booked", ": the next message about it has the new name")
	p.make = func(ctx context.Context) (string, error) {
		return placesPath + "?said=renamed", s.desk.RenameSite(ctx, by, site.ID, site.Name, name)
	}
	return p, nil
}

// cardQuestions ask what families know of a ward.
var cardQuestions = []placeQuestion{
	{Kind: "input", Name: "place_name", Label: "What is the ward called?", Hint: "Families read this in each message"},
	{Kind: "input", Name: "ward_phone", Label: "Which number do families ring?", Hint: "As people write it, for example 0113 496 0107", Type: "tel"},
}

// newWard adds a ward to the hospital that the address names.
func (s *Server) newWard(r *http.Request, by booking.Actor, f *form.Form) (placeChange, error) {
	site, err := s.siteAt(r, by, r.URL.Query().Get("site"))
	if err != nil {
		return placeChange{}, err
	}
	estate, err := s.desk.Estate(r.Context(), by)
	if err != nil {
		return placeChange{}, err
	}
	rules, wards := []nhs.SelectItem{{Value: new("usual"), Text: "The usual rules"}}, map[string]string{"usual": "The usual rules"}
	for _, other := range estate {
		for _, w := range other.Wards {
			wards[string(w.ID)] = "Those of " + w.Name + ", " + other.Name
			rules = append(rules, nhs.SelectItem{Value: new(string(w.ID)), Text: wards[string(w.ID)]})
		}
	}
	p := placeChange{
		Form: first(f, "like", "usual"), Title: "Add a ward to " + site.Name, Back: placesPath, BackText: "Wards and beds", Press: "Add the ward", about: "place_name",
		Questions: append(slices.Clone(cardQuestions), placeQuestion{
			Kind: "select", Name: "like", Label: "Which rules does it begin with?", Items: rules,
			Hint: "Notice, limits and cleaning. Its manager can change them. Visiting times are its own",
		}),
	}
	if f == nil {
		return p, nil
	}
	card := s.readCard(f, site, "")
	like := f.Value("like")
	if wards[like] == "" {
		refuse(f, "like", booking.ErrBadChoice)
	}
	p.is("Name", "", card.Name)
	p.is("Telephone", "", card.Phone)
	p.is("Time zone", "", site.Zone.String())
	p.is("Rules", "", wards[like])
	p.Touches = []string{"Nothing that there is already. The ward is closed until it has visiting times and somebody opens it."}
	n := desk.NewWard{Site: site.ID, Name: card.Name, Phone: card.Phone}
	if like != "usual" {
		n.Like = booking.WardID(like)
	}
	p.make = func(ctx context.Context) (string, error) {
		made, err := s.keyed(f).AddWard(ctx, by, n)
		return wardPlacePath(made.ID, "?said=ward_added"), err
	}
	return p, nil
}

// readCard reads what families are to know of a ward of a hospital.
func (s *Server) readCard(f *form.Form, site desk.SitePlace, self booking.WardID) desk.WardCard {
	card := desk.WardCard{Name: f.Text("place_name", mostName), Phone: f.Text("ward_phone", mostPhone)}
	if card.Phone != "" && f.Error("ward_phone") == "" {
		if err := s.desk.CheckPhone(card.Phone); err != nil {
			refuse(f, "ward_phone", err)
		}
	}
	if slices.ContainsFunc(site.Wards, func(w desk.WardPlace) bool { return w.ID != self && w.Name == card.Name }) {
		refuse(f, "place_name", booking.ErrNameTaken)
	}
	return card
}

// changeWard changes what a ward is called, and its number.
func (s *Server) changeWard(r *http.Request, by booking.Actor, f *form.Form) (placeChange, error) {
	ward, err := s.placeOf(r, by)
	if err != nil {
		return placeChange{}, err
	}
	now := desk.CardOf(ward.Ward)
	p := placeChange{
		Form: first(f, "place_name", now.Name, "ward_phone", now.Phone), Title: "Change " + ward.Name, Back: wardPlacePath(ward.ID, ""), BackText: ward.Name,
		Press: "Change the ward", Questions: cardQuestions, Hidden: []carried{{"was_name", now.Name}, {"was_phone", now.Phone}}, about: "place_name",
	}
	if f == nil {
		return p, nil
	}
	site, err := s.siteAt(r, by, string(ward.Site.ID))
	if err != nil {
		return p, err
	}
	card := s.readCard(f, site, ward.ID)
	if was := (desk.WardCard{Name: f.Value("was_name"), Phone: f.Value("was_phone")}); was != now && card != now {
		since, err := s.sincePlace(r, by, "ward "+string(ward.ID), ward.Ward)
		if err != nil {
			return p, err
		}
		f.FailAs("place_name", booking.ErrStale, since+"The ward is “"+now.Name+"”, "+now.Phone+", now. Look at your answers, and press again if they are still right.")
	}
	p.is("Name", now.Name, card.Name)
	p.is("Telephone", now.Phone, card.Phone)
	p.touches(ward.Use.Visits, "visit that is booked", "visits that are booked", ": the next message about it says what the ward is then. What has been written already stays")
	p.touches(ward.Use.Patients, "patient", "patients", ", whose families read it on their pages at once")
	p.make = func(ctx context.Context) (string, error) {
		return wardPlacePath(ward.ID, "?said=renamed"), s.desk.ChangeWard(ctx, by, ward.ID, now, card)
	}
	return p, nil
}

// closeWard has a ward take no visits.
func (s *Server) closeWard(r *http.Request, by booking.Actor, f *form.Form) (placeChange, error) {
	ward, err := s.placeOf(r, by)
	if err != nil {
		return placeChange{}, err
	}
	p := placeChange{
		Form: first(f), Title: "Close " + ward.Name + "?", Back: wardPlacePath(ward.ID, ""), BackText: ward.Name, Press: "Close the ward", Closes: true,
		Touches: []string{"Nobody can book a visit in it. To close it for some days only, its manager does that under Visiting rules."},
	}
	u := ward.Use
	p.touches(u.Visits, "visit is booked", "visits are booked", " or under way")
	p.touches(u.Patients, "patient lies in it", "patients lie in it", ", and cannot have visits until they are on another ward")
	p.touches(u.Waiting, "family is on its waiting list", "families are on its waiting list", ", and stay there")
	p.touches(u.Devices, "iPad belongs to it", "iPads belong to it", ", and can be lent to other wards")
	if u.Visits > 0 {
		p.Blocked = "It cannot be closed while visits are booked. The ward’s staff move them or call them off first: closing the days under Visiting rules lists them."
	}
	p.make = func(ctx context.Context) (string, error) {
		return wardPlacePath(ward.ID, "?said=ward_closed"), s.desk.CloseWard(ctx, by, ward.ID)
	}
	return p, nil
}

// openWard has a ward take visits.
func (s *Server) openWard(r *http.Request, by booking.Actor, f *form.Form) (placeChange, error) {
	ward, err := s.placeOf(r, by)
	if err != nil {
		return placeChange{}, err
	}
	p := placeChange{
		Form: first(f), Title: "Open " + ward.Name + "?", Back: wardPlacePath(ward.ID, ""), BackText: ward.Name, Press: "Open the ward",
		Touches: []string{"Families of its patients can book visits at once."},
	}
	u := ward.Use
	p.touches(u.Sessions, "visiting time", "visiting times", " it has")
	p.touches(u.Patients, "patient lies in it", "patients lie in it", "")
	p.touches(u.Waiting, "family is on its waiting list", "families are on its waiting list", ", and may be offered a time")
	p.touches(u.Devices, "iPad belongs to it", "iPads belong to it", "")
	if u.Sessions == 0 {
		p.Blocked = "It has no visiting times yet. Its manager sets them under Visiting rules first."
	}
	p.make = func(ctx context.Context) (string, error) {
		return wardPlacePath(ward.ID, "?said=ward_opened"), s.desk.OpenWard(ctx, by, ward.ID)
	}
	return p, nil
}
