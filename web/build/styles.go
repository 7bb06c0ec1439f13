package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// buildStyles compiles each stylesheet and leaves out what no page uses.
func buildStyles(web string, out *dist) error {
	sheets, err := filepath.Glob(filepath.Join(web, "styles", "[^_]*.scss"))
	if err != nil {
		return err
	}
	used, err := usedWords(web, out)
	if err != nil {
		return err
	}
	for _, sheet := range sheets {
		css, err := sass(web, filepath.Join("styles", filepath.Base(sheet)))
		if err != nil {
			return fmt.Errorf("compile %s: %w", sheet, err)
		}
		css = prune(css, used)
		if away := regexp.MustCompile(`url\(["']?(?:[^d"']|d[^a])[^)]*\)|@import`).FindString(css); away != "" {
			return fmt.Errorf("%s would fetch %s: a page must come whole from its own server", sheet, away)
		}
		out.add(strings.TrimSuffix(filepath.Base(sheet), ".scss")+".css", []byte(css))
	}
	return nil
}

func sass(web, sheet string) (string, error) {
	cmd := exec.Command("."+string(filepath.Separator)+filepath.Join("node_modules", ".bin", "sass"),
		"--no-source-map", "--style=compressed", "--no-charset", "--load-path=node_modules", sheet)
	var css, said bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = web, &css, &said
	if err := cmd.Run(); err != nil {
		return "", errors.New(strings.TrimSpace(said.String()))
	}
	if said.Len() > 0 {
		return "", fmt.Errorf("sass warns: %s", strings.TrimSpace(said.String()))
	}
	return css.String(), nil
}

// words are the words of our own source, as a class name could be written.
type words map[string]bool

var word = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_-]*`)

// usedWords reads every word in the templates, the Go and TypeScript of the
// pages, and what the scripts became.
func usedWords(web string, out *dist) (words, error) {
	used := words{}
	add := func(text []byte) {
		for _, w := range word.FindAll(text, -1) {
			used[string(w)] = true
		}
	}
	for _, pattern := range []string{"*.go", "nhs/*", "form/*.go", "templates/*.html", "templates/*/*.html", "scripts/*.ts", "call/*.ts"} {
		names, err := filepath.Glob(filepath.Join(web, pattern))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if strings.Contains(name, "_test.go") || strings.HasSuffix(name, ".test.ts") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			add(text)
		}
	}
	for name, text := range out.files {
		if strings.HasSuffix(name, ".js") {
			add(text)
		}
	}
	return used, nil
}

// has reports whether a class stands in our source, whole, or as a base that
// ends in -- and a modifier.
func (used words) has(class string) bool {
	if used[class] {
		return true
	}
	base, modifier, modified := strings.Cut(class, "--")
	return modified && used[base+"--"] && used[modifier]
}
