package web

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

var offered = regexp.MustCompile(`<a [^>]*href="(/ward[^"]*)`)

// No role is offered a page that it may not open: every link is followed, from where
// signing in leads, as each of them.
func TestNobodyIsOfferedWhatTheyMayNot(t *testing.T) {
	for _, role := range booking.AllRoles {
		t.Run(string(role), func(t *testing.T) {
			t.Parallel()
			h := newWardHouse(t)
			h.booked(t, time.Hour, bsl, anna)
			by, to := h.newcomer(t, "somebody@everywhere.example", role)
			todo := []string{to}
			seen := map[string]bool{}
			for len(todo) > 0 {
				at := todo[0]
				todo = todo[1:]
				kind, query, _ := strings.Cut(at, "?")
				kind = eachID.ReplaceAllString(kind, "x") + "?" + eachDay.ReplaceAllString(eachID.ReplaceAllString(query, "x"), "d")
				if seen[kind] {
					continue
				}
				seen[kind] = true
				page := by.get(at)
				switch {
				case page.status == http.StatusSeeOther:
					todo = append(todo, page.to)
				case page.status != http.StatusOK:
					t.Errorf("%s: status %d\n%s", at, page.status, page.words())
				}
				for _, link := range offered.FindAllStringSubmatch(page.text, -1) {
					to, _, _ := strings.Cut(html.UnescapeString(link[1]), "#")
					todo = append(todo, to)
				}
			}
			t.Logf("%d kinds of page", len(seen))
		})
	}
}

// What is different between two pages of one kind.
var (
	eachID  = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|[A-Z0-9]{3}-[A-Z0-9]{3}`)
	eachDay = regexp.MustCompile(`\d{4}-\d{2}-\d{2}[^&]*`)
)

// Whoever runs visits and decides nothing about patients reads a patient's page, and
// is offered nothing there that only a nurse may do.
func TestAFacilitatorReadsAPatientsPage(t *testing.T) {
	h := newWardHouse(t)
	page := "/ward/patients/" + string(thomas)
	decides := []string{"Invite somebody", "Withdraw consent", "Change infection", "Bar", "Moving and leaving"}
	h.staff(t, nurse).get(page).shows(http.StatusOK, decides...)
	facilitator, _ := h.newcomer(t, "somebody@everywhere.example", booking.Facilitator)
	facilitator.get(page).shows(http.StatusOK, "Consent given", "Anna Arkwright", "Book a visit").hides(decides...)
}
