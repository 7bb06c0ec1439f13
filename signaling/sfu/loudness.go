package sfu

import (
	"sync"
	"time"
)

const (
	// silence is the level of digital silence, in dBov below the loudest.
	silence = 127
	// quietAfter is when sound of which nothing more comes is silent: well over
	// the 20 ms between packets, and under the 400 ms of one that only shows that
	// the microphone lives (DTX).
	quietAfter = 300 * time.Millisecond
)

// loudness is how loud somebody is, as their browser says (RFC 6464). It rises
// at once and falls slowly, a decibel with each packet: 50 dB a second.
type loudness struct {
	mu      sync.Mutex
	told    bool
	level   uint8
	at      time.Time
	noisyAt time.Time
}

func (l *loudness) hear(level uint8, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.told || level < l.level || now.Sub(l.at) > quietAfter {
		l.level = level
	} else {
		l.level = min(level, l.level+1)
	}
	l.told, l.at = true, now
	if level < silence {
		l.noisyAt = now
	}
}

// tell adds what is known to a.
func (l *loudness) tell(a *Activity, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a.Levelled, a.NoisyAt, a.Level = l.told, l.noisyAt, int(l.level)
	if !l.told || now.Sub(l.at) > quietAfter {
		a.Level = silence
	}
}
