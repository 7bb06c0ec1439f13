package intake

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// A File is what was read of one: rows of its Kind, and what is wrong.
type File struct {
	Kind Kind
	Sum  [sha256.Size]byte // of the bytes that were read: whether two files are one
	Rows int               // that are not empty

	Wards     []Ward
	Devices   []Device
	Patients  []Patient
	Relatives []Relative
	Visits    []Visit

	Problems []Problem
	Unlisted int // problems beyond MostProblems

	seen map[string]int // what must not be there twice, with the line where it was first
}

// OK reports whether nothing is wrong.
func (f *File) OK() bool { return len(f.Problems) == 0 }

// Read reads a file of a kind. It returns a File also when it is full of
// problems; see OK.
func Read(kind Kind, raw []byte) *File {
	f := &File{Kind: kind, Sum: sha256.Sum256(raw), seen: map[string]int{}}
	if columns[kind] == nil {
		f.whole(0, "There is no kind of file called that. Choose wards, devices, patients, relatives or visits.")
		return f
	}
	text, ok := f.decode(raw)
	if !ok {
		return f
	}
	text, comma, skipped := separator(kind, text)
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = comma, -1, true
	r.TrimLeadingSpace = comma != '\t' // which would be an empty cell
	f.readAll(r, skipped)
	f.Sort()
	return f
}

// readAll reads the header and then every row.
func (f *File) readAll(r *csv.Reader, skipped int) {
	at := func() int { line, _ := r.FieldPos(0); return line + skipped }
	record, err := r.Read()
	if err != nil {
		f.broken(err, skipped)
		return
	}
	places, ok := f.header(slices.Clone(record), at())
	for ok {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			f.broken(err, skipped)
			return
		}
		if blank(record) {
			continue
		}
		if f.Rows == f.Kind.Most() {
			f.whole(at(), "The file has more than %d rows, which is the most that we take at once. Split it into several files.", f.Kind.Most())
			return
		}
		f.Rows++
		f.row(places, record, at())
	}
	if ok && f.Rows == 0 {
		f.whole(0, "The file has a header and no rows. Add one line for each of the %s.", f.Kind)
	}
}

// broken says where the cells could not be told apart, after which nothing is
// certain.
func (f *File) broken(err error, skipped int) {
	var parse *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		f.whole(0, "The file is empty. Its first line must name the columns: %s.", expected(f.Kind))
	case errors.As(err, &parse):
		f.whole(parse.StartLine+skipped, "The quotation marks in this line do not match, so we cannot tell where its cells end. "+
			"Put \" around the whole cell, and write \"\" for a quotation mark within it. We have not read beyond this line.")
	default:
		f.whole(0, "We could not read this file. Save it as CSV (UTF-8) and try again.")
	}
}

func blank(record []string) bool {
	return !slices.ContainsFunc(record, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}

// What a file that is no CSV begins with.
var signatures = []struct{ begins, is string }{
	{"PK\x03\x04", "a workbook or a zip file"},
	{"\xd0\xcf\x11\xe0", "an old workbook"},
	{"%PDF", "a PDF"},
	{"\x89PNG", "a picture"},
	{"\xff\xd8\xff", "a picture"},
	{"GIF8", "a picture"},
	{"RIFF", "a picture or a sound"},
	{"\x1f\x8b", "a packed file"},
	{"<!DOCTYPE", "a web page"},
	{"<html", "a web page"},
	{"<?xml", "an XML file"},
	{"{\\rtf", "a text document"},
}

const saveAsCSV = "In the spreadsheet, choose Save As and the type CSV UTF-8 (comma separated), then try that file."

// decode returns a file's text with its lines ended by line feeds, or says why
// it is no text.
func (f *File) decode(raw []byte) ([]byte, bool) {
	if len(raw) > MostBytes {
		f.whole(0, "The file is larger than %d megabytes, which is the most that we take at once. Split it into several files.", MostBytes>>20)
		return nil, false
	}
	for _, s := range signatures {
		if len(raw) >= len(s.begins) && strings.EqualFold(string(raw[:len(s.begins)]), s.begins) {
			f.whole(0, "This is %s, not a CSV file. %s", s.is, saveAsCSV)
			return nil, false
		}
	}
	text, marked := bytes.CutPrefix(raw, []byte("\xef\xbb\xbf"))
	head := text[:min(len(text), 512)]
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		f.broken(io.EOF, 0)
		return nil, false
	case !marked && wide(raw):
		f.whole(0, "This file is in UTF-16 (which spreadsheets call Unicode text), and we read UTF-8. %s", saveAsCSV)
		return nil, false
	case bytes.Count(head, []byte{0}) > len(head)/16:
		f.whole(0, "This is not a CSV file. %s", saveAsCSV)
		return nil, false
	}
	if !bytes.ContainsRune(text, '\n') { // of a Mac's spreadsheet
		text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	}
	if !utf8.Valid(text) {
		f.whole(badLine(text), "This line has letters that are not in UTF-8, so names would be wrong. %s", saveAsCSV)
		return nil, false
	}
	return text, true
}

