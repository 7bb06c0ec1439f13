package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
)

// listen opens the port for pages, and says in a sentence why it can't.
func listen(cfg config) (net.Listener, error) {
	l, err := net.Listen("tcp", cfg.listen)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is already in use: end what uses it, or choose another with -listen", cfg.listen)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("may not listen on %s: ports under 1024 need leave from the system, or choose another with -listen", cfg.listen)
	case err != nil:
		return nil, fmt.Errorf("can't listen on %s: %w", cfg.listen, err)
	}
	if cfg.tlsCert == "" {
		return l, nil
	}
	pair, err := tls.LoadX509KeyPair(cfg.tlsCert, cfg.tlsKey)
	if err != nil {
		l.Close()
		return nil, fmt.Errorf("can't use the certificate and key: %w", err)
	}
	return tls.NewListener(l, &tls.Config{
		Certificates: []tls.Certificate{pair},
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"http/1.1"}, // websockets need it; one connection a person is enough
	}), nil
}

// publicURL is where people find us: what we were told, or else where we
// listen, by the name that browsers trust with a camera on one machine.
func publicURL(cfg config, l net.Listener) (*url.URL, error) {
	if cfg.publicURL != "" {
		u, err := url.Parse(strings.TrimSuffix(cfg.publicURL, "/"))
		if err != nil {
			return nil, fmt.Errorf("-public-url: %w", err)
		}
		return u, nil
	}
	scheme := "http"
	if cfg.tlsCert != "" {
		scheme = "https"
	}
	at, err := netip.ParseAddrPort(l.Addr().String())
	if err != nil {
		return nil, fmt.Errorf("listening on no address: %w", err)
	}
	host := at.Addr().Unmap().String()
	if at.Addr().IsUnspecified() || at.Addr().IsLoopback() {
		host = "localhost"
	}
	return &url.URL{Scheme: scheme, Host: net.JoinHostPort(host, fmt.Sprint(at.Port()))}, nil
}

// origins are the pages that may open a websocket. Behind one name of our own
// machine there are others: they all reach us, so they all may.
func origins(public *url.URL) []string {
	all := []string{public.Scheme + "://" + public.Host}
	if public.Hostname() == "localhost" {
		for _, name := range []string{"127.0.0.1", "[::1]"} {
			all = append(all, public.Scheme+"://"+name+":"+public.Port())
		}
	}
	return all
}

// mediaAddrPort is the one UDP address of all media.
func mediaAddrPort(cfg config) (netip.AddrPort, error) {
	a, err := net.ResolveUDPAddr("udp", cfg.mediaUDP)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("-media-udp: %w", err)
	}
	ap := a.AddrPort()
	if !ap.Addr().IsValid() {
		return netip.AddrPortFrom(netip.IPv4Unspecified(), ap.Port()), nil
	}
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port()), nil
}
