package intake

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/wardvisit/wardvisit/booking"
)

// one is the only problem of a file.
func one(t *testing.T, f *File) Problem {
	t.Helper()
	if len(f.Problems) != 1 {
		t.Fatalf("%d problems, want 1: %+v", len(f.Problems), f.Problems)
	}
	return f.Problems[0]
}

const devices = "tag,ward,zone\nWIL-01,Willow Ward,Bay 2\nWIL-02,Willow Ward,\n"

func TestWaysOfWritingOneFile(t *testing.T) {
	for name, text := range map[string]string{
		"as it is":             devices,
		"a byte order mark":    "\xef\xbb\xbf" + devices,
		"CRLF":                 strings.ReplaceAll(devices, "\n", "\r\n"),
		"CR":                   strings.ReplaceAll(devices, "\n", "\r"),
		"semicolons":           strings.ReplaceAll(devices, ",", ";"),
		"tabs":                 strings.ReplaceAll(devices, ",", "\t"),
		"sep=":                 "sep=;\r\n" + strings.ReplaceAll(devices, ",", ";"),
		"quotes":               strings.NewReplacer("Willow Ward", `"Willow Ward"`, "tag,", `"tag",`).Replace(devices),
		"another order":        "Ward,TAG,Zone\nWillow Ward,WIL-01,Bay 2\nWillow Ward,WIL-02,\n",
		"other names":          strings.Replace(devices, "tag", "iPad", 1),
		"empty lines and rows": strings.Replace(devices, "WIL-02", "\n,,\n \nWIL-02", 1) + ",,\n\n",
		"spare empty columns":  strings.ReplaceAll(devices, "\n", ",,\n"),
		"spaces":               strings.ReplaceAll(devices, ",", " , "),
		"no last line feed":    strings.TrimSuffix(devices, "\n"),
	} {
		f := Read(Devices, []byte(text))
		if !f.OK() || f.Rows != 2 || len(f.Devices) != 2 {
			t.Errorf("%s: %d rows, %+v", name, f.Rows, f.Problems)
			continue
		}
		want := Device{Line: f.Devices[0].Line, Tag: "WIL-01", Place: Place{Ward: "Willow Ward"}, Zone: "Bay 2"}
		if f.Devices[0] != want {
			t.Errorf("%s: %+v", name, f.Devices[0])
		}
	}
}

func utf16le(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}

func TestWhatIsNoFileOfOurs(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		line       int
		says       string
	}{
		{"nothing", "", 0, "The file is empty"},
		{"white space", "\xef\xbb\xbf \r\n\r\n", 0, "The file is empty"},
		{"UTF-16 with its mark", "\xff\xfe" + utf16le(devices), 0, "UTF-16"},
		{"UTF-16 without", utf16le(devices), 0, "UTF-16"},
		{"a workbook", "PK\x03\x04\x14\x00\x06\x00", 0, "CSV UTF-8"},
		{"an old workbook", "\xd0\xcf\x11\xe0\xa1\xb1", 0, "CSV UTF-8"},
		{"a picture", "\x89PNG\r\n\x1a\n\x00\x00", 0, "a picture"},
		{"a page", "<!doctype html><html>", 0, "a web page"},
		{"anything", strings.Repeat("\x00\x01\x02\x00\x00", 100), 0, "not a CSV file"},
		{"another encoding", "tag,ward\nWIL-01,Caf\xe9 Ward\n", 2, "UTF-8"},
		{"a header alone", "tag,ward\n", 0, "no rows"},
		{"no header", "WIL-01,Willow Ward\nWIL-02,Willow Ward\n", 1, "The first line must name the columns"},
		{"a letter", "Dear Sister Khan,\nplease find the list below.\n", 1, "The first line must name the columns"},
		{"an open quotation", "tag,ward\nWIL-01,\"Willow Ward\nWIL-02,Willow Ward\n", 2, "quotation marks"},
		{"a stray quotation mark", "tag,ward\nWIL-01,Willow\nWIL-02,Wil\"low\n", 3, "quotation marks"},
	} {
		f := Read(Devices, []byte(tt.text))
		if p := one(t, f); p.Line != tt.line || !strings.Contains(p.Text, tt.says) {
			t.Errorf("%s: line %d: %s", tt.name, p.Line, p.Text)
		}
	}
	if p := one(t, Read(Devices, make([]byte, MostBytes+1))); !strings.Contains(p.Text, "16 megabytes") {
		t.Error(p)
	}
	if p := one(t, Read("beds", []byte(devices))); p.Line != 0 {
		t.Error(p)
	}
}

