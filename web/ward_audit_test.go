package web

import (
	"crypto/rand"
	"encoding/csv"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/store"
)

// recorded are the events of an action in the audit of a ward, or of none, the
// latest first.
func (h *wardHouse) recorded(t *testing.T, what booking.Action, subjects ...string) (found []booking.Recorded) {
	t.Helper()
	err := h.store.View(t.Context(), func(tx *store.Tx) (err error) {
		found, err = tx.SearchAudit(t.Context(), store.AuditQuery{Ward: willow, Action: what, Subjects: subjects, Before: 1 << 60, Most: 1000})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// auditor is the browser of somebody who may read the audit of Willow Ward only.
func (h *wardHouse) auditor(t *testing.T) *phone {
	t.Helper()
	hash, err := desk.NewPasswordHash(goodPassword, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	err = h.store.Do(t.Context(), func(tx *store.Tx) error {
		return tx.AddStaff(t.Context(), store.Staff{
			ID: "00000000-0000-4000-8000-000000000598", Name: "Odd Audley", Email: "auditor@willow.example", Hash: hash,
			Holds: []booking.Grant{{Role: booking.Auditor, Ward: willow}},
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	p := h.phone(t)
	p.post("/ward/sign-in", "email", "auditor@willow.example", "password", goodPassword).leads("/ward/today")
	p.get("/ward/today").leads("/ward/audit")
	return p
}

func TestWhoMayReadTheAudit(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		h.booked(t, time.Hour, booking.Tongue{}, anna)
		boss, nurse, auditor := h.wardManager(t), h.staff(t, nurse), h.auditor(t)
		boss.get("/ward/audit").shows(http.StatusOK, "Audit of Willow Ward", "Booked a visit", "Anybody")
		boss.get("/ward/today").shows(http.StatusOK, `Audit`)
		boss.get("/ward/audit?ward=" + string(harbour)).shows(http.StatusNotFound) // a nurse there
		nurse.get("/ward/audit").shows(http.StatusNotFound)
		nurse.get("/ward/audit/file.csv").shows(http.StatusNotFound)
		nurse.get("/ward/today").hides(`href="/ward/audit"`)
		auditor.get("/ward/audit").shows(http.StatusOK, "Booked a visit").hides(`href="/ward/patients"`, `href="/ward/today">Today`)
		auditor.get("/ward/today").leads("/ward/audit")
		for _, closed := range []string{"/ward/patients", "/ward/ipads", "/ward/patients/" + string(patientOf(anna))} {
			auditor.get(closed).shows(http.StatusForbidden)
		}
		if n := len(h.recorded(t, booking.AuditRead)); n != 2 {
			t.Errorf("%d rows of reading the audit", n)
		}
	})
}

func TestTheAuditIsSearched(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		v := h.booked(t, time.Hour, booking.Tongue{}, anna)
		boss := h.wardManager(t)
		boss.get("/ward/patients/" + string(patientOf(anna)))
		ask := func(query string, status int, words ...string) screen {
			t.Helper()
			return boss.get("/ward/audit?ward="+string(willow)+query).shows(status, words...)
		}
		ask("&what=visit_booked", http.StatusOK, string(v.Reference)+", Thomas Arkwright", "Wardvisit itself").hides("the ward’s patients</td>")
		ask("&of="+string(v.Reference), http.StatusOK, "Only what is about", "Booked a visit").hides("Signed in</td>")
		ask("&who=staff:00000000-0000-4000-8000-000000000599", http.StatusOK, "Matron Bell", "Looked at a patient’s record").hides("Booked a visit</td>")
		ask("&who=system", http.StatusOK, "Booked a visit").hides("Signed in</td>")
		ask("&from=2026-11-24&to=2026-11-24", http.StatusOK, "Booked a visit")
		ask("&from=2026-11-25", http.StatusOK, "Nothing like that is recorded")
		ask("&to=2026-11-23", http.StatusOK, "Nothing like that is recorded")
		ask("&from=2026-11-26&to=2026-11-25", http.StatusUnprocessableEntity, "There is a problem", "must not be before")
		ask("&from=tomorrow", http.StatusUnprocessableEntity, "Enter a day like")
		ask("&of=nobody+here", http.StatusUnprocessableEntity, "No patient or visit of this ward is called that", "nobody here")
		ask("&of=ZZZ-ZZZ", http.StatusUnprocessableEntity, "No patient or visit")
		two := ask("&of=arkwright", http.StatusOK, "Which patient?", "Hospital number")
		boss.get(linkTo(t, two, "/ward/audit?patient=")).shows(http.StatusOK, "Only what is about")
		ask("&patient=00000000-0000-4000-8000-00000000ffff", http.StatusUnprocessableEntity)
		ask("&who=robot&what=nonsense&before=-4", http.StatusOK, "Booked a visit")
	})
}

func TestTheAuditIsTurnedPageByPage(t *testing.T) {
	h := newWardHouse(t)
	boss := h.wardManager(t)
	h.happens(t, 120, "")
	here, seen := "/ward/audit?what=imported", 0
	for page := range 4 {
		s := boss.get(here).shows(http.StatusOK)
		seen += strings.Count(s.text, ">Brought in a file</td>")
		if !strings.Contains(s.text, "Show older") {
			if page != 2 {
				t.Errorf("the last page is %d", page)
			}
			break
		}
		here = linkTo(t, s, "/ward/audit?before=")
	}
	if seen != 120 {
		t.Errorf("saw %d of 120", seen)
	}
	boss.get("/ward/audit?what=imported&before=1").shows(http.StatusOK, "There is nothing older")
}

// happens records events with a reason.
func (h *wardHouse) happens(t *testing.T, n int, reason string) {
	t.Helper()
	err := h.store.Do(t.Context(), func(tx *store.Tx) error {
		for range n {
			e := booking.Event{At: h.hour, By: booking.System, Action: booking.Imported, Subject: "file 00", Ward: willow, Reason: reason}
			if err := tx.AddEvent(t.Context(), e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheAuditAsAFile(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		boss := h.wardManager(t)
		h.happens(t, 600, "plain")
		for _, nasty := range []string{"=cmd()", "+1", "-1", "@x", "\t=1", " =1", "a,\"b\"\nc"} {
			h.happens(t, 1, nasty)
		}
		s := boss.get("/ward/audit/file.csv?what=imported").shows(http.StatusOK)
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(s.text, "\ufeff"))).ReadAll()
		if err != nil || len(rows) != 608 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for _, row := range rows[1:] {
			why := row[len(row)-1]
			if strings.ContainsAny(strings.TrimLeft(why, " \t")[:1], "=+-@") {
				t.Errorf("a formula: %q", why)
			}
		}
		if got := rows[1][len(auditHead)-1]; got != "a,\"b\"\nc" {
			t.Errorf("another reason: %q", got)
		}
		if !strings.Contains(s.header.Get("Content-Disposition"), "audit-2026-11-24.csv") {
			t.Errorf("called %q", s.header.Get("Content-Disposition"))
		}
		taken := h.recorded(t, booking.AuditTaken)
		if len(taken) != 1 || taken[0].Reason != "what=imported" {
			t.Errorf("recorded %+v", taken)
		}
	})
}

// What somebody has typed stays text.
func TestNastyReasonsStayText(t *testing.T) {
	h := newWardHouse(t)
	h.happens(t, 1, `<script>alert(1)</script>`)
	h.happens(t, 1, strings.Repeat("x", 900))
	h.happens(t, 1, "\u202eesrever")
	page := h.wardManager(t).get("/ward/audit").shows(http.StatusOK).text
	if !strings.Contains(page, "&lt;script&gt;alert") || !strings.Contains(page, "<bdi>\u202eesrever</bdi>") || strings.Contains(page, "<script>alert") {
		t.Error("what was typed is not text")
	}
}

// A page that is opened again and again is one look.
func TestLooksAreRecordedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		v := h.booked(t, time.Hour, booking.Tongue{}, anna)
		sister := h.staff(t, nurse)
		subject := "patient " + string(patientOf(anna))
		for range 5 {
			sister.get("/ward/patients/" + string(patientOf(anna)))
			sister.get("/ward/visits/" + string(v.Reference))
			sister.get("/ward/patients")
		}
		if n := len(h.recorded(t, booking.PatientRead, subject)); n != 1 {
			t.Errorf("%d looks", n)
		}
		if n := len(h.recorded(t, booking.PatientsListed)); n != 1 {
			t.Errorf("%d lists", n)
		}
		h.hour = h.hour.Add(11 * time.Minute)
		sister.get("/ward/visits/" + string(v.Reference))
		h.wardManager(t).get("/ward/patients/" + string(patientOf(anna)))
		if n := len(h.recorded(t, booking.PatientRead, subject)); n != 3 {
			t.Errorf("%d looks, later and by somebody else", n)
		}
	})
}

// Whoever asks for another ward's things is told that they are not there, and the
// ward can read that they asked: for every page and act there is.
func TestAskingElsewhereLeavesARow(t *testing.T) {
	h := newWardHouse(t)
	v := h.booked(t, time.Hour, booking.Tongue{}, anna)
	other := h.staff(t, otherNurse)
	parts := map[string]string{
		"ref": string(v.Reference), "patient": string(patientOf(anna)), "act": "cancel", "how": "discharge", "member": string(anna),
		"entry": "00000000-0000-4000-8000-00000000eeee", "kind": "visits",
	}
	whose := map[string]string{"/ward/patients/": string(patientOf(anna)), "/ward/left/": string(patientOf(anna)), "/ward/goodbye/": string(patientOf(anna)), "/ward/ipads/": string(firstIPad), "/ward/book/held/": string(v.ID)}
	known := 0
	for _, route := range wardRoutes(t) {
		method, path, _ := strings.Cut(route, " ")
		id := "00000000-0000-4000-8000-00000000dddd"
		for prefix, one := range whose {
			if strings.HasPrefix(path, prefix) {
				id = one
			}
		}
		address := regexp.MustCompile(`{(\w+)}`).ReplaceAllStringFunc(path, func(part string) string {
			if value, ok := parts[strings.Trim(part, "{}")]; ok {
				return value
			}
			return id
		})
		before := len(h.elsewhere(t))
		var s screen
		if method == http.MethodGet {
			s = other.get(address + "?ward=" + string(harbour))
		} else {
			s = other.post(address, "reason", "because", "visit", string(v.Reference))
		}
		rows := h.elsewhere(t)
		switch {
		case s.status == http.StatusOK && !strings.Contains(path, "templates"):
			t.Errorf("%s shows them something", route)
		case s.status != http.StatusNotFound: // what is wrong with the form is said first, and tells nothing
			continue
		case len(rows) != before+1:
			t.Errorf("%s leaves %d rows", route, len(rows)-before)
		case rows[0].Ward == willow:
			known++
		case strings.Contains(path, "{ref}") || id != "00000000-0000-4000-8000-00000000dddd":
			t.Errorf("%s leaves its row in no ward's audit: %+v", route, rows[0].Event)
		}
	}
	if known < 30 {
		t.Errorf("only %d of them were of the other ward", known)
	}
	h.wardManager(t).get("/ward/audit?what=asked_elsewhere").shows(http.StatusOK, "Asked for something of a ward that is not theirs", "Sister Khan", string(v.Reference))
}

// elsewhere are all rows of asking elsewhere, the latest first.
func (h *wardHouse) elsewhere(t *testing.T) (found []booking.Recorded) {
	t.Helper()
	err := h.store.View(t.Context(), func(tx *store.Tx) error {
		for _, ward := range []booking.WardID{willow, harbour} {
			more, err := tx.SearchAudit(t.Context(), store.AuditQuery{Ward: ward, Action: booking.AskedElsewhere, Before: 1 << 60, Most: 1000})
			if err != nil {
				return err
			}
			found = append(found, more...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	latest := 0
	for i, e := range found {
		if e.Seq > found[latest].Seq {
			latest = i
		}
	}
	if len(found) > 0 {
		found[0], found[latest] = found[latest], found[0]
	}
	return found
}

// wardRoutes are the ward's routes that name something, as routes.go has them.
func wardRoutes(t *testing.T) (found []string) {
	t.Helper()
	source, err := os.ReadFile("routes.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`"((?:GET|POST) /ward/[^"]*\{[^"]*)"`).FindAllStringSubmatch(string(source), -1) {
		found = append(found, m[1])
	}
	if len(found) < 60 {
		t.Fatalf("only %d routes", len(found))
	}
	return found
}

// Every action can be searched for, and is said in words.
func TestEveryActionHasWords(t *testing.T) {
	listed := map[booking.Action]bool{}
	for _, kind := range auditKinds {
		for _, a := range kind.actions {
			if listed[a] || actionWords[a] == "" {
				t.Errorf("%s is listed twice, or has no words", a)
			}
			listed[a] = true
		}
	}
	files, err := filepath.Glob("../booking/*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if typ, ok := spec.Type.(*ast.Ident); !ok || typ.Name != "Action" {
				return true
			}
			for _, value := range spec.Values {
				text, err := strconv.Unquote(value.(*ast.BasicLit).Value)
				if found++; err != nil || !listed[booking.Action(text)] {
					t.Errorf("%s is not in the search's list", text)
				}
			}
			return true
		})
	}
	if found != len(listed) || found < 90 {
		t.Errorf("%d actions, %d in the list", found, len(listed))
	}
}
