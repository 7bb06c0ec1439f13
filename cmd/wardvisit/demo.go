package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web"
)

// practiceZone is where the practice hospital is.
const practiceZone = "Europe/London"

// practiceFile is the database in the practice folder.
const practiceFile = "practice.db"

// demo handles `wardvisit demo`: everything on this machine, with a practice
// hospital.
func demo(ctx context.Context, args []string, c console) error {
	cfg := config{listen: "127.0.0.1:8080", database: "sqlite:" + practiceFile, mediaUDP: "127.0.0.1:0", turn: sharedRelay, logLevel: "warn", folder: "practice"}
	if err := cfg.parse("demo", args, c, true); err != nil {
		return err
	}
	folder, leave, err := cfg.inFolder()
	if err != nil {
		return err
	}
	defer leave()
	s, err := open(ctx, cfg, true, c.stderr)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.tour.print(c.stdout, cfg, folder); err != nil {
		return err
	}
	return s.run(ctx, nil)
}

// inFolder puts the embedded database in the practice folder, and forgets it
// first if that was asked for. It returns where the data is, in words, and what
// lets go of the folder, which is one program's at a time.
func (c *config) inFolder() (where string, leave func(), err error) {
	if c.database != "sqlite:"+practiceFile {
		if c.fresh {
			return "", nil, errors.New("-fresh forgets the practice folder's own database; empty another one yourself")
		}
		return "the database you named", func() {}, nil
	}
	folder, err := filepath.Abs(c.folder)
	if err != nil {
		return "", nil, fmt.Errorf("no folder %q: %w", c.folder, err)
	}
	if err := writable(folder); err != nil {
		return "", nil, err
	}
	if leave, err = occupy(folder); err != nil {
		return "", nil, err
	}
	file := filepath.Join(folder, practiceFile)
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if !c.fresh {
			break
		}
		if err := os.Remove(file + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			leave()
			return "", nil, fmt.Errorf("can't begin anew in %s: remove %s yourself", folder, file+suffix)
		}
	}
	c.database = "sqlite:" + file
	if c.tlsFolder == usualTLSFolder {
		c.tlsFolder = filepath.Join(folder, usualTLSFolder)
	}
	return folder, leave, nil
}

