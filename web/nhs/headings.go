package nhs

import (
	"html/template"
	"slices"
	"strings"
)

// inner is a component's content: HTML if it was given, and otherwise its text.
func inner(text string, html template.HTML) any {
	if html != "" {
		return html
	}
	return text
}

// A Caption is the small line above or below a heading.
type Caption struct {
	ID         string
	Text       string
	HTML       template.HTML
	Placement  string // before, start (the default), end or after
	Size       string // m, l, xl, xxl
	Classes    string
	Attributes Attributes
	Element    string // span unless said; p, or h1 to h6
}

// Tag returns the name of the element, or "" for h1 to h6.
func (c Caption) Tag() string { return Heading{Element: orElse(c.Element, "span")}.Tag() }

// N returns the level of a caption that is a heading.
func (c Caption) N() int { return Heading{Element: c.Element}.N() }

func (c Caption) given() bool { return c.Text != "" || c.HTML != "" }

// Class returns the caption's class names.
func (c Caption) Class() string {
	base := orElse(oneOf("nhsuk-caption-", c.Size, c.Classes, "m", "l", "xl", "xxl"), "nhsuk-caption")
	return classes(base, when(c.Placement == "after" || c.Placement == "end", "nhsuk-caption--bottom"), c.Classes)
}

// sized returns c at the size of the heading it stands by, unless it has its own.
func (c Caption) sized(size string) Caption {
	c.Size = orElse(c.Size, size)
	return c
}

// A Heading is a heading, or what reads like one in another component.
type Heading struct {
	ID                 string
	Text               string
	HTML               template.HTML
	VisuallyHiddenText string
	Caption            Caption
	Href               string
	Level              int // 1 to 6; 1 if zero
	Size               string
	Sizes              []string // those allowed
	ClassName          string
	ClassPrefix        string
	Classes            string
	Attributes         Attributes
	Element            string // in place of h1 to h6: label, legend, caption, p, div or span

	labels string // for a label element, the control it labels
}

func (Heading) partial() string { return "heading" }

func (h Heading) given() bool { return h.Text != "" || h.HTML != "" }

// Tag returns the name of the element, or "" for h1 to h6.
func (h Heading) Tag() string {
	element := strings.ToLower(h.Element)
	if len(element) == 2 && element[0] == 'h' {
		return ""
	}
	return element
}

// N returns the level as a digit.
func (h Heading) N() int {
	if element := strings.ToLower(h.Element); len(element) == 2 && element[0] == 'h' {
		return int(element[1] - '0')
	}
	return max(h.Level, 1)
}

// Labels returns the id of the control that a label element is for.
func (h Heading) Labels() string { return h.labels }

func (h Heading) names() (name, prefix string, sizes []string) {
	name = orElse(h.ClassName, "nhsuk-heading")
	prefix = orElse(h.ClassPrefix, name+"-")
	if sizes = h.Sizes; sizes == nil {
		sizes = []string{"xxs", "xs", "s", "m", "l", "xl"}
	}
	return name, prefix, sizes
}

// allowedSize returns the size if it is one that this heading may have and its
// classes do not choose one already.
func (h Heading) allowedSize() string {
	_, prefix, sizes := h.names()
	if !slices.Contains(sizes, h.Size) || oneOf(prefix, h.Size, h.Classes, "xxs", "xs", "s", "m", "l", "xl") == "" {
		return ""
	}
	return h.Size
}

// Class returns the heading's class names.
func (h Heading) Class() string {
	name, prefix, _ := h.names()
	if h.ClassName == "-" { // none: only what was given
		return h.Classes
	}
	size := h.allowedSize()
	switch {
	case size == "":
		return classes(name, h.Classes)
	case strings.ReplaceAll(prefix, name, "") == "-":
		return classes(prefix+size, h.Classes)
	}
	return classes(name, prefix+size, h.Classes)
}

// CaptionAt returns the caption if it stands at the place: before or after the
// heading, or inside it at its start or end.
func (h Heading) CaptionAt(place string) *Caption {
	c := h.Caption.sized(h.allowedSize())
	at := orElse(c.Placement, "start")
	if at != place || !c.given() {
		return nil
	}
	return &c
}

// A Label names a control. Given a Heading it is one too, which suits a page
// that asks one thing.
type Label struct {
	ID                 string
	Text               string
	HTML               template.HTML
	VisuallyHiddenText string
	Caption            Caption
	For                string
	Size               string // s, m, l, xl
	Heading            *Heading
	IsPageHeading      *bool
	Classes            string
	Attributes         Attributes
}

func (Label) partial() string { return "label" }

// HasHeading reports whether the label is a heading too.
func (l Label) HasHeading() bool { return isHeading(l.Heading, l.IsPageHeading) }

