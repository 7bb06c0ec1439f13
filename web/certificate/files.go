package certificate

import (
	"crypto/tls"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"
)

// lookEvery is how late at most a renewed certificate is noticed.
const lookEvery = 10 * time.Second

// Files are a certificate and its key, as they are now.
type Files struct {
	cert, key string
	now       func() time.Time
	log       *slog.Logger

	mu     sync.Mutex
	pair   *tls.Certificate // guarded by mu
	seen   [2]version       // guarded by mu; of the pair
	tried  [2]version       // guarded by mu; of the last attempt
	looked time.Time        // guarded by mu
}

// A version is what tells one content of a file from the next without reading it.
type version struct {
	size     int64
	modified time.Time
}

// OpenFiles reads a certificate and its key, PEM both.
func OpenFiles(cert, key string, now func() time.Time, log *slog.Logger) (*Files, error) {
	f := &Files{cert: cert, key: key, now: now, log: log, looked: now()}
	seen, err := f.versions()
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	f.pair, f.seen, f.tried = &pair, seen, seen
	return f, nil
}

func (f *Files) versions() (v [2]version, err error) {
	for i, name := range []string{f.cert, f.key} {
		var info fs.FileInfo
		if info, err = os.Stat(name); err != nil {
			return v, err
		}
		v[i] = version{info.Size(), info.ModTime()}
	}
	return v, nil
}

// Certificate returns the newest certificate that could be read; it is what
// tls.Config.GetCertificate asks.
func (f *Files) Certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	if now.Sub(f.looked) < lookEvery {
		return f.pair, nil
	}
	f.looked = now
	found, err := f.versions()
	if err != nil {
		found = [2]version{} // so that it is said once, and tried again when they are back
	}
	if found == f.seen || err != nil && found == f.tried {
		return f.pair, nil
	}
	said := found == f.tried
	f.tried = found
	var pair tls.Certificate
	if err == nil {
		pair, err = tls.LoadX509KeyPair(f.cert, f.key)
	}
	switch {
	case err == nil:
		f.pair, f.seen = &pair, found
		f.log.Info("the certificate has been renewed", "until", pair.Leaf.NotAfter)
	case !said:
		f.log.Warn("the certificate's files have changed and can't be used: the one from before stays in use", "err", err)
	}
	return f.pair, nil
}
