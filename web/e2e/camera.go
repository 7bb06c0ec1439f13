package e2e

import (
	_ "embed"
	"encoding/json"
	"math"
)

// A Camera is a synthetic camera and microphone: one colour, seen in all of the
// picture but a bar that moves along its top, and one tone. Whoever sees the
// colour and hears the tone sees and hears this person and nobody else.
type Camera struct {
	Colour [3]int  `json:"colour"` // red, green, blue
	Tone   float64 `json:"tone"`   // Hz
	// Width and Height are of the picture, in pixels; 640 × 480 if they are 0.
	Width  int `json:"width,omitempty"`
	Height int `json:"height,omitempty"`
	// NoVideo and NoAudio are the error that asking for a camera or a microphone
	// ends with, such as "NotFoundError"; empty when there is one.
	NoVideo string `json:"noVideo,omitempty"`
	NoAudio string `json:"noAudio,omitempty"`
}

// Cameras that nobody takes for one another: VP8 keeps a colour to within a few
// steps, and these are a hundred apart; Opus keeps a tone to within a hertz, and
// none of these is near a multiple of another.
var (
	Red    = Camera{Colour: [3]int{208, 40, 40}, Tone: 440}
	Green  = Camera{Colour: [3]int{40, 168, 64}, Tone: 720}
	Blue   = Camera{Colour: [3]int{48, 80, 216}, Tone: 1050}
	Yellow = Camera{Colour: [3]int{224, 192, 40}, Tone: 1530}
)

//go:embed camera.js
var cameraScript string

//go:embed faces.js
var facesScript string

// Script puts the camera in the place of the machine's own. It must run in each
// document before the page's own scripts.
func (c Camera) Script() string {
	options, err := json.Marshal(c)
	if err != nil {
		panic(err) // numbers and words can be written
	}
	return "(" + cameraScript + ")(" + string(options) + ");"
}

// Faces is an expression whose value is a promise of what the page of a call
// shows and plays: a list of Face, in the order of the slots.
func Faces() string { return "(" + facesScript + ")()" }

// A Face is what one tile of a call shows and plays.
type Face struct {
	Slot    int     `json:"slot"`
	Seat    string  `json:"seat"`
	Name    string  `json:"name"`
	Visible bool    `json:"visible"` // there is a picture, and nothing hides it
	Moving  bool    `json:"moving"`  // it is not a frame left standing
	Colour  [3]int  `json:"colour"`  // in the middle
	Tone    float64 `json:"tone"`    // Hz, of the loudest
	Level   float64 `json:"level"`   // dB of it, below full scale
}

// How far a colour and a tone may be from the camera's and be still its own, and
// how quiet is silence.
const (
	nearColour = 48
	nearTone   = 15
	silence    = -70
)

// Shows reports whether the face is that camera's picture, live.
func (f Face) Shows(c Camera) bool {
	far := 0.0
	for i := range f.Colour {
		far = math.Max(far, math.Abs(float64(f.Colour[i]-c.Colour[i])))
	}
	return f.Visible && f.Moving && far <= nearColour
}

// Sounds reports whether the face has that camera's voice.
func (f Face) Sounds(c Camera) bool {
	return !f.Silent() && math.Abs(f.Tone-c.Tone) <= nearTone
}

// Silent reports whether nothing is heard of the face.
func (f Face) Silent() bool { return f.Level < silence }
