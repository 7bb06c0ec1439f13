package nhs

import (
	"html/template"
	"slices"
)

// A Footer ends every page.
type Footer struct {
	ID               string
	Navigation       []FooterColumn
	Columns          int // 4 if zero
	Meta             FooterMeta
	Copyright        FooterText
	ContainerClasses string
	Classes          string
	Attributes       Attributes
}

// A FooterColumn is a list of links under a heading.
type FooterColumn struct {
	Heading Heading
	Text    string
	HTML    template.HTML
	Width   string // one-half and so on
	Items   []FooterLink
}

// A FooterLink is one of them.
type FooterLink struct {
	Text       string
	HTML       template.HTML
	Href       string
	Attributes Attributes
}

// A FooterMeta is what stands under the columns.
type FooterMeta struct {
	Text               string
	HTML               template.HTML
	Items              []FooterLink
	VisuallyHiddenText string
}

// A FooterText says whose the page is: the design system's owner unless said,
// and nobody if said to be nothing.
type FooterText struct {
	Text *string
	HTML template.HTML
}

// Words returns what it says.
func (t FooterText) Words() string {
	if t.Text == nil {
		return "© NHS England"
	}
	return *t.Text
}

func (Footer) partial() string { return "footer" }

// Class returns the footer's class names.
func (f Footer) Class() string { return classes("nhsuk-footer", f.Classes) }

// ByRow returns the columns, as many at a time as stand side by side.
func (f Footer) ByRow() [][]FooterColumn {
	widths := map[int]string{1: "full", 2: "one-half", 3: "one-third"}
	each, width := f.Columns, widths[f.Columns]
	if width == "" {
		each, width = 4, "one-quarter"
	}
	columns := slices.Clone(f.Navigation)
	for i := range columns {
		columns[i].Width = orElse(columns[i].Width, width)
	}
	return slices.Collect(slices.Chunk(columns, each))
}

// Title returns a column's heading as it is drawn in a footer.
func (c FooterColumn) Title() Heading {
	h := c.Heading
	h.Level, h.Size, h.ClassName, h.ClassPrefix = 2, "s", "nhsuk-footer__heading", "nhsuk-heading-"
	return h
}
