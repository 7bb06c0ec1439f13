package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed all:dist
var dist embed.FS

//go:embed all:templates
var templates embed.FS

// assets are the files that web/build made. Each has the hash of its content in
// its name, so a browser may keep it for ever and a new build has new names.
type assets struct {
	names map[string]string // plain name to built name
	files map[string]asset  // by built name
}

type asset struct {
	kind    string // Content-Type
	content []byte
	packed  []byte // gzipped, or nil
}

// readAssets reads what was built. Nothing is there on a fresh clone until make
// build has run; the program still works, so that Go alone can test it.
func readAssets() (*assets, error) {
	a := &assets{names: map[string]string{}, files: map[string]asset{}}
	manifest, err := dist.ReadFile("dist/manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return a, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what was built: %w", err)
	}
	if err := json.Unmarshal(manifest, &a.names); err != nil {
		return nil, fmt.Errorf("read the manifest: %w", err)
	}
	for _, name := range a.names {
		content, err := dist.ReadFile("dist/" + name)
		if err != nil {
			return nil, fmt.Errorf("read what was built: %w", err)
		}
		packed, err := dist.ReadFile("dist/" + name + ".gz")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("read what was built: %w", err)
		}
		a.files[name] = asset{kindOf(name), content, packed}
	}
	return a, nil
}

// kindOf names the types we have ourselves: the machine's own table may be empty.
func kindOf(name string) string {
	switch ext := path.Ext(name); ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	default:
		return mime.TypeByExtension(ext)
	}
}

// path returns the address of a built file, by its plain name. A name that was
// not built gets an address that answers 404 and says why in the page's source.
func (a *assets) path(name string) string {
	if built, ok := a.names[name]; ok {
		return "/assets/" + built
	}
	return "/assets/run-make-build/" + name
}

// fingerprint changes when any built file does; pages that stay open for days
// compare it with their own and load themselves again.
func (a *assets) fingerprint() string {
	all, err := json.Marshal(a.names)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(all)
	return hex.EncodeToString(sum[:6])
}

func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	file, ok := a.files[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", file.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	content := file.content
	if file.packed != nil && acceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		content = file.packed
	}
	_, _ = w.Write(content) // the reader may have gone
}

func acceptsGzip(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
}
