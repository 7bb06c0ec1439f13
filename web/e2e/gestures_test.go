package e2e

import (
	"github.com/chromedp/chromedp"
)

// pressEnter presses Enter, wherever the reader is.
func pressEnter() chromedp.Action[chromedp.Void] { return chromedp.KeyEvent("\r") }

// resize changes the person's window.
func (p *person) resize(width, height int64) {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(width, height))
}

// narrow looks at the page in a window of 320 px, as a page enlarged four times
// has: nothing may run off its side, and what an expression finds must be whole
// on the screen.
func (p *person) narrow(name, whole string) {
	p.t.Helper()
	p.resize(320, 568)
	p.shot(name + "-320")
	p.until(name+" fits into 320 px", `document.documentElement.scrollWidth <= innerWidth`)
	p.until(name+" can be used in 320 px", `(box => box.left >= 0 && box.right <= innerWidth && box.top >= 0 && box.bottom <= innerHeight && box.height >= 40)((`+whole+`).getBoundingClientRect())`)
	p.resize(390, height(390))
}
