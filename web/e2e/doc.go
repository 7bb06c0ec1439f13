// Package e2e is where real browsers meet in a visit. Its tests start the real
// program, drive its pages in Debian's Chromium as the ward, a relative, an
// interpreter and the iPad do, and judge the call by what is seen and heard: each
// synthetic camera shows one colour and sounds one tone, so a picture or a voice
// in the wrong place is known for whose it is.
//
// The tests need `make build` to have left bin/wardvisit, and Chromium. They
// leave screenshots of every page, at the widths of a phone, an iPad and a desk,
// in artefacts/ at the top of the repository, outside git.
package e2e
