package booking

import "time"

// A WallID identifies a WallScreen.
type WallID string

// A WallScreen hangs on a ward's wall and shows its day to whoever walks past: no
// name, and nothing to press. It is nobody: it has no role, and whatever holds its
// key can read what hangs on the wall anyway.
type WallScreen struct {
	ID       WallID
	Ward     WardID
	Name     string // where it hangs
	AddedAt  time.Time
	AddedBy  string // the id of a member of staff
	Paired   bool
	LastSeen time.Time // the zero Time is never
}
