package web

import (
	"net/http"
	"time"
)

// A Trust is an authority of our own that devices must be told to trust, where
// the hospital has no certificate that they trust already.
type Trust struct {
	Name        string // as devices show it
	Fingerprint string // to compare by eye
	Until       time.Time
	Certificate []byte // the root, DER
	Profile     []byte // the same, as Apple's devices install it
}

// trusting are the pages that tell a device to trust us. They need no sign-in,
// and hold nothing secret: who is told to trust a root compares its fingerprint
// with what the server printed as it started.
func (s *Server) trusting(mux *http.ServeMux) {
	mux.Handle("GET /trust", s.page(s.showTrust))
	mux.Handle("GET /trust/wardvisit.mobileconfig", s.page(s.trustFile("application/x-apple-aspen-config", func(t *Trust) []byte { return t.Profile })))
	mux.Handle("GET /trust/wardvisit.cer", s.page(s.trustFile("application/x-x509-ca-cert", func(t *Trust) []byte { return t.Certificate })))
}

// A trustPage says how to trust us.
type trustPage struct {
	*Trust
	Home string // where to go then
	End  string
}

// showTrust handles GET /trust.
func (s *Server) showTrust(w http.ResponseWriter, r *http.Request) error {
	if s.trust == nil {
		return errPageNotFound
	}
	return s.render(w, r, http.StatusOK, "site/trust", trustPage{s.trust, s.public.String(), s.trust.Until.UTC().Format("2 January 2006")})
}

// trustFile handles a file to install.
func (s *Server) trustFile(kind string, of func(*Trust) []byte) handler {
	return func(w http.ResponseWriter, _ *http.Request) error {
		if s.trust == nil {
			return errPageNotFound
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "no-store")
		_, err := w.Write(of(s.trust))
		return ignoreGone(err)
	}
}
