package e2e

import (
	"fmt"
	"time"
)

// steady is how many looks in a row must agree before we believe them: a face
// that comes and goes is wrong too.
const steady = 3

// meets waits until a person sees and hears exactly those cameras, each under
// its name, and nobody else, for several looks in a row. The name of the
// patient's side is left open: it is the empty name.
func (p *person) meets(want map[string]Camera) {
	p.t.Helper()
	var last string
	for deadline, agreed := time.Now().Add(patience), 0; agreed < steady; {
		if time.Now().After(deadline) {
			p.fail("does not meet who they should: %s", last)
		}
		var faces []Face
		if err := p.ask(Faces(), &faces); err != nil {
			last, agreed = err.Error(), 0
			time.Sleep(200 * time.Millisecond)
			continue
		}
		if last = differs(faces, want); last == "" {
			agreed++
		} else {
			agreed = 0
		}
	}
}

// differs says how what is seen and heard is not what it should be.
func differs(faces []Face, want map[string]Camera) string {
	if len(faces) != len(want) {
		return fmt.Sprintf("%d faces, not %d: %+v", len(faces), len(want), faces)
	}
	for _, f := range faces {
		camera, named := want[f.Name]
		if !named {
			camera, named = want[""]
		}
		if !named || !f.Shows(camera) || !f.Sounds(camera) {
			return fmt.Sprintf("%q is %+v, not %+v", f.Name, f, camera)
		}
	}
	return ""
}
