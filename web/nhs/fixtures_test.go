package nhs

import (
	"encoding/json"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A fixture is one example that the design system publishes of a component.
type fixture struct {
	Name      string         `json:"name"`
	Context   map[string]any `json:"context"`   // the options
	CallBlock any            `json:"callBlock"` // the macro's body
	HTML      string         `json:"html"`      // what its own macro draws
}

const fixtures = "../node_modules/nhsuk-frontend/dist/nhsuk/components"

// unsupported are options that we leave out on purpose. An example that uses
// one is skipped and counted, and one of these that no example uses fails the
// test, so that the list stays true.
var unsupported = map[string]map[string]string{
	"breadcrumb": {"items.classes": "their own macro ignores it"},
	"button":     {"icon": "the drawings are theirs"},
	"checkboxes": {
		"items.exclusive":      "deprecated: behaviour says it",
		"items.exclusiveGroup": "deprecated: behaviourGroup says it",
	},
	"tables": {
		"head.sort": "nothing here is sorted by the reader",
		"scroll":    "responsive suits a phone better",
		"panel":     "deprecated: card says it",
	},
}

// TestFixtures draws every example of every component that we have, and
// compares it with what the design system draws.
func TestFixtures(t *testing.T) {
	if _, err := os.Stat(fixtures); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("the design system is not here: npm --prefix web ci --ignore-scripts")
		}
		t.Skip("SKIPPED: the design system is not here: npm --prefix web ci --ignore-scripts")
	}
	for name := range components {
		t.Run(name, func(t *testing.T) {
			if name == "caption" {
				return
			}
			testComponent(t, name)
		})
	}
}

func testComponent(t *testing.T, name string) {
	text, err := os.ReadFile(filepath.Join(fixtures, name, "fixtures.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Fixtures []fixture }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Fixtures) == 0 {
		t.Fatal("no examples")
	}
	used := map[string]bool{}
	drawn := 0
	for _, f := range file.Fixtures {
		if option := leftOut(name, f); option != "" {
			used[option] = true
			continue
		}
		drawn++
		t.Run(f.Name, func(t *testing.T) { testFixture(t, name, f) })
	}
	for option := range unsupported[name] {
		if !used[option] {
			t.Errorf("no example uses %s any more: take it off the list", option)
		}
	}
	t.Logf("%s: %d of %d examples", name, drawn, len(file.Fixtures))
}

// leftOut returns the option of an example that we do not support, if any.
func leftOut(name string, f fixture) string {
	for option := range unsupported[name] {
		if has(f.Context, strings.Split(option, ".")) {
			return option
		}
	}
	return ""
}

// has reports whether a value lies at a path, looking into every item of a list.
func has(value any, path []string) bool {
	if len(path) == 0 {
		return true
	}
	switch value := value.(type) {
	case map[string]any:
		inner, ok := value[path[0]]
		return ok && has(inner, path[1:])
	case []any:
		return slices.ContainsFunc(value, func(item any) bool { return has(item, path) })
	}
	return false
}

func testFixture(t *testing.T, name string, f fixture) {
	options := asHTML(f.Context).(map[string]any)
	if block, ok := f.CallBlock.(string); ok { // we call it html
		html := template.HTML(block) //nolint:gosec // the design system's own
		switch name {
		case "card":
			options["description"] = map[string]any{"html": html}
		case "footer":
			options["meta"] = map[string]any{"html": html}
		default:
			options["html"] = html
		}
	}
	made, err := build(name, options)
	if err != nil {
		t.Fatalf("%v\nwith %s", err, mustJSON(f.Context))
	}
	got, err := Draw(made)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(outline(t, f.HTML), outline(t, string(got))); diff != "" {
		t.Errorf("with %s\n(-theirs +ours)\n%s", mustJSON(f.Context), diff)
	}
}

func mustJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// asHTML marks what an example gives as HTML, which in a page only a template can make.
func asHTML(value any) any {
	switch value := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, item := range value {
			if text, ok := item.(string); ok && key == "html" {
				out[key] = template.HTML(text) //nolint:gosec // the design system's own
				continue
			}
			out[key] = asHTML(item)
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i, item := range value {
			out[i] = asHTML(item)
		}
		return out
	}
	return value
}

// outline writes a tree one node a line, without what no reader can tell: the
// order of attributes, and white space where a line was broken.
func outline(t *testing.T, text string) []string {
	t.Helper()
	context := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(text), context)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, n := range nodes {
		lines = appendOutline(lines, n, 0)
	}
	return lines
}

func appendOutline(lines []string, n *html.Node, depth int) []string {
	indent := strings.Repeat("  ", depth)
	switch n.Type {
	case html.TextNode:
		text := words(n.Data)
		if n.Parent != nil && (n.Parent.Data == "td" || n.Parent.Data == "th") {
			text = strings.TrimSpace(text) // a browser shows none at a cell's edges
		}
		if text != "" {
			lines = append(lines, fmt.Sprintf("%s%q", indent, text))
		}
	case html.ElementNode:
		var attributes []string
		for _, a := range n.Attr {
			if n.Data == "path" && (a.Key == "d" || a.Key == "fill-rule") {
				continue // the drawings are our own
			}
			if a.Key == "class" {
				a.Val = strings.Join(strings.Fields(a.Val), " ")
			}
			attributes = append(attributes, fmt.Sprintf(" %s=%q", a.Key, a.Val))
		}
		slices.Sort(attributes)
		lines = append(lines, indent+"<"+n.Data+strings.Join(attributes, "")+">")
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		lines = appendOutline(lines, c, depth+1)
	}
	return lines
}

// words folds white space, and takes it away at an end where a line was broken.
func words(text string) string {
	folded := strings.Join(strings.Fields(text), " ")
	if folded == "" {
		return ""
	}
	before := text[:strings.Index(text, strings.Fields(text)[0])]
	after := text[len(strings.TrimRight(text, " \t\r\n")):]
	if before != "" && !strings.Contains(before, "\n") {
		folded = " " + folded
	}
	if after != "" && !strings.Contains(after, "\n") {
		folded += " "
	}
	return folded
}
