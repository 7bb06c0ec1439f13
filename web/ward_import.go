package web

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/intake"
	"github.com/wardvisit/wardvisit/web/form"
	"github.com/wardvisit/wardvisit/web/locale"
	"github.com/wardvisit/wardvisit/web/nhs"
)

// A ward manager brings in files in three steps, none of which keeps anything but
// the last: choose a file; read what is wrong with it, or what would come of it;
// import. Between the second and the third, the file waits in the page itself, so
// that whichever of our processes answers has it, and nothing of a patient lies
// about on a server.

const importPath = "/ward/import"

// mostUpload is how large a file may be here; larger ones are for the command
// line. mostImportBody is what may be sent at all: more than any file, so that
// somebody who chooses too large a one is told so and not cut off.
const (
	mostUpload     = 1 << 20
	mostImportBody = 2*intake.MostBytes + mostBody
)

// importTime is how long an import may take to be answered, beyond what a page
// may.
const importTime = 5 * time.Minute

// bodyLimit is how much a request may send.
func bodyLimit(r *http.Request) int64 {
	if r.Method == http.MethodPost && r.URL.Path == importPath {
		return mostImportBody
	}
	if r.Method == http.MethodPost && r.URL.Path == importPath+"/confirm" {
		return 2*mostUpload + mostBody // the same file, packed and written in letters
	}
	return mostBody
}

// kindWords are what pages call the kinds of file.
var kindWords = map[intake.Kind]string{
	intake.Wards:     "Ward details and visiting times",
	intake.Devices:   "iPads",
	intake.Patients:  "Patients",
	intake.Relatives: "Family and friends",
	intake.Visits:    "Visits",
}

// A kindChoice is a kind of file with what it must look like.
type kindChoice struct {
	Kind    intake.Kind
	Text    string
	Most    int
	Columns nhs.Table
}

// An importPage asks for a file, after saying what was wrong with the last one.
type importPage struct {
	*form.Form
	Kinds    []kindChoice
	Megabyte int
	Flaws    *nhs.Table // nil when no file was read
	Count    string     // of what is wrong
	Shown    int        // of them, when not all are
}

func newImportPage(f *form.Form) importPage {
	p := importPage{Form: f, Megabyte: mostUpload >> 20}
	for _, k := range intake.Kinds {
		p.Kinds = append(p.Kinds, kindChoice{k, kindWords[k], k.Most(), columnsTable(k)})
	}
	return p
}

// columnsTable sets out what a kind of file may have.
func columnsTable(k intake.Kind) nhs.Table {
	t := nhs.Table{
		Responsive: true, Head: []nhs.HeadCell{{Text: "Column"}, {Text: "What it holds"}, {Text: "For example"}},
		Caption: nhs.TableCaption{Text: "Columns of a file of " + string(k), Size: "s"},
	}
	for _, c := range intake.Columns(k) {
		says := c.Says
		if c.Needed {
			says += " Every row needs it."
		}
		t.Rows = append(t.Rows, []nhs.TableCell{{Text: c.Name}, {Text: says}, {Text: c.Example}})
	}
	return t
}

// asImporter serves whoever may import.
func (s *Server) asImporter(h actedHandler) http.Handler {
	return s.asStaff(func(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
		if !desk.MayImport(by) {
			return booking.ErrMayNot
		}
		return h(w, r, by)
	})
}

// wardImport handles GET /ward/import.
func (s *Server) wardImport(w http.ResponseWriter, r *http.Request, _ booking.Actor) error {
	return s.render(w, r, http.StatusOK, "ward/import", newImportPage(form.Blank()))
}

