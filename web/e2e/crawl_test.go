package e2e

import (
	"regexp"
	"strings"
	"testing"
)

// mostPages bounds one person's walk: more than there are, so that a link that
// makes a new page of itself each time ends it.
const mostPages = 90

// Whoever follows every link of their own pages finds that each is one a person
// can use: nothing is missing, nothing runs off the side, and axe has nothing to
// say. A page of a new feature is in this test as soon as something links to it.
func TestEveryPageThatIsLinked(t *testing.T) {
	p := start(t, t.TempDir(), "")
	browser := newBrowser(t)
	site := strings.TrimSuffix(p.open.URL, "/practice")
	j := &journey{T: t, product: p, phone: newPerson(t, browser, "phone", 390, "")}

	anna := newPerson(t, browser, "relative", 390, "")
	j.signIn(anna, p.open.Relative.URL, "07700 900101")
	j.bookPlainly(anna, false)
	anna.crawl(site, "/visits")

	manager := newPerson(t, browser, "manager", 1280, "")
	manager.open(p.open.Ward.URL)
	manager.fill("Email", p.open.Ward.Email)
	manager.fill("Password", p.open.Ward.Password)
	manager.press("Sign in")
	manager.see("Today")
	if seen := manager.crawl(site, "/ward/today"); seen < 25 {
		t.Errorf("the ward has only %d pages", seen)
	}
}

// crawl looks at start and at every page that can be reached from it by links to
// the same part of the site, one of each kind. It returns how many there are.
func (p *person) crawl(site, start string) int {
	p.t.Helper()
	part := "/" + strings.Split(start, "/")[1]
	known := map[string]bool{kind(start): true}
	todo := []string{start}
	done := 0
	for ; len(todo) > 0 && done < mostPages; done++ {
		next := todo[0]
		todo = todo[1:]
		p.open(site + next)
		var heading string
		if err := p.ask(`document.querySelector('h1')?.innerText ?? ''`, &heading); err != nil || heading == "" {
			p.t.Errorf("%s: %s has no heading (%v)", p.name, kind(next), err)
		}
		for _, words := range []string{"Page not found", "Sorry, there is a problem"} {
			if strings.Contains(heading, words) {
				p.t.Errorf("%s: %s leads to %q", p.name, kind(next), heading)
			}
		}
		p.look("crawl" + strings.NewReplacer("/", "-", "{}", "x", "?", "-").Replace(kind(next)))
		var links []string
		if err := p.ask(`[...document.querySelectorAll('a[href]')].filter(a => !a.download).map(a => a.getAttribute('href'))`, &links); err != nil {
			p.fail("%v", err)
		}
		for _, link := range links {
			link, _, _ = strings.Cut(link, "#")
			if strings.HasPrefix(link, part) && !skipped.MatchString(link) && !known[kind(link)] {
				known[kind(link)] = true
				todo = append(todo, link)
			}
		}
	}
	if len(todo) > 0 {
		p.t.Errorf("%s: %d pages still to see after %d", p.name, len(todo), done)
	}
	return done
}

// skipped are links to what is no page, or to the call, which has tests of its
// own.
var skipped = regexp.MustCompile(`\.ics|\.csv|/templates/|/events|/call$|/ready$`)

var named = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|[A-Z0-9]{3}-[A-Z0-9]{3}|\d{4}-\d\d-\d\d`)

// kind is what pages have in common that differ in whom they are about.
func kind(link string) string {
	path, query, _ := strings.Cut(link, "?")
	var names []string
	for pair := range strings.SplitSeq(query, "&") {
		if name, _, _ := strings.Cut(pair, "="); name != "" {
			names = append(names, name)
		}
	}
	return strings.TrimSuffix(named.ReplaceAllString(path, "{}")+"?"+strings.Join(names, "&"), "?")
}
