// Package nhs draws the components of the NHS design system: each is a Go type
// whose fields are the options that the design system documents, and a partial
// in this folder that writes the same HTML as the design system's own macro.
// A test compares the two for every example the design system publishes.
//
// # Using it
//
// A page writes a component by name, with its options as the design system
// spells them:
//
//	{{nhs "button" "text" "Book this time" "preventDoubleClick" true}}
//	{{nhs "inset-text" "text" "The ward will let you in."}}
//	{{nhs "summary-list" "rows" .Rows}}
//	{{nhs "details" "summary" "Who can come?" "html" (body "who" .)}}
//
// or hands over one that a handler made: {{nhs .Banner}}. An option that does
// not exist is an error, so a page that is drawn once is right. Where an option
// is itself a set of options, {{opts "text" "Yes" "value" "yes"}} makes one and
// {{list …}} makes several; a plain string stands for its text.
//
// A question in a form is written with field, which adds what was typed and
// what was wrong with it:
//
//	{{field . "input" "name" "label" "Full name" "autocomplete" "name"}}
//
// The build leaves out the styles that no page uses, and finds what is used by
// reading this package: so the name of a class stands here in full, or up to the
// hyphen after which an option is put.
//
// # What is not here
//
// Options that the design system calls deprecated, and its header, which bears
// the NHS logo: this program is used by the NHS but is not the NHS.
//
// # Safety
//
// Text is escaped by html/template. An option called html takes only
// template.HTML, which is to say something that a template has drawn. Further
// attributes may not be ones that run script, style or fetch.
package nhs
