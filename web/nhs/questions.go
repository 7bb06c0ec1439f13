package nhs

import (
	"html/template"
	"slices"
	"strconv"
)

// A FormGroup is the box around a question.
type FormGroup struct {
	Classes      string
	Attributes   Attributes
	BeforeInput  Beside
	AfterInput   Beside
	BeforeInputs Beside
	AfterInputs  Beside
}

// class returns the group's class names.
func (g FormGroup) class(wrong bool) string {
	return classes("nhsuk-form-group", when(wrong, "nhsuk-form-group--error"), g.Classes)
}

// Beside is something beside a control.
type Beside struct {
	Text string
	HTML template.HTML
}

func (b Beside) given() bool { return b.Text != "" || b.HTML != "" }

// An Affix is read with what is typed: a unit, or a currency.
type Affix struct {
	Text       string
	HTML       template.HTML
	Classes    string
	Attributes Attributes
}

func (a Affix) given() bool { return a.Text != "" || a.HTML != "" }

// described is what a question says about itself, and the ids by which its
// control refers to that.
type described struct {
	Hint         *Hint
	ErrorMessage *ErrorMessage
	By           string // for aria-describedby
}

// describe gives the hint and the error message their ids.
func describe(id, by string, hint Hint, wrong ErrorMessage) described {
	out := described{By: by}
	if hint.given() {
		hint.ID = orElse(hint.ID, id+"-hint")
		out.Hint = &hint
		out.By = classes(out.By, hint.ID)
	}
	if wrong.given() {
		wrong.ID = orElse(wrong.ID, id+"-error")
		out.ErrorMessage = &wrong
		out.By = classes(out.By, wrong.ID)
	}
	return out
}

// An Input asks for a line of text.
type Input struct {
	ID             string // Name if empty
	Name           string
	Type           string // text unless said
	Value          string
	InputMode      string
	Label          Label
	Hint           Hint
	ErrorMessage   ErrorMessage
	DescribedBy    string
	Prefix, Suffix Affix
	FormGroup      FormGroup
	InputWrapper   FormGroup
	Width          string // in characters: 2, 3, 4, 5, 10, 20, 30
	Large          bool
	Code           bool
	Disabled       bool
	Spellcheck     *bool
	Autocomplete   string
	Autocapitalize string
	Pattern        string
	Placeholder    string
	Classes        string
	Attributes     Attributes
}

func (Input) partial() string { return "input" }

// Key returns the control's id.
func (i Input) Key() string { return orElse(i.ID, i.Name) }

// Kind returns the control's type.
func (i Input) Kind() string { return orElse(i.Type, "text") }

// Spelling says whether spelling is checked, or nothing if that was not said.
func (i Input) Spelling() string { return said(i.Spellcheck) }

// Class returns the control's class names.
func (i Input) Class() string {
	return classes("nhsuk-input",
		oneOf("nhsuk-input--", when(i.Large, "large"), i.Classes, "large"),
		oneOf("nhsuk-input--", when(i.Code, "code"), i.Classes, "code"),
		when(i.ErrorMessage.wrong(), "nhsuk-input--error"),
		oneOf("nhsuk-input--width-", i.Width, i.Classes, "2", "3", "4", "5", "10", "20", "30"),
		i.Classes)
}

// GroupClass returns the box's class names.
func (i Input) GroupClass() string { return i.FormGroup.class(i.ErrorMessage.wrong()) }

// Wrapped reports whether something stands beside the control.
func (i Input) Wrapped() bool {
	return i.Prefix.given() || i.Suffix.given() || i.FormGroup.BeforeInput.given() || i.FormGroup.AfterInput.given() ||
		i.InputWrapper.Classes != "" || len(i.InputWrapper.Attributes) > 0
}

// WrapperClass returns the class names of what holds the control and its neighbours.
func (i Input) WrapperClass() string {
	large := oneOf("nhsuk-input--", when(i.Large, "large"), i.Classes, "large")
	return classes("nhsuk-input-wrapper", when(large != "", "nhsuk-input-wrapper--large"), i.InputWrapper.Classes)
}

// Named returns the label, for this control.
func (i Input) Named() Label { return labelFor(i.Label, i.Key()) }

func labelFor(l Label, id string) Label {
	l.For = orElse(l.For, id)
	return l
}

// Described returns what is said about the question.
func (i Input) Described() described {
	return describe(i.Key(), i.DescribedBy, i.Hint, i.ErrorMessage)
}

// A Textarea asks for more than a line.
type Textarea struct {
	ID           string
	Name         string
	Value        string
	Rows         int // 5 if zero
	Label        Label
	Hint         Hint
	ErrorMessage ErrorMessage
	DescribedBy  string
	FormGroup    FormGroup
	Disabled     bool
	Spellcheck   *bool
	Autocomplete string
	Classes      string
	Attributes   Attributes
}

func (Textarea) partial() string { return "textarea" }

// Key returns the control's id.
func (t Textarea) Key() string { return orElse(t.ID, t.Name) }

// Lines returns the height.
func (t Textarea) Lines() string {
	if t.Rows == 0 {
		return "5"
	}
	return strconv.Itoa(t.Rows)
}

// Spelling says whether spelling is checked, or nothing if that was not said.
func (t Textarea) Spelling() string { return said(t.Spellcheck) }

// Class returns the control's class names.
func (t Textarea) Class() string {
	return classes("nhsuk-textarea", when(t.ErrorMessage.wrong(), "nhsuk-textarea--error"), t.Classes)
}

// GroupClass returns the box's class names.
func (t Textarea) GroupClass() string { return t.FormGroup.class(t.ErrorMessage.wrong()) }

// Named returns the label, for this control.
func (t Textarea) Named() Label { return labelFor(t.Label, t.Key()) }

// Described returns what is said about the question.
func (t Textarea) Described() described {
	return describe(t.Key(), t.DescribedBy, t.Hint, t.ErrorMessage)
}

// A Select asks for one of many, for which Radios would be too long.
type Select struct {
	ID           string
	Name         string
	Value        string
	Items        []SelectItem
	Label        Label
	Hint         Hint
	ErrorMessage ErrorMessage
	DescribedBy  string
	FormGroup    FormGroup
	Disabled     bool
	Classes      string
	Attributes   Attributes
}

// A SelectItem is one that may be chosen, or a line between some.
type SelectItem struct {
	Text       string
	Value      *string // Text if nil
	Selected   *bool
	Disabled   bool
	Divider    bool
	Attributes Attributes
}

func (Select) partial() string { return "select" }

// Key returns the control's id.
func (s Select) Key() string { return orElse(s.ID, s.Name) }

// Class returns the control's class names.
func (s Select) Class() string {
	return classes("nhsuk-select", when(s.ErrorMessage.wrong(), "nhsuk-select--error"), s.Classes)
}

// GroupClass returns the box's class names.
func (s Select) GroupClass() string { return s.FormGroup.class(s.ErrorMessage.wrong()) }

// Named returns the label, for this control.
func (s Select) Named() Label { return labelFor(s.Label, s.Key()) }

// Described returns what is said about the question.
func (s Select) Described() described {
	return describe(s.Key(), s.DescribedBy, s.Hint, s.ErrorMessage)
}

// Chosen reports whether an item is the one selected.
func (s Select) Chosen(item SelectItem) bool {
	if item.Selected != nil {
		return *item.Selected
	}
	value := item.Text
	if item.Value != nil {
		value = *item.Value
	}
	return s.Value != "" && s.Value == value
}

// contains reports whether a choice is among those made.
func contains(chosen []string, value string) bool { return slices.Contains(chosen, value) }