func TestHeaders(t *testing.T) {
	for _, tt := range []struct {
		name, header, column, says string
	}{
		{"a column missing", "tag,zone", "ward", "needs tag and ward, and may have site, zone and dedicated"},
		{"a column that we do not know", "tag,ward,colour", "", `no column called "colour"`},
		{"a column twice", "tag,ward,Tag", "tag", "Two columns"},
		{"the same by another name", "tag,ward,ipad", "tag", "Two columns"},
		{"a name nobody can read", "tag,ward,zo\u202ene", "", "cannot read"},
		{"another kind's", "mrn,name,phone,relationship", "", "columns of a file of patients, not of devices"},
	} {
		f := Read(Devices, []byte(tt.header+"\na,b,c,d\n"))
		if p := one(t, f); p.Line != 1 || p.Column != tt.column || !strings.Contains(p.Text, tt.says) {
			t.Errorf("%s: %+v", tt.name, p)
		}
		if len(f.Devices) > 0 {
			t.Errorf("%s: rows were read all the same", tt.name)
		}
	}
}

func TestEveryProblemIsListedByItsLine(t *testing.T) {
	f := Read(Patients, []byte("mrn,name,alias,ward,bed,consent,consent_until\n"+
		"M1,Thomas,Mr A.,Willow Ward,4,own,2026-12-31\n"+
		"M2,=cmd(),Mr B.,Willow Ward,,maybe,31/31/2026\n"+
		"\"M\n3\",Maria,Mrs C.,Willow Ward,5,,\n"+
		"M1,Samuel,Mr D.,Willow Ward,6,,\n"+
		"M5,Helen,HELEN,Willow Ward,7,parent,\n"+
		"M6,Idris\n"))
	type place struct {
		line   int
		column string
	}
	var got []place
	for _, p := range f.Problems {
		got = append(got, place{p.Line, p.Column})
		if p.Text == "" || !strings.HasSuffix(p.Text, ".") {
			t.Errorf("no sentence: %+v", p)
		}
	}
	want := []place{{3, "name"}, {3, "bed"}, {3, "consent"}, {3, "consent_until"}, {6, "mrn"}, {7, "alias"}, {7, "consent_by"}, {8, ""}}
	for _, p := range want {
		found := false
		for _, g := range got {
			found = found || g == p
		}
		if !found {
			t.Errorf("nothing at %+v; there is %+v", p, got)
		}
	}
	for i := 1; i < len(got); i++ {
		if got[i].line < got[i-1].line {
			t.Errorf("not in order: %+v", got)
		}
	}
	right := slices.DeleteFunc(f.Patients, func(p Patient) bool { return p.Bad })
	if len(right) != 2 { // the first, and the one whose number was on two lines
		t.Errorf("%d rows are right: %+v", len(right), right)
	}
}

