package e2e

import (
	"strings"
	"testing"
)

// An administrator reads the figures of all wards and of one, of days on which there is
// nothing, and of days that make no sense. Every page is looked at.
func TestFigures(t *testing.T) {
	p := start(t, t.TempDir(), "")
	browser := newBrowser(t)
	site := strings.TrimSuffix(p.open.URL, "/practice")
	boss := newPerson(t, browser, "administrator", 1280, "")
	boss.open(p.open.Ward.URL)
	boss.fill("Email", "ines.costa@practice.example")
	boss.fill("Password", p.open.Ward.Password)
	boss.press("Sign in")
	boss.open(site + "/ward/figures")
	boss.see("Why booked visits did not happen")
	boss.see("fewer than 5")
	boss.look("figures")
	boss.open(site + "/ward/figures?ward=all")
	boss.see("All of them")
	boss.look("figures-all")
	boss.open(site + "/ward/figures?from=2020-01-01&to=2020-02-01")
	boss.see("Nobody lay here in these days")
	boss.look("figures-none")
	boss.open(site + "/ward/figures?from=2016-01-01&to=2026-02-01")
	boss.see("Choose at most a year")
	boss.look("figures-wrong")
}
