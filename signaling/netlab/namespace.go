package netlab

import (
	"context"
	"net"
	"net/netip"
	"os/exec"
	"slices"
)

// A Namespace is a place on the network: it has devices, addresses and routes of
// its own, and sees nothing of anybody else's but through a Link.
type Namespace struct {
	name string
}

// Namespace makes a place that has a loopback device and nothing else. Its name
// is unique to this process: a short word, such as "home".
func (l *Lab) Namespace(word string) (*Namespace, error) {
	n := &Namespace{name: l.own + word}
	if err := run("netns", "add", n.name); err != nil {
		return nil, err
	}
	l.mu.Lock()
	l.places = append(l.places, n)
	l.mu.Unlock()
	return n, run("-n", n.name, "link", "set", "lo", "up")
}

// Own gives the place addresses that are its own whatever devices it has, as a
// server has a public address.
func (n *Namespace) Own(addrs ...netip.Addr) error {
	for _, addr := range addrs {
		if err := n.address(addr, "lo"); err != nil {
			return err
		}
	}
	return nil
}

// address gives a device of the place an address, at once: one of IPv6 could not be
// used until the kernel had looked, or got round to not looking, for another that
// has it (RFC 4862, section 5.4).
func (n *Namespace) address(addr netip.Addr, device string) error {
	args := []string{"-n", n.name, "address", "add", Only(addr).String(), "dev", device}
	if addr.Is6() {
		args = append(args, "nodad")
	}
	return run(args...)
}

// Disown takes such addresses away again.
func (n *Namespace) Disown(addrs ...netip.Addr) error {
	for _, addr := range addrs {
		if err := run("-n", n.name, "address", "delete", netip.PrefixFrom(addr, addr.BitLen()).String(), "dev", "lo"); err != nil {
			return err
		}
	}
	return nil
}

// Command is a program that will run in the place.
func (n *Namespace) Command(ctx context.Context, program string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, "ip", n.wrap(program, args)...)
}

// Move has a command that is not started yet run in the place.
func (n *Namespace) Move(cmd *exec.Cmd) error {
	path, err := exec.LookPath("ip")
	if err != nil {
		return err
	}
	cmd.Args = append([]string{"ip"}, n.wrap(cmd.Path, cmd.Args[1:])...)
	cmd.Path = path
	return nil
}

// wrap is what ip is told; it becomes the program, which keeps its process.
func (n *Namespace) wrap(program string, args []string) []string {
	return slices.Concat([]string{"netns", "exec", n.name, program}, args)
}

// Do runs f on a thread that is in the place: a socket which f opens belongs
// there for good. f must not start goroutines that open any.
func (n *Namespace) Do(f func() error) error {
	done := make(chan error, 1)
	go func() { done <- inside(n.name, f) }()
	return <-done
}

// Dial connects from the place. The address must be numbers, as there is nobody
// to ask for names.
func (n *Namespace) Dial(ctx context.Context, network, address string) (conn net.Conn, err error) {
	err = n.Do(func() (err error) {
		conn, err = new(net.Dialer).DialContext(ctx, network, address)
		return err
	})
	return conn, err
}

// Listen waits for connections in the place.
func (n *Namespace) Listen(ctx context.Context, network, address string) (listener net.Listener, err error) {
	err = n.Do(func() (err error) {
		listener, err = new(net.ListenConfig).Listen(ctx, network, address)
		return err
	})
	return listener, err
}

// ListenPacket opens a socket for packets in the place.
func (n *Namespace) ListenPacket(ctx context.Context, network, address string) (conn net.PacketConn, err error) {
	err = n.Do(func() (err error) {
		conn, err = new(net.ListenConfig).ListenPacket(ctx, network, address)
		return err
	})
	return conn, err
}