// occupy keeps every other practice hospital out of a folder until leave is
// called, or this program ends however it ends.
func occupy(folder string) (leave func(), err error) {
	lock, err := os.OpenFile(filepath.Join(folder, "in-use"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("can't write in the folder %s: choose another with -folder", folder)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		return nil, fmt.Errorf("another practice hospital is running in %s: end it, or choose another -folder", folder)
	}
	return func() { lock.Close() }, nil
}

// practiceToday founds the practice hospital if this database has none, and
// makes today's links to it.
func (s *server) practiceToday(ctx context.Context) (tour, error) {
	zone, err := time.LoadLocation(practiceZone)
	if err != nil {
		return tour{}, err
	}
	now := time.Now()
	switch err := s.desk.Found(ctx, practiceHospital(now, zone)); {
	case errors.Is(err, desk.ErrFounded):
	case err != nil:
		return tour{}, err
	}
	if practice, err := s.desk.Practice(ctx); err != nil {
		return tour{}, err
	} else if !practice {
		return tour{}, errors.New("this database holds a real hospital: demo may not touch it")
	}
	if err := s.practiceVisits(ctx, now); err != nil {
		return tour{}, err
	}
	return s.newTour(ctx)
}

// practiceVisits books a few visits around now, where there is room for them:
// one that starts in minutes, and some later today.
func (s *server) practiceVisits(ctx context.Context, now time.Time) error {
	for _, v := range []struct {
		patient, relative int
		in, length        time.Duration
		tongue            booking.Tongue
	}{
		{1, 0, 5 * time.Minute, 20 * time.Minute, booking.Tongue{Language: "pl", Mode: booking.Spoken}},
		{2, 0, 65 * time.Minute, 20 * time.Minute, booking.Tongue{}},
		{3, 0, 125 * time.Minute, 30 * time.Minute, booking.Tongue{}},
		{5, 0, 35 * time.Minute, 30 * time.Minute, booking.Tongue{}},
		{9, 0, 20 * time.Minute, 15 * time.Minute, booking.Tongue{}},
	} {
		patient := practiceID[booking.PatientID]("patient %d", v.patient)
		bedside, err := s.desk.Patient(ctx, booking.System, patient)
		if err != nil {
			return err
		}
		if len(bedside.Visits) > 0 {
			continue // from the last start
		}
		_, err = s.desk.BookAt(ctx, booking.System, desk.BookedVisit{
			Patient: patient,
			Members: []booking.MemberID{practiceID[booking.MemberID]("member %d %d", v.patient, v.relative)},
			Tongue:  v.tongue, Length: v.length,
			Start: practiceWards[practicePatients[v.patient].ward].clear(now.Add(v.in).Truncate(5*time.Minute).Add(5*time.Minute), v.length, bedside.Ward.Site.Zone),
		})
		var refusal *booking.Refusal
		if errors.As(err, &refusal) {
			continue // somebody has booked what it would need
		}
		if err != nil {
			return fmt.Errorf("book the practice visits: %w", err)
		}
	}
	return nil
}

// A tour is what to open, for each person.
type tour struct {
	URL  string `json:"url"`
	Ward struct {
		URL      string `json:"url"`
		Email    string `json:"email"`
		Password string `json:"password"`
	} `json:"ward"`
	Relative    place `json:"relative"`
	Interpreter place `json:"interpreter"`
	Device      place `json:"device"`
	Messages    place `json:"messages"`

	code string // that pairs the iPad
}

type place struct {
	URL string `json:"url"`
}

// newTour makes fresh links for everybody: an old one can't be printed again,
// since only its hash is kept.
func (s *server) newTour(ctx context.Context) (tour, error) {
	base := s.public.String()
	t := tour{URL: base + "/practice", Messages: place{base + "/practice/messages"}}
	t.Ward.URL = base + "/ward/sign-in"
	nurse := practiceStaff()[0]
	t.Ward.Email, t.Ward.Password = nurse.Email, nurse.Password
	token, err := s.desk.PracticeLink(ctx, practiceID[booking.MemberID]("member 0 0"), "")
	if err != nil {
		return t, err
	}
	t.Relative.URL = base + "/invitation/" + token
	if token, err = s.desk.PracticeLink(ctx, "", practiceID[booking.InterpreterID]("interpreter sign")); err != nil {
		return t, err
	}
	t.Interpreter.URL = base + "/invitation/" + token
	code, err := s.desk.PracticePairing(ctx, practiceID[booking.DeviceID]("iPad 1"))
	if err != nil {
		return t, err
	}
	t.Device.URL, t.code = base+"/ipad/pair#"+code, code
	return t, nil
}

func (t tour) print(w io.Writer, cfg config, folder string) error {
	if cfg.jsonLine {
		return json.NewEncoder(w).Encode(t)
	}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("\nWardvisit, practising. Nobody in this hospital is real, and nothing leaves this machine.\n")
	line("  Everyone, on one page   %s", t.URL)
	line("  The ward                %s", t.Ward.URL)
	line("                          %s  %s", t.Ward.Email, t.Ward.Password)
	line("  A relative, invited     %s", t.Relative.URL)
	line("  An interpreter          %s", t.Interpreter.URL)
	line("  The iPad at the bed     %s", t.Device.URL)
	line("  Texts and emails sent   %s", t.Messages.URL)
	line("\nKept in %s: the next start goes on from here; -fresh begins anew.", folder)
	line("Ctrl-C ends it.\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// people are whom the page /practice offers to be.
func (t tour) people() []web.PracticePerson {
	if t.URL == "" {
		return nil
	}
	ward, patient := practiceWards[0], practicePatients[0]
	relative, nurse, interpreters := patient.circle[0], practiceStaff()[0], practiceInterpreters(nil)
	manager, administrator := practiceStaff()[3], practiceStaff()[4]
	return []web.PracticePerson{
		{Name: nurse.Name, About: "Ward manager of " + ward.name + ": runs its visits, and decides its visiting times, closures and rules", Start: "Be the ward", Href: t.Ward.URL,
			Hints: []string{"Email: " + nurse.Email, "Password: " + nurse.Password}},
		{Name: manager.Name, About: "Manager of every ward, also of " + practiceWards[1].name + " (lunch is kept free, three visits a week at most, a bay with an infection) and " +
			practiceWards[2].name + " (times for goodbyes, a family evening every other week)", Start: "Be the manager", Href: t.Ward.URL,
			Hints: []string{"Email: " + manager.Email, "Password: " + manager.Password}},
		{Name: administrator.Name, About: "Administrator: says who works here, and as what; sees no patient", Start: "Be the administrator", Href: t.Ward.URL,
			Hints: []string{"Email: " + administrator.Email, "Password: " + administrator.Password}},
		{Name: relative.name, About: relative.relationship + " of " + patient.name + ", a patient on " + ward.name,
			Start: "Be a relative", Href: t.Relative.URL, Phone: relative.phone},
		{Name: interpreters[0].Name, About: "Interpreter of British Sign Language",
			Start: "Be the interpreter", Href: t.Interpreter.URL, Phone: interpreters[0].Phone},
		{Name: "The iPad at the bed", About: ward.name, Start: "Be the iPad", Href: t.Device.URL,
			Hints: []string{"Pairing code: " + t.code}},
	}
}
