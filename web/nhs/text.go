package nhs

import "html/template"

// A Hint helps to answer a question.
type Hint struct {
	ID         string
	Text       string
	HTML       template.HTML
	Classes    string
	Attributes Attributes
}

func (Hint) partial() string { return "hint" }

// Class returns the hint's class names.
func (h Hint) Class() string { return classes("nhsuk-hint", h.Classes) }

func (h Hint) given() bool { return h.Text != "" || h.HTML != "" }

// An ErrorMessage says what is wrong with an answer, and what to do.
type ErrorMessage struct {
	ID                 string
	Text               string
	HTML               template.HTML
	VisuallyHiddenText *string // "Error" if nil
	Classes            string
	Attributes         Attributes
	Shown              bool // the answer is wrong, and something else says why
}

func (ErrorMessage) partial() string { return "error-message" }

// Class returns the message's class names.
func (e ErrorMessage) Class() string { return classes("nhsuk-error-message", e.Classes) }

// Prefix returns what is read out before the message.
func (e ErrorMessage) Prefix() string {
	if e.VisuallyHiddenText != nil {
		return *e.VisuallyHiddenText
	}
	return "Error"
}

func (e ErrorMessage) given() bool { return e.Text != "" || e.HTML != "" }

// wrong reports whether the answer is wrong, whether or not this says why.
func (e ErrorMessage) wrong() bool { return e.given() || e.Shown }

// A Fieldset groups controls under a legend.
type Fieldset struct {
	ID          string
	Legend      Legend
	HTML        template.HTML
	Role        string
	DescribedBy string
	Classes     string
	Attributes  Attributes
}

func (Fieldset) partial() string { return "fieldset" }

// Class returns the fieldset's class names.
func (f Fieldset) Class() string { return classes("nhsuk-fieldset", f.Classes) }

// An InsetText sets something apart from the text around it.
type InsetText struct {
	ID                 string
	Text               string
	HTML               template.HTML
	VisuallyHiddenText string
	Classes            string
	Attributes         Attributes
}

func (InsetText) partial() string { return "inset-text" }

// Class returns the text's class names.
func (t InsetText) Class() string { return classes("nhsuk-inset-text", t.Classes) }

// Prefix returns what is read out before the text.
func (t InsetText) Prefix() string { return orElse(t.VisuallyHiddenText, "Information") }

// A Tag shows the state of something in a word or two.
type Tag struct {
	ID         string
	Text       string
	HTML       template.HTML
	Colour     string // white, grey, green, aqua-green, blue, purple, pink, red, orange, yellow
	Border     *bool
	Classes    string
	Attributes Attributes
}

func (Tag) partial() string { return "tag" }

// Class returns the tag's class names.
func (t Tag) Class() string {
	return classes("nhsuk-tag",
		oneOf("nhsuk-tag--", t.Colour, t.Classes,
			"white", "grey", "green", "aqua-green", "blue", "purple", "pink", "red", "orange", "yellow"),
		oneOf("nhsuk-tag--", map[string]string{"false": "no-colour"}[t.Colour], t.Classes, "no-colour"),
		oneOf("nhsuk-tag--", when(t.Border != nil && !*t.Border, "no-border"), t.Classes, "no-border"),
		t.Classes)
}

// A Panel says in large letters that something has been done.
type Panel struct {
	ID         string
	Heading    Heading
	Text       string
	HTML       template.HTML
	Variant    string // interruption
	Classes    string
	Attributes Attributes
}

func (Panel) partial() string { return "panel" }

// Class returns the panel's class names.
func (p Panel) Class() string {
	return classes("nhsuk-panel", oneOf("nhsuk-panel--", p.Variant, p.Classes, "interruption"), p.Classes)
}

// Title returns the heading as it is drawn in a panel.
func (p Panel) Title() Heading {
	h := p.Heading
	h.Sizes = []string{"m", "l", "xl"}
	h.ClassName, h.ClassPrefix = "nhsuk-panel__heading", "nhsuk-panel__heading--"
	return h
}

// A Details hides something until it is asked for.
type Details struct {
	ID         string
	Summary    Summary
	Text       string
	HTML       template.HTML
	Open       bool
	Variant    string // reverse
	Classes    string
	Attributes Attributes
}

// A Summary is the part of a Details that is always seen.
type Summary struct {
	Text       string
	HTML       template.HTML
	Classes    string
	Attributes Attributes
}

func (Details) partial() string { return "details" }

// Class returns the details' class names.
func (d Details) Class() string {
	return classes("nhsuk-details", oneOf("nhsuk-details--", d.Variant, d.Classes, "reverse"), d.Classes)
}

// Class returns the summary's class names.
func (s Summary) Class() string { return classes("nhsuk-details__summary", s.Classes) }
