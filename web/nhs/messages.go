package nhs

import (
	"html/template"
	"slices"
	"strings"
)

// An ErrorSummary says at the top of a page what is wrong below, with links.
type ErrorSummary struct {
	ID               string
	Heading          Heading
	Description      Beside
	ErrorList        []ErrorLink
	DisableAutoFocus *bool
	HTML             template.HTML // in place of the description
	Classes          string
	Attributes       Attributes
}

// An ErrorLink leads to one answer that is wrong.
type ErrorLink struct {
	Text       string
	HTML       template.HTML
	Href       string
	Attributes Attributes
}

func (ErrorSummary) partial() string { return "error-summary" }

// Class returns the summary's class names.
func (e ErrorSummary) Class() string { return classes("nhsuk-error-summary", e.Classes) }

// NoFocus says whether the summary leaves the focus alone, or nothing if that was not said.
func (e ErrorSummary) NoFocus() string { return said(e.DisableAutoFocus) }

// Title returns the heading as it is drawn in a summary.
func (e ErrorSummary) Title() Heading {
	return Heading{ID: e.Heading.ID, Text: e.Heading.Text, HTML: e.Heading.HTML, Level: 2,
		ClassName: "nhsuk-error-summary__heading", Attributes: e.Heading.Attributes}
}

// A NotificationBanner says something about the whole page, or that something
// has just been done.
type NotificationBanner struct {
	ID               string
	Title            Heading // Important, or Success, unless said
	Heading          Heading
	Text             string
	HTML             template.HTML
	Variant          string // success
	Role             string
	DisableAutoFocus *bool
	Classes          string
	Attributes       Attributes
}

func (NotificationBanner) partial() string { return "notification-banner" }

// Class returns the banner's class names.
func (b NotificationBanner) Class() string {
	return classes("nhsuk-notification-banner",
		oneOf("nhsuk-notification-banner--", b.Variant, b.Classes, "success"), b.Classes)
}

// Part returns the banner's role: news is read out at once.
func (b NotificationBanner) Part() string {
	if b.Role == "" && b.Variant == "success" {
		return "alert"
	}
	return orElse(b.Role, "region")
}

// NoFocus says whether the banner leaves the focus alone, or nothing if that was not said.
func (b NotificationBanner) NoFocus() string { return said(b.DisableAutoFocus) }

// Named returns the banner's title.
func (b NotificationBanner) Named() Heading {
	t := b.Title
	t.ID = orElse(t.ID, "nhsuk-notification-banner-title")
	if t.HTML == "" && t.Text == "" {
		t.Text = "Important"
		if b.Variant == "success" {
			t.Text = "Success"
		}
	}
	if t.Level == 0 {
		t.Level = 2
	}
	t.ClassName = "nhsuk-notification-banner__title"
	t.Size, t.Caption, t.Href, t.Element = "", Caption{}, "", ""
	return t
}

// Headed returns the heading as it is drawn in a banner.
func (b NotificationBanner) Headed() Heading {
	h := b.Heading
	if h.Level == 0 {
		h.Level = 3
	}
	h.ClassName, h.Size = "nhsuk-notification-banner__heading", ""
	return h
}

// A Card holds what belongs together.
type Card struct {
	ID          string
	Heading     Heading
	Description Description
	Href        string
	Clickable   bool
	Variant     string // feature, primary, secondary, warning; non-urgent, urgent, emergency
	Actions     Actions
	Image       Image
	Classes     string
	Attributes  Attributes
}

// A Description is what a card holds.
type Description struct {
	Text       string
	HTML       template.HTML
	Classes    string
	Attributes Attributes
}

// An Image stands above a card.
type Image struct {
	Src  string
	Alt  string
	HTML template.HTML
}

func (Card) partial() string { return "card" }

// Care returns the kind of advice that a card gives, if it does.
func (c Card) Care() string {
	if slices.Contains([]string{"non-urgent", "urgent", "emergency"}, c.Variant) && c.Heading.given() {
		return c.Variant
	}
	return ""
}

// Class returns the card's class names.
func (c Card) Class() string {
	care := oneOf("nhsuk-card--care--", c.Care(), c.Classes, "non-urgent", "urgent", "emergency")
	return classes("nhsuk-card",
		when(c.Clickable, "nhsuk-card--clickable"),
		oneOf("nhsuk-card--", c.Variant, c.Classes, "feature", "primary", "secondary", "warning"),
		when(care != "", "nhsuk-card--care"), care, c.Classes)
}

// Primary reports whether the card ends in an arrow.
func (c Card) Primary() bool { return strings.Contains(c.Class(), "nhsuk-card--primary") }

// Linked reports whether the heading is a link.
func (c Card) Linked() bool {
	return c.Href != "" && !strings.Contains(c.Class(), "nhsuk-card--feature")
}

// Said returns what is read out before the heading.
func (c Card) Said() string {
	if c.Linked() && c.Care() == "" {
		return ""
	}
	advice := map[string]string{"emergency": "Immediate action required", "urgent": "Urgent advice", "non-urgent": "Non-urgent advice"}
	return orElse(c.Heading.VisuallyHiddenText, advice[c.Care()])
}

// Title returns the heading without its words, which a card draws itself.
func (c Card) Title() Heading {
	h := c.Heading
	if h.Level == 0 {
		h.Level = 2
	}
	h.ClassName, h.ClassPrefix = "nhsuk-card__heading", "nhsuk-heading-"
	h.VisuallyHiddenText, h.Href, h.Element, h.HTML = "", "", "", ""
	return h
}

// ActionItem returns an action as it is drawn here.
func (c Card) ActionItem(a Action) drawnAction {
	if !c.Heading.given() {
		return drawnAction{Action: a}
	}
	return drawnAction{a, inner(c.Heading.Text, c.Heading.HTML)}
}

// A WarningCallout is a card that must not be missed.
type WarningCallout struct {
	ID                 string
	Heading            Heading
	Text               string
	HTML               template.HTML
	VisuallyHiddenText string
	Actions            Actions
	Classes            string
	Attributes         Attributes
}

func (WarningCallout) partial() string { return "warning-callout" }

// Card returns the callout as the card it is.
func (w WarningCallout) Card() Card {
	h := w.Heading
	if h.Level == 0 {
		h.Level = 3
	}
	hidden := orElse(orElse(h.VisuallyHiddenText, w.VisuallyHiddenText), "Important")
	h.VisuallyHiddenText = ""
	if h.Text != "" && !strings.Contains(strings.ToLower(h.Text), "important") {
		h.VisuallyHiddenText = hidden
	}
	h.Size, h.Caption = "", Caption{}
	return Card{ID: w.ID, Heading: h, Description: Description{Text: w.Text, HTML: w.HTML}, Actions: w.Actions,
		Variant: "warning", Classes: w.Classes, Attributes: w.Attributes}
}