func TestCellsThatNobodyTypes(t *testing.T) {
	for name, cell := range map[string]string{
		"a formula":                `=HYPERLINK("http://x")`,
		"a formula after a space":  ` =1+1`,
		"a plus":                   `+1`,
		"a minus":                  `-2+3`,
		"an at":                    `@SUM(A1)`,
		"a nothing":                "Wil\x00low",
		"a bell":                   "Wil\alow",
		"an override":              "Wil\u202elow",
		"an isolate":               "Wil\u2066low",
		"a space without width":    "Wil\u200blow",
		"a byte order mark within": "Wil\ufefflow",
		"what was lost":            "Wil\ufffdlow",
		"900 characters":           strings.Repeat("a", 900),
		"101 letters":              strings.Repeat("ż", 101),
	} {
		f := Read(Devices, []byte("tag,ward\nWIL-01,\""+strings.ReplaceAll(cell, `"`, `""`)+"\"\n"))
		if p := one(t, f); p.Line != 2 || p.Column != "ward" {
			t.Errorf("%s: %+v", name, p)
		}
	}
	for name, cell := range map[string]string{
		"Polish":     "Oddział Żółty",
		"Arabic":     "جناح الصفصاف",
		"Hebrew":     "מחלקה \u200fא",
		"Hindi":      "क\u200dष वार्ड",
		"emoji":      "🌳 Ward",
		"a hyphen":   "Mary-Ann",
		"100":        strings.Repeat("ż", 100),
		"two spaces": "Willow  Ward",
	} {
		if f := Read(Devices, []byte("tag,ward\nWIL-01,"+cell+"\n")); !f.OK() {
			t.Errorf("%s: %+v", name, f.Problems)
		}
	}
}

func TestRaggedRows(t *testing.T) {
	for _, tt := range []struct{ row, says string }{
		{"WIL-01", "1 cells and the header has 2"},
		{"WIL-01,Willow Ward,more", "more cells"},
		{"WIL-01,Willow, Ward", "more cells"},
	} {
		f := Read(Devices, []byte("tag,ward\n"+tt.row+"\n"))
		if p := f.Problems[0]; p.Line != 2 || !strings.Contains(p.Text, tt.says) {
			t.Errorf("%s: %+v", tt.row, f.Problems)
		}
	}
	f := Read(Devices, []byte("tag,,ward\nWIL-01,hidden,Willow Ward\n"))
	if p := one(t, f); !strings.Contains(p.Text, "Cell 2") {
		t.Errorf("a cell under no name: %+v", p)
	}
}

// A hundred thousand rows are refused in one sentence, and not all are kept.
func TestTooManyRows(t *testing.T) {
	var b strings.Builder
	b.WriteString("tag,ward\n")
	for n := range 100_000 {
		fmt.Fprintf(&b, "W%d,Willow Ward\n", n)
	}
	f := Read(Devices, []byte(b.String()))
	if p := one(t, f); p.Line != mostRows+2 || !strings.Contains(p.Text, "20000 rows") {
		t.Error(p)
	}
	if f.Rows > mostRows {
		t.Errorf("%d rows were read", f.Rows)
	}
}

// A file in which everything is wrong is not answered with a book.
func TestProblemsAreBounded(t *testing.T) {
	f := Read(Devices, []byte("tag,ward\n"+strings.Repeat("=1,=2\n", 5000)))
	if len(f.Problems) != MostProblems || f.Unlisted != 10_000-MostProblems {
		t.Errorf("%d problems and %d more", len(f.Problems), f.Unlisted)
	}
}

func TestTemplates(t *testing.T) {
	for _, k := range Kinds {
		if f := Read(k, []byte(Sample(k))); !f.OK() || f.Rows != 1 {
			t.Errorf("the sample of %s: %+v", k, f.Problems)
		}
		if p := one(t, Read(k, []byte(Template(k)))); !strings.Contains(p.Text, "no rows") {
			t.Errorf("the template of %s: %+v", k, p)
		}
		if got, ok := ParseKind(" " + strings.ToUpper(string(k))); !ok || got != k {
			t.Errorf("ParseKind of %s: %v %v", k, got, ok)
		}
		// Every column is read by somebody: taking a needed one away is noticed,
		// and a cell that nobody could mean is refused in each.
		for i, c := range Columns(k) {
			cells := make([]string, len(Columns(k)))
			for j, other := range Columns(k) {
				cells[j] = other.Example
			}
			cells[i] = "\a"
			f := Read(k, []byte(Template(k)+line(cells)))
			if f.OK() || f.Problems[0].Column != c.Name {
				t.Errorf("%s: nobody reads %s: %+v", k, c.Name, f.Problems)
			}
		}
	}
	if _, ok := ParseKind("beds"); ok {
		t.Error("beds are no kind")
	}
}

