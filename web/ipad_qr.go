package web

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// A qrCode is a QR code as one path of an SVG drawing, a unit to a module.
type qrCode struct {
	Path string
	Side int // of the whole square, its quiet zone included
}

// quietZone is how many modules of white a reader needs on every side.
const quietZone = 4

// newQR draws text. Level M bears a fingerprint on the screen, and keeps the
// modules large enough for an iPad held at arm's length.
func newQR(text string) (qrCode, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return qrCode{}, fmt.Errorf("web: draw a QR code: %w", err)
	}
	side := code.Bounds().Dx()
	var path strings.Builder
	for y := range side {
		for x := 0; x < side; x++ {
			from := x
			for x < side && dark(code.At(x, y).RGBA()) {
				x++
			}
			if x > from {
				path.WriteString("M" + strconv.Itoa(from+quietZone) + " " + strconv.Itoa(y+quietZone) +
					"h" + strconv.Itoa(x-from) + "v1h-" + strconv.Itoa(x-from) + "z")
			}
		}
	}
	return qrCode{path.String(), side + 2*quietZone}, nil
}

func dark(r, _, _, _ uint32) bool { return r == 0 }
