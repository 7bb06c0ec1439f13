package nhs

import (
	"fmt"
	"html/template"
	"regexp"
	"slices"
	"strings"
)

// Attributes are further attributes of an element, by name.
type Attributes map[string]string

// An attribute that only says something about its element. Attributes that
// run, style or fetch are not to be had this way, since html/template cannot
// tell what their values mean.
var plainName = regexp.MustCompile(`^(?:data-[a-z0-9-]+|aria-[a-z]+|role|lang|dir|title|hidden|inert|tabindex|translate|` +
	`autocomplete|autocapitalize|autocorrect|inputmode|enterkeyhint|maxlength|minlength|min|max|step|pattern|` +
	`readonly|required|multiple|spellcheck|target|rel|download|hreflang|novalidate|name|value|for|colspan|rowspan|scope)$`)

// html writes a as attributes of an element, in the order of their names.
func (a Attributes) html() (template.HTMLAttr, error) {
	names := make([]string, 0, len(a))
	for name := range a {
		if !plainName.MatchString(name) {
			return "", fmt.Errorf("nhs: attribute %q is not allowed here", name)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	var out strings.Builder
	for _, name := range names {
		out.WriteString(" " + name + `="` + template.HTMLEscapeString(a[name]) + `"`)
	}
	return template.HTMLAttr(out.String()), nil //nolint:gosec // names are checked and values escaped above
}

// classes joins class names, leaving out the empty ones.
func classes(names ...string) string {
	return strings.Join(slices.DeleteFunc(names, func(s string) bool { return s == "" }), " ")
}

// when returns class if it is to be there.
func when(there bool, class string) string {
	if there {
		return class
	}
	return ""
}

// oneOf returns prefix and value joined if value is one of those allowed, and
// extra does not choose one of them already.
func oneOf(prefix, value, extra string, allowed ...string) string {
	if !slices.Contains(allowed, value) {
		return ""
	}
	for _, other := range allowed {
		if strings.Contains(extra, prefix+other) {
			return ""
		}
	}
	return prefix + value
}

// orElse returns s, or what stands in for it if it is empty.
func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
