package web

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"html"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/intake"
	"github.com/wardvisit/wardvisit/booking/store"
)

// wardManager is the browser of somebody who manages Willow Ward, and is a nurse
// on Harbour Ward.
func (h *wardHouse) wardManager(t *testing.T) *phone {
	t.Helper()
	hash, err := desk.NewPasswordHash(goodPassword, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	err = h.store.Do(t.Context(), func(tx *store.Tx) error {
		return tx.AddStaff(t.Context(), store.Staff{
			ID: "00000000-0000-4000-8000-000000000599", Name: "Matron Bell", Email: "matron@willow.example", Hash: hash,
			Holds: []booking.Grant{{Role: booking.WardManager, Ward: willow}, {Role: booking.Nurse, Ward: harbour}},
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return h.staff(t, "matron@willow.example")
}

// uploads sends a form with a file in it, as a browser does.
func (p *phone) uploads(path string, file []byte, pairs ...string) screen {
	p.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		if err := w.WriteField(pairs[i], pairs[i+1]); err != nil {
			p.t.Fatal(err)
		}
	}
	name := "list.csv"
	if file == nil {
		name = "" // as when none is chosen
	}
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		p.t.Fatal(err)
	}
	part.Write(file)
	w.Close()
	return p.sends(path, &b, w.FormDataContentType())
}

func (p *phone) sends(path string, body *bytes.Buffer, kind string) screen {
	p.t.Helper()
	r := httptest.NewRequestWithContext(p.t.Context(), http.MethodPost, path, body)
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Content-Type", kind)
	for name, value := range p.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	p.house.ServeHTTP(w, r)
	s := screen{p.t, "POST " + path, w.Code, w.Header().Get("Location"), w.Body.String(), w.Header()}
	s.check()
	return s
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([a-z]+)" value="([^"]*)">`)

// waiting are the answers that wait in a page's form, of its last button.
func (s screen) waiting(name string) (pairs []string) {
	_, form, _ := strings.Cut(s.text, `action="`+name+`"`)
	for _, found := range hidden.FindAllStringSubmatch(form, -1) {
		pairs = append(pairs, found[1], html.UnescapeString(found[2]))
	}
	return pairs
}

func TestBringInAFile(t *testing.T) {
	h := newWardHouse(t)
	by := h.wardManager(t)
	by.get("/ward/patients").shows(http.StatusOK, "Bring in a list")
	by.get("/ward/import").shows(http.StatusOK, "Bring in a file", "What the file must look like", "consent_until", "At most 2000 rows")
	for _, kind := range intake.Kinds {
		s := by.get("/ward/import/templates/" + string(kind))
		if s.status != http.StatusOK || s.text != intake.Template(kind) || !strings.HasPrefix(s.header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: %d %q", kind, s.status, s.text)
		}
	}
	by.get("/ward/import/templates/beds").shows(http.StatusNotFound)

	list := []byte("mrn,name,alias,ward,bed,consent\nN1,Zofia Nowak,Mrs N.,Willow Ward,9,own\nN2,<script>,Mr S.,Willow Ward,10,\n")
	check := by.uploads("/ward/import", list, "kind", "patients").shows(http.StatusOK, "Nothing is wrong", "2 rows", "Patients To be made 2 Changed 0").hides("Zofia")
	by.get("/ward/patients?ward=" + string(willow)).shows(http.StatusOK).hides("Zofia")
	pairs := check.waiting("/ward/import/confirm")
	by.post("/ward/import/confirm", pairs...).shows(http.StatusOK, "The file is brought in", "Patients Made 2")
	by.post("/ward/import/confirm", pairs...).shows(http.StatusOK, "The file is brought in", "Patients Made 2") // pressed twice
	by.get("/ward/patients?ward="+string(willow)).shows(http.StatusOK, "Zofia Nowak", "<script>")
	by.uploads("/ward/import", list, "kind", "patients").shows(http.StatusOK, "Patients To be made 0 Changed 0 There already 2")
	if strings.Contains(h.log.String(), "Zofia") || strings.Contains(h.log.String(), "N1") {
		t.Error("the log knows who was brought in")
	}
}

func TestBringInABadFile(t *testing.T) {
	h := newWardHouse(t)
	by := h.wardManager(t)
	for _, tt := range []struct {
		name, kind, text string
		says             []string
	}{
		{"another ward's", "devices", "tag,ward\nA,Harbour Ward\nB,Willow Ward\n", []string{"There is 1 thing to mend", "Line 2 Column ward", "There is no ward of this name among those that you manage"}},
		{"several things", "devices", "tag,ward\n=1,Willow Ward\nB,\n", []string{"There are 2 things", "Line 2 Column tag", "Line 3 Column ward"}},
		{"a workbook", "patients", "PK\x03\x04 and more", []string{"The file", "CSV UTF-8"}},
		{"nothing in it", "visits", "", []string{"The file is empty"}},
		{"no time", "visits", "mrn,phones,date,time,minutes\nM0a0,+447700900111,2026-11-25,25:00,20\n", []string{"Line 2 Column time"}},
	} {
		by.uploads("/ward/import", []byte(tt.text), "kind", tt.kind).
			shows(http.StatusUnprocessableEntity, append(tt.says, "Nothing was changed", "Choose the file again")...)
	}
	by.uploads("/ward/import", nil, "kind", "devices").shows(http.StatusUnprocessableEntity, "There is a problem", "Choose a file")
	by.uploads("/ward/import", []byte("tag,ward\n")).shows(http.StatusUnprocessableEntity, "Choose what the file holds")
	by.uploads("/ward/import", make([]byte, mostUpload+1), "kind", "devices").shows(http.StatusUnprocessableEntity, "larger than 1 megabyte")
	by.uploads("/ward/import", make([]byte, mostImportBody+1), "kind", "devices").shows(http.StatusUnprocessableEntity)
	by.sends("/ward/import", bytes.NewBufferString("x"), "text/plain").shows(http.StatusUnprocessableEntity)
	by.sends("/ward/import", bytes.NewBufferString("--b\r\nnonsense"), "multipart/form-data; boundary=b").shows(http.StatusUnprocessableEntity)
	many := bytes.NewBufferString(strings.Repeat("--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\nx\r\n", 50) + "--b--\r\n")
	by.sends("/ward/import", many, "multipart/form-data; boundary=b").shows(http.StatusUnprocessableEntity)

	var b strings.Builder
	b.WriteString("tag,ward\n")
	for n := range 900 {
		fmt.Fprintf(&b, "T%d,Nowhere\n", n)
	}
	by.uploads("/ward/import", []byte(b.String()), "kind", "devices").shows(http.StatusUnprocessableEntity, "900 things to mend", "the first 100")
}

// What waits in the page is only what we packed, and no more than we took.
func TestBringInWhatWasNeverChecked(t *testing.T) {
	h := newWardHouse(t)
	by := h.wardManager(t)
	bomb, err := pack(make([]byte, mostUpload+1))
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{"nothing": "", "no letters": "!!!", "not packed": "aGVsbG8", "too much": bomb, "cut short": bomb[:len(bomb)/2]} {
		if s := by.post("/ward/import/confirm", "kind", "devices", "file", file); s.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, s.status)
		}
	}
	packed, err := pack([]byte("tag,ward\nX,Harbour Ward\n"))
	if err != nil {
		t.Fatal(err)
	}
	by.post("/ward/import/confirm", "kind", "devices", "file", packed).shows(http.StatusUnprocessableEntity, "among those that you manage")
	by.post("/ward/import/confirm", "kind", "beds", "file", packed).shows(http.StatusUnprocessableEntity)
	if got, err := unpack(packed); err != nil || string(got) != "tag,ward\nX,Harbour Ward\n" {
		t.Errorf("%q %v", got, err)
	}
}

func TestWhoMayBringInAFile(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, manager) // who is a nurse, whatever the address says
	by.get("/ward/patients").shows(http.StatusOK).hides("Bring in a list")
	by.get("/ward/import").shows(http.StatusForbidden, "cannot do that")
	by.get("/ward/import/templates/wards").shows(http.StatusForbidden)
	by.uploads("/ward/import", []byte("tag,ward\nX,Willow Ward\n"), "kind", "devices").shows(http.StatusForbidden)
	packed, err := pack([]byte("tag,ward\nX,Willow Ward\n"))
	if err != nil {
		t.Fatal(err)
	}
	by.post("/ward/import/confirm", "kind", "devices", "file", packed).shows(http.StatusForbidden)
	h.phone(t).get("/ward/import").leads("/ward/sign-in")
	h.phoneOf(t, anna).uploads("/ward/import", []byte("tag,ward\n"), "kind", "devices").shows(http.StatusForbidden)
}
