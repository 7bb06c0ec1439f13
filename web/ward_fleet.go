package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// fleetColumns are what the iPads of every ward are counted by, beside how many there
// are.
var fleetColumns = []struct {
	words  string
	counts func(d booking.Device, needs []booking.DeviceNeed) bool
}{
	{"Pair", needed(booking.NeedsNewPairing, booking.NeedsPairing)},
	{"Find", needed(booking.NeedsFinding)},
	{"Mend", needed(booking.NeedsRepair, booking.NeedsClock)},
	{"Charge", needed(booking.NeedsCharge)},
	{"Clean", needed(booking.NeedsCleaning)},
	{"In a visit", inState(booking.DeviceInUse)},
	{"Out of service", inState(booking.DeviceOutOfService)},
	{"Lost", inState(booking.DeviceLost)},
}

func needed(any ...booking.DeviceNeed) func(booking.Device, []booking.DeviceNeed) bool {
	return func(_ booking.Device, needs []booking.DeviceNeed) bool {
		return slices.ContainsFunc(needs, func(n booking.DeviceNeed) bool { return slices.Contains(any, n) })
	}
}

func inState(s booking.DeviceState) func(booking.Device, []booking.DeviceNeed) bool {
	return func(d booking.Device, _ []booking.DeviceNeed) bool { return d.State == s }
}

// A fleetRow counts the iPads of one ward.
type fleetRow struct {
	desk.WardFleet
	Need   int   // how many need a hand
	Counts []int // for each of fleetColumns
}

// A fleetPage counts the iPads of every ward that the reader sees to.
type fleetPage struct {
	wardHead
	Columns     []string
	Fleet       []fleetRow // where most need a hand, first
	Count, Need int
}

// wholeFleet handles GET /ward/ipads/everywhere.
func (s *Server) wholeFleet(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	head, err := s.headOf(r, by, "/ward/ipads")
	if err != nil {
		return err
	}
	fleet, err := s.desk.Fleet(r.Context(), by)
	if err != nil {
		return err
	}
	p := fleetPage{wardHead: head}
	for _, column := range fleetColumns {
		p.Columns = append(p.Columns, column.words)
	}
	for _, ward := range fleet {
		row := s.countFleet(ward)
		p.Count, p.Need = p.Count+len(ward.Devices), p.Need+row.Need
		p.Fleet = append(p.Fleet, row)
	}
	slices.SortStableFunc(p.Fleet, func(a, b fleetRow) int { return b.Need - a.Need })
	return s.render(w, r, http.StatusOK, "ward/fleet", p)
}

func (s *Server) countFleet(of desk.WardFleet) fleetRow {
	row := fleetRow{WardFleet: of, Counts: make([]int, len(fleetColumns))}
	for _, d := range of.Devices {
		needs := d.Needs(s.now())
		if len(needs) > 0 {
			row.Need++
		}
		for i, column := range fleetColumns {
			if column.counts(d, needs) {
				row.Counts[i]++
			}
		}
	}
	return row
}

// A labelsPage is labels for the backs of iPads, to print.
type labelsPage struct {
	wardHead
	One    string // the tag of the only one that is wanted
	Labels []ipadLabel
}

// An ipadLabel names an iPad, and leads whoever works here to its page.
type ipadLabel struct {
	Tag string
	QR  qrCode
}

// ipadLabels handles GET /ward/ipads/labels, of all that belong to a ward or of one.
// A label gives nobody anything: its address names the iPad, and asks for a sign-in.
func (s *Server) ipadLabels(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	head, err := s.headOf(r, by, "/ward/ipads")
	if err != nil {
		return err
	}
	devices, err := s.desk.Devices(r.Context(), by, head.Ward.ID)
	if err != nil {
		return err
	}
	p := labelsPage{wardHead: head}
	if one := r.URL.Query().Get("device"); one != "" {
		devices = slices.DeleteFunc(devices, func(d booking.Device) bool { return string(d.ID) != one })
		if len(devices) == 0 {
			return booking.ErrNoSuchDevice
		}
		p.One = devices[0].Tag
	}
	for _, d := range devices {
		address := url.URL{Scheme: s.public.Scheme, Host: s.public.Host, Path: ipadAddress(d.ID)}
		code, err := newQR(address.String())
		if err != nil {
			return err
		}
		p.Labels = append(p.Labels, ipadLabel{d.Tag, code})
	}
	return s.render(w, r, http.StatusOK, "ward/labels", p)
}
