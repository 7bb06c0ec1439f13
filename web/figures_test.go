package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// Those who may read figures read them of their wards, on a page and in a file that
// tells nothing more; that they did is recorded.
func TestFigures(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		v := h.booked(t, 10*time.Minute, booking.Tongue{}, anna)
		nurse := h.staff(t, nurse)
		nurse.get(figuresPath).shows(http.StatusForbidden)
		nurse.post(visitPath(v.Reference)+"/note", "outcome", "not_now", "version", h.versionOf(t, v.Reference)).leads("/ward/today")

		auditor, _ := h.newcomer(t, "somebody@everywhere.example", booking.Auditor)
		days := "&from=2026-11-23&to=2026-11-25"
		page := auditor.get(figuresPath+"?ward="+string(willow)+days).shows(http.StatusOK, "Figures of Willow", "The patient slept or was not able to", "fewer than 5", "None recorded", "not told")
		page.hides("Arkwright", "Anna", string(v.Reference))
		auditor.get(figuresPath+"?ward=all"+days).shows(http.StatusOK, "Figures of all your wards", "Willow", "All of them").hides("How much each iPad was used")
		file := auditor.get(figuresPath + "/file.csv?ward=" + string(willow) + days).text
		want := "2026-11-23,2026-11-25,Willow Ward,Why booked visits did not happen,The patient slept or was not able to,Visits,fewer than 5\n"
		if !strings.Contains(file, want) {
			t.Errorf("the file has no %q: %s", want, file)
		}
		for _, line := range strings.Split(strings.TrimSpace(file), "\n")[1:] {
			cells := strings.Split(line, ",")
			if value := cells[len(cells)-1]; !strings.Contains(page.words(), value) {
				t.Errorf("the page does not tell %q, which the file does", value)
			}
		}
		for what, n := range map[booking.Action]int{booking.FiguresRead: 2, booking.FiguresTaken: 1} {
			if got := len(h.recorded(t, what)); got != n {
				t.Errorf("%d of %s are recorded, want %d", got, what, n)
			}
		}
	})
}

func TestFiguresOfNothing(t *testing.T) {
	h := newWardHouse(t)
	boss := h.administrator(t)
	boss.get(figuresPath+"?from=2020-01-01&to=2020-02-01").shows(http.StatusOK, "Nobody lay here in these days").hides("Save these figures")
	for query, says := range map[string]string{
		"from=2026-12-01&to=2026-11-01": "must not be before",
		"from=2016-11-01&to=2026-11-01": "Choose at most a year",
		"from=soon&to=2026-11-01":       "Enter a day like",
	} {
		for _, at := range []string{figuresPath, figuresPath + "/file.csv"} {
			page := boss.get(at+"?"+query).shows(http.StatusUnprocessableEntity, "There is a problem", says)
			from, _, _ := strings.Cut(strings.TrimPrefix(query, "from="), "&")
			if !strings.Contains(page.text, `value="`+from+`"`) {
				t.Errorf("%s: what was typed is gone", query)
			}
		}
	}
	boss.get(figuresPath + "?ward=00000000-0000-4000-8000-000000000999").shows(http.StatusNotFound)
	boss.get(figuresPath + "/file.csv?ward='").shows(http.StatusNotFound)
}
