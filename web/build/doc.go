// Build makes what the browser is sent. It turns web/styles and the TypeScript
// of web/scripts and web/call into web/dist, which the program embeds:
//
//	go run ./web/build            make web/dist
//	go run ./web/build -test      check the types, and run every *.test.ts
//
// It needs the packages of web/package.json (npm --prefix web ci
// --ignore-scripts) and fetches nothing itself.
//
// # What goes in, what comes out
//
// Each web/styles/NAME.scss whose name does not begin with an underscore
// becomes one stylesheet. Each web/scripts/NAME.ts becomes one script, as does
// web/call/main.ts, under the name call. Every file carries a hash of its
// content in its name, so that a browser may keep it for ever, lies beside a
// gzipped copy of itself if that is smaller, and is found by its plain name in
// manifest.json.
//
// # Only the styles that are used
//
// The design system brings a quarter of a megabyte of styles, and a relative's
// phone may be on a poor line. So a rule is kept only if every class in its
// selector can be borne by one of our pages: it is written in full in a template,
// a handler or a script, or belongs to a component that some page draws. A
// modifier that a component takes as an option, such as the red of
// nhsuk-tag--red, is kept if some page writes the word.
package main
