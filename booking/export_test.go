package booking

// PlaceHurried is Place without the search for fewer moves, as when its steps
// have run out.
func (f *Fleet) PlaceHurried(claims ...Claim) Placement {
	var none int
	asked := map[VisitID]bool{}
	for _, c := range claims {
		asked[c.Visit] = true
	}
	return f.place(claims, asked, &none)
}
