package main

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wardvisit/wardvisit/booking/intake"
)

// importing types an import and returns what it prints.
func typeImport(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), append([]string{"import"}, args...), environment(), &out, io.Discard)
	return out.String(), err
}

func TestImportsFromTheCommandLine(t *testing.T) {
	folder := t.TempDir()
	database := "sqlite:" + filepath.Join(folder, "a.db")
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	wards := write("wards.csv", intake.Sample(intake.Wards))
	if _, err := typeImport(t, "-database", database, "-kind", "wards", wards); err == nil || !strings.Contains(err.Error(), "migrate up") {
		t.Errorf("into a database without a shape: %v", err)
	}
	if err := run(t.Context(), []string{"migrate", "-database", database, "up"}, environment(), io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, kind := range intake.Kinds {
		if kind == intake.Visits {
			break // the sample's day will have passed
		}
		path := write(string(kind)+".csv", intake.Sample(kind))
		for _, tt := range []struct {
			args []string
			says string
		}{
			{[]string{"-dry-run"}, "1 to make"},
			{nil, "1 made"},
			{nil, "0 made, 0 changed, 1 there already"},
			{[]string{"-dry-run"}, "nothing was changed"},
		} {
			if kind == intake.Relatives && tt.says == "1 made" { // the only one whose sample names a patient
				tt.says = "No family was told"
			}
			out, err := typeImport(t, append(append([]string{"-database", database, "-kind", string(kind)}, tt.args...), path)...)
			if err != nil || !strings.Contains(out, tt.says) {
				t.Errorf("%s %v: %v, %q", kind, tt.args, err, out)
			}
		}
	}
	bad := write("bad.csv", "tag,ward\n=1,Willow Ward\nWIL-09,Nowhere\n")
	out, err := typeImport(t, "-database", database, "-kind", "devices", bad)
	if err == nil || !strings.Contains(err.Error(), "nothing was imported") ||
		!strings.Contains(out, "line 2, tag: ") || !strings.Contains(out, "line 3, ward: ") {
		t.Errorf("%v\n%s", err, out)
	}
	visits := write("visits.csv", "mrn,phones,date,time,minutes\nM1234567,07700 900 111,2001-01-01,14:00,30\n")
	if out, err := typeImport(t, "-database", database, "-kind", "visits", visits); err == nil || !strings.Contains(out, "has passed") {
		t.Errorf("%v\n%s", err, out)
	}
	for name, args := range map[string][]string{
		"say what the file's rows are": {"-database", database, wards},
		"name one file":                {"-database", database, "-kind", "wards"},
		"say which database":           {"-kind", "wards", wards},
		"can't open the file":          {"-database", database, "-kind", "wards", filepath.Join(folder, "none.csv")},
		"-public-url":                  {"-database", database, "-kind", "wards", "-tell", wards},
	} {
		if _, err := typeImport(t, args...); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v: %v", args, err)
		}
	}
}

func TestImportExplainsItsColumns(t *testing.T) {
	out, err := typeImport(t, "-h")
	if !errors.Is(err, flag.ErrHelp) {
		t.Fatal(err)
	}
	for _, kind := range intake.Kinds {
		for _, column := range intake.Columns(kind) {
			if !strings.Contains(out, column.Name+" ") || !strings.Contains(out, column.Says) {
				t.Errorf("nothing of %s of %s", column.Name, kind)
			}
		}
	}
	if out, err := typeImport(t, "-kind", "devices", "-template"); err != nil || out != intake.Template(intake.Devices) {
		t.Errorf("the template: %q, %v", out, err)
	}
}
