package nhs

import (
	"html/template"
	"slices"
	"strings"
)

// Actions are what can be done about a row or a card.
type Actions struct {
	ID         string
	Items      []Action
	Width      string // one-quarter and so on
	Classes    string
	Attributes Attributes
}

// Class returns the class names of a row's actions.
func (a Actions) Class() string {
	return classes("nhsuk-summary-list__actions", widthClass(a.Width, a.Classes), a.Classes)
}

func widthClass(width, extra string) string {
	return when(width != "" && !strings.Contains(extra, "nhsuk-u-width-"+width), "nhsuk-u-width-"+width)
}

// An Action is one of them: a link, or a button that sends the form it is in.
type Action struct {
	ID                 string
	Text               string
	HTML               template.HTML
	Href               string
	Type               string
	Name               string
	Value              string
	VisuallyHiddenText string
	Classes            string
	Attributes         Attributes
}

// Class returns the action's class names.
func (a Action) Class() string { return classes("nhsuk-link", a.Classes) }

// Tag returns the name of the element.
func (a Action) Tag() string { return tag("", a.Href, a.Type) }

// Kind returns the type of an action that is a button.
func (a Action) Kind() string { return orElse(a.Type, "submit") }

// A drawnAction is an Action that may say what it is about.
type drawnAction struct {
	Action
	About any // the card's heading, or nil
}

// A SummaryList shows answers, and lets them be changed.
type SummaryList struct {
	ID            string
	Rows          []SummaryRow
	HTML          template.HTML
	Card          *Card
	Border        *bool
	LastRowBorder *bool
	Classes       string
	Attributes    Attributes
}

// A SummaryRow is one answer.
type SummaryRow struct {
	Key        Cell
	Value      Cell
	Actions    Actions
	Border     *bool
	ID         string
	Classes    string
	Attributes Attributes
}

// A Cell is a part of a row.
type Cell struct {
	ID         string
	Text       string
	HTML       template.HTML
	Width      string // one-half and so on
	Classes    string
	Attributes Attributes
}

// KeyClass returns the class names of a cell that is a key.
func (c Cell) KeyClass() string {
	return classes("nhsuk-summary-list__key", widthClass(c.Width, c.Classes), c.Classes)
}

// ValueClass returns the class names of a cell that is a value.
func (c Cell) ValueClass() string {
	return classes("nhsuk-summary-list__value", widthClass(c.Width, c.Classes), c.Classes)
}

func (SummaryList) partial() string { return "summary-list" }

func off(choice *bool) bool { return choice != nil && !*choice }

// Class returns the list's class names.
func (l SummaryList) Class() string {
	none := oneOf("nhsuk-summary-list--", when(off(l.Border), "no-border"), l.Classes, "no-border")
	last := ""
	if none == "" {
		last = oneOf("nhsuk-summary-list--", when(off(l.LastRowBorder), "no-last-row-border"), l.Classes, "no-last-row-border")
	}
	return classes("nhsuk-summary-list", none, last, l.Classes)
}

// SomeActions reports whether any row can be acted on, which makes a third column.
func (l SummaryList) SomeActions() bool {
	return slices.ContainsFunc(l.Rows, func(r SummaryRow) bool { return len(r.Actions.Items) > 0 })
}

// ActionItem returns an action as it is drawn here.
func (l SummaryList) ActionItem(a Action) drawnAction {
	if l.Card == nil {
		return drawnAction{Action: a}
	}
	return l.Card.ActionItem(a)
}

// RowClass returns the class names of the row at n.
func (l SummaryList) RowClass(n int) string {
	row := l.Rows[n]
	none := off(row.Border) && !strings.Contains(row.Classes, "nhsuk-summary-list__row--no-border") &&
		!strings.Contains(l.Classes, "nhsuk-summary-list--no-border") &&
		!strings.Contains(l.Classes, "nhsuk-summary-list--no-last-row-border") &&
		!(off(l.LastRowBorder) && n == len(l.Rows)-1)
	return classes("nhsuk-summary-list__row",
		when(l.SomeActions() && len(row.Actions.Items) == 0, "nhsuk-summary-list__row--no-actions"),
		when(none, "nhsuk-summary-list__row--no-border"), row.Classes)
}
