package web

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// An ipadsPage is a ward's iPads.
type ipadsPage struct {
	wardHead
	Need, Fit, Away []ipadRow // that need a hand; that do not; that nobody carries
}

// None reports whether the ward has no iPads.
func (p ipadsPage) None() bool { return len(p.Need)+len(p.Fit)+len(p.Away) == 0 }

// An ipadRow is an iPad in the list.
type ipadRow struct {
	ipadLine
	Seen  string // when it was last heard from
	Notes []string
	About string   // the address of its page
	Own   bool     // it belongs to the ward
	Wrong []string // what somebody has to see to, and no button does
	zone  *time.Location
}

// wardIPads handles GET /ward/ipads.
func (s *Server) wardIPads(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	head, err := s.headOf(r, by, "/ward/ipads")
	if err != nil {
		return err
	}
	devices, err := s.desk.Carried(r.Context(), by, head.Ward.ID)
	if err != nil {
		return err
	}
	p := ipadsPage{wardHead: head}
	now := s.now()
	slices.SortStableFunc(devices, func(a, b desk.Carried) int { return booking.CompareByNeed(a.Device, b.Device, now) })
	for _, c := range devices {
		row := s.newIPadRow(c.Device, head.Ward.Site.Zone)
		row.Own = c.Device.Ward == head.Ward.ID
		row.Notes = carriedNotes(c, row.Own, head.Ward.Site.Zone)
		if !c.Copied.IsZero() {
			row.Notes = append(row.Notes, "A copy of it was turned away, "+moment(c.Copied, head.Ward.Site.Zone)+": pair it again")
		}
		row.About = ipadAddress(c.ID) + head.Query()
		switch {
		case !c.State.Usable():
			p.Away = append(p.Away, row)
		case len(c.Needs(now)) > 0:
			p.Need = append(p.Need, row)
		default:
			p.Fit = append(p.Fit, row)
		}
	}
	return s.render(w, r, http.StatusOK, "ward/ipads", p)
}

// ipadAddress is where an iPad's page is, of whichever ward.
func ipadAddress(id booking.DeviceID) string { return "/ward/ipads/" + url.PathEscape(string(id)) }

// carriedNotes say where an iPad is kept, and whose it is for a time.
func carriedNotes(c desk.Carried, own bool, zone *time.Location) (notes []string) {
	if own && c.Zone != "" {
		notes = append(notes, "Kept in "+keptWords(c))
	}
	for _, l := range c.Loans {
		span := moment(l.From, zone) + " until " + moment(l.Till, zone)
		if own {
			notes = append(notes, "Lent to "+l.Ward.Name+", "+span)
		} else {
			notes = append(notes, "Borrowed from "+c.Home.Name+", "+span)
		}
	}
	return notes
}

func (s *Server) newIPadRow(d booking.Device, zone *time.Location) ipadRow {
	row := ipadRow{ipadLine: newIPadLine(d, s.now()), zone: zone}
	switch {
	case d.LastSeen.IsZero():
		row.Seen = "never seen"
	case row.Online:
		row.Seen = "online"
	default:
		row.Seen = "last seen " + ago(d.LastSeen, s.now()) + " ago"
	}
	row.Wrong = wrongWith(d, s.now())
	return row
}

// An ipadPage is about one iPad.
type ipadPage struct {
	wardHead
	IPad ipadRow
}

// oneIPad is the iPad that an address names, in the ward that it names.
func (s *Server) oneIPad(r *http.Request, by booking.Actor) (ipadPage, error) {
	head, err := s.headOf(r, by, "/ward/ipads")
	if err != nil {
		return ipadPage{}, err
	}
	devices, err := s.desk.Devices(r.Context(), by, head.Ward.ID)
	if err != nil {
		return ipadPage{}, err
	}
	i := slices.IndexFunc(devices, func(d booking.Device) bool { return string(d.ID) == r.PathValue("id") })
	if i < 0 {
		return ipadPage{}, booking.ErrNoSuchDevice
	}
	return ipadPage{head, s.newIPadRow(devices[i], head.Ward.Site.Zone)}, nil
}

// askPair handles GET /ward/ipads/{id}/pair, and askUnpair GET …/unpair: what
// will happen, before it does.
func (s *Server) askPair(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.oneIPad(r, by)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/pair", p)
}

func (s *Server) askUnpair(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.oneIPad(r, by)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/unpair", p)
}

// A pairingPage shows a code to type into an iPad, and the same to photograph.
type pairingPage struct {
	ipadPage
	desk.Pairing
	QR      qrCode
	Address string // to open on the iPad, without the code
}

// beginPairing handles POST /ward/ipads/{id}/pair. The code is in the answer
// itself, and in no address: it is shown once and kept nowhere. In the QR code it
// stands after the #, which no browser sends to anybody.
func (s *Server) beginPairing(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.oneIPad(r, by)
	if err != nil {
		return err
	}
	pairing, err := s.desk.BeginPairing(r.Context(), by, p.IPad.ID)
	if err != nil {
		return err
	}
	address := url.URL{Scheme: s.public.Scheme, Host: s.public.Host, Path: "/ipad/pair", Fragment: pairing.Code}
	page := pairingPage{ipadPage: p, Pairing: pairing, Address: address.Host + address.Path}
	if page.QR, err = newQR(address.String()); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/pairing", page)
}

// unpair handles POST /ward/ipads/{id}/unpair.
func (s *Server) unpair(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.oneIPad(r, by)
	if err != nil {
		return err
	}
	if err := s.desk.Unpair(r.Context(), by, p.IPad.ID); err != nil {
		return err
	}
	return seeOther(w, r, "/ward/ipads"+p.Query()+"&said=unpaired")
}
