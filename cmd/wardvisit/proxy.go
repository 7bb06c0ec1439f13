package main

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// proxies are the networks of our own reverse proxies, whose word we take on who
// is behind them.
type proxies []netip.Prefix

// readProxies reads addresses and networks, with commas between.
func readProxies(list string) (proxies, error) {
	var all proxies
	for _, s := range split(list) {
		if addr, err := netip.ParseAddr(s); err == nil {
			all = append(all, netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("-trusted-proxy %q is neither an address nor a network: write 10.0.0.5 or 10.0.0.0/24", s)
		}
		all = append(all, prefix.Masked())
	}
	return all, nil
}

func (p proxies) trusts(addr netip.Addr) bool {
	return slices.ContainsFunc(p, func(prefix netip.Prefix) bool { return prefix.Contains(addr.Unmap().WithZone("")) })
}

// behind has handler see a request as our proxy received it: from whom it came,
// for bounds on how often somebody may ask; and whether over HTTPS, without which
// nobody is served where the public URL has it. Nobody else is believed.
func (p proxies) behind(public *url.URL, handler http.Handler) http.Handler {
	there := toPublic(public)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil || !p.trusts(from.Addr()) {
			handler.ServeHTTP(w, r)
			return
		}
		if client, ok := p.client(r.Header.Values("X-Forwarded-For")); ok {
			r.RemoteAddr = net.JoinHostPort(client.String(), "0")
		}
		if public.Scheme == "https" && r.Header.Get("X-Forwarded-Proto") == "http" {
			there(w, r)
			return
		}
		handler.ServeHTTP(w, r)
	})
}

// client is who asked the first of our proxies: each adds at the end who asked
// it, and what stands before that is only what somebody says of themselves.
func (p proxies) client(forwarded []string) (client netip.Addr, ok bool) {
	hops := split(strings.Join(forwarded, ","))
	for _, hop := range slices.Backward(hops) {
		addr, err := netip.ParseAddr(strings.Trim(hop, "[]"))
		if err != nil {
			at, err := netip.ParseAddrPort(hop)
			if err != nil {
				return client, ok // as far as we can read
			}
			addr = at.Addr()
		}
		client, ok = addr.Unmap(), true
		if !p.trusts(client) {
			return client, true
		}
	}
	return client, ok
}
