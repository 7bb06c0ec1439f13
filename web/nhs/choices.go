package nhs

import (
	"html/template"
	"strconv"
)

// Radios ask for one of a few.
type Radios struct {
	ID           string
	IDPrefix     string // Name if empty
	Name         string
	Value        string
	Items        []Choice
	Fieldset     *Fieldset
	Hint         Hint
	ErrorMessage ErrorMessage
	FormGroup    FormGroup
	Inline       bool
	Small        bool
	Disabled     bool
	Classes      string
	Attributes   Attributes
}

// Checkboxes ask for any of a few.
type Checkboxes struct {
	ID           string
	IDPrefix     string // Name if empty
	Name         string
	Values       []string
	Items        []Choice
	Fieldset     *Fieldset
	Hint         Hint
	ErrorMessage ErrorMessage
	FormGroup    FormGroup
	Inline       bool
	Small        bool
	Disabled     bool
	Classes      string
	Attributes   Attributes
}

// A Choice is one that may be chosen, or a word between some.
type Choice struct {
	ID             string
	Name           string // of one checkbox among others
	Value          string
	Text           string
	HTML           template.HTML
	Label          Label
	Hint           Hint
	Divider        string // "or", in place of a choice
	Checked        *bool
	Conditional    Conditional
	Behaviour      string // exclusive: choosing this unchooses the others
	BehaviourGroup string
	Disabled       *bool
	Classes        string
	Attributes     Attributes
}

// A Conditional is asked only of those who make the choice it belongs to.
type Conditional struct{ HTML template.HTML }

func (Radios) partial() string     { return "radios" }
func (Checkboxes) partial() string { return "checkboxes" }

// Class returns the class names of what holds the choices.
func (r Radios) Class() string {
	return classes("nhsuk-radios",
		oneOf("nhsuk-radios--", when(r.Small, "small"), r.Classes, "small"),
		oneOf("nhsuk-radios--", when(r.Inline, "inline"), r.Classes, "inline"),
		r.Classes)
}

// Class returns the class names of what holds the choices.
func (c Checkboxes) Class() string {
	return classes("nhsuk-checkboxes",
		oneOf("nhsuk-checkboxes--", when(c.Small, "small"), c.Classes, "small"),
		oneOf("nhsuk-checkboxes--", when(c.Inline, "inline"), c.Classes, "inline"),
		c.Classes)
}

// GroupClass returns the box's class names.
func (r Radios) GroupClass() string { return r.FormGroup.class(r.ErrorMessage.wrong()) }

// GroupClass returns the box's class names.
func (c Checkboxes) GroupClass() string { return c.FormGroup.class(c.ErrorMessage.wrong()) }

// Described returns what is said about the question.
func (r Radios) Described() described {
	return describe(orElse(r.IDPrefix, r.Name), describedBy(r.Fieldset), r.Hint, r.ErrorMessage)
}

// Described returns what is said about the question.
func (c Checkboxes) Described() described {
	return describe(orElse(c.IDPrefix, c.Name), describedBy(c.Fieldset), c.Hint, c.ErrorMessage)
}

func describedBy(f *Fieldset) string {
	if f == nil {
		return ""
	}
	return f.DescribedBy
}

// Grouped returns the fieldset to draw around the choices.
func (r Radios) Grouped() Fieldset {
	return grouped(*r.Fieldset, r.Described().By)
}

// Grouped returns the fieldset to draw around the choices.
func (c Checkboxes) Grouped() Fieldset {
	return grouped(*c.Fieldset, c.Described().By)
}

func grouped(f Fieldset, by string) Fieldset {
	f.DescribedBy = by
	return f
}

// A drawnChoice is a Choice with what the question decides about it.
type drawnChoice struct {
	Choice
	Key       string
	Control   string // its name
	IsChecked bool
	IsOff     bool
	Named     Label
	Said      *Hint
	By        string
}

// Drawn returns the choices as they are to be drawn.
func (r Radios) Drawn() []drawnChoice {
	var out []drawnChoice
	for n, item := range r.Items {
		d := drawChoice(item, orElse(r.IDPrefix, r.Name), n, r.Disabled, "nhsuk-radios__label", "nhsuk-radios__hint")
		d.Control = r.Name
		d.IsChecked = chosen(item, r.Value != "" && r.Value == item.Value)
		out = append(out, d)
	}
	return out
}

// Drawn returns the choices as they are to be drawn.
func (c Checkboxes) Drawn() []drawnChoice {
	var out []drawnChoice
	for n, item := range c.Items {
		d := drawChoice(item, orElse(c.IDPrefix, c.Name), n, c.Disabled, "nhsuk-checkboxes__label", "nhsuk-checkboxes__hint")
		d.Control = orElse(item.Name, c.Name)
		d.IsChecked = chosen(item, contains(c.Values, item.Value))
		if c.Fieldset == nil { // nothing else says it of them all
			d.By = classes(c.Described().By, d.By)
		}
		out = append(out, d)
	}
	return out
}

func chosen(item Choice, asked bool) bool {
	if item.Checked != nil {
		return *item.Checked
	}
	return asked
}

func drawChoice(item Choice, prefix string, n int, off bool, labelClass, hintClass string) drawnChoice {
	d := drawnChoice{Choice: item, Key: item.ID, IsOff: off}
	if d.Key == "" {
		d.Key = prefix
		if n > 0 { // the first has none, so that an error summary can point to it
			d.Key += "-" + strconv.Itoa(n+1)
		}
	}
	if item.Disabled != nil {
		d.IsOff = *item.Disabled
	}
	d.Named = Label{
		ID: item.Label.ID, VisuallyHiddenText: item.Label.VisuallyHiddenText, For: d.Key,
		Text: orElse(item.Label.Text, item.Text), HTML: item.Label.HTML,
		Classes: classes(labelClass, item.Label.Classes), Attributes: item.Label.Attributes,
	}
	if d.Named.HTML == "" {
		d.Named.HTML = item.HTML
	}
	if item.Hint.given() {
		hint := item.Hint
		hint.ID = orElse(hint.ID, d.Key+"-item-hint")
		hint.Classes = classes(hintClass, hint.Classes)
		d.Said, d.By = &hint, hint.ID
	}
	return d
}