// importTemplate handles GET /ward/import/templates/{kind}: a file with a header
// and nothing else.
func (s *Server) importTemplate(w http.ResponseWriter, r *http.Request, _ booking.Actor) error {
	kind, known := intake.ParseKind(r.PathValue("kind"))
	if !known {
		return errPageNotFound
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	w.Header().Set("Content-Disposition", `attachment; filename="`+string(kind)+`.csv"`)
	_, err := io.WriteString(w, intake.Template(kind))
	return ignoreGone(err)
}

// checkImport handles POST /ward/import: it reads a file and says what is wrong
// with it, or what would come of it.
func (s *Server) checkImport(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, raw, err := readUpload(r)
	if err != nil {
		return err
	}
	kind := intake.Kind(f.Choice("kind", ids[string](intake.Kinds)...))
	if err := uploaded(raw); err != nil {
		_ = f.Fail("file", err) // a refusal is never a fault
	}
	if !f.OK() {
		return s.render(w, r, http.StatusUnprocessableEntity, "ward/import", newImportPage(f))
	}
	return s.showImport(w, r, by, desk.Order{File: intake.Read(kind, raw), DryRun: true, Tell: f.Checked("tell")}, f, raw)
}

// uploaded refuses what is no file to be read here.
func uploaded(raw []byte) error {
	switch {
	case raw == nil:
		return booking.ErrMissing
	case len(raw) > mostUpload:
		return errTooBig
	}
	return nil
}

// confirmImport handles POST /ward/import/confirm: it imports the file that the
// page before held.
func (s *Server) confirmImport(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	kind := intake.Kind(f.Choice("kind", ids[string](intake.Kinds)...))
	raw, err := unpack(f.Value("file"))
	if err != nil || !f.OK() {
		return booking.ErrBadText // no page of ours sends this
	}
	return s.showImport(w, r, by, desk.Order{File: intake.Read(kind, raw), Tell: f.Checked("tell")}, f, raw)
}

// showImport imports a file, or tries to, and shows what has come of it.
func (s *Server) showImport(w http.ResponseWriter, r *http.Request, by booking.Actor, o desk.Order, f *form.Form, raw []byte) error {
	_ = http.NewResponseController(w).SetWriteDeadline(s.now().Add(importTime)) // a connection that has none blocks nobody
	done, err := s.keyed(f).Import(r.Context(), by, o)
	if err != nil {
		return err
	}
	if len(done.Problems) > 0 {
		p := newImportPage(form.Blank("kind", string(done.Kind), "tell", f.Value("tell")))
		p.say(done)
		return s.render(w, r, http.StatusUnprocessableEntity, "ward/import", p)
	}
	p := importedPage{Kind: done.Kind, Text: kindWords[done.Kind], Rows: done.Rows, Tell: o.Tell, Table: tallyTable(done)}
	if done.Done {
		return s.render(w, r, http.StatusOK, "ward/import-done", p)
	}
	if p.File, err = pack(raw); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/import-check", p)
}

// mostShown is how many problems a page lists: enough to see what is mistaken
// over and over, and few enough to be a page.
const mostShown = 100

// say sets out what is wrong with a file.
func (p *importPage) say(done desk.Imported) {
	n := len(done.Problems) + done.Unlisted
	p.Count = plural(n, "thing", "things")
	p.Flaws = &nhs.Table{
		Responsive: true, Caption: nhs.TableCaption{Text: "What to mend, by line", Size: "m"},
		Head: []nhs.HeadCell{{Text: "Line"}, {Text: "Column"}, {Text: "What is wrong, and what to do"}},
	}
	for i, flaw := range done.Problems {
		if i == mostShown {
			p.Shown = mostShown
			break
		}
		line, text := strconv.Itoa(flaw.Line), flaw.Text
		if flaw.Line == 0 {
			line = "The file"
		}
		if text == "" {
			text = locale.English.SayOf(flaw.Code, "import")
		}
		p.Flaws.Rows = append(p.Flaws.Rows, []nhs.TableCell{{Text: line}, {Text: flaw.Column}, {Text: text}})
	}
}

// An importedPage says what would come of a file, or has.
type importedPage struct {
	Kind  intake.Kind
	Text  string
	Rows  int
	Tell  bool
	File  string // packed
	Table nhs.Table
}

// TellsFamilies reports whether an import of this kind could send families
// anything.
func (p importedPage) TellsFamilies() bool {
	return p.Kind == intake.Relatives || p.Kind == intake.Visits
}

func tallyTable(done desk.Imported) nhs.Table {
	made, caption := "To be made", "What would come of it"
	if done.Done {
		made, caption = "Made", "What has come of it"
	}
	t := nhs.Table{
		Responsive: true, Caption: nhs.TableCaption{Text: caption, Size: "m"},
		Head: []nhs.HeadCell{{Text: "What"}, {Text: made, Format: "numeric"}, {Text: "Changed", Format: "numeric"}, {Text: "There already", Format: "numeric"}},
	}
	for _, n := range done.Tallies {
		cell := func(count int) nhs.TableCell { return nhs.TableCell{Text: strconv.Itoa(count), Format: "numeric"} }
		t.Rows = append(t.Rows, []nhs.TableCell{{Text: upperFirst(n.What)}, cell(n.Made), cell(n.Changed), cell(n.Alike)})
	}
	return t
}

// upperFirst begins a line with a capital, unless it is the name of an iPad.
func upperFirst(s string) string {
	if len(s) < 2 || s[0] < 'a' || s[0] > 'z' || s[1] >= 'A' && s[1] <= 'Z' {
		return s
	}
	return string(s[0]&^0x20) + s[1:]
}

// readUpload reads a form with a file in it, piece by piece, so that a large one
// is never kept whole: of the file, no more than is needed to know that it is too
// large. raw is nil when none was chosen.
func readUpload(r *http.Request) (f *form.Form, raw []byte, err error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, nil, booking.ErrBadText // and not err: no page of ours sends this
	}
	var answers []string
	for range 10 { // more than the form has
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return form.Blank(answers...), raw, nil
		}
		if err != nil {
			return nil, nil, uploadFault(err)
		}
		if part.FormName() != "file" {
			answer, err := io.ReadAll(io.LimitReader(part, 100))
			if err != nil {
				return nil, nil, uploadFault(err)
			}
			answers = append(answers, part.FormName(), string(answer))
			continue
		}
		if raw, err = io.ReadAll(io.LimitReader(part, mostUpload+1)); err != nil {
			return nil, nil, uploadFault(err)
		}
		if part.FileName() == "" && len(raw) == 0 {
			raw = nil
		}
	}
	return nil, nil, booking.ErrBadText
}

// uploadFault keeps what is too big as it is, for explain; whatever else is wrong
// with a form is that no browser sent it.
func uploadFault(err error) error {
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		return fmt.Errorf("web: read a file: %w", err)
	}
	return booking.ErrBadText
}

// pack makes a file small enough, and plain enough, to wait in a page.
func pack(raw []byte) (string, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(raw); err != nil {
		return "", fmt.Errorf("web: pack a file: %w", err)
	}
	if err := w.Close(); err != nil {
		return "", fmt.Errorf("web: pack a file: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b.Bytes()), nil
}

var errNotPacked = errors.New("web: not a file that was packed here")

// unpack reads what pack made, and no more than may have been packed.
func unpack(packed string) ([]byte, error) {
	b, err := base64.RawURLEncoding.DecodeString(packed)
	if err != nil {
		return nil, errNotPacked
	}
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, errNotPacked
	}
	raw, err := io.ReadAll(io.LimitReader(r, mostUpload+1))
	if err != nil || len(raw) > mostUpload {
		return nil, errNotPacked
	}
	return raw, nil
}
