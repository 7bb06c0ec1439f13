package web

import "net/http"

// routes is the whole URL space. Who a page is for is said by its route: page is
// for everyone, and the others send anybody else to their door.
func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("GET /assets/{name}", s.assets)
	mux.Handle("/", s.page(s.notFound))
	s.relatives(mux)
	s.staff(mux)
	s.rules(mux)
	s.bedside(mux)
	s.interpreters(mux)
	s.calls(mux)
	if s.practice {
		mux.Handle("GET /practice", s.page(s.practiceHome))
		mux.Handle("GET /practice/messages", s.page(s.practiceMessages))
	}
	return mux
}

// relatives are the pages of family and friends.
func (s *Server) relatives(mux *http.ServeMux) {
	codes := s.codeLimiter()
	mux.Handle("GET /{$}", s.page(s.welcome))
	mux.Handle("GET /invitation/{token}", s.page(s.invitation))
	mux.Handle("POST /invitation/code", s.page(unhurried(codes, s.sendCode)))
	mux.Handle("POST /invitation/open", s.page(unhurried(codes, s.openInvitation)))
	mux.Handle("POST /sign-out", s.page(s.signOutVisitor))
	mux.Handle("GET /visits", s.asRelative(s.visits))
	mux.Handle("GET /visits/new", s.asRelative(s.newVisit))
	mux.Handle("POST /visits/hold", s.asRelative(s.hold))
	mux.Handle("GET /visits/held/{id}/who", s.asHolder(s.heldWho))
	mux.Handle("POST /visits/held/{id}/who", s.asHolder(s.saveWho))
	mux.Handle("GET /visits/held/{id}/propose", s.asHolder(s.proposeHeld))
	mux.Handle("POST /visits/held/{id}/propose", s.asHolder(s.saveProposeHeld))
	mux.Handle("GET /visits/held/{id}/language", s.asHolder(s.heldLanguage))
	mux.Handle("POST /visits/held/{id}/language", s.asHolder(s.saveLanguage))
	mux.Handle("GET /visits/held/{id}/help", s.asHolder(s.heldHelp))
	mux.Handle("POST /visits/held/{id}/help", s.asHolder(s.saveHelp))
	mux.Handle("GET /visits/held/{id}/check", s.asHolder(s.heldCheck))
	mux.Handle("GET /visits/held/{id}/book", s.asHolder(s.heldCheck)) // reloading a booking that was refused
	mux.Handle("POST /visits/held/{id}/book", s.asHolder(s.book))
	mux.Handle("POST /visits/held/{id}/release", s.asRelative(s.release))
	mux.Handle("GET /visits/{ref}", s.asRelative(s.visit))
	mux.Handle("GET /visits/{ref}/change", s.asRelative(s.change))
	mux.Handle("POST /visits/{ref}/change", s.asRelative(s.move))
	mux.Handle("GET /visits/{ref}/cancel", s.asRelative(s.askCancel))
	mux.Handle("POST /visits/{ref}/cancel", s.asRelative(s.cancel))
	mux.Handle("GET /visits/{ref}/interpreter", s.asRelative(s.askWithout))
	mux.Handle("POST /visits/{ref}/interpreter", s.asRelative(s.goWithout))
	mux.Handle("GET /visits/{ref}/people", s.asRelative(s.people))
	mux.Handle("POST /visits/{ref}/people", s.asRelative(s.addPeople))
	mux.Handle("GET /visits/{ref}/propose", s.asRelative(s.proposeVisit))
	mux.Handle("POST /visits/{ref}/propose", s.asRelative(s.saveProposeVisit))
	mux.Handle("GET /visits/{ref}/calendar.ics", s.asRelative(s.calendar))
}

