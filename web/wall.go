package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/web/form"
)

// The screen on a ward's wall, and where the ward adds one. A wall screen is no
// login: its cookie is a key like that of an iPad, which shows one ward's day
// without a name on it, and opens nothing else.

// wallCookie holds a wall screen's key.
const wallCookie = "wardvisit_wall"

// wallLife is the longest that browsers keep a cookie; each load begins it anew.
const wallLife = 400 * 24 * time.Hour

// mostWallRows is how many visits can be read from two metres at once.
const mostWallRows = 8

// A wallPage is what hangs on the wall.
type wallPage struct {
	board
	Ward booking.Ward
	Next *wallRow
	Rows []wallRow
	More int // that there is no room for
}

// A wallRow is a visit without anybody's name.
type wallRow struct {
	visitCard
	Waiting int
}

// Says is what to do, as far as a wall may say it.
func (r wallRow) Says() string {
	switch {
	case r.Waiting > 0 && r.CanAdmit:
		return plural(r.Waiting, "person is", "people are") + " waiting to be let in"
	case r.Waiting > 0:
		return plural(r.Waiting, "person is", "people are") + " waiting"
	}
	return r.Do
}

func newWallPage(b board, ward booking.Ward) wallPage {
	p := wallPage{board: b, Ward: ward}
	row := func(c visitCard) wallRow { return wallRow{visitCard: c, Waiting: len(c.waiting())} }
	for i, c := range append(append([]visitCard{}, b.Doing...), b.Later...) {
		if i == 0 && c.Urgency > quiet {
			next := row(c)
			p.Next = &next
			continue
		}
		if len(p.Rows) == mostWallRows {
			p.More++
			continue
		}
		p.Rows = append(p.Rows, row(c))
	}
	return p
}

func wallKey(r *http.Request) string {
	cookie, err := r.Cookie(wallCookie)
	if err != nil || len(cookie.Value) > 256 {
		return ""
	}
	return cookie.Value
}

func (s *Server) keepWallKey(w http.ResponseWriter, key string) {
	http.SetCookie(w, &http.Cookie{
		Name: wallCookie, Value: key, Path: "/wall", MaxAge: int(wallLife / time.Second),
		HttpOnly: true, Secure: s.public.Scheme == "https", SameSite: http.SameSiteLaxMode,
	})
}

// wall handles GET /wall: the ward's day, or the question for a code.
func (s *Server) wall(w http.ResponseWriter, r *http.Request) error {
	key := wallKey(r)
	day, err := s.desk.WallBoard(r.Context(), key)
	if errors.Is(err, booking.ErrNoSuchWall) {
		return s.render(w, r, http.StatusOK, "wall/pair", form.Blank())
	}
	if err != nil {
		return err
	}
	s.keepWallKey(w, key)
	return s.render(w, r, http.StatusOK, "wall/wall", newWallPage(newBoard(day, s.now()), day.Ward))
}

// pairWall handles POST /wall/pair: a right code makes this browser a wall screen.
func (s *Server) pairWall(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	code := f.Text("pairing_code", 20)
	if f.OK() {
		key, err := s.desk.PairWall(r.Context(), code)
		if err == nil {
			s.keepWallKey(w, key)
			return seeOther(w, r, "/wall")
		}
		if fault := f.Fail("pairing_code", err); fault != nil {
			return fault
		}
	}
	return s.render(w, r, http.StatusUnprocessableEntity, "wall/pair", f)
}

// wallEvents handles GET /wall/events: when to look at the wall again.
func (s *Server) wallEvents(w http.ResponseWriter, r *http.Request) error {
	key := wallKey(r)
	if _, _, err := s.desk.WallOf(r.Context(), key); err != nil {
		return err
	}
	known := func(context.Context) (booking.Actor, error) { return booking.Actor{}, nil } // its key is asked each time
	return s.streamFor(w, r, known, func(ctx context.Context, _ booking.Actor) (look, error) {
		wall, serial, err := s.desk.WallOf(ctx, key)
		return look{Serial: serial, ward: wall.Ward}, err
	})
}

// A wallsPage is where a ward adds and removes its wall screens.
type wallsPage struct {
	wardHead
	Form    *form.Form
	Board   string
	Screens []booking.WallScreen
	MayKeep bool
	Code    string // of the one just added
	Expires time.Time
	PairAt  string
}

// Zone is that of the ward.
func (p wallsPage) Zone() *time.Location { return p.Ward.Site.Zone }

// Problems are those of its form.
func (p wallsPage) Problems() []form.Problem { return p.Form.Problems() }

// wardWalls handles GET /ward/walls, and addWall POST /ward/walls.
func (s *Server) wardWalls(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	return s.showWalls(w, r, by, http.StatusOK, wallsPage{Form: form.Blank()})
}

func (s *Server) showWalls(w http.ResponseWriter, r *http.Request, by booking.Actor, status int, p wallsPage) error {
	var err error
	if p.wardHead, err = s.headOf(r, by, "/ward/today"); err != nil {
		return err
	}
	if p.Screens, err = s.desk.Walls(r.Context(), by, p.Ward.ID); err != nil {
		return err
	}
	p.Board, p.PairAt = "/ward/today"+p.Query(), s.public.Host+"/wall"
	p.MayKeep = by.May(booking.KeepDevices, p.Ward.ID)
	return s.render(w, r, status, "ward/walls", p)
}

func (s *Server) addWall(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	head, err := s.headOf(r, by, "/ward/today")
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	p := wallsPage{Form: f}
	name := f.Text("wall", mostName)
	if !f.OK() {
		return s.showWalls(w, r, by, http.StatusUnprocessableEntity, p)
	}
	if _, p.Code, p.Expires, err = s.desk.AddWall(r.Context(), by, head.Ward.ID, name); err != nil {
		return err
	}
	p.Form = form.Blank()
	return s.showWalls(w, r, by, http.StatusOK, p)
}

// removeWall handles POST /ward/walls/{id}/remove.
func (s *Server) removeWall(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	id, err := identifier(r.PathValue("id"), booking.ErrNoSuchWall)
	if err != nil {
		return err
	}
	head, err := s.headOf(r, by, "/ward/today")
	if err != nil {
		return err
	}
	if err := s.desk.RemoveWall(r.Context(), by, booking.WallID(id)); err != nil {
		return err
	}
	return seeOther(w, r, "/ward/walls"+head.Query()+"&said=wall_removed")
}
