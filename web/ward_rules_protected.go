package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/web/form"
)

// A protectedForm asks for a time of day to keep free.
type protectedForm struct {
	rulesPage
	Days []choice
}

// wardNewProtected handles GET /ward/rules/protected/new.
func (s *Server) wardNewProtected(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.deciding(r, by)
	if err != nil {
		return err
	}
	var every []string
	for _, d := range weekFromMonday {
		every = append(every, "days", strconv.Itoa(int(d)))
	}
	p.Form = form.Blank(every...)
	return s.askProtected(w, r, http.StatusOK, p)
}

func (s *Server) askProtected(w http.ResponseWriter, r *http.Request, status int, p rulesPage) error {
	page := protectedForm{rulesPage: p}
	for _, d := range weekFromMonday {
		value := strconv.Itoa(int(d))
		page.Days = append(page.Days, choice{value, d.String(), slices.Contains(p.Form.Values("days"), value)})
	}
	return s.render(w, r, status, "ward/rules-protect", page)
}

// saveProtected handles POST /ward/rules/protected/new.
func (s *Server) saveProtected(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.deciding(r, by)
	if err != nil {
		return err
	}
	if p.Form, err = form.Read(r); err != nil {
		return err
	}
	f := p.Form
	one := readProtected(f, p.Rules.Ward.ID)
	if f.Value("again") != "" || !f.OK() {
		return s.askProtected(w, r, statusOf(f), p)
	}
	if f.Value("seen") != "" {
		if _, err = s.keyed(f).Protect(r.Context(), by, one); err == nil {
			return rulesSaid(w, r, one.Ward, "/protected", "is_protected")
		}
	}
	effect, look := s.desk.PreviewProtected(r.Context(), by, one)
	if err == nil {
		err = look
	}
	if err != nil {
		if fault := f.Fail("start", err); fault != nil {
			return fault
		}
		return s.askProtected(w, r, http.StatusUnprocessableEntity, p)
	}
	row := protectedRow{ProtectedTime: one}
	return s.render(w, r, http.StatusOK, "ward/rules-time-check", checkedPage{
		rulesPage: p, Effect: effect, Carried: carry(f, "days", "start", "end", "purpose"), Act: p.At("/protected/new"),
		Title: "Check the protected time", Press: "Protect this time",
		Facts: []fact{{"What for", one.Purpose}, {"When", row.When()}},
	})
}

func readProtected(f *form.Form, ward booking.WardID) booking.ProtectedTime {
	one := booking.ProtectedTime{Ward: ward, Purpose: f.Text("purpose", mostName)}
	for _, value := range f.Choices("days", "0", "1", "2", "3", "4", "5", "6") {
		n, _ := strconv.Atoi(value) // one of those
		one.Days |= booking.On(time.Weekday(n))
	}
	if one.Days == 0 && f.Error("days") == "" {
		refuse(f, "days", booking.ErrMissing)
	}
	one.Start, one.End = readClock(f, "start", false), readClock(f, "end", true)
	if f.Error("start") == "" && f.Error("end") == "" && one.End <= one.Start {
		refuse(f, "end", booking.ErrSessionBackwards)
	}
	return one
}

// A protectedPage is one protected time, before it is taken off the list.
type protectedPage struct {
	rulesPage
	Time protectedRow
}

// oneProtected is the protected time that an address names.
func (s *Server) oneProtected(r *http.Request, by booking.Actor) (protectedPage, error) {
	p, err := s.deciding(r, by)
	if err != nil {
		return protectedPage{}, err
	}
	rows := p.Guarded()
	i := slices.IndexFunc(rows, func(o protectedRow) bool { return string(o.ID) == r.PathValue("id") })
	if i < 0 {
		return protectedPage{}, booking.ErrNoSuchProtected
	}
	return protectedPage{p, rows[i]}, nil
}

// askUnprotect handles GET /ward/rules/protected/{id}/remove.
func (s *Server) askUnprotect(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.oneProtected(r, by)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/rules-unprotect", p)
}

// unprotect handles POST /ward/rules/protected/{id}/remove.
func (s *Server) unprotect(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.oneProtected(r, by)
	if err != nil {
		return err
	}
	if err := s.desk.Unprotect(r.Context(), by, p.Rules.Ward.ID, p.Time.ID); err != nil {
		return err
	}
	return rulesSaid(w, r, p.Rules.Ward.ID, "/protected", "is_unprotected")
}
