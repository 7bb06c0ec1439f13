package booking

import "log/slog"

// An ActorKind is what an Actor is.
type ActorKind string

// The kinds of actor.
const (
	StaffActor       ActorKind = "staff"
	VisitorActor     ActorKind = "visitor"
	InterpreterActor ActorKind = "interpreter"
	DeviceActor      ActorKind = "device"
	SystemActor      ActorKind = "system" // the program itself, by its clock
)

// An Actor is who is asking.
type Actor struct {
	Kind  ActorKind
	ID    string
	Name  string
	Wards map[WardID]Roles // that staff hold; a device has its own ward here, and no role
	// Everywhere are the roles that staff hold in all wards.
	Everywhere Roles
	// Bare are staff whose role needs a second factor, and who have none: they hold
	// nothing until they have.
	Bare bool
}

// System is the program itself.
var System = Actor{Kind: SystemActor, ID: "system", Name: "Wardvisit"}

// LogValue keeps an actor's name out of every log.
func (a Actor) LogValue() slog.Value { return slog.StringValue(string(a.Kind) + " " + a.ID) }

// Visitor returns a's visitor id, or the empty id when a is not a visitor.
func (a Actor) Visitor() VisitorID {
	if a.Kind != VisitorActor {
		return ""
	}
	return VisitorID(a.ID)
}

// Interpreter returns a's interpreter id, or the empty id when a is not one.
func (a Actor) Interpreter() InterpreterID {
	if a.Kind != InterpreterActor {
		return ""
	}
	return InterpreterID(a.ID)
}
