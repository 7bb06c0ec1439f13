package booking

import (
	"cmp"
	"slices"
	"time"
)

// A MovementKind is what a Movement says of a patient, in the words of hospitals'
// own messages.
type MovementKind string

// The kinds of Movement. Each of the last four takes back what was said before.
const (
	MovementAdmit           MovementKind = "admit"
	MovementTransfer        MovementKind = "transfer"
	MovementDischarge       MovementKind = "discharge"
	MovementDeath           MovementKind = "die"
	MovementCancelAdmit     MovementKind = "cancel_admit"
	MovementCancelTransfer  MovementKind = "cancel_transfer"
	MovementCancelDischarge MovementKind = "cancel_discharge"
	MovementCancelDeath     MovementKind = "cancel_death"
)

// Places reports whether k says where a patient lies.
func (k MovementKind) Places() bool { return k == MovementAdmit || k == MovementTransfer }

// takesBack is what k takes back; empty for what takes nothing back.
func (k MovementKind) takesBack() MovementKind {
	switch k {
	case MovementCancelAdmit:
		return MovementAdmit
	case MovementCancelTransfer:
		return MovementTransfer
	case MovementCancelDischarge:
		return MovementDischarge
	case MovementCancelDeath:
		return MovementDeath
	}
	return ""
}

// TakesBack reports whether k takes back what was said before.
func (k MovementKind) TakesBack() bool { return k.takesBack() != "" }

// A Movement is one thing that is known of where a patient came or went. It is
// never changed: what was wrong is taken back by another.
type Movement struct {
	ID         MovementID
	Source     string // who says so: a feed's name, or the ward itself
	ControlID  string // the sender's own name for it; with Source, unique
	Patient    PatientID
	Kind       MovementKind
	At         time.Time // when it happened, as the sender says
	Ward       WardID    // of one that places; with Bed
	Bed        BedID
	RecordedAt time.Time
	RecordedBy string
}

// Check refuses a movement that says too little, or tells of the future.
func (m Movement) Check(now time.Time) error {
	switch {
	case m.Source == "" || m.ControlID == "" || m.Patient == "" || m.At.IsZero():
		return ErrMissing
	case m.Kind.Places() != (m.Ward != "" && m.Bed != ""):
		return ErrMissing
	case m.At.After(now.Add(clocksDiffer)):
		return ErrBadTime
	case !m.Kind.Places() && m.Kind.takesBack() == "" && m.Kind != MovementDischarge && m.Kind != MovementDeath:
		return ErrBadChoice
	}
	return nil
}

// clocksDiffer is how far ahead of ours another system's clock may be.
const clocksDiffer = 10 * time.Minute

// A Spell is a time for which a patient lay in one bed; To is the zero Time while
// it lasts.
type Spell struct {
	Ward     WardID
	Bed      BedID
	From, To time.Time
}

// Whereabouts is where a patient is, and how they came there.
type Whereabouts struct {
	State  PatientState
	Ward   WardID // where they lie; or, when they have left, where they lay last
	Bed    BedID
	Since  time.Time // when they came there, left, or died
	Spells []Spell   // one after another; the last is open while they are here
}

// Here reports whether the patient lies in some bed.
func (w Whereabouts) Here() bool { return w.State == PatientActive && w.Ward != "" }

// HereAt reports whether the patient lay in some bed at an instant.
func (w Whereabouts) HereAt(at time.Time) bool {
	return slices.ContainsFunc(w.Spells, func(s Spell) bool {
		return !at.Before(s.From) && (s.To.IsZero() || at.Before(s.To))
	})
}

// Same reports whether a patient is in the same place, since the same instant.
func (w Whereabouts) Same(v Whereabouts) bool {
	return w.State == v.State && w.Ward == v.Ward && w.Bed == v.Bed && w.Since.Equal(v.Since)
}

// Wards are those where the patient has lain, the latest first, each once.
func (w Whereabouts) Wards() []WardID {
	var wards []WardID
	for _, s := range slices.Backward(w.Spells) {
		if !slices.Contains(wards, s.Ward) {
			wards = append(wards, s.Ward)
		}
	}
	return wards
}

