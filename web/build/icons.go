package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
)

// The icon is a camera, as a video visit is one. It is
// drawn here, since a picture in git is a picture nobody can review, and since
// the design system's own icons say NHS, which this program may not say of
// itself.
const iconSVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" fill="#005eb8"/><rect x="5" y="10" width="15" height="12" rx="2.5" fill="#fff"/><path d="M21.500 14.500 27 11v10l-5.500-3.500z" fill="#fff"/></svg>
`

// drawIcons adds the icon as a drawing, and at the sizes that home screens ask for.
func drawIcons(out *dist) error {
	out.add("icon.svg", []byte(iconSVG))
	for _, size := range []int{180, 192, 512} {
		var file bytes.Buffer
		if err := png.Encode(&file, drawIcon(size)); err != nil {
			return fmt.Errorf("draw the icon: %w", err)
		}
		out.add(fmt.Sprintf("icon-%d.png", size), file.Bytes())
	}
	return nil
}

// drawIcon draws iconSVG by asking, for a grid of points in each pixel, whether
// the point lies in the white.
func drawIcon(size int) image.Image {
	const grid = 4 // points each way; enough for a smooth edge
	blue, white := color.RGBA{0, 0x5e, 0xb8, 0xff}, color.RGBA{0xff, 0xff, 0xff, 0xff}
	palette := color.Palette{}
	for i := range grid*grid + 1 {
		palette = append(palette, mix(blue, white, i, grid*grid))
	}
	img := image.NewPaletted(image.Rect(0, 0, size, size), palette)
	for y := range size {
		for x := range size {
			hits := 0
			for i := range grid * grid {
				fx := (float64(x) + (float64(i%grid)+0.5)/grid) * 32 / float64(size)
				fy := (float64(y) + (float64(i/grid)+0.5)/grid) * 32 / float64(size)
				if inBody(fx, fy) || inLens(fx, fy) {
					hits++
				}
			}
			img.SetColorIndex(x, y, uint8(hits))
		}
	}
	return img
}

// mix returns the colour that lies n of the of steps from a to b.
func mix(a, b color.RGBA, n, of int) color.RGBA {
	part := func(a, b uint8) uint8 { return uint8((int(a)*(of-n) + int(b)*n) / of) }
	return color.RGBA{part(a.R, b.R), part(a.G, b.G), part(a.B, b.B), 0xff}
}

// inBody reports whether a point lies in the camera's body, a rounded box.
func inBody(x, y float64) bool {
	const left, top, right, bottom, radius = 5, 10, 20, 22, 2.5
	dx := max(left+radius-x, x-(right-radius), 0)
	dy := max(top+radius-y, y-(bottom-radius), 0)
	return dx*dx+dy*dy <= radius*radius
}

// inLens reports whether a point lies in the camera's lens, a trapezium.
func inLens(x, y float64) bool {
	const left, right = 21.5, 27
	if x < left || x > right {
		return false
	}
	along := (x - left) / (right - left)
	return y >= 14.5-3.5*along && y <= 17.5+3.5*along
}
