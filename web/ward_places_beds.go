package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// mostBedText is how much can be typed to name beds.
const mostBedText = 600

// newBeds adds beds, many at once.
func (s *Server) newBeds(r *http.Request, by booking.Actor, f *form.Form) (placeChange, error) {
	ward, err := s.placeOf(r, by)
	if err != nil {
		return placeChange{}, err
	}
	p := placeChange{
		Form: first(f, "bay", r.URL.Query().Get("bay")), Title: "Add beds to " + ward.Name, Back: wardPlacePath(ward.ID, ""), BackText: ward.Name,
		Press: "Add the beds", about: "beds",
		Questions: []placeQuestion{
			{Kind: "input", Name: "bay", Label: "Which bay are they in?", Hint: "Leave it empty for beds that are in no bay"},
			{Kind: "textarea", Name: "beds", Label: "Which beds?", Hint: "For example: Bed 1-6, Window bed"},
		},
	}
	if f == nil {
		return p, nil
	}
	bay := f.Optional("bay", mostName)
	typed := f.Paragraph("beds", mostBedText)
	var names []string
	if f.Error("beds") == "" {
		if names, err = booking.BedNames(typed); err != nil {
			refuse(f, "beds", err)
		}
	}
	if taken := takenBeds(ward, bay, names); len(taken) > 0 {
		f.FailAs("beds", booking.ErrNameTaken, bayWords(bay)+" has "+inWords(taken)+" already. Leave that out")
	}
	p.is("Bay", "", bayWords(bay))
	p.is("Beds", "", strings.Join(names, ", "))
	p.touches(len(names), "bed is added", "beds are added", "; patients can be put there at once")
	p.make = func(ctx context.Context) (string, error) {
		return wardPlacePath(ward.ID, "?said=beds_added"), s.desk.AddBeds(ctx, by, ward.ID, bay, names)
	}
	return p, nil
}

// takenBeds are those of some names that beds of a bay have, as they are written there.
func takenBeds(ward desk.WardPlace, bay string, names []string) (taken []string) {
	for _, b := range ward.Bays {
		if !strings.EqualFold(b.Name, bay) {
			continue
		}
		for _, bed := range b.Beds {
			for _, name := range names {
				if strings.EqualFold(name, bed.Name) {
					taken = append(taken, bed.Name)
				}
			}
		}
	}
	return taken
}

// bayAt is the bay of a ward that an address names.
func (s *Server) bayAt(r *http.Request, by booking.Actor) (desk.WardPlace, desk.BayPlace, error) {
	ward, err := s.placeOf(r, by)
	if err != nil {
		return ward, desk.BayPlace{}, err
	}
	bay, found := ward.Bay(r.URL.Query().Get("bay"))
	if !found {
		return ward, bay, booking.ErrNoSuchBay
	}
	return ward, bay, nil
}

// renameBay renames a bay. A bay that has been renamed meanwhile is not there.
func (s *Server) renameBay(r *http.Request, by booking.Actor, f *form.Form) (placeChange, error) {
	ward, bay, err := s.bayAt(r, by)
	if err != nil {
		return placeChange{}, err
	}
	p := placeChange{
		Form: first(f, "bay", bay.Name), Title: "Rename " + bayWords(bay.Name), Back: wardPlacePath(ward.ID, ""), BackText: ward.Name,
		Press: "Rename the bay", Questions: []placeQuestion{{Kind: "input", Name: "bay", Label: "What is the bay called?"}}, about: "bay",
	}
	if f == nil {
		return p, nil
	}
	name := f.Text("bay", mostName)
	p.is("Bay", bayWords(bay.Name), name)
	p.touches(len(bay.Beds), "bed", "beds", " in it")
	p.touches(bay.Taken(), "patient lies in it", "patients lie in it", ": staff and families read the new name at once")
	if bay.Name != "" {
		p.Touches = append(p.Touches, "iPads that are kept in it, and closures of it, go with it.")
	}
	p.make = func(ctx context.Context) (string, error) {
		return wardPlacePath(ward.ID, "?said=renamed"), s.desk.RenameBay(ctx, by, ward.ID, bay.Name, name)
	}
	return p, nil
}

