package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
	"github.com/wardvisit/wardvisit/web/nhs"
)

// spokenHere are the languages that the form offers besides those that somebody
// interprets already: those that hospitals of the United Kingdom are asked for most.
var spokenHere = strings.Fields(`am ar bg bn ckb cs cy da de el es et fa fa-AF fi fr gu he hi hr ht hu hy id it ja ka kmr kn ko lt lv ml mr ms my ne nl no
	pa pl ps pt ro ru si sk sl so sq sr sv sw ta te th ti tl tr uk ur uz vi yo yue zh`)

// An interpreterForm asks for what the list says of an interpreter.
type interpreterForm struct {
	*form.Form
	Who     keptRow // zero for somebody new
	New     bool
	Rows    []skillRow
	choices []booking.Tongue
}

// A skillRow is one language of the form.
type skillRow struct {
	N             int
	Tongue, Level []nhs.SelectItem
}

// skillRows is how many languages the form asks for, if nobody has more.
const skillRows, mostSkillRows = 4, 12

func skillValue(t booking.Tongue) string { return string(t.Mode) + "/" + t.Language }

// newInterpreterForm is the form with the languages that can be chosen: of these, of
// everybody's, and the usual ones.
func (s *Server) newInterpreterForm(r *http.Request, f *form.Form, who keptRow) (interpreterForm, error) {
	p := interpreterForm{Form: f, Who: who, New: who.ID == ""}
	known, err := s.desk.Tongues(r.Context())
	if err != nil {
		return p, err
	}
	known = append(known, who.Tongues...)
	for tag := range signLanguages {
		known = append(known, booking.Tongue{Language: tag, Mode: booking.Sign})
	}
	for _, tag := range spokenHere {
		known = append(known, booking.Tongue{Language: language.MustParse(tag).String(), Mode: booking.Spoken})
	}
	known = append(known, booking.InWriting("en"))
	slices.SortFunc(known, func(a, b booking.Tongue) int {
		return cmp.Or(cmp.Compare(tongueName(a), tongueName(b)), cmp.Compare(skillValue(a), skillValue(b)))
	})
	p.choices = slices.Compact(known)
	rows := min(max(skillRows, len(who.Tongues)+2), mostSkillRows)
	for n := 1; n <= rows; n++ {
		row := skillRow{N: n, Tongue: []nhs.SelectItem{{Value: new(""), Text: "None"}}, Level: []nhs.SelectItem{{Value: new(""), Text: "Choose"}}}
		for _, t := range p.choices {
			row.Tongue = append(row.Tongue, nhs.SelectItem{Value: new(skillValue(t)), Text: tongueName(t) + ", " + modeWord(t)})
		}
		for _, l := range booking.Levels {
			row.Level = append(row.Level, nhs.SelectItem{Value: new(string(l)), Text: levelWords[l]})
		}
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}

// read reads what was typed.
func (p interpreterForm) read() desk.InterpreterDetails {
	n := desk.InterpreterDetails{
		Name: p.Text("full_name", mostName), Phone: p.Text("phone", mostPhone), Email: p.Optional("email", mostEmail),
		Rest: readMinutes(p.Form, "rest", 0, int(booking.LongestRest/time.Minute)),
	}
	values := []string{""}
	for _, t := range p.choices {
		values = append(values, skillValue(t))
	}
	for _, row := range p.Rows {
		name := "tongue-" + strconv.Itoa(row.N)
		typed := p.Value(name)
		if typed == "" {
			continue
		}
		mode, tag, _ := strings.Cut(p.Choice(name, values...), "/")
		level := p.Choice("level-"+strconv.Itoa(row.N), ids[string](booking.Levels)...)
		n.Skills = append(n.Skills, desk.Skill{Tongue: booking.Tongue{Language: tag, Mode: booking.Mode(mode)}, Level: booking.Level(level)})
	}
	if len(n.Skills) == 0 {
		refuse(p.Form, "tongue-1", booking.ErrNoTongue)
	}
	return n
}

// failed keeps what the desk refused beside its question.
func (p interpreterForm) failed(err error) error {
	question := "full_name"
	switch {
	case isAny(err, booking.ErrBadPhone, booking.ErrPhoneTaken):
		question = "phone"
	case isAny(err, booking.ErrBadEmail):
		question = "email"
	}
	return p.Fail(question, err)
}

// newInterpreter handles GET /ward/interpreters/people/new.
func (s *Server) newInterpreter(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	if !by.MayEverywhere(booking.KeepInterpreters) {
		return booking.ErrMayNot
	}
	p, err := s.newInterpreterForm(r, form.Blank("rest", "10"), keptRow{})
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/interpreters-form", p)
}

// addInterpreter handles POST /ward/interpreters/people/new.
func (s *Server) addInterpreter(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	if !by.MayEverywhere(booking.KeepInterpreters) {
		return booking.ErrMayNot
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	p, err := s.newInterpreterForm(r, f, keptRow{})
	if err != nil {
		return err
	}
	n := p.read()
	if f.OK() {
		made, err := s.keyed(f).AddInterpreter(r.Context(), by, n)
		if err == nil {
			return seeOther(w, r, interpretersPath+"/people/"+string(made.ID)+"?said=interpreter_added")
		}
		if fault := p.failed(err); fault != nil {
			return fault
		}
	}
	return s.render(w, r, http.StatusUnprocessableEntity, "ward/interpreters-form", p)
}

// askInterpreterChange handles GET /ward/interpreters/people/{id}/change.
func (s *Server) askInterpreterChange(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	one, err := s.changeable(r, by, nil)
	if err != nil {
		return err
	}
	typed := []string{
		"full_name", one.Name, "phone", one.PhoneText, "email", one.Email, "rest", strconv.Itoa(int(one.Rest / time.Minute)),
		"version", strconv.Itoa(one.Version),
	}
	for n, t := range one.Tongues {
		at := strconv.Itoa(n + 1)
		typed = append(typed, "tongue-"+at, skillValue(t), "level-"+at, string(one.LevelIn(t)))
	}
	p, err := s.newInterpreterForm(r, form.Blank(typed...), one.keptRow)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/interpreters-form", p)
}

// saveInterpreterChange handles POST /ward/interpreters/people/{id}/change.
func (s *Server) saveInterpreterChange(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	one, err := s.changeable(r, by, f)
	if err != nil {
		return err
	}
	p, err := s.newInterpreterForm(r, f, one.keptRow)
	if err != nil {
		return err
	}
	version, err := strconv.Atoi(f.Value("version"))
	if err != nil {
		return booking.ErrBadChoice
	}
	n := p.read()
	status := http.StatusUnprocessableEntity
	if f.OK() {
		err := s.desk.ChangeInterpreter(r.Context(), by, one.ID, version, n)
		if err == nil {
			return seeOther(w, r, one.Path("")+"?said=interpreter_changed")
		}
		if isAny(err, booking.ErrStale) {
			status = http.StatusConflict
		}
		if fault := p.failed(err); fault != nil {
			return fault
		}
	}
	return s.render(w, r, status, "ward/interpreters-form", p)
}
