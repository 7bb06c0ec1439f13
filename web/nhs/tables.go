package nhs

import (
	"html/template"
	"strings"
)

// A Table shows rows with the same columns.
type Table struct {
	ID                string
	Caption           TableCaption
	Head              []HeadCell
	Rows              [][]TableCell
	FirstCellIsHeader bool
	Responsive        bool // on a phone, each row is a list
	Compact           bool
	Striped           bool
	Border            *bool
	LastRowBorder     *bool
	Variant           string // reverse
	Card              *Card
	Classes           string
	Attributes        Attributes
}

// A TableCaption says what a table shows.
type TableCaption struct {
	ID                 string
	Text               string
	HTML               template.HTML
	VisuallyHiddenText string
	Size               string
	Caption            Caption
	Classes            string
	Attributes         Attributes
}

// A HeadCell says what a column holds.
type HeadCell struct {
	Text               string
	HTML               template.HTML
	VisuallyHiddenText string
	Format             string // numeric
	Href               string
	Align              string // left, centre, right
	Width              string
	Colspan            string
	Rowspan            string
	Classes            string
	Attributes         Attributes
}

// A TableCell is a cell of a row.
type TableCell struct {
	Text               string
	HTML               template.HTML
	VisuallyHiddenText string
	Header             string // the column's name, if there is no head
	Format             string // numeric
	Href               string
	Align              string
	Width              string
	Colspan            string
	Rowspan            string
	Classes            string
	Attributes         Attributes
}

func (Table) partial() string { return "tables" }

// Class returns the table's class names.
func (t Table) Class() string {
	reverse := ""
	if !strings.Contains(t.Classes, "nhsuk-table-responsive--reverse") {
		reverse = oneOf("nhsuk-table--", t.Variant, t.Classes, "reverse")
	}
	none := oneOf("nhsuk-table--", when(off(t.Border), "no-border"), t.Classes, "no-border")
	last := ""
	if none == "" {
		last = oneOf("nhsuk-table--", when(off(t.LastRowBorder), "no-last-row-border"), t.Classes, "no-last-row-border")
	}
	return classes("nhsuk-table", reverse,
		oneOf("nhsuk-table--", when(t.Compact, "compact"), t.Classes, "compact"),
		oneOf("nhsuk-table--", when(t.Responsive, "responsive"), t.Classes, "responsive"),
		none, last,
		oneOf("nhsuk-table--", when(t.Striped, "striped"), t.Classes, "striped"),
		t.Classes)
}

// Titled returns the caption, drawn as a heading is.
func (t Table) Titled() Heading {
	c := t.Caption
	h := Heading{ID: c.ID, Text: c.Text, HTML: c.HTML, Caption: c.Caption.sized(c.Size), Size: c.Size,
		Sizes: []string{"s", "m", "l", "xl"}, ClassName: "nhsuk-table__caption", ClassPrefix: "nhsuk-table__caption--",
		Classes: c.Classes, Attributes: c.Attributes, Element: "caption"}
	if place := h.Caption.Placement; place != "start" && place != "end" {
		h.Caption.Placement = ""
	}
	if c.VisuallyHiddenText != "" {
		h.VisuallyHiddenText = "(" + c.VisuallyHiddenText + ")"
	}
	return h
}

// A drawnCell is a cell with what its table decides about it.
type drawnCell struct {
	TableCell
	IsHeader    bool
	Scope, Role string
	Column      *HeadCell // what a phone shows beside the cell
}

// Class returns the cell's class names.
func (c drawnCell) Class() string {
	base, format := "nhsuk-table__cell", "nhsuk-table__cell--"
	if c.IsHeader {
		base, format = "nhsuk-table__header", "nhsuk-table__header--"
	}
	return classes(base,
		oneOf(format, c.Format, c.Classes, "numeric"),
		oneOf("nhsuk-u-text-align-", c.Align, c.Classes, "left", "centre", "right"),
		when(c.Width != "" && !strings.Contains(c.Classes, "nhsuk-u-width-"+c.Width), "nhsuk-u-width-"+c.Width),
		c.Classes)
}

// DrawnHead returns the cells of the head.
func (t Table) DrawnHead() []drawnCell {
	var out []drawnCell
	for _, h := range t.Head {
		cell := drawnCell{TableCell: TableCell{Text: h.Text, HTML: h.HTML, VisuallyHiddenText: h.VisuallyHiddenText,
			Format: h.Format, Href: h.Href, Align: h.Align, Width: h.Width, Colspan: h.Colspan, Rowspan: h.Rowspan,
			Classes: h.Classes, Attributes: h.Attributes}, IsHeader: true, Scope: "col"}
		if t.Responsive {
			cell.Role, cell.Colspan = "columnheader", ""
		}
		out = append(out, cell)
	}
	return out
}

// DrawnRow returns the cells of a row.
func (t Table) DrawnRow(row []TableCell) []drawnCell {
	var out []drawnCell
	for n, data := range row {
		cell := drawnCell{TableCell: data, IsHeader: n == 0 && t.FirstCellIsHeader}
		if cell.IsHeader {
			cell.Scope = "row"
		}
		if n < len(t.Head) {
			head := t.Head[n]
			if data.Format == "string" && head.Format == "numeric" {
				cell.Align = orElse(data.Align, "right")
			}
			cell.Format, cell.Align = orElse(cell.Format, head.Format), orElse(cell.Align, head.Align)
			cell.Column = &head
		} else if data.Header != "" {
			cell.Column = &HeadCell{Text: data.Header}
		}
		if t.Responsive {
			cell.Role, cell.Colspan = "cell", ""
			if cell.IsHeader {
				cell.Role = "rowheader"
			}
		} else {
			cell.Column = nil
		}
		if cell.Column != nil && cell.Column.Text == "" && cell.Column.HTML == "" {
			cell.Column.Text = data.Header
		}
		out = append(out, cell)
	}
	return out
}

// A Scroll lets something wide be moved sideways.
type Scroll struct {
	ID         string
	Text       string
	HTML       template.HTML
	LabelledBy string
	Variant    string // reverse
	Classes    string
	Attributes Attributes
}

func (Scroll) partial() string { return "scroll" }

// Class returns the class names of what scrolls.
func (s Scroll) Class() string {
	return classes("nhsuk-scroll", oneOf("nhsuk-scroll--", s.Variant, s.Classes, "reverse"), s.Classes)
}
