package locale

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestEveryRefusalHasASentence reads the refusals that booking declares from its
// source, since this package lies below booking and cannot import it.
func TestEveryRefusalHasASentence(t *testing.T) {
	codes := declaredCodes(t, "../../booking")
	if len(codes) < 20 {
		t.Fatalf("only %d refusals found: has their form changed?", len(codes))
	}
	for _, code := range codes {
		if !English.Has(code) {
			t.Errorf("no sentence for the refusal %q", code)
		}
	}
}

// declaredCodes finds every Refusal{Kind, "code"} in a package.
func declaredCodes(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), dir+"/"+entry.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			literal, ok := n.(*ast.CompositeLit)
			if !ok || len(literal.Elts) != 2 {
				return true
			}
			if name, ok := literal.Type.(*ast.Ident); !ok || name.Name != "Refusal" {
				return true
			}
			if code, ok := literal.Elts[1].(*ast.BasicLit); ok {
				text, err := strconv.Unquote(code.Value)
				if err != nil {
					t.Fatal(err)
				}
				codes = append(codes, text)
			}
			return true
		})
	}
	return codes
}

func TestSentencesReadWell(t *testing.T) {
	for key, text := range English.sentences {
		switch {
		case text != strings.TrimSpace(text) || text == "":
			t.Errorf("%s: white space at an end, or nothing: %q", key, text)
		case strings.ContainsAny(text, "<>{}%"):
			t.Errorf("%s: a sentence is text, not a template: %q", key, text)
		case strings.Contains(strings.ToLower(text), "invalid"), strings.Contains(strings.ToLower(text), "error"):
			t.Errorf("%s: say what to do, not that it is wrong: %q", key, text)
		}
	}
}

func TestFallingBack(t *testing.T) {
	welsh := &Catalogue{Tag: "cy", sentences: map[string]string{"missing": "Rhowch ateb"}, fallback: English}
	for _, tt := range []struct{ name, got, want string }{
		{"a sentence of its own", welsh.Say("missing"), "Rhowch ateb"},
		{"a sentence it lacks", welsh.Say("nobody_coming"), English.Say("nobody_coming")},
		{"one that nobody has", welsh.Say("no_such_key"), "no_such_key"},
		{"one that fits the question", English.SayOf("missing", "name"), "Enter your full name"},
		{"one that does not", English.SayOf("missing", "colour"), "Enter an answer"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, tt.got, tt.want)
		}
	}
	title, rest := English.Title("slot_taken")
	if title != "That time has just been taken" || rest != "Choose another time." {
		t.Errorf("Title = %q, %q", title, rest)
	}
}