func TestWardsRules(t *testing.T) {
	f := Read(Wards, []byte("site,ward,phone,open,prepare_minutes,earliest_days,people,visiting\n"+
		"Northgate,Willow,0113 496 0107,no,15,7,,\"Mon-Fri 14:00-16:00 length 20\"\n"))
	if !f.OK() {
		t.Fatal(f.Problems)
	}
	was := booking.Policy{Prepare: time.Minute, Earliest: time.Hour, People: 3, Grace: time.Minute}
	want := was
	want.Prepare, want.Earliest = 15*time.Minute, 7*24*time.Hour
	if got := f.Wards[0].Apply(was); !samePolicy(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if w := f.Wards[0]; w.Open == nil || *w.Open || len(w.Visiting) != 5 {
		t.Errorf("%+v", w)
	}
	f = Read(Wards, []byte("site,ward,phone,prepare_minutes,earliest_days,people\nN,W,0113 496 0107,-1,0,a few\n"))
	if len(f.Problems) != 3 {
		t.Errorf("%+v", f.Problems)
	}
}

func samePolicy(a, b booking.Policy) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

func TestVisits(t *testing.T) {
	f := Read(Visits, []byte("mrn,phones,date,time,length,kind,interpreter\n"+
		"M1,07700 900 111 / +44 7700 900 112,24/11/2026,2.30 pm,30 min,End of life,pl\n"+
		"M1,07700900111,2026-10-25,01:30 second,30,,\n"+
		"M1,07700900111,2026-10-25,01:30 bst,30,family-meeting,\n"))
	if !f.OK() {
		t.Fatal(f.Problems)
	}
	v := f.Visits[0]
	if len(v.Phones) != 2 || v.Date != (booking.Date{Year: 2026, Month: 11, Day: 24}) || v.Time != 14*60+30 ||
		v.Length != 30*time.Minute || v.Kind != booking.EndOfLife || v.Language != "pl" || v.Which != "" {
		t.Errorf("%+v", v)
	}
	if f.Visits[1].Which != Second || f.Visits[2].Which != "BST" || f.Visits[2].Kind != booking.FamilyMeeting || f.Visits[1].Kind != booking.Ordinary {
		t.Errorf("%+v", f.Visits)
	}
	for _, tt := range []struct{ column, row string }{
		{"date", "M1,07700900111,11/24/2026,14:00,30,,"},
		{"date", "M1,07700900111,2026-02-30,14:00,30,,"},
		{"time", "M1,07700900111,2026-11-24,25:00,30,,"},
		{"time", "M1,07700900111,2026-11-24,14,30,,"},
		{"time", "M1,07700900111,2026-11-24,13pm,30,,"},
		{"minutes", "M1,07700900111,2026-11-24,14:00,0,,"},
		{"minutes", "M1,07700900111,2026-11-24,14:00,1000,,"},
		{"phones", "M1,4.47701E+11,2026-11-24,14:00,30,,"},
		{"phones", "M1,=cmd(),2026-11-24,14:00,30,,"},
		{"phones", "M1,Anna,2026-11-24,14:00,30,,"},
		{"kind", "M1,07700900111,2026-11-24,14:00,30,party,"},
		{"interpreter", "M1,07700900111,2026-11-24,14:00,30,,@pl"},
	} {
		f := Read(Visits, []byte("mrn,phones,date,time,minutes,kind,interpreter\n"+tt.row+"\n"))
		if p := one(t, f); p.Column != tt.column {
			t.Errorf("%s: %+v", tt.row, p)
		}
	}
}
