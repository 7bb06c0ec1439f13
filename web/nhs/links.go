package nhs

import (
	"html/template"
	"strconv"
	"strings"
)

// A Button does something; with an Href it goes somewhere.
type Button struct {
	ID                 string
	Text               string
	HTML               template.HTML
	Element            string // a, button or input; chosen by Href if empty
	Href               string
	Type               string // submit unless said
	Name               string
	Value              string
	Variant            string // secondary, secondary-solid, reverse, warning, brand, login
	Small              bool
	Disabled           bool
	PreventDoubleClick *bool
	AriaLabel          string
	Classes            string
	Attributes         Attributes
}

func (Button) partial() string { return "button" }

// Class returns the button's class names.
func (b Button) Class() string {
	return classes("nhsuk-button",
		oneOf("nhsuk-button--", b.Variant, b.Classes, "brand", "login", "reverse", "secondary-solid", "secondary", "warning"),
		oneOf("nhsuk-button--", when(b.Small, "small"), b.Classes, "small"),
		b.Classes)
}

// Tag returns the name of the element.
func (b Button) Tag() string { return tag(b.Element, b.Href, b.Type) }

// tag chooses between a link and a button.
func tag(element, href, kind string) string {
	if element != "" {
		return strings.ToLower(element)
	}
	if href != "" && kind == "" {
		return "a"
	}
	return "button"
}

// Kind returns the button's type.
func (b Button) Kind() string { return orElse(b.Type, "submit") }

// Target returns where the link goes.
func (b Button) Target() string { return orElse(b.Href, "#") }

// OnceOnly says whether a second press is ignored, or nothing if that was not said.
func (b Button) OnceOnly() string { return said(b.PreventDoubleClick) }

// said writes a choice that may not have been made.
func said(choice *bool) string {
	if choice == nil {
		return ""
	}
	return strconv.FormatBool(*choice)
}

// An ActionLink is a link that begins the page's one task.
type ActionLink struct {
	ID              string
	Text            string
	HTML            template.HTML
	Element         string
	Type            string
	Href            string
	OpenInNewWindow bool
	Variant         string // reverse
	Classes         string
	Attributes      Attributes
}

func (ActionLink) partial() string { return "action-link" }

// Class returns the link's class names.
func (l ActionLink) Class() string {
	return classes("nhsuk-action-link", oneOf("nhsuk-action-link--", l.Variant, l.Classes, "reverse"), l.Classes)
}

// Tag returns the name of the element.
func (l ActionLink) Tag() string { return tag(l.Element, l.Href, l.Type) }

// Kind returns the type of a link that is a button.
func (l ActionLink) Kind() string { return orElse(l.Type, "submit") }

// Target returns where the link goes.
func (l ActionLink) Target() string { return orElse(l.Href, "#") }

// A BackLink goes back to the step before.
type BackLink struct {
	ID                 string
	Text               string // Back unless said
	HTML               template.HTML
	VisuallyHiddenText string
	Element            string
	Type               string
	Href               string
	Variant            string // reverse
	Classes            string
	Attributes         Attributes
}

func (BackLink) partial() string { return "back-link" }

// Class returns the link's class names.
func (l BackLink) Class() string {
	return classes("nhsuk-back-link", oneOf("nhsuk-back-link--", l.Variant, l.Classes, "reverse"), l.Classes)
}

// Tag returns the name of the element.
func (l BackLink) Tag() string { return tag(l.Element, l.Href, l.Type) }

// Kind returns the type of a link that is a button.
func (l BackLink) Kind() string { return orElse(l.Type, "submit") }

// Target returns where the link goes.
func (l BackLink) Target() string { return orElse(l.Href, "#") }

// Words returns what the link says.
func (l BackLink) Words() string { return orElse(l.Text, "Back") }

// A SkipLink jumps over the header, for someone at a keyboard.
type SkipLink struct {
	ID         string
	Text       string
	HTML       template.HTML
	Href       string
	Classes    string
	Attributes Attributes
}

func (SkipLink) partial() string { return "skip-link" }

// Class returns the link's class names.
func (l SkipLink) Class() string { return classes("nhsuk-skip-link", l.Classes) }

// Target returns what is jumped to.
func (l SkipLink) Target() string { return orElse(l.Href, "#maincontent") }

// Words returns what the link says.
func (l SkipLink) Words() string { return orElse(l.Text, "Skip to main content") }

// A Breadcrumb shows where a page lies.
type Breadcrumb struct {
	ID         string
	Items      []Crumb
	Text       string
	Href       string
	AriaLabel  string
	BackLink   *BackLink
	Variant    string // reverse
	Classes    string
	Attributes Attributes
}

// A Crumb is one page on the way.
type Crumb struct {
	Text       string
	HTML       template.HTML
	Href       string
	Attributes Attributes
}

func (Breadcrumb) partial() string { return "breadcrumb" }

// Class returns the breadcrumb's class names.
func (b Breadcrumb) Class() string {
	return classes("nhsuk-breadcrumb", oneOf("nhsuk-breadcrumb--", b.Variant, b.Classes, "reverse"), b.Classes)
}

// Name returns what the breadcrumb is called when read out.
func (b Breadcrumb) Name() string { return orElse(b.AriaLabel, "Breadcrumb") }

// Back returns the link that stands for the breadcrumb on a small screen.
func (b Breadcrumb) Back() BackLink {
	var last Crumb
	if len(b.Items) > 0 {
		last = b.Items[len(b.Items)-1]
	}
	if b.Text != "" && b.Href != "" {
		last.Text, last.Href = b.Text, b.Href
	}
	var back BackLink
	if b.BackLink != nil {
		back = *b.BackLink
	}
	if back.Text == "" && back.HTML == "" {
		back.Text = last.Text
	}
	back.VisuallyHiddenText = orElse(back.VisuallyHiddenText, "Back to")
	back.Href = orElse(back.Href, last.Href)
	back.Variant = orElse(back.Variant, b.Variant)
	if back.Attributes == nil {
		back.Attributes = last.Attributes
	}
	return back
}
