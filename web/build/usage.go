package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"
)

// usage is which classes our pages can bear.
type usage struct {
	pages words             // written in a page, a handler or a script
	asked words             // written there between quotation marks, as an option is
	parts words             // written in package nhs, which draws the components
	owner map[string]string // which component a template of package nhs belongs to
	draws map[string][]string
	drawn map[string]bool // the components that some page draws
}

// words are the words of a source, as a class name could be written.
type words map[string]bool

var word = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_-]*`)

func (w words) add(text []byte) {
	for _, found := range word.FindAll(text, -1) {
		w[string(found)] = true
	}
}

var (
	quoted = regexp.MustCompile(`"([a-z0-9-]+)"`)
	define = regexp.MustCompile(`{{-? *define "([a-z-]+)"`)
	within = regexp.MustCompile(`{{-? *template "([a-z.-]+)"`)
	byName = regexp.MustCompile(`(?:nhs|field [^ "]+) "([a-z-]+)"`)
	byType = regexp.MustCompile(`nhs\.([A-Z][A-Za-z]+)`)
)

// readUsage reads our source, and what the scripts became.
func readUsage(web string, out *dist) (*usage, error) {
	use := &usage{pages: words{}, asked: words{}, parts: words{}, owner: map[string]string{}, draws: map[string][]string{}, drawn: map[string]bool{}}
	if err := eachSource(web, []string{"nhs/*.html", "nhs/*.go"}, use.readComponent); err != nil {
		return nil, err
	}
	pages := []string{"*.go", "form/*.go", "templates/*.html", "templates/*/*.html", "scripts/*.ts", "call/*.ts"}
	if err := eachSource(web, pages, use.readPage); err != nil {
		return nil, err
	}
	for name, text := range out.files {
		if strings.HasSuffix(name, ".js") {
			use.pages.add(text)
		}
	}
	return use, nil
}

// eachSource reads every file of some patterns but tests, which show nothing to anyone.
func eachSource(web string, patterns []string, read func(name string, text []byte)) error {
	for _, pattern := range patterns {
		names, err := filepath.Glob(filepath.Join(web, pattern))
		if err != nil {
			return err
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, ".test.ts") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			read(filepath.Base(name), text)
		}
	}
	return nil
}

func (u *usage) readComponent(name string, text []byte) {
	u.parts.add(text)
	component, ok := strings.CutSuffix(name, ".html")
	if !ok {
		return
	}
	u.owner[component], u.owner[name] = component, component
	for _, found := range define.FindAllSubmatch(text, -1) {
		u.owner[string(found[1])] = component
	}
	for _, found := range within.FindAllSubmatch(text, -1) {
		u.draws[component] = append(u.draws[component], string(found[1]))
	}
}

func (u *usage) readPage(_ string, text []byte) {
	u.pages.add(text)
	for _, found := range quoted.FindAllSubmatch(text, -1) {
		u.asked[string(found[1])] = true
	}
	for _, found := range byName.FindAllSubmatch(text, -1) {
		u.draw(string(found[1]))
	}
	for _, found := range byType.FindAllSubmatch(text, -1) {
		u.draw(kebab(string(found[1])))
	}
}

// draw marks a component, and those it draws in turn, as drawn.
func (u *usage) draw(name string) {
	component, known := u.owner[name]
	if !known || u.drawn[component] {
		return
	}
	u.drawn[component] = true
	for _, other := range u.draws[component] {
		u.draw(other)
	}
}

// kebab turns a Go type's name into the component's: ErrorSummary, error-summary.
func kebab(name string) string {
	var out strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			out.WriteByte('-')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	if out.String() == "table" {
		return "tables" // the one that the design system names in the plural
	}
	return out.String()
}

// has reports whether a page can bear a class: because a page or a script
// writes it, or because a component that some page draws does. A class that ends
// in an option is borne only if some page asks for the option.
func (u *usage) has(class string) bool {
	if u.pages[class] {
		return true
	}
	if component, known := u.owner[blockOf(class)]; known && !u.drawn[component] {
		return false
	}
	if u.parts[class] {
		return true
	}
	for i, r := range class {
		if r == '-' && u.parts[class[:i+1]] && u.asked[class[i+1:]] {
			return true
		}
	}
	return false
}

// blockOf returns the component that a class of the design system belongs to.
func blockOf(class string) string {
	block := strings.TrimPrefix(class, "nhsuk-")
	block, _, _ = strings.Cut(block, "__")
	block, _, _ = strings.Cut(block, "--")
	if block == "table" {
		return "tables"
	}
	return block
}
