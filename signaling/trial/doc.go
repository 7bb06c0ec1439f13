// Package trial lets a browser find out, before a visit, which of its paths to
// us its network leaves open: it tries each path alone, for real, and learns
// which one works and not merely that something does.
//
// A trial is a connection like a visit's, made with the same engine at the same
// ports, in which nothing is shown and nothing is heard. The browser offers one
// section to receive sound in; the answer has the addresses of the one path
// under trial and no others, so that whatever comes up came by that path.
// Through a relay, it has the one relay address under trial, and a credential
// that dies with the trial.
//
// # Who may try
//
// Anybody, without a ticket: families are told to try before they have a visit,
// on whichever network they will sit in. So a trial is worth nothing to somebody
// who means ill. It lives twenty seconds, and ends as soon as it has been up for
// a moment. There are at most a hundred, which takes nothing from visits. Its
// offer is short and has one section that sends nothing. How often one address
// may begin is bounded by whoever calls Begin.
//
// # What is kept
//
// Nothing but counts: how many trials there were of each path, and what came of
// them. Neither addresses nor offers are logged.
package trial
