package main

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// fetches finds what a style sheet would load.
var fetches = regexp.MustCompile(`(?:url\(|@import)\s*["']?([^"')]*)`)

// buildStyles compiles each stylesheet and leaves out what no page uses.
func buildStyles(web string, out *dist) error {
	sheets, err := filepath.Glob(filepath.Join(web, "styles", "[^_]*.scss"))
	if err != nil {
		return err
	}
	used, err := readUsage(web, out)
	if err != nil {
		return err
	}
	for _, sheet := range sheets {
		css, err := sass(web, filepath.Join("styles", filepath.Base(sheet)))
		if err != nil {
			return fmt.Errorf("compile %s: %w", sheet, err)
		}
		css = prune(css, used)
		if address := away(css); address != "" {
			return fmt.Errorf("%s would fetch %s: a page must come whole from its own server", sheet, address)
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

// away returns the first thing that a style sheet would fetch, or nothing.
func away(css string) string {
	for _, found := range fetches.FindAllStringSubmatch(css, -1) {
		if !strings.HasPrefix(found[1], "data:") {
			return found[0]
		}
	}
	return ""
}
