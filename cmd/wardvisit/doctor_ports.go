package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"syscall"
	"time"

	"github.com/wardvisit/wardvisit/signaling/sfu"
)

// A wantedPort is one that serve opens.
type wantedPort struct {
	flag, network, at, what string
}

func (d *doctor) wantedPorts() []wantedPort {
	ports := []wantedPort{
		{"listen", "tcp", d.cfg.listen, "pages and all that goes by TCP"},
		{"media-udp", "udp", d.cfg.mediaUDP, "sound and picture"},
	}
	if d.cfg.turn != noRelay && d.cfg.turn != sharedRelay {
		ports = append(ports,
			wantedPort{"turn", "tcp", d.cfg.turn, "the relay"},
			wantedPort{"turn", "udp", d.cfg.turn, "the relay"})
	}
	return ports
}

// lookAtPorts sees if each port can be opened, or is held by a wardvisit that
// runs already.
func (d *doctor) lookAtPorts(ctx context.Context) {
	d.running = answering(ctx, d.cfg.listen)
	for _, p := range d.wantedPorts() {
		err := tryOpen(ctx, p.network, p.at)
		name := fmt.Sprintf("%s %s, for %s,", p.network, p.at, p.what)
		switch {
		case err == nil && d.running != "" && p.flag == "listen":
			d.ok("port", "%s can be opened beside the wardvisit that runs.", name)
		case err == nil:
			d.ok("port", "%s can be opened.", name)
		case errors.Is(err, syscall.EADDRINUSE) && d.running != "":
			d.ok("port", "%s is held, and a running wardvisit answers.", name)
		case errors.Is(err, syscall.EADDRINUSE):
			d.add("port", problem, name+" is in use by another program.", "End that program, or choose another port with -"+p.flag+".")
		case errors.Is(err, syscall.EACCES):
			d.add("port", problem, name+" may not be opened by this user.",
				"Give the program leave (setcap cap_net_bind_service=+ep, or AmbientCapabilities in its systemd unit), or choose a port from 1024 on.")
		case errors.Is(err, syscall.EADDRNOTAVAIL):
			d.add("port", problem, name+" is at an address that this machine does not have.", "Correct -"+p.flag+".")
		default:
			d.add("port", problem, name+" cannot be opened: "+sentence(err.Error()), "Correct -"+p.flag+".")
		}
	}
}

// tryOpen opens a port and closes it again.
func tryOpen(ctx context.Context, network, at string) error {
	var config net.ListenConfig
	if network == "udp" {
		conn, err := config.ListenPacket(ctx, network, at)
		if err != nil {
			return err
		}
		return conn.Close()
	}
	l, err := config.Listen(ctx, network, at)
	if err != nil {
		return err
	}
	return l.Close()
}

// beside is for speaking to a server on this very machine, by its address:
// whoever answers there is us or nobody, and its certificate is for its name.
func beside() *http.Client {
	return &http.Client{
		Timeout: examineWithin,
		Transport: &http.Transport{
			Proxy:             nil,
			TLSClientConfig:   &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}, //nolint:gosec // lookAtCertificate judges the certificate
			DisableKeepAlives: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// answering returns the address of the wardvisit that answers where serve would
// listen, or nothing.
func answering(ctx context.Context, listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil || port == "0" {
		return ""
	}
	if addr, err := netip.ParseAddr(host); host == "" || err == nil && addr.IsUnspecified() {
		host = "127.0.0.1"
	}
	for _, scheme := range []string{"https", "http"} {
		where := (&url.URL{Scheme: scheme, Host: net.JoinHostPort(host, port)}).String()
		var said struct {
			Service string `json:"service"`
		}
		if getJSON(ctx, where+"/check/clock", &said) == nil && said.Service == "wardvisit" {
			return where
		}
	}
	return ""
}

func getJSON(ctx context.Context, where string, v any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, where, nil)
	if err != nil {
		return err
	}
	response, err := beside().Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return errors.New("answered " + response.Status)
	}
	return json.NewDecoder(io.LimitReader(response.Body, 64<<10)).Decode(v)
}

// lookAtAddresses says where browsers would be sent for sound and picture, and
// whether they would go there.
func (d *doctor) lookAtAddresses(context.Context) {
	at, err := mediaAddrPort(d.cfg)
	if err != nil {
		d.add("addresses", problem, sentence(err.Error()), "Correct -media-udp.")
		return
	}
	addrs, err := d.cfg.addresses()
	if err == nil && len(addrs) == 0 {
		addrs, err = mediaAddresses(at)
	}
	if err != nil || len(addrs) == 0 {
		d.add("addresses", problem, "This machine has no address at which browsers could reach it.", "Say -media-address.")
		return
	}
	away := slices.DeleteFunc(slices.Clone(addrs), func(a netip.Addr) bool { return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() })
	switch port := at.Port(); {
	case port != 0 && port < 1024 && port != 80 && port != 443:
		d.add("addresses", problem, fmt.Sprintf("Browsers refuse media at port %d, as at every port under 1024 but 80 and 443.", port), "Choose 443, or one from 1024 on, with -media-udp.")
	case (port == 80 || port == 443) && len(away) == 0:
		d.add("addresses", problem, fmt.Sprintf("Browsers refuse media at port %d of private addresses, such as %s.", port, addrs[0]),
			"Choose another port, such as 8443, with -media-udp; or say the public address with -media-address.")
	case (port == 80 || port == 443) && len(away) < len(addrs):
		d.add("addresses", warning, fmt.Sprintf("Browsers refuse media at port %d of private addresses; those at %s remain.", port, list(away)),
			"Inside the hospital’s network choose another port, such as 8443, with -media-udp.")
	case len(away) == 0:
		d.add("addresses", warning, "Browsers are sent to "+list(addrs)+", which only networks of this house reach.",
			"If families visit from home, say the public address with -media-address.")
	default:
		d.ok("addresses", "Browsers are sent to %s for sound and picture.", list(addrs))
	}
}

// mediaAddresses are the machine's own, of which the media server offers each.
func mediaAddresses(at netip.AddrPort) ([]netip.Addr, error) {
	if !at.Addr().IsUnspecified() {
		return []netip.Addr{at.Addr()}, nil
	}
	media, err := sfu.New(sfu.Config{Listen: netip.AddrPortFrom(at.Addr(), 0), MaxSlots: 1, Now: time.Now})
	if err != nil {
		return nil, err
	}
	var addrs []netip.Addr
	for _, local := range media.Local() {
		addrs = append(addrs, local.Addr())
	}
	return addrs, media.Close()
}
