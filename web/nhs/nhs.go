package nhs

import (
	"embed"
	"fmt"
	"html/template"
	"reflect"
	"strings"
)

//go:embed *.html
var partials embed.FS

// set holds every partial, named like the component it draws.
var set = template.Must(template.New("nhs").Funcs(template.FuncMap{
	"attrs": Attributes.html,
	"inner": inner,
	"icon":  icon,
}).ParseFS(partials, "*.html"))

// A Component is something this package can draw.
type Component interface {
	partial() string // the partial's file name without .html
}

// Draw returns c's HTML.
func Draw(c Component) (template.HTML, error) {
	var out strings.Builder
	if err := set.ExecuteTemplate(&out, c.partial()+".html", c); err != nil {
		return "", fmt.Errorf("nhs: draw %s: %w", c.partial(), err)
	}
	return template.HTML(out.String()), nil //nolint:gosec // written by html/template just now
}

// components are the types by the design system's names.
var components = map[string]reflect.Type{}

func init() {
	for _, c := range []Component{
		ActionLink{}, BackLink{}, Breadcrumb{}, Button{}, Card{}, Checkboxes{}, DateInput{}, Details{},
		ErrorMessage{}, ErrorSummary{}, Fieldset{}, Footer{}, Heading{}, Hint{}, Input{}, InsetText{},
		Label{}, Legend{}, NotificationBanner{}, Panel{}, Radios{}, Scroll{}, Select{}, SkipLink{},
		SummaryList{}, Table{}, Tag{}, Textarea{}, WarningCallout{},
	} {
		components[c.partial()] = reflect.TypeOf(c)
	}
}

// New makes a component from its name and its options, given as pairs of name
// and value.
func New(name string, pairs ...any) (Component, error) {
	options, err := Opts(pairs...)
	if err != nil {
		return nil, fmt.Errorf("nhs: %s: %w", name, err)
	}
	return build(name, options)
}

func build(name string, options map[string]any) (Component, error) {
	kind, ok := components[name]
	if !ok {
		return nil, fmt.Errorf("nhs: no component is called %q", name)
	}
	made := reflect.New(kind)
	if err := fill(made.Elem(), options); err != nil {
		return nil, fmt.Errorf("nhs: %s: %w", name, err)
	}
	return made.Elem().Interface().(Component), nil
}

// Opts makes a set of options from pairs of name and value.
func Opts(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("an option without a value: %v", pairs[len(pairs)-1])
	}
	options := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("%v stands where an option's name should", pairs[i])
		}
		if _, twice := options[name]; twice {
			return nil, fmt.Errorf("option %s is given twice", name)
		}
		options[name] = pairs[i+1]
	}
	return options, nil
}

// Funcs are the functions that pages use; the package's essay shows them.
func Funcs() template.FuncMap {
	return template.FuncMap{
		"nhs":   drawNamed,
		"field": drawField,
		"opts":  Opts,
		"list":  func(items ...any) []any { return items },
	}
}

// drawNamed draws a component, or the component of that name and those options.
func drawNamed(c any, pairs ...any) (template.HTML, error) {
	switch c := c.(type) {
	case Component:
		return Draw(c)
	case string:
		made, err := New(c, pairs...)
		if err != nil {
			return "", err
		}
		return Draw(made)
	}
	return "", fmt.Errorf("nhs: %T is no component", c)
}
