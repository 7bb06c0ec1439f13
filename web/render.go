package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/wardvisit/wardvisit/web/form"
	"github.com/wardvisit/wardvisit/web/locale"
	"github.com/wardvisit/wardvisit/web/nhs"
)

// pages are the parsed templates: for each page, the layouts, what its folder
// shares, and its own file.
type pages struct{ byName map[string]*template.Template }

// readPages parses every page in the tree. Each is its own set, so that every
// page may call its parts title and content.
func readPages(tree fs.FS, functions template.FuncMap) (*pages, error) {
	base, err := template.New("").Funcs(functions).ParseFS(tree, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse the layouts: %w", err)
	}
	files, err := fs.Glob(tree, "templates/*/*.html")
	if err != nil {
		return nil, fmt.Errorf("list the pages: %w", err)
	}
	p := &pages{byName: map[string]*template.Template{}}
	for _, file := range files {
		if strings.HasPrefix(path.Base(file), "_") {
			continue
		}
		page, err := readPage(tree, base, file)
		if err != nil {
			return nil, fmt.Errorf("parse %s: %w", file, err)
		}
		name := strings.TrimSuffix(strings.TrimPrefix(file, "templates/"), ".html")
		p.byName[name] = page
	}
	return p, nil
}

func readPage(tree fs.FS, base *template.Template, file string) (*template.Template, error) {
	page, err := base.Clone()
	if err != nil {
		return nil, err
	}
	page.Funcs(template.FuncMap{"body": func(name string, data any) (template.HTML, error) {
		var out strings.Builder
		if err := page.ExecuteTemplate(&out, name, data); err != nil {
			return "", err
		}
		return template.HTML(out.String()), nil //nolint:gosec // written by html/template just now
	}})
	shared, err := fs.Glob(tree, path.Dir(file)+"/_*.html")
	if err != nil {
		return nil, err
	}
	return page.ParseFS(tree, append(shared, file)...)
}

// A view is what a layout is given.
type view struct {
	Page     any
	Lang     string
	Surface  surface
	Service  string
	Practice bool
	Nav      []navLink
	Reader   string // the name of whoever is signed in, or nothing
	SignOut  string // where the form that signs them out goes
	Here     string // the address, if it is one that can be shown to whoever follows
	Summary  *nhs.ErrorSummary
	Build    string // changes with every build
}

// render draws a page whole and then sends it, so that a page which cannot be
// drawn leaves nothing behind but an error.
func (s *Server) render(w http.ResponseWriter, r *http.Request, status int, name string, page any) error {
	set, ok := s.pages.byName[name]
	if !ok {
		return fmt.Errorf("web: no page is called %q", name)
	}
	folder, _, _ := strings.Cut(name, "/")
	look := s.surfaceOf(folder, r)
	v := view{
		Page: page, Lang: locale.English.Tag, Surface: look, Service: serviceName, Practice: s.practice,
		Nav: s.counted(r, look.navFor(r, about(r.Context()).reader)), Summary: summaryOf(page), Build: s.assets.fingerprint(),
	}
	if ward, counts := page.(interface{ ToLookAt() int }); counts {
		v.Nav = countedNav(v.Nav, "/ward/review", ward.ToLookAt())
	}
	if switchPages[r.URL.Path] {
		v.Here = r.URL.Path
	}
	if reader := about(r.Context()).reader; look.SignOut != "" && reader.Name != "" {
		v.Reader, v.SignOut = reader.Name, look.SignOut
	}
	var body bytes.Buffer
	if err := set.ExecuteTemplate(&body, look.Layout, v); err != nil {
		return fmt.Errorf("web: draw %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	return send(w, r, status, body.Bytes())
}

// send writes a whole answer, gzipped if the reader takes it: a board is drawn
// again each time something on it changes, and a phone may pay by the megabyte.
func send(w http.ResponseWriter, r *http.Request, status int, body []byte) error {
	w.Header().Add("Vary", "Accept-Encoding")
	if !acceptsGzip(r) || len(body) < 1400 { // one packet is one packet
		w.WriteHeader(status)
		_, err := w.Write(body)
		return ignoreGone(err)
	}
	w.Header().Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	packed := gzip.NewWriter(w)
	if _, err := packed.Write(body); err != nil {
		return ignoreGone(err)
	}
	return ignoreGone(packed.Close())
}

// summaryOf makes the error summary of a page that holds a form.
func summaryOf(page any) *nhs.ErrorSummary {
	holder, ok := page.(interface{ Problems() []form.Problem })
	if !ok || len(holder.Problems()) == 0 {
		return nil
	}
	summary := &nhs.ErrorSummary{Heading: nhs.Heading{Text: "There is a problem"}}
	for _, p := range holder.Problems() {
		summary.ErrorList = append(summary.ErrorList, nhs.ErrorLink{Text: p.Text, Href: "#" + p.Name})
	}
	return summary
}

// functions are what every template can call; the package's essay lists them.
func (s *Server) functions() template.FuncMap {
	all := template.FuncMap{
		"body":     func(string, any) (template.HTML, error) { return "", nil }, // each page has its own
		"asset":    s.assets.path,
		"script":   s.script,
		"say":      locale.English.Say,
		"practice": func() bool { return s.practice },
		"key":      keyField,
		"moment":   moment,
		"momentIn": momentIn,
		"day":      day,
		"shortDay": shortDay,
		"clock":    clock,
		"iso":      iso,
		"minutes":  minutes,
		"plural":   plural,
		"tel":      tel,
	}
	maps.Copy(all, nhs.Funcs())
	return all
}

// script writes the element for a built script.
func (s *Server) script(name string) template.HTML {
	return template.HTML(`<script type="module" src="` + template.HTMLEscapeString(s.assets.path(name+".js")) + `"></script>`) //nolint:gosec // escaped
}

// names lists the pages, for the test that draws them all.
func (p *pages) names() []string { return slices.Sorted(maps.Keys(p.byName)) }
