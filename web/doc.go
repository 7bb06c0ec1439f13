// Package web is the face of Wardvisit: every page that a relative, the ward, an
// iPad or an interpreter is shown. It asks booking/desk to act and shows what
// came of it; it holds no rule of its own and never sees the database.
//
// # A page
//
// The whole URL space is in routes.go. A page is a handler that returns its
// error, in a file named like the page, and a template named like the handler's
// surface and page. There is nothing to register:
//
//	// routes.go
//	mux.Handle("GET /visits", s.asVisitor(s.visits))
//
//	// visits.go
//	type visitsPage struct{ Visits []desk.Visit }
//
//	// visits handles GET /visits: what is booked, soonest first.
//	func (s *Server) visits(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
//		visits, err := s.desk.Visits(r.Context(), by)
//		if err != nil {
//			return err
//		}
//		return s.render(w, r, http.StatusOK, "family/visits", visitsPage{visits})
//	}
//
//	{{/* templates/family/visits.html */}}
//	{{define "title"}}Your visits{{end}}
//	{{define "content"}}
//	<h1 class="nhsuk-heading-l">Your visits</h1>
//	{{range .Visits}}<p>{{moment .When.Start .Ward.Site.Zone}}</p>
//	{{else}}<p>You have no visits booked.</p>{{end}}
//	{{nhs "button" "text" "Book a visit" "href" "/visits/new"}}
//	{{end}}
//
// In a template the dot is the handler's page. A page defines title and content,
// and may define scripts ({{define "scripts"}}{{script "countdown"}}{{end}}) and
// before, for a back link above the content. A file whose name begins with an
// underscore is shared by the pages of its folder. A title never bears a
// patient's name: it is read over shoulders and kept in histories.
//
// # Who is asking
//
// A route says which kind of person it is for: asStaff, asVisitor,
// asInterpreter and asDevice hand their handler the booking.Actor and send
// anybody else to the right door; page is for everyone. The kind is never
// guessed from whichever cookie is there.
//
// # Answering
//
// A handler returns what went wrong. explain, in answer.go, is the only place
// where an error becomes a response: a *booking.Refusal is told to the person
// asking, as a page or as JSON; anything else is told to the log, and the person
// gets a page with the request's id and no more. Nothing has been sent when
// render fails, because pages are drawn whole before the first byte leaves.
// After a POST that worked, call seeOther, so that reloading repeats nothing.
// For scripts, reply answers in JSON and the routes say s.page as for any other.
//
// # Forms
//
// Package form reads a form and keeps what was typed with what is wrong with it.
// Embed the *form.Form in the page and the error summary appears by itself, the
// title says Error, and each question shows its own sentence:
//
//	type namePage struct {
//		*form.Form
//		Ward string
//	}
//
//	<form method="post" novalidate>
//	{{field . "input" "name" "label" "Full name" "autocomplete" "name"}}
//	{{field . "radios" "how" "fieldset" (opts "legend" "How?") "items" (list
//		(opts "value" "text" "text" "By text") (opts "value" "email" "text" "By email"))}}
//	{{nhs "button" "text" "Continue" "preventDoubleClick" true}}
//	</form>
//
// A form needs no token against other websites: guard.go refuses whatever they
// send, by what the browser says of where it came from.
//
// # What templates can call
//
//	nhs, field, opts, list   components: see package nhs
//	body "name" .            HTML of a template defined in the same page, for an option called html
//	moment t zone            Tuesday 24 November 2026, 2:00pm
//	momentIn t zone "London" the same with its zone said, for a reader elsewhere
//	day t zone               Tuesday 24 November 2026
//	shortDay t zone          Tue 24 Nov
//	clock t zone             2:00pm, and midday or midnight; says which when an hour happens twice
//	iso t                    for the datetime attribute of <time>
//	minutes d                1 hour 15 minutes
//	plural n "visit" "visits"
//	tel "0113 496 0107"      the address that rings it
//	asset "icon.svg"         the address of something built
//	script "board"           a script element for web/scripts/board.ts
//	say "slot_taken"         a sentence from the catalogue
//	practice                 whether nobody here is real
//	key                      the hidden field of a form that creates something
//
// # Forms that create
//
// A press may reach us twice. A form that creates something holds {{key}}, and
// its handler asks s.keyed(f) instead of s.desk, so that the second press gets the
// answer of the first; see Keys in package desk.
//
// # Surfaces
//
// The folder of a template is its surface; surfaces.go says for each how its
// pages look: which layout, which style sheet, which navigation. family, ward,
// interpreter and practice have a header, a footer and main.css; ipad and call
// have neither, and ipad.css and call.css. The class names are listed at the top
// of each file of web/styles.
//
// # Live pages
//
// streamEvents, in events.go, keeps a response open and sends events: it beats,
// so that proxies keep the line; it clears the write deadline; it ends when the
// reader goes or the server drains.
//
// What it sends says that something has changed, never what: the page fetches itself.
// It is woken by what this process commits (desk.NextChange), and looks by itself each
// second too, since a command may write to the same database. Everybody who has a
// ward's board open fetches it in that moment, so it is read and set out once for all
// of them (drawings, in ward_drawn.go): with 40 screens on a day of 60 visits that made
// the difference between 1.3 seconds until the last of them shows it and 0.25.
//
// # The wall
//
// The screen on a ward's wall is at /wall. It is paired by a code, as an iPad is,
// and no login: a login ends with a shift, and what hangs on a wall must not be
// somebody who could do something. Its key shows one ward's day, without anybody's
// name, and opens nothing else. /ward/today/print is the same day on paper, with
// how to reach those who come.
package web
