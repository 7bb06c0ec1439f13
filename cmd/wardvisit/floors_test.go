package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/wardvisit/wardvisit/"

// floors are the storeys of the house, from the ground up. A package may import
// packages of lower floors, and its own parts; it may not look up, or across.
var floors = [][]string{
	{"booking", "booking/intake", "booking/hl7", "signaling/port", "signaling/protocol", "signaling/ticket", "migrations", "web/locale"},
	{"booking/store", "booking/fhir", "signaling/sfu", "signaling/turn", "signaling/netlab", "web/certificate", "web/login/provider"},
	{"booking/desk", "booking/notify", "signaling", "signaling/trial"},
	{"web/login"},
	{"web", "web/nhs", "web/form"},
	{"cmd/wardvisit", "cmd/wardbench", "web/e2e", "web/build", "booking/store/storetest", "booking/desk/desktest", "booking/proof", "signaling/signalingtest"},
}

// outside says which packages of the ground floor may import more than the
// standard library, and what.
var outside = map[string][]string{
	"migrations": {"github.com/golang-migrate/migrate/v4", "github.com/jackc/pgx/v5", "modernc.org/sqlite"},
}

type listed struct {
	ImportPath string
	Imports    []string
	Standard   bool
}

func TestImportsGoDownOnly(t *testing.T) {
	for _, p := range listPackages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		from := floorOf(name)
		if from < 0 {
			t.Errorf("%s is on no floor: give it one in floors_test.go", name)
			continue
		}
		for _, imported := range p.Imports {
			if why := forbidden(name, from, imported); why != "" {
				t.Errorf("%s imports %s: %s", name, imported, why)
			}
		}
	}
}

// forbidden says why name, on floor from, may not import imported, or nothing.
func forbidden(name string, from int, imported string) string {
	to, ours := strings.CutPrefix(imported, module)
	if !ours {
		first, _, _ := strings.Cut(imported, "/")
		standard := !strings.Contains(first, ".")
		allowed := slices.ContainsFunc(outside[name], func(p string) bool { return strings.HasPrefix(imported, p) })
		if from == 0 && !standard && !allowed {
			return "the ground floor has nothing under it but the standard library"
		}
		return ""
	}
	house := func(s string) string { h, _, _ := strings.Cut(s, "/"); return h }
	switch {
	case floorOf(to) < 0:
		return "it is on no floor"
	case floorOf(to) > from:
		return "it is on a higher floor"
	case floorOf(to) == from && !within(name, to):
		return "it is on the same floor"
	case house(name) == "booking" && house(to) == "signaling", house(name) == "signaling" && house(to) == "booking":
		return "booking and signaling are different houses"
	case house(name) == "web" && from < 5 && to == "booking/store":
		return "pages ask the desk, not the store"
	case house(name) == "web" && from < 5 && house(to) == "signaling" && to != "signaling/ticket":
		return "pages know of a call only its ticket"
	}
	return ""
}

// within reports whether one package lies inside the other, or both are the
// parts of one program's tests.
func within(a, b string) bool {
	return strings.HasPrefix(b, a+"/") || strings.HasPrefix(a, b+"/") ||
		floorOf(a) == len(floors)-1 && strings.HasSuffix(b, "test")
}

func floorOf(name string) int {
	return slices.IndexFunc(floors, func(f []string) bool { return slices.Contains(f, name) })
}

func listPackages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); err == io.EOF {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

func TestFloorsCatchWhatTheyForbid(t *testing.T) {
	for _, tt := range []struct{ from, to string }{
		{"booking", "github.com/google/uuid"},
		{"booking", module + "booking/desk"},
		{"booking/desk", module + "signaling/ticket"},
		{"signaling", module + "booking"},
		{"web", module + "booking/store"},
		{"web", module + "signaling/sfu"},
		{"booking/desk", module + "booking/notify"},
		{"web", module + "booking/attic"},
	} {
		if forbidden(tt.from, floorOf(tt.from), tt.to) == "" {
			t.Errorf("%s may import %s", tt.from, tt.to)
		}
	}
}