// staff are the ward's pages.
func (s *Server) staff(mux *http.ServeMux) {
	mux.Handle("GET /ward", http.RedirectHandler("/ward/today", http.StatusSeeOther))
	mux.Handle("GET /ward/sign-in", s.page(s.wardSignIn))
	mux.Handle("POST /ward/sign-in", s.page(unhurried(s.signInLimiter(), s.signIn)))
	mux.Handle("POST /ward/sign-out", s.page(s.signOutStaff))
	mux.Handle("POST /ward/switch", s.asStaff(s.switchWard))
	mux.Handle("GET /ward/today", s.asStaff(s.wardToday))
	mux.Handle("GET /ward/today/events", s.asStaff(s.wardEvents))
	mux.Handle("GET /ward/visits/{ref}/say", s.asStaff(s.askWhatToSay))
	mux.Handle("POST /ward/visits/{ref}/say", s.asStaff(s.sayToWaiting))
	mux.Handle("GET /ward/visits/{ref}/interpreter", s.asStaff(s.askInterpreter))
	mux.Handle("POST /ward/visits/{ref}/interpreter", s.asStaff(s.changeInterpreter))
	mux.Handle("GET /ward/visits/{ref}/{act}", s.asStaff(s.confirmAct))
	mux.Handle("POST /ward/visits/{ref}/{act}", s.asStaff(s.actOnVisit))
	mux.Handle("GET /ward/book", s.asStaff(s.wardBook))
	mux.Handle("GET /ward/book/{patient}", s.asStaff(s.wardSlots))
	mux.Handle("POST /ward/book/{patient}", s.asStaff(s.wardHold))
	mux.Handle("GET /ward/book/held/{id}", s.asKeeper(s.wardHeld))
	mux.Handle("POST /ward/book/held/{id}", s.asKeeper(s.wardDescribe))
	mux.Handle("GET /ward/book/held/{id}/check", s.asKeeper(s.wardCheck))
	mux.Handle("GET /ward/book/held/{id}/book", s.asKeeper(s.wardCheck)) // reloading a booking that was refused
	mux.Handle("POST /ward/book/held/{id}/book", s.asKeeper(s.wardConfirm))
	mux.Handle("POST /ward/book/held/{id}/release", s.asKeeper(s.wardRelease))
	mux.Handle("GET /ward/book/done/{ref}", s.asStaff(s.wardBooked))
	mux.Handle("GET /ward/patients", s.asStaff(s.wardPatients))
	mux.Handle("GET /ward/patients/{id}", s.asStaff(s.wardPatient))
	mux.Handle("GET /ward/patients/{id}/invite", s.asStaff(s.wardInvite))
	mux.Handle("POST /ward/patients/{id}/invite", s.asStaff(s.saveInvite))
	mux.Handle("GET /ward/patients/{id}/consent", s.asStaff(s.wardConsent))
	mux.Handle("POST /ward/patients/{id}/consent", s.asStaff(s.saveConsent))
	mux.Handle("GET /ward/patients/{id}/withdraw", s.asStaff(s.askWithdraw))
	mux.Handle("POST /ward/patients/{id}/withdraw", s.asStaff(s.withdrawConsent))
	mux.Handle("GET /ward/patients/{id}/members/{member}/{act}", s.asStaff(s.askMember))
	mux.Handle("POST /ward/patients/{id}/members/{member}/{act}", s.asStaff(s.actOnMember))
	mux.Handle("GET "+importPath, s.asImporter(s.wardImport))
	mux.Handle("POST "+importPath, s.asImporter(s.checkImport))
	mux.Handle("GET "+importPath+"/templates/{kind}", s.asImporter(s.importTemplate))
	mux.Handle("POST "+importPath+"/confirm", s.asImporter(s.confirmImport))
	mux.Handle("GET /ward/ipads", s.asStaff(s.wardIPads))
	mux.Handle("GET /ward/ipads/{id}", s.asStaff(s.wardIPad))
	mux.Handle("GET /ward/ipads/{id}/change/{act}", s.asStaff(s.askIPad))
	mux.Handle("POST /ward/ipads/{id}/change/{act}", s.asStaff(s.changeIPad))
	mux.Handle("GET /ward/ipads/{id}/pair", s.asStaff(s.askPair))
	mux.Handle("POST /ward/ipads/{id}/pair", s.asStaff(s.beginPairing))
	mux.Handle("GET /ward/ipads/{id}/unpair", s.asStaff(s.askUnpair))
	mux.Handle("POST /ward/ipads/{id}/unpair", s.asStaff(s.unpair))
	mux.Handle("POST /ward/ipads/{id}/cleaned", s.asStaff(s.cleaned))
}

