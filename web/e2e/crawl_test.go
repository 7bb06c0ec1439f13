package e2e

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// mostPages bounds one person's walk: more than there are, so that a link that
// makes a new page of itself each time ends it.
const mostPages = 90

// walkers is how many tabs look at one person's pages at a time: while one waits
// for the program or for a screenshot, another has axe at work.
const walkers = 3

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

// A walk is through every page that can be reached by links to the same part of a
// site, one of each kind.
type walk struct {
	site, part string

	mu    sync.Mutex
	news  *sync.Cond // todo or busy has changed
	known map[string]bool
	todo  []string
	busy  int // pages being looked at
	done  int
}

// crawl looks at start and at every page that can be reached from it. It returns
// how many there are.
func (p *person) crawl(site, start string) int {
	p.t.Helper()
	w := &walk{site: site, part: "/" + strings.Split(start, "/")[1], known: map[string]bool{}}
	w.news = sync.NewCond(&w.mu)
	w.find(start)
	p.t.Run(p.name, func(t *testing.T) {
		for i := range walkers {
			t.Run(strconv.Itoa(i+1), func(t *testing.T) {
				t.Parallel()
				p.another(t).follows(w)
			})
		}
	})
	if len(w.todo) > 0 {
		p.t.Errorf("%s: %d pages still to see after %d", p.name, len(w.todo), w.done)
	}
	return w.done
}

// next returns a page that nobody has looked at, once there is one; false if
// there will be none any more.
func (w *walk) next() (string, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.todo) == 0 && w.busy > 0 {
		w.news.Wait()
	}
	if len(w.todo) == 0 || w.done == mostPages {
		return "", false
	}
	link := w.todo[0]
	w.todo = w.todo[1:]
	w.done++
	w.busy++
	return link, true
}

// find notes what a page links to.
func (w *walk) find(links ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, link := range links {
		link, _, _ = strings.Cut(link, "#")
		if strings.HasPrefix(link, w.part) && !skipped.MatchString(link) && !w.known[kind(link)] {
			w.known[kind(link)] = true
			w.todo = append(w.todo, link)
		}
	}
	w.news.Broadcast()
}

// left tells that a page has been looked at, or that looking at it has failed.
func (w *walk) left() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.busy--
	w.news.Broadcast()
}

// follows looks at pages of a walk until there are none.
func (p *person) follows(w *walk) {
	for {
		link, ok := w.next()
		if !ok {
			return
		}
		func() {
			defer w.left()
			w.find(p.visit(w.site, link)...)
		}()
	}
}

// visit looks at one page, and returns what it links to.
func (p *person) visit(site, link string) (links []string) {
	p.t.Helper()
	p.open(site + link)
	var heading string
	if err := p.ask(`document.querySelector('h1')?.innerText ?? ''`, &heading); err != nil || heading == "" {
		p.t.Errorf("%s: %s has no heading (%v)", p.name, kind(link), err)
	}
	for _, words := range []string{"Page not found", "Sorry, there is a problem"} {
		if strings.Contains(heading, words) {
			p.t.Errorf("%s: %s leads to %q", p.name, kind(link), heading)
		}
	}
	p.look("crawl" + strings.NewReplacer("/", "-", "{}", "x", "?", "-").Replace(kind(link)))
	if err := p.ask(`[...document.querySelectorAll('a[href]')].filter(a => !a.download).map(a => a.getAttribute('href'))`, &links); err != nil {
		p.fail("%v", err)
	}
	return links
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
