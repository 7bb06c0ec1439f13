package web

import "net/http"

// routes is the whole URL space. Who a page is for is said by its route: page is
// for everyone, and the others send anybody else to their door.
func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()

	// For everyone.
	mux.Handle("GET /assets/{name}", s.assets)
	mux.Handle("/", s.page(s.notFound))

	// Relatives.

	// The ward.

	// The iPad at the bed.

	// Interpreters.

	// The call.

	// The practice hospital only.
	if s.practice {
		_ = mux // its routes go here
	}
	return mux
}