// rules are the pages of what a ward decides for itself.
func (s *Server) rules(mux *http.ServeMux) {
	mux.Handle("GET /ward/rules", s.asStaff(s.showRules("ward/rules")))
	mux.Handle("GET /ward/rules/times", s.asStaff(s.showRules("ward/rules-times")))
	mux.Handle("GET /ward/rules/times/new", s.asStaff(s.wardNewTimes))
	mux.Handle("POST /ward/rules/times/new", s.asStaff(s.saveNewTimes))
	mux.Handle("GET /ward/rules/times/{id}", s.asStaff(s.wardChangeTimes))
	mux.Handle("POST /ward/rules/times/{id}", s.asStaff(s.saveChangedTimes))
	mux.Handle("GET /ward/rules/times/{id}/end", s.asStaff(s.wardEndTimes))
	mux.Handle("POST /ward/rules/times/{id}/end", s.asStaff(s.endTimes))
	mux.Handle("GET /ward/rules/closures", s.asStaff(s.showRules("ward/rules-closures")))
	mux.Handle("GET /ward/rules/closures/new", s.asStaff(s.wardNewClosure))
	mux.Handle("POST /ward/rules/closures/new", s.asStaff(s.saveClosure))
	mux.Handle("GET /ward/rules/closures/{id}", s.asStaff(s.wardClosure))
	mux.Handle("GET /ward/rules/closures/{id}/reopen", s.asStaff(s.askReopen))
	mux.Handle("POST /ward/rules/closures/{id}/reopen", s.asStaff(s.reopen))
	mux.Handle("GET /ward/rules/closures/{id}/cancel", s.asStaff(s.askCancelClosed))
	mux.Handle("POST /ward/rules/closures/{id}/cancel", s.asStaff(s.cancelClosed))
	mux.Handle("GET /ward/rules/protected", s.asStaff(s.showRules("ward/rules-protected")))
	mux.Handle("GET /ward/rules/protected/new", s.asStaff(s.wardNewProtected))
	mux.Handle("POST /ward/rules/protected/new", s.asStaff(s.saveProtected))
	mux.Handle("GET /ward/rules/protected/{id}/remove", s.asStaff(s.askUnprotect))
	mux.Handle("POST /ward/rules/protected/{id}/remove", s.asStaff(s.unprotect))
	mux.Handle("GET /ward/rules/policy", s.asStaff(s.wardPolicy))
	mux.Handle("GET /ward/rules/policy/change", s.asStaff(s.wardChangePolicy))
	mux.Handle("POST /ward/rules/policy/change", s.asStaff(s.savePolicy))
	mux.Handle("GET /ward/rules/policy/history", s.asStaff(s.wardPolicyHistory))
}

// bedside are the pages of the iPad at the bed, but for its call.
func (s *Server) bedside(mux *http.ServeMux) {
	mux.Handle("GET /ipad", s.page(s.ipad))
	mux.Handle("GET /ipad/events", s.asDevice(s.ipadEvents))
	mux.Handle("POST /ipad/heartbeat", s.asDevice(s.heartbeat))
	mux.Handle("GET /ipad/pair", s.page(s.ipadPair))
	mux.Handle("POST /ipad/pair", s.page(unhurried(s.codeLimiter(), s.pairIPad)))
	mux.Handle("GET /ipad/worker.js", s.page(s.ipadWorker))
	mux.Handle("GET /ipad/manifest.webmanifest", s.page(s.ipadManifest))
}

// interpreters are the interpreters' pages.
func (s *Server) interpreters(mux *http.ServeMux) {
	mux.Handle("GET /interpreter", s.asKnownInterpreter(s.interpreterHome))
	mux.Handle("POST /interpreter/sign-out", s.page(s.signOutInterpreter))
	mux.Handle("GET /interpreter/offers/{id}/hand-back", s.asKnownInterpreter(s.askHandBack))
	mux.Handle("GET /interpreter/offers/{id}/substitute", s.asKnownInterpreter(s.askSubstitute))
	mux.Handle("POST /interpreter/offers/{id}/{answer}", s.asKnownInterpreter(s.answerOffer))
	mux.Handle("GET /interpreter/hours", s.asKnownInterpreter(s.interpreterHours))
	mux.Handle("GET /interpreter/hours/add", s.asKnownInterpreter(s.askHours))
	mux.Handle("POST /interpreter/hours/add", s.asKnownInterpreter(s.addHours))
	mux.Handle("POST /interpreter/hours/remove", s.asKnownInterpreter(s.dropHours))
	mux.Handle("GET /interpreter/rest", s.asKnownInterpreter(s.askRest))
	mux.Handle("POST /interpreter/rest", s.asKnownInterpreter(s.setRest))
	mux.Handle("GET /interpreter/time-off", s.asKnownInterpreter(s.askTimeOff))
	mux.Handle("POST /interpreter/time-off", s.asKnownInterpreter(s.readTimeOff))
	mux.Handle("GET /interpreter/time-off/check", s.asKnownInterpreter(s.checkTimeOff))
	mux.Handle("POST /interpreter/time-off/check", s.asKnownInterpreter(s.takeTimeOff))
	mux.Handle("POST /interpreter/time-off/{id}/remove", s.asKnownInterpreter(s.dropTimeOff))
}

// calls are the pages of the call itself, for whoever is in it.
func (s *Server) calls(mux *http.ServeMux) {
	mux.Handle("GET /try", s.page(s.tryPhone))
	mux.Handle("GET /visits/{ref}/ready", s.asRelative(s.familyReady))
	mux.Handle("GET /visits/{ref}/call", s.asRelative(s.familyCall))
	mux.Handle("GET /interpreter/visits/{ref}/ready", s.asKnownInterpreter(s.interpreterReady))
	mux.Handle("GET /interpreter/visits/{ref}/call", s.asKnownInterpreter(s.interpreterCall))
	mux.Handle("GET /ipad/call", s.asDevice(s.ipadCall))
	mux.Handle("POST "+ticketPath, s.page(s.ticket))
}
