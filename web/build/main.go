package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	web := flag.String("web", "web", "the folder that holds package.json")
	test := flag.Bool("test", false, "check the types and run the TypeScript tests instead of building")
	flag.Parse()

	do := build
	if *test {
		do = check
	}
	if err := do(*web); err != nil {
		fmt.Fprintln(os.Stderr, "web/build:", err)
		os.Exit(1)
	}
}

// build fills web/dist from nothing, so that no file of an earlier build stays.
func build(web string) error {
	if err := packagesPresent(web); err != nil {
		return err
	}
	out := newDist()
	if err := buildScripts(web, out); err != nil {
		return err
	}
	// After the scripts: a class that only a script sets is found in what it became.
	if err := buildStyles(web, out); err != nil {
		return err
	}
	if err := drawIcons(out); err != nil {
		return err
	}
	return out.write(filepath.Join(web, "dist"))
}

// packagesPresent says what to do on a fresh clone, in place of a failure deep inside a tool.
func packagesPresent(web string) error {
	if _, err := os.Stat(filepath.Join(web, "node_modules", "nhsuk-frontend")); err != nil {
		return fmt.Errorf("the packages of %s are not here; run: npm --prefix %s ci --ignore-scripts",
			filepath.Join(web, "package.json"), web)
	}
	return nil
}

// A dist is what will be in web/dist.
type dist struct {
	manifest map[string]string // plain name to name with a hash
	files    map[string][]byte // name with a hash to content
}

func newDist() *dist {
	return &dist{manifest: map[string]string{}, files: map[string][]byte{}}
}

// add puts a file in under its plain name.
func (d *dist) add(name string, content []byte) {
	sum := sha256.Sum256(content)
	ext := filepath.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "-" + hex.EncodeToString(sum[:6]) + ext
	d.manifest[name] = hashed
	d.files[hashed] = content
}

// write empties dir, but for what git keeps of it, and fills it.
func (d *dist) write(dir string) error {
	old, err := filepath.Glob(filepath.Join(dir, "[^.]*"))
	if err != nil {
		return err
	}
	for _, name := range old {
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	manifest, err := json.MarshalIndent(d.manifest, "", "  ")
	if err != nil {
		return err
	}
	d.files["manifest.json"] = append(manifest, '\n')
	for name, content := range d.files {
		if err := writeWithGzip(filepath.Join(dir, name), content); err != nil {
			return err
		}
	}
	return nil
}

// writeWithGzip writes a file and, where it saves something, a gzipped twin.
func writeWithGzip(name string, content []byte) error {
	if err := os.WriteFile(name, content, 0o644); err != nil {
		return err
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(content); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if strings.HasSuffix(name, "manifest.json") || packed.Len() > len(content)*9/10 {
		return nil
	}
	return os.WriteFile(name+".gz", packed.Bytes(), 0o644)
}
