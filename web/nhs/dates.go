package nhs

import (
	"slices"
	"strings"
)

// A DateInput asks for a date that somebody knows, such as a date of birth.
type DateInput struct {
	ID               string
	NamePrefix       string
	Values           map[string]string // by the names of the parts
	Items            []DatePart
	Day, Month, Year *DatePart
	Fieldset         *Fieldset
	Hint             Hint
	ErrorMessage     ErrorMessage
	FormGroup        FormGroup
	Disabled         bool
	Classes          string
	Attributes       Attributes
}

// A DatePart is the day, the month or the year.
type DatePart struct {
	ID             string
	Name           string
	Value          string
	Label          Label
	Width          string
	Error          *bool
	Type           string
	InputMode      string
	Prefix, Suffix Affix
	Pattern        string
	Spellcheck     *bool
	Autocomplete   string
	Autocapitalize string
	DescribedBy    string
	Disabled       *bool
	Absent         bool // not asked for
	Classes        string
	Attributes     Attributes
}

func (DateInput) partial() string { return "date-input" }

// Class returns the class names of what holds the parts.
func (d DateInput) Class() string { return classes("nhsuk-date-input", d.Classes) }

// GroupClass returns the box's class names.
func (d DateInput) GroupClass() string {
	return d.FormGroup.class(d.ErrorMessage.wrong() || d.somePartWrong())
}

// Described returns what is said about the question.
func (d DateInput) Described() described {
	return describe(d.ID, describedBy(d.Fieldset), d.Hint, d.ErrorMessage)
}

// Grouped returns the fieldset to draw around the parts. It is a group, since
// some screen readers would otherwise not say what it asks.
func (d DateInput) Grouped() Fieldset {
	f := grouped(*d.Fieldset, d.Described().By)
	f.Role = orElse(f.Role, "group")
	return f
}

func (p DatePart) wrong() bool {
	return p.Error != nil && *p.Error || strings.Contains(p.Classes, "nhsuk-input--error")
}

func (d DateInput) somePartWrong() bool {
	for _, part := range d.parts() {
		if part.wrong() {
			return true
		}
	}
	return false
}

// parts returns what is asked for: the day, the month and the year unless said.
func (d DateInput) parts() []DatePart {
	if len(d.Items) == 0 {
		parts := []DatePart{or(d.Day, "day", "2"), or(d.Month, "month", "2"), or(d.Year, "year", "4")}
		return slices.DeleteFunc(parts, func(p DatePart) bool { return p.Absent })
	}
	given := append([]DatePart(nil), d.Items...)
	for i := range given {
		if given[i].Width == "" {
			given[i].Width = "2"
			if given[i].Name == "year" {
				given[i].Width = "4"
			}
		}
	}
	return given
}

func or(part *DatePart, name, width string) DatePart {
	out := DatePart{}
	if part != nil {
		out = *part
	}
	out.Name, out.Width = orElse(out.Name, name), orElse(out.Width, width)
	return out
}

// Drawn returns the parts as the controls they are.
func (d DateInput) Drawn() []Input {
	someWrong := d.somePartWrong()
	var out []Input
	for _, part := range d.parts() {
		label := part.Label
		if label.Text == "" && label.HTML == "" && part.Name != "" {
			label.Text = strings.ToUpper(part.Name[:1]) + strings.ToLower(part.Name[1:])
		}
		label.Classes = classes("nhsuk-date-input__label", label.Classes)
		in := Input{
			ID: orElse(part.ID, d.ID+"-"+part.Name), Name: part.Name, Type: part.Type,
			Value: orElse(part.Value, d.Values[part.Name]), InputMode: orElse(part.InputMode, "numeric"),
			Label: label, Prefix: part.Prefix, Suffix: part.Suffix, Width: part.Width,
			Pattern: part.Pattern, Spellcheck: part.Spellcheck, Autocomplete: part.Autocomplete,
			Autocapitalize: part.Autocapitalize, DescribedBy: part.DescribedBy, Disabled: d.Disabled,
			Classes: classes("nhsuk-date-input__input", part.Classes), Attributes: part.Attributes,
		}
		if d.NamePrefix != "" {
			in.Name = d.NamePrefix + "[" + part.Name + "]"
		}
		if part.Disabled != nil {
			in.Disabled = *part.Disabled
		}
		spared := part.Error != nil && !*part.Error
		in.ErrorMessage.Shown = !strings.Contains(part.Classes, "nhsuk-input--error") &&
			(part.wrong() || !spared && d.ErrorMessage.wrong() && !someWrong)
		out = append(out, in)
	}
	return out
}
