package web

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// This file is the one place that says how browsers reach us, and why, in the
// words of whoever keeps a firewall. The check page, the firewall sheet and the
// line to copy are all drawn from it, so that they cannot disagree.

// The paths between a browser and us, as a Door and a trial name them.
const (
	pathPage     = "page"
	pathSocket   = "socket"
	pathUDP      = "udp"
	pathTCP      = "tcp"
	pathRelayUDP = "relay-udp"
	pathRelayTCP = "relay-tcp"
	pathRelayTLS = "relay-tls"
)

// A Network is how browsers reach this program, as it runs.
type Network struct {
	Doors []Door
	// Authority is where the certificate of our own authority is to be had, which
	// iPads must install; empty when the certificate is one that browsers know.
	Authority string
}

// A Door is one port at which browsers come in by one path.
type Door struct {
	Path     string
	Protocol string // "TCP" or "UDP"
	Port     uint16
	Hosts    []string // names or addresses, as a browser is given them
}

// String names the door as firewalls do.
func (d Door) String() string { return fmt.Sprintf("%s %d", d.Protocol, d.Port) }

// A use is what a path is for.
type use struct {
	Name    string // to a family
	Reason  string // to whoever keeps the firewall
	Without string // what happens where it is closed
}

var uses = map[string]use{
	pathPage: {"The hospital’s pages", "web pages, over HTTPS",
		"No visit can be booked or joined."},
	pathSocket: {"The waiting room", "a websocket (wss), for who is in the visit and who is let in",
		"No visit can be joined. Some proxies and inspecting firewalls drop websockets."},
	pathUDP: {"Sound and picture: the fast way", "sound and picture, encrypted between browser and server (DTLS-SRTP, with STUN)",
		"Visits go by TCP, if that is open: the picture is slower, and sound may break up on a poor line."},
	pathTCP: {"Sound and picture: the steady way", "the same sound and picture over TCP (ICE-TCP), where UDP is closed",
		"Where UDP is closed too, visits go by the relay."},
	pathRelayUDP: {"The relay: the fast way", "the relay (TURN), which leads to our own media port and nowhere else",
		"Only networks that let nothing else through need it."},
	pathRelayTCP: {"The relay: the steady way", "the relay over TCP (TURN)",
		"Only networks without UDP need it."},
	pathRelayTLS: {"The relay: the way that looks like a web page", "the relay over TLS (TURN over TLS), the last resort of a closed network",
		"Only networks that let nothing but HTTPS through need it. TLS inspection breaks it."},
}

// bandwidth is what a visit needs of the line at either end.
var bandwidth = []struct{ What, Up, Down string }{
	{"Sound alone", "50 kbit/s", "50 kbit/s for each other person"},
	{"The least for a picture", "250 kbit/s", "250 kbit/s"},
	{"A good picture", "1 Mbit/s", "1 Mbit/s for each other person, 5 at most"},
}

// door returns the first door of a path.
func (n Network) door(path string) (Door, bool) {
	i := slices.IndexFunc(n.Doors, func(d Door) bool { return d.Path == path })
	if i < 0 {
		return Door{}, false
	}
	return n.Doors[i], true
}

// A firewallRule is one line of a firewall: a port, where it leads, and all that
// goes through it.
type firewallRule struct {
	Door Door
	Uses []use
}

// Reasons are what goes through, in one sentence.
func (r firewallRule) Reasons() string {
	var all []string
	for _, u := range r.Uses {
		all = append(all, u.Reason)
	}
	return strings.Join(all, "; ")
}

// Hosts are where the rule leads.
func (r firewallRule) Hosts() string { return strings.Join(r.Door.Hosts, ", ") }

// rules are the lines that a firewall needs: one for each port and destination,
// in the order of the doors.
func (n Network) rules() []firewallRule {
	var rules []firewallRule
	for _, d := range n.Doors {
		i := slices.IndexFunc(rules, func(r firewallRule) bool {
			return r.Door.Protocol == d.Protocol && r.Door.Port == d.Port && slices.Equal(r.Door.Hosts, d.Hosts)
		})
		if i < 0 {
			i = len(rules)
			rules = append(rules, firewallRule{Door: d})
		}
		rules[i].Uses = append(rules[i].Uses, uses[d.Path])
	}
	return rules
}

// line is what a firewall team is sent, to be read by itself.
func (n Network) line(public *url.URL) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Please let this network reach %s, for video visits to hospital.\n", public.Host)
	b.WriteString("Every connection begins in a browser here and goes out; replies come back.\n\n")
	for _, rule := range n.rules() {
		fmt.Fprintf(&b, "Allow %s to %s: %s.\n", rule.Door, rule.Hosts(), rule.Reasons())
	}
	why := "some proxies that do drop websockets"
	if door, ok := n.inspected(); ok {
		why = "what goes through " + door.String() + " is not all HTTPS"
	}
	fmt.Fprintf(&b, "Do not inspect TLS to %s: %s.\n", public.Hostname(), why)
	if page, ok := n.door(pathPage); ok {
		fmt.Fprintf(&b, "Web proxy: allow CONNECT to %s:%d, without a time limit, and websockets.\n", public.Hostname(), page.Port)
	}
	fmt.Fprintf(&b, "More: %s/firewall\n", public)
	return b.String()
}

// inspected returns the door at which TLS inspection does harm: where TLS, or
// what shares a port with it, carries something that is no web page.
func (n Network) inspected() (Door, bool) {
	page, _ := n.door(pathPage)
	for _, d := range n.Doors {
		shared := d.Protocol == page.Protocol && d.Port == page.Port
		if d.Path == pathRelayTLS || shared && d.Path != pathPage && d.Path != pathSocket {
			return d, true
		}
	}
	return Door{}, false
}
