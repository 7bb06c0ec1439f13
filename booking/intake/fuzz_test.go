package intake

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever is in a file, reading it ends, says what is wrong in sentences that a
// page and a terminal can show, and lets nothing through that no cell may hold.
func FuzzRead(f *testing.F) {
	for i, k := range Kinds {
		f.Add(i, []byte(Sample(k)))
		f.Add(i, []byte(strings.ReplaceAll(Sample(k), ",", ";")))
	}
	for _, s := range []string{
		"", "\xef\xbb\xbf", "\xff\xfet\x00a\x00", "PK\x03\x04", "sep=\t\ntag\tward\na\tb", "tag,ward\n=1,+2\n", "tag,ward\n\"a\nb\",\"c\"\"d\"\r\n",
		"tag,ward\n\"a", "tag,ward\na\rb,c", "tag,ward\na\x00,b\n", "TAG,ward,zone\n,,\n1,2,3,4\n", "tag,tag,ward\n1,2,3\n", "tag,ward\n\u202e,\ufeff\n",
	} {
		f.Add(1, []byte(s))
	}
	f.Fuzz(func(t *testing.T, kind int, raw []byte) {
		k := Kinds[((kind%len(Kinds))+len(Kinds))%len(Kinds)]
		file := Read(k, raw)
		rows := len(file.Wards) + len(file.Devices) + len(file.Patients) + len(file.Relatives) + len(file.Visits)
		switch {
		case rows > file.Rows, file.Rows > k.Most():
			t.Fatalf("%d rows kept of %d", rows, file.Rows)
		case file.OK() && (rows != file.Rows || rows == 0):
			t.Fatalf("nothing is wrong and %d rows of %d are kept", rows, file.Rows)
		case len(file.Problems) > MostProblems:
			t.Fatalf("%d problems", len(file.Problems))
		}
		lines := 1 + strings.Count(string(raw), "\n") + strings.Count(string(raw), "\r")
		for _, p := range file.Problems {
			if p.Line < 0 || p.Line > lines || !utf8.ValidString(p.Text) || !strings.HasSuffix(p.Text, ".") || !printable(p.Text) {
				t.Fatalf("%+v of %d lines", p, lines)
			}
		}
		for _, text := range texts(file) {
			if !utf8.ValidString(text) || !printable(text) || text != squeeze(text) || strings.HasPrefix(text, "=") || len(text) > 4*longestPhones {
				t.Fatalf("let through %q", text)
			}
		}
		if again := Read(k, raw); !slices.Equal(again.Problems, file.Problems) {
			t.Fatal("reads otherwise the second time")
		}
	})
}

// texts are all the cells that were kept.
func texts(f *File) (all []string) {
	for _, w := range f.Wards {
		all = append(all, w.Site, w.Zone, w.Name, w.Phone)
	}
	for _, d := range f.Devices {
		all = append(all, d.Tag, d.Zone, d.Place.Site, d.Place.Ward)
	}
	for _, p := range f.Patients {
		all = append(all, p.MRN, p.Name, p.Alias, p.Bay, p.Bed, p.By, p.Place.Site, p.Place.Ward)
	}
	for _, r := range f.Relatives {
		all = append(all, r.MRN, r.Name, r.Phone, r.Relationship, r.Email)
	}
	for _, v := range f.Visits {
		all = append(append(all, v.MRN, v.Language), v.Phones...)
	}
	return all
}

func FuzzVisiting(f *testing.F) {
	for _, s := range []string{
		"Mon-Fri 14:00-16:00 length 30 step 15; Sat,Sun 10:00-12:00 for staff", "daily 0:00-24:00", "mon 1pm-2pm from 2026-01-01 until 2026-02-01",
		"", ";", "mon", "mon 2-1", "fri-mon 14:00-16:00 step",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		sessions, err := ParseVisiting(s)
		if err != nil && sessions != nil || len(sessions) > mostSessions {
			t.Fatalf("%d sessions, %v", len(sessions), err)
		}
		for _, s := range sessions {
			if s.Start < 0 || s.End <= s.Start || s.End > 24*60 || s.Length <= 0 || s.Step <= 0 {
				t.Fatalf("%+v", s)
			}
		}
	})
}
