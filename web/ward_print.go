package web

import (
	"net/http"
	"net/url"

	"github.com/wardvisit/wardvisit/booking"
)

// A printPage is a ward's day for paper: what is needed when the network is down.
type printPage struct {
	board
	Ward  booking.Ward
	Rows  []printRow
	IPads []ipadLine
}

// A printRow is one visit of it.
type printRow struct {
	visitCard
	Coming []printPerson
}

// A printPerson is somebody who comes, and how to reach them.
type printPerson struct{ Name, About, Phone string }

// Count is how many visits there are.
func (p printPage) Count() int { return len(p.Rows) }

// Board is where the same day is shown live.
func (p printPage) Board() string {
	return "/ward/today?" + url.Values{"ward": {string(p.Ward.ID)}, "date": {p.Date.String()}}.Encode()
}

// wardPrint handles GET /ward/today/print.
func (s *Server) wardPrint(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	head, err := s.headOf(r, by, "/ward/today")
	if err != nil {
		return err
	}
	date, err := s.boardDate(r, head.Ward)
	if err != nil {
		return err
	}
	sheet, err := s.desk.Sheet(r.Context(), by, head.Ward.ID, date)
	if err != nil {
		return err
	}
	now := s.now()
	p := printPage{board: newBoard(sheet.Board, now), Ward: head.Ward}
	for _, v := range sheet.Visits { // in order of time, whatever is pressing
		if v.State == booking.Cancelled {
			continue
		}
		row := printRow{visitCard: newCard(v, now)}
		for _, person := range row.People {
			if person.Role != booking.AsVisitor || person.Place == booking.Removed {
				continue
			}
			row.Coming = append(row.Coming, printPerson{person.Name, person.About, phoneWords(sheet.Phones[person.Visitor])})
		}
		p.Rows = append(p.Rows, row)
	}
	for _, d := range sheet.Devices {
		p.IPads = append(p.IPads, newIPadLine(d, now))
	}
	return s.render(w, r, http.StatusOK, "ward/print", p)
}