// wide reports whether text looks like UTF-16: by its mark, or by every second
// byte of its header being nothing.
func wide(raw []byte) bool {
	if bytes.HasPrefix(raw, []byte("\xff\xfe")) || bytes.HasPrefix(raw, []byte("\xfe\xff")) {
		return true
	}
	head := raw[:min(len(raw), 64)&^1]
	var even, odd int
	for i, b := range head {
		switch {
		case b == 0 && i%2 == 0:
			even++
		case b == 0:
			odd++
		}
	}
	return len(head) >= 4 && (even == 0) != (odd == 0) && 3*max(even, odd) >= len(head)
}

func badLine(text []byte) int {
	n := 1
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && size == 1:
			return n
		case r == '\n':
			n++
		}
		text = text[size:]
	}
	return n
}

// separator finds what is between the cells: whatever makes the most of the
// header's names ones we know. A first line such as "sep=;", which one
// spreadsheet writes for itself, is taken at its word and off the text.
func separator(kind Kind, text []byte) (rest []byte, comma rune, skipped int) {
	first, after, _ := bytes.Cut(text, []byte("\n"))
	if mark, ok := strings.CutPrefix(strings.TrimRight(strings.ToLower(string(first)), "\r"), "sep="); ok && len(mark) == 1 && strings.Contains(",;\t", mark) {
		return after, rune(mark[0]), 1
	}
	comma, best := ',', -1
	for _, candidate := range []rune{',', ';', '\t'} {
		known := 0
		for _, cell := range strings.Split(string(first), string(candidate)) {
			if place(kind, strings.Trim(strings.TrimSpace(cell), `"`)) >= 0 {
				known++
			}
		}
		if known > best {
			comma, best = candidate, known
		}
	}
	return text, comma, 0
}

// header finds where each column of the kind is in the file: -1 for one that is
// not.
func (f *File) header(record []string, line int) (places []int, ok bool) {
	cols := columns[f.Kind]
	places = slices.Repeat([]int{-1}, len(cols))
	known := 0
	var unknown []string
	for i, cell := range record {
		name := squeeze(cell)
		p := place(f.Kind, name)
		switch {
		case name == "":
		case p < 0:
			unknown = append(unknown, name)
		case places[p] >= 0:
			f.Add(Problem{line, cols[p].Name, "Two columns have this name. Leave one out.", ""})
			known++
		default:
			places[p] = i
			known++
		}
	}
	if known == 0 {
		f.notAHeader(record, line)
		return nil, false
	}
	for _, name := range unknown {
		if !printable(name) || len(name) > 60 {
			f.whole(line, "A column has a name that we cannot read. Name each column as we do: %s.", expected(f.Kind))
			continue
		}
		f.whole(line, "There is no column called %q. Rename it or take it out: %s.", name, expected(f.Kind))
	}
	for p, c := range cols {
		if c.Needed && places[p] < 0 {
			f.Add(Problem{line, c.Name, "This column is missing. Add it: " + expected(f.Kind) + ".", ""})
		}
	}
	return places, f.OK()
}

// notAHeader says that the first line names no column of the kind, and which
// kind it may have been meant for.
func (f *File) notAHeader(record []string, line int) {
	for _, other := range Kinds {
		known := 0
		for _, cell := range record {
			if place(other, cell) >= 0 {
				known++
			}
		}
		if known > 1 {
			f.whole(line, "These are the columns of a file of %s, not of %s. Choose %s, or another file.", other, f.Kind, other)
			return
		}
	}
	f.whole(line, "The first line must name the columns: %s.", expected(f.Kind))
}

// place finds a column by its name as people write it: Time zone, time-zone,
// TIME_ZONE.
func place(kind Kind, name string) int {
	name = strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(squeeze(name)), " ", "_"), "-", "_")
	if kept, ok := otherNames[name]; ok {
		name = kept
	}
	return slices.IndexFunc(columns[kind], func(c Column) bool { return c.Name == name })
}

// otherNames are what hospitals call the same columns.
var otherNames = map[string]string{
	"hospital":        "site",
	"hospital_number": "mrn",
	"ipad":            "tag",
	"length":          "minutes",
	"timezone":        "time_zone",
}
