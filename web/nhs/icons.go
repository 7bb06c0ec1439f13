package nhs

import (
	"fmt"
	"html/template"
)

// drawings are the icons that our components need, drawn by us in the shapes
// that the design system describes, on its grid of 24 by 24.
var drawings = map[string]string{
	"arrow-right-circle": `<path fill-rule="evenodd" d="M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20Zm1 4.500-1.500 1.500 3 3H6v2h8.500l-3 3 1.500 1.500 5.500-5.500L13 6.500Z"/>`,

	"chevron-right-circle": `<path fill-rule="evenodd" d="M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20Zm-1 5.500L9.500 9l3 3-3 3 1.500 1.500 4.500-4.500L11 7.500Z"/>`,
}

// icon returns a drawing, which says nothing to someone who cannot see it.
func icon(name string) (template.HTML, error) {
	drawing, ok := drawings[name]
	if !ok {
		return "", fmt.Errorf("nhs: no icon is called %q", name)
	}
	return template.HTML(`<svg class="nhsuk-icon nhsuk-icon--` + name + `" xmlns="http://www.w3.org/2000/svg" ` + //nolint:gosec // constants
		`viewBox="0 0 24 24" width="16" height="16" focusable="false" aria-hidden="true">` + drawing + `</svg>`), nil
}