// isHeading decides between the two ways of asking for a heading.
func isHeading(h *Heading, page *bool) bool {
	if page != nil {
		return *page
	}
	return h != nil
}

// Outer returns the heading that a label is within.
func (l Label) Outer() Heading {
	if l.Heading == nil {
		return Heading{}
	}
	return *l.Heading
}

// Inner returns the label itself, drawn as a heading is.
func (l Label) Inner() Heading {
	merged := merge(l.HasHeading(), l.Outer(), Heading{
		Text: l.Text, HTML: l.HTML, VisuallyHiddenText: l.VisuallyHiddenText, Caption: l.Caption, Size: l.Size,
	})
	merged.ID = l.ID
	merged.Sizes = []string{"s", "m", "l", "xl"}
	merged.ClassName, merged.ClassPrefix = "nhsuk-label", "nhsuk-label--"
	merged.Classes = l.Classes
	merged.Attributes = l.Attributes
	merged.Element = "label"
	merged.labels = l.For
	merged.Caption = merged.Caption.sized(merged.Size)
	return merged
}

// merge joins a heading and the thing that it heads: with a heading, its own
// options win; without, it only fills in the text.
func merge(hasHeading bool, heading, own Heading) Heading {
	out := own
	if hasHeading {
		out.Text, out.HTML = orElse(heading.Text, own.Text), template.HTML(orElse(string(heading.HTML), string(own.HTML))) //nolint:gosec // HTML already
		out.VisuallyHiddenText = orElse(heading.VisuallyHiddenText, own.VisuallyHiddenText)
		out.Size = orElse(heading.Size, own.Size)
		if heading.Caption.given() {
			out.Caption = heading.Caption
		}
		return out
	}
	out.Text = orElse(own.Text, heading.Text)
	if own.HTML == "" {
		out.HTML = heading.HTML
	}
	return out
}

// A Legend names a group of controls.
type Legend struct {
	ID                 string
	Text               string
	HTML               template.HTML
	VisuallyHiddenText string
	Caption            Caption
	Size               string // s, m, l, xl
	Heading            *Heading
	IsPageHeading      *bool
	Classes            string
	Attributes         Attributes
}

func (Legend) partial() string { return "legend" }

// HasHeading reports whether the legend holds a heading.
func (l Legend) HasHeading() bool { return isHeading(l.Heading, l.IsPageHeading) }

func (l Legend) merged() Heading {
	var heading Heading
	if l.Heading != nil {
		heading = *l.Heading
	}
	merged := merge(l.HasHeading(), heading, Heading{
		Text: l.Text, HTML: l.HTML, VisuallyHiddenText: l.VisuallyHiddenText, Caption: l.Caption, Size: l.Size,
	})
	if merged.Caption.Placement == "before" {
		merged.Caption.Placement = "start" // nothing may stand before a legend
	}
	merged.Caption = merged.Caption.sized(merged.Size)
	return merged
}

// Given reports whether there is a legend at all.
func (l Legend) Given() bool { return l.merged().given() }

// Class returns the legend's class names.
func (l Legend) Class() string {
	return classes("nhsuk-fieldset__legend",
		oneOf("nhsuk-fieldset__legend--", l.merged().Size, l.Classes, "s", "m", "l", "xl"), l.Classes)
}

// Within returns the heading to draw inside the legend.
func (l Legend) Within() Heading {
	merged := l.merged()
	heading := Heading{}
	if l.Heading != nil {
		heading = Heading{ID: l.Heading.ID, Level: l.Heading.Level, Attributes: l.Heading.Attributes}
	}
	heading.Text, heading.HTML = merged.Text, merged.HTML
	heading.VisuallyHiddenText = merged.VisuallyHiddenText
	heading.ClassName = "nhsuk-fieldset__heading"
	if merged.Caption.Placement != "after" {
		heading.Caption = merged.Caption
	}
	return heading
}

// Whole returns the legend drawn as a heading is, for one without a heading.
func (l Legend) Whole() Heading {
	whole := l.Within()
	whole.ID, whole.Level, whole.Attributes = l.ID, 0, l.Attributes
	whole.ClassName, whole.Element = l.Class(), "legend"
	return whole
}

// CaptionAfter returns the caption if it stands after the legend.
func (l Legend) CaptionAfter() *Caption {
	if c := l.merged().Caption; c.Placement == "after" && c.given() {
		return &c
	}
	return nil
}

// Bare returns Inner without a caption that stands outside the heading.
func (l Label) Bare() Heading {
	bare := l.Inner()
	if at := bare.Caption.Placement; at == "before" || at == "after" {
		bare.Caption = Caption{}
	}
	return bare
}
