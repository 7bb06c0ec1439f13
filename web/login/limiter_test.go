package login

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

func from(address string) *http.Request { return &http.Request{RemoteAddr: address} }

func TestLimiter(t *testing.T) {
	now := time.Date(2026, time.November, 24, 7, 30, 0, 0, time.UTC)
	l := NewLimiter(time.Second, 3, func() time.Time { return now })
	for i := range 3 {
		if wait := l.Wait(from("192.0.2.1:1000")); wait != 0 {
			t.Fatalf("try %d waits %v", i, wait)
		}
	}
	for range 2 { // a refused try takes nothing
		if wait := l.Wait(from("192.0.2.1:2000")); wait != time.Second {
			t.Errorf("fourth try waits %v", wait)
		}
	}
	if wait := l.Wait(from("192.0.2.2:1000")); wait != 0 {
		t.Errorf("a neighbour waits %v", wait)
	}
	now = now.Add(time.Second)
	if wait := l.Wait(from("192.0.2.1:1000")); wait != 0 {
		t.Errorf("a second later waits %v", wait)
	}
}

func TestWhatCountsAsOneAddress(t *testing.T) {
	for _, tt := range []struct {
		name string
		a, b string
		same bool
	}{
		{"two ports", "192.0.2.1:1", "192.0.2.1:2", true},
		{"two IPv4 addresses", "192.0.2.1:1", "192.0.2.2:1", false},
		{"IPv4 written as IPv6", "192.0.2.1:1", "[::ffff:192.0.2.1]:1", true},
		{"one household's IPv6", "[2001:db8:1:2::1]:1", "[2001:db8:1:2:ffff::9]:1", true},
		{"two households' IPv6", "[2001:db8:1:2::1]:1", "[2001:db8:1:3::1]:1", false},
		{"a zone", "[fe80::1%eth0]:1", "[fe80::1%eth1]:1", true},
		{"two that cannot be read", "pipe", "", true},
	} {
		if same := networkOf(from(tt.a)) == networkOf(from(tt.b)); same != tt.same {
			t.Errorf("%s: same is %v", tt.name, same)
		}
	}
}

func TestAFloodOfAddressesIsBounded(t *testing.T) {
	now := time.Date(2026, time.November, 24, 7, 30, 0, 0, time.UTC)
	l := NewLimiter(time.Minute, 2, func() time.Time { return now })
	address := func(i int) *http.Request {
		return from(fmt.Sprintf("[2001:db8:%x:%x::1]:1", i>>16, i&0xffff))
	}
	for i := range maxBuckets {
		if wait := l.Wait(address(i)); wait != 0 {
			t.Fatalf("address %d waits %v", i, wait)
		}
	}
	allowed := 0
	for i := range 10 {
		if l.Wait(address(maxBuckets+i)) == 0 {
			allowed++
		}
	}
	if allowed != 2 || len(l.buckets) != maxBuckets {
		t.Errorf("%d newcomers went ahead, %d buckets", allowed, len(l.buckets))
	}
	now = now.Add(time.Hour)
	if wait := l.Wait(address(maxBuckets + 20)); wait != 0 || len(l.buckets) != 1 {
		t.Errorf("an hour later waits %v, %d buckets", wait, len(l.buckets))
	}
}
