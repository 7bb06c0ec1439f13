package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// The oldest browser we promise: an iPad that stopped at iPadOS 15.
var oldest = []api.Engine{{Name: api.EngineSafari, Version: "15"}}

// entryPoints returns what to bundle: plain name to source.
func entryPoints(web string) (map[string]string, error) {
	sources, err := filepath.Glob(filepath.Join(web, "scripts", "*.ts"))
	if err != nil {
		return nil, err
	}
	entries := map[string]string{}
	for _, source := range sources {
		name := strings.TrimSuffix(filepath.Base(source), ".ts")
		if !strings.HasSuffix(name, ".test") && !strings.HasSuffix(name, ".d") && !strings.HasPrefix(name, "_") {
			entries[name] = source
		}
	}
	if call := filepath.Join(web, "call", "main.ts"); exists(call) {
		entries["call"] = call
	}
	return entries, nil
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// buildScripts bundles every entry point into one module that stands alone.
func buildScripts(web string, out *dist) error {
	entries, err := entryPoints(web)
	if err != nil {
		return err
	}
	for name, source := range entries {
		result := api.Build(api.BuildOptions{
			EntryPoints:       []string{source},
			Outfile:           name + ".js",
			Bundle:            true,
			Format:            api.FormatESModule,
			Target:            api.ES2020,
			Engines:           oldest,
			MinifyWhitespace:  true,
			MinifyIdentifiers: true,
			MinifySyntax:      true,
			LegalComments:     api.LegalCommentsInline,
		})
		if err := failure(result.Errors); err != nil {
			return fmt.Errorf("bundle %s: %w", source, err)
		}
		out.add(name+".js", result.OutputFiles[0].Contents)
	}
	return nil
}

// failure turns esbuild's messages into one error, or nil.
func failure(messages []api.Message) error {
	text := api.FormatMessages(messages, api.FormatMessagesOptions{Kind: api.ErrorMessage})
	if len(text) == 0 {
		return nil
	}
	return errors.New(strings.TrimSpace(strings.Join(text, "")))
}

// check proves the TypeScript: its types, then its tests.
func check(web string) error {
	if err := packagesPresent(web); err != nil {
		return err
	}
	if err := run(web, filepath.Join("node_modules", ".bin", "tsc"), "--project", "."); err != nil {
		return fmt.Errorf("types: %w", err)
	}
	var tests []string
	for _, folder := range []string{"scripts", "call"} {
		found, err := filepath.Glob(filepath.Join(web, folder, "*.test.ts"))
		if err != nil {
			return err
		}
		tests = append(tests, found...)
	}
	if len(tests) == 0 {
		return nil
	}
	return runTests(web, tests)
}

// runTests bundles the tests, since Node reads no TypeScript, and runs them
// with web as their working directory.
func runTests(web string, tests []string) error {
	dir, err := os.MkdirTemp("", "wardvisit-tests-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	result := api.Build(api.BuildOptions{
		EntryPoints:  tests,
		Outdir:       dir,
		OutExtension: map[string]string{".js": ".mjs"},
		EntryNames:   "[dir]-[name]",
		Bundle:       true,
		Platform:     api.PlatformNode,
		Format:       api.FormatESModule,
		Target:       api.ES2022,
		Sourcemap:    api.SourceMapInline,
		Write:        true,
	})
	if err := failure(result.Errors); err != nil {
		return fmt.Errorf("bundle the tests: %w", err)
	}
	args := []string{"--enable-source-maps", "--test"}
	for _, file := range result.OutputFiles {
		args = append(args, file.Path)
	}
	if err := run(web, "node", args...); err != nil {
		return fmt.Errorf("tests: %w", err)
	}
	return nil
}

// run runs a tool in web and shows what it says.
func run(web, name string, args ...string) error {
	if strings.HasPrefix(name, "node_modules") {
		name = "." + string(filepath.Separator) + name
	}
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = web, os.Stdout, os.Stderr
	return cmd.Run()
}