// closeBay closes every bed of a bay.
func (s *Server) closeBay(r *http.Request, by booking.Actor, f *form.Form) (placeChange, error) {
	ward, bay, err := s.bayAt(r, by)
	if err != nil {
		return placeChange{}, err
	}
	p := placeChange{
		Form: first(f), Title: "Close " + bayWords(bay.Name) + "?", Back: wardPlacePath(ward.ID, ""), BackText: ward.Name, Press: "Close the bay", Closes: true,
		Touches: []string{"Nobody can be put into its beds. Each can be opened again."},
	}
	p.touches(len(bay.Beds), "bed", "beds", " in it")
	if n := bay.Taken(); n > 0 {
		p.Blocked = plural(n, "patient lies", "patients lie") + " in it. The ward’s staff move them to other beds first."
	}
	p.make = func(ctx context.Context) (string, error) {
		return wardPlacePath(ward.ID, "?said=place_closed"), s.desk.CloseBay(ctx, by, ward.ID, bay.Name)
	}
	return p, nil
}

// bedAt is the bed that an address names.
func (s *Server) bedAt(r *http.Request, by booking.Actor) (ward desk.WardPlace, bay string, bed desk.BedPlace, err error) {
	if ward, err = s.placeOf(r, by); err == nil {
		bay, bed, err = ward.Bed(booking.BedID(r.PathValue("bed")))
	}
	return ward, bay, bed, err
}

// bedWords name a bed with its bay.
func bedWords(bay string, bed desk.BedPlace) string {
	if bay == "" {
		return bed.Name
	}
	return bay + ", " + bed.Name
}

// renameBed renames a bed.
func (s *Server) renameBed(r *http.Request, by booking.Actor, f *form.Form) (placeChange, error) {
	ward, bay, bed, err := s.bedAt(r, by)
	if err != nil {
		return placeChange{}, err
	}
	p := placeChange{
		Form: first(f, "place_name", bed.Name), Title: "Rename " + bedWords(bay, bed), Back: wardPlacePath(ward.ID, ""), BackText: ward.Name, Press: "Rename the bed",
		Questions: []placeQuestion{{Kind: "input", Name: "place_name", Label: "What is the bed called?"}}, Hidden: []carried{{"was_name", bed.Name}}, about: "place_name",
	}
	if f == nil {
		return p, nil
	}
	name := f.Text("place_name", mostName)
	if was := f.Value("was_name"); was != bed.Name && name != bed.Name {
		since, err := s.sincePlace(r, by, "bed "+string(bed.ID), ward.Ward)
		if err != nil {
			return p, err
		}
		f.FailAs("place_name", booking.ErrStale, since+"The bed is called “"+bed.Name+"” now. Look at your answer, and press again if it is still right.")
	}
	p.is("Bed", bed.Name, name)
	if bed.Taken {
		p.Touches = append(p.Touches, "A patient lies in it: staff read the new name at once.")
	}
	p.make = func(ctx context.Context) (string, error) {
		return wardPlacePath(ward.ID, "?said=renamed"), s.desk.RenameBed(ctx, by, ward.ID, bed.ID, bed.Name, name)
	}
	return p, nil
}

// closeBed closes a bed.
func (s *Server) closeBed(r *http.Request, by booking.Actor, f *form.Form) (placeChange, error) {
	ward, bay, bed, err := s.bedAt(r, by)
	if err != nil {
		return placeChange{}, err
	}
	p := placeChange{
		Form: first(f), Title: "Close " + bedWords(bay, bed) + "?", Back: wardPlacePath(ward.ID, ""), BackText: ward.Name, Press: "Close the bed", Closes: true,
		Touches: []string{"Nobody can be put into it. It can be opened again."},
	}
	if bed.Taken {
		p.Blocked = "A patient lies in it. The ward’s staff move them to another bed first."
	}
	p.make = func(ctx context.Context) (string, error) {
		return wardPlacePath(ward.ID, "?said=place_closed"), s.desk.CloseBed(ctx, by, ward.ID, bed.ID)
	}
	return p, nil
}

// openBed opens a bed again.
func (s *Server) openBed(r *http.Request, by booking.Actor, f *form.Form) (placeChange, error) {
	ward, bay, bed, err := s.bedAt(r, by)
	if err != nil {
		return placeChange{}, err
	}
	return placeChange{
		Form: first(f), Title: "Open " + bedWords(bay, bed) + " again?", Back: wardPlacePath(ward.ID, ""), BackText: ward.Name, Press: "Open the bed",
		Touches: []string{"Patients can be put into it at once."},
		make: func(ctx context.Context) (string, error) {
			return wardPlacePath(ward.ID, "?said=place_opened"), s.desk.OpenBed(ctx, by, ward.ID, bed.ID)
		},
	}, nil
}
