package nhs

import (
	"html/template"
	"strings"
	"testing"
)

func TestWhatAPageMayNotWrite(t *testing.T) {
	for _, tt := range []struct {
		name      string
		component string
		pairs     []any
		says      string
	}{
		{"no such component", "buton", nil, `"buton"`},
		{"no such option", "button", []any{"txt", "Go"}, "no option txt"},
		{"an option without a value", "button", []any{"text"}, "without a value"},
		{"an option twice", "button", []any{"text", "a", "text", "b"}, "twice"},
		{"text where HTML is wanted", "inset-text", []any{"html", "<b>Anna</b>"}, "a template has drawn"},
		{"an attribute that runs", "button", []any{"text", "Go", "attributes", map[string]any{"onclick": "x()"}}, "not allowed"},
		{"an attribute that styles", "button", []any{"text", "Go", "attributes", map[string]any{"style": "x"}}, "not allowed"},
		{"an attribute that fetches", "button", []any{"text", "Go", "attributes", map[string]any{"src": "x"}}, "not allowed"},
		{"an attribute that breaks out", "button", []any{"text", "Go", "attributes", map[string]any{"data-x><script": "x"}}, "not allowed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := drawNamed(tt.component, tt.pairs...)
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("drew %q, %v", got, err)
			}
		})
	}
}

func TestTextIsEscaped(t *testing.T) {
	got, err := drawNamed("button", "text", `<script>"Anna"</script>`, "href", "javascript:alert(1)",
		"attributes", map[string]any{"data-name": `"><script>`})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(got), "<script>") || strings.Contains(string(got), "javascript:") {
		t.Errorf("drew %s", got)
	}
}

// answers is a form with one wrong answer in it.
type answers map[string][]string

func (a answers) Value(name string) string {
	if len(a[name]) == 0 {
		return ""
	}
	return a[name][0]
}
func (a answers) Values(name string) []string { return a[name] }
func (a answers) Error(name string) string {
	if name == "name" {
		return "Enter your full name"
	}
	return ""
}

func TestAQuestionKeepsItsAnswer(t *testing.T) {
	form := answers{"name": {"Anna"}, "how": {"text"}, "who": {"a", "c"}, "born-day": {"24"}}
	choices := []any{
		map[string]any{"value": "text", "text": "By text"}, map[string]any{"value": "a", "text": "Anna"},
		map[string]any{"value": "b", "text": "Ben"}, map[string]any{"value": "c", "text": "Cy"},
	}
	for _, tt := range []struct {
		component, name string
		pairs           []any
		has             []string
		hasNot          []string
	}{
		{"input", "name", []any{"label", "Full name"},
			[]string{`value="Anna"`, `id="name"`, "Enter your full name", `aria-describedby="name-error"`, "nhsuk-input--error"}, nil},
		{"radios", "how", []any{"items", choices}, []string{`value="text" checked`}, []string{`value="a" checked`}},
		{"checkboxes", "who", []any{"items", choices}, []string{`value="a" checked`, `value="c" checked`}, []string{`value="b" checked`}},
		{"date-input", "born", nil, []string{`name="born-day"`, `value="24"`, `id="born-day"`, ">Day<"}, nil},
		{"textarea", "name", []any{"label", "Note"}, []string{">Anna</textarea>"}, nil},
		{"select", "how", []any{"label", "How", "items", choices}, []string{`value="text" selected`}, nil},
	} {
		t.Run(tt.component, func(t *testing.T) {
			got, err := drawField(form, tt.component, tt.name, tt.pairs...)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range tt.has {
				if !strings.Contains(string(got), want) {
					t.Errorf("no %s in %s", want, got)
				}
			}
			for _, not := range tt.hasNot {
				if strings.Contains(string(got), not) {
					t.Errorf("%s in %s", not, got)
				}
			}
		})
	}
}

func TestInATemplate(t *testing.T) {
	page := template.Must(template.New("").Funcs(Funcs()).Parse(
		`{{nhs "tag" "text" "Waiting" "colour" "yellow"}}{{nhs .}}{{nhs "summary-list" "rows" (list (opts "key" "Ward" "value" "Seven"))}}`))
	var out strings.Builder
	if err := page.Execute(&out, InsetText{Text: "The ward will let you in."}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"nhsuk-tag--yellow", "let you in", ">Ward</dt>", ">Seven</dd>"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in %s", want, out.String())
		}
	}
}
