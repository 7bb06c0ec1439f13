package web

import (
	"crypto/rand"
	"html/template"
	"strings"

	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// keyName is the field of a form that carries its key.
const keyName = "key"

// keyField draws the key of a form that creates something: another each time the
// form is shown, the same each time it is sent.
func keyField() template.HTML {
	return template.HTML(`<input type="hidden" name="` + keyName + `" value="` + rand.Text() + `">`) //nolint:gosec // letters and digits
}

// keyed is the desk for what a form asks, which a reader may send twice without
// knowing that the first one arrived. A form whose buttons each ask for something
// else says which was pressed. A form without a key is one that is always new.
func (s *Server) keyed(f *form.Form, pressed ...string) *desk.Desk {
	key := f.Value(keyName)
	if key != "" {
		key = strings.Join(append([]string{key}, pressed...), ".")
	}
	return s.desk.Keyed(key)
}