// WhereaboutsOf folds everything that is known of a patient's movements, in the
// order in which they happened, into where the patient is. The order in which they
// were told does not matter, nor how often: a message that is late or comes twice
// changes nothing that a newer one says.
//
// A death stands, whatever is said of beds after it, until it is taken back. To
// take back a transfer is to lie where one lay before; to take back an admission,
// never to have come, so that what happened in that stay has not either. Two
// systems may tell of one death or one discharge in their own words: taking it
// back takes back both.
func WhereaboutsOf(movements []Movement) Whereabouts {
	return course(standing(movements))
}

// standing are the movements that nothing takes back, in order.
func standing(movements []Movement) []Movement {
	var stand []Movement
	for _, m := range ordered(movements) {
		what := m.Kind.takesBack()
		if what == "" {
			stand = append(stand, m)
			continue
		}
		i := len(stand) - 1
		for i >= 0 && stand[i].Kind != what {
			i--
		}
		if i < 0 {
			continue // there is nothing to take back, or not yet
		}
		switch m.Kind {
		case MovementCancelAdmit: // and all of that stay but a death
			kept := slices.DeleteFunc(slices.Clone(stand[i:]), func(s Movement) bool { return s.Kind != MovementDeath })
			stand = append(stand[:i], kept...)
		case MovementCancelDeath:
			stand = slices.DeleteFunc(stand, func(s Movement) bool { return s.Kind == MovementDeath })
		case MovementCancelDischarge:
			for i >= 0 && stand[i].Kind == MovementDischarge {
				stand = slices.Delete(stand, i, i+1)
				i--
			}
		default:
			stand = slices.Delete(stand, i, i+1)
		}
	}
	return stand
}

// Moved reports whether to take back the last transfer would change where the
// patient is.
func Moved(movements []Movement) bool {
	stand := standing(movements)
	for i, m := range slices.Backward(stand) {
		if m.Kind == MovementTransfer {
			return !course(stand).Same(course(slices.Delete(slices.Clone(stand), i, i+1)))
		}
	}
	return false
}

// ordered sorts movements by when they happened, each once. At one instant, what
// takes back comes after what it takes back, and otherwise the sender's name for
// it decides.
func ordered(movements []Movement) []Movement {
	sorted := slices.Clone(movements)
	slices.SortFunc(sorted, func(a, b Movement) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(rank(a), rank(b)), cmp.Compare(a.ControlID, b.ControlID), cmp.Compare(a.Source, b.Source))
	})
	return slices.CompactFunc(sorted, func(a, b Movement) bool { return a.Source == b.Source && a.ControlID == b.ControlID })
}

func rank(m Movement) int {
	if m.Kind.takesBack() != "" {
		return 1
	}
	return 0
}

// course is where movements that stand lead.
func course(stand []Movement) Whereabouts {
	w := Whereabouts{State: PatientDischarged}
	var died time.Time
	leave := func(at time.Time) {
		if n := len(w.Spells); n > 0 && w.Spells[n-1].To.IsZero() {
			w.Spells[n-1].To = at
		}
	}
	for _, m := range stand {
		switch {
		case m.Kind == MovementDeath:
			if died.IsZero() {
				died = m.At
			}
			leave(m.At)
		case m.Kind == MovementDischarge:
			if w.State == PatientActive {
				w.Since = m.At
			}
			w.State = PatientDischarged
			leave(m.At)
		case w.State == PatientActive && w.Bed == m.Bed && died.IsZero(): // told twice
		default:
			leave(m.At)
			w.State, w.Ward, w.Bed, w.Since = PatientActive, m.Ward, m.Bed, m.At
			if died.IsZero() {
				w.Spells = append(w.Spells, Spell{Ward: m.Ward, Bed: m.Bed, From: m.At})
			}
		}
	}
	if !died.IsZero() {
		w.State, w.Since = PatientDied, died
	}
	w.Spells = slices.DeleteFunc(w.Spells, func(s Spell) bool { return !s.To.IsZero() && !s.From.Before(s.To) })
	return w
}

// A Task is what only a person should do: ring a family after a death.
type Task struct {
	ID       TaskID
	Ward     WardID
	Patient  PatientID
	OpenedAt time.Time
	DoneAt   time.Time // the zero Time while it is to do
	DoneBy   string
}
