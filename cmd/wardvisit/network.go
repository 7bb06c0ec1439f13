package main

import (
	"context"
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/wardvisit/wardvisit/signaling/ticket"
	"github.com/wardvisit/wardvisit/signaling/trial"
	"github.com/wardvisit/wardvisit/web"
)

// network is how browsers reach this server, read from what they are in fact
// given: the public URL, the addresses in answers, the relay's URLs.
func (s *server) network(ctx context.Context) (web.Network, error) {
	port := portOf(s.public)
	host := []string{s.public.Hostname()}
	n := web.Network{Doors: []web.Door{
		{Path: "page", Protocol: "TCP", Port: port, Hosts: host},
		{Path: "socket", Protocol: "TCP", Port: port, Hosts: host},
	}}
	if s.secure.trust != nil {
		n.Authority = "/trust"
	}
	ways, err := s.trials.Ways(ctx)
	if err != nil {
		return n, err
	}
	n.Doors = append(n.Doors, mediaDoors(trial.UDP, "UDP", ways[trial.UDP])...)
	n.Doors = append(n.Doors, mediaDoors(trial.TCP, "TCP", ways[trial.TCP])...)
	for _, server := range s.iceServers(ticket.Ticket{Seat: "anybody's"}) {
		for _, url := range server.URLs {
			if door, ok := relayDoor(url); ok {
				n.Doors = append(n.Doors, door)
			}
		}
	}
	return n, nil
}

// portOf is the port of a URL, said or meant.
func portOf(u *url.URL) uint16 {
	if port, err := strconv.ParseUint(u.Port(), 10, 16); err == nil {
		return uint16(port)
	}
	if u.Scheme == "https" {
		return 443
	}
	return 80
}

// mediaDoors are the ports at which browsers reach the media server straight:
// one door for each port, with every address of it.
func mediaDoors(path trial.Path, protocol string, ways []netip.AddrPort) []web.Door {
	var doors []web.Door
	for _, at := range ways {
		i := slices.IndexFunc(doors, func(d web.Door) bool { return d.Port == at.Port() })
		if i < 0 {
			i = len(doors)
			doors = append(doors, web.Door{Path: string(path), Protocol: protocol, Port: at.Port()})
		}
		doors[i].Hosts = append(doors[i].Hosts, at.Addr().String())
	}
	return doors
}

// relayDoor reads a relay's URL (RFC 7065). Asking for one's own address, which
// stun: is for, is done at the same ports.
func relayDoor(s string) (web.Door, bool) {
	scheme, rest, _ := strings.Cut(s, ":")
	where, way, _ := strings.Cut(rest, "?")
	door := web.Door{Path: string(trial.RelayUDP), Protocol: "UDP"}
	switch {
	case scheme == "turns":
		door = web.Door{Path: string(trial.RelayTLS), Protocol: "TCP"}
	case scheme != "turn":
		return web.Door{}, false
	case way == "transport=tcp":
		door = web.Door{Path: string(trial.RelayTCP), Protocol: "TCP"}
	}
	u, err := url.Parse("//" + where)
	if err != nil || u.Port() == "" {
		return web.Door{}, false
	}
	door.Hosts, door.Port = []string{u.Hostname()}, portOf(u)
	return door, true
}

// trials are connections that try a network, in the words of the pages.
type trials struct{ server *trial.Server }

// Begin answers a browser that tries one path.
func (t trials) Begin(ctx context.Context, path, offer string) (web.Trial, error) {
	answer, err := t.server.Begin(ctx, trial.Path(path), offer)
	switch {
	case errors.Is(err, trial.ErrBusy):
		return web.Trial{}, web.ErrCheckBusy
	case errors.Is(err, trial.ErrBadOffer):
		return web.Trial{}, web.ErrCheckOffer
	case err != nil:
		return web.Trial{}, err
	}
	given := web.Trial{Offered: answer.Offered, SDP: answer.SDP}
	if r := answer.Relay; r != nil {
		given.ICEServers = []web.ICEServer{{URLs: r.URLs, Username: r.Username, Credential: r.Password}}
	}
	return given, nil
}
