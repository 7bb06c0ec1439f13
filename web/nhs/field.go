package nhs

import (
	"fmt"
	"html/template"
)

// Answers are what was typed into a form, and what was wrong with it.
type Answers interface {
	Value(name string) string    // as it was typed
	Values(name string) []string // of checkboxes
	Error(name string) string    // a sentence, or nothing
}

// drawField draws a question with what was answered before: a component by
// name, the name of its control, and its options as for nhs.
func drawField(form Answers, component, name string, pairs ...any) (template.HTML, error) {
	options, err := Opts(pairs...)
	if err != nil {
		return "", fmt.Errorf("nhs: question %s: %w", name, err)
	}
	switch component {
	case "input", "textarea", "select", "radios":
		options["name"], options["value"] = name, form.Value(name)
	case "checkboxes":
		options["name"], options["values"] = name, form.Values(name)
	case "date-input":
		options["id"], options["values"] = name, partsOf(form, name)
		options["items"] = []DatePart{datePart(name, "day"), datePart(name, "month"), datePart(name, "year")}
	default:
		return "", fmt.Errorf("nhs: %s asks nothing", component)
	}
	if wrong := form.Error(name); wrong != "" {
		options["errorMessage"] = wrong
	}
	made, err := build(component, options)
	if err != nil {
		return "", err
	}
	return Draw(made)
}

// datePart is a part of a date whose control is called NAME-day and so on.
func datePart(name, part string) DatePart {
	shown := map[string]string{"day": "Day", "month": "Month", "year": "Year"}[part]
	width := "2"
	if part == "year" {
		width = "4"
	}
	return DatePart{Name: name + "-" + part, ID: name + "-" + part, Width: width, Label: Label{Text: shown}}
}

func partsOf(form Answers, name string) map[string]string {
	values := map[string]string{}
	for _, part := range []string{"day", "month", "year"} {
		values[name+"-"+part] = form.Value(name + "-" + part)
	}
	return values
}
