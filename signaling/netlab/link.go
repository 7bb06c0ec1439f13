package netlab

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"strconv"
	"sync"
)

// An End is where a Link comes out.
type End struct {
	In     *Namespace
	Device string // its name there, such as "wifi"
	// Addresses are the device's own; none if the place has its own.
	Addresses []netip.Addr
	// Routes are where one gets to through the device.
	Routes []netip.Prefix
	// MTU is the largest packet that the device takes; 1500 if 0.
	MTU int
}

// Everywhere is a default route of each family.
var Everywhere = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}

// Only is a route to one address.
func Only(addr netip.Addr) netip.Prefix { return netip.PrefixFrom(addr, addr.BitLen()) }

// usualMTU is Ethernet's.
const usualMTU = 1500

// A Link carries packets between two places. Up is from the first to the second,
// Down is back.
type Link struct {
	Up, Down *Way

	files  []*os.File
	moving sync.WaitGroup
	once   sync.Once
	err    error // of closing
}

// Link connects two places. With nat, the first is behind it.
func (l *Lab) Link(a, b End, nat *NAT) (*Link, error) {
	k := &Link{}
	for _, end := range []End{a, b} {
		file, err := end.open()
		if err != nil {
			return nil, errors.Join(err, k.Close())
		}
		k.files = append(k.files, file)
	}
	l.mu.Lock()
	l.made++
	seed := l.made
	l.links = append(l.links, k)
	l.mu.Unlock()
	k.Up = newWay(l.cfg.Now, rand.New(rand.NewPCG(l.cfg.Seed, 2*seed)), k.files[0], k.files[1])
	k.Down = newWay(l.cfg.Now, rand.New(rand.NewPCG(l.cfg.Seed, 2*seed+1)), k.files[1], k.files[0])
	if nat != nil {
		k.Up.translate, k.Down.translate = nat.out, nat.in
	}
	for _, way := range []*Way{k.Up, k.Down} {
		k.moving.Go(way.read)
		k.moving.Go(way.write)
	}
	// Routes last: a packet that goes out finds somebody to carry it.
	for _, end := range []End{a, b} {
		if err := end.route(); err != nil {
			return nil, errors.Join(err, k.Close())
		}
	}
	return k, nil
}

// Set puts both ways under the same conditions.
func (k *Link) Set(c Conditions) {
	k.Up.Set(c)
	k.Down.Set(c)
}

// Close ends the Link: both devices are gone, with their addresses and routes.
// Packets on the way are lost.
func (k *Link) Close() error {
	k.once.Do(func() {
		for _, file := range k.files {
			k.err = errors.Join(k.err, file.Close())
		}
		k.moving.Wait()
	})
	return k.err
}

// open makes the device, with its addresses.
func (e End) open() (file *os.File, err error) {
	err = e.In.Do(func() (err error) {
		file, err = openTUN(e.Device)
		return err
	})
	if err != nil {
		return nil, err
	}
	mtu := e.MTU
	if mtu == 0 {
		mtu = usualMTU
	}
	err = run("-n", e.In.name, "link", "set", e.Device, "up", "mtu", strconv.Itoa(mtu))
	for _, addr := range e.Addresses {
		err = errors.Join(err, e.In.address(addr, e.Device))
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

func (e End) route() error {
	for _, to := range e.Routes {
		family := "-4"
		if to.Addr().Is6() {
			family = "-6"
		}
		if err := run(family, "-n", e.In.name, "route", "add", to.String(), "dev", e.Device); err != nil {
			return fmt.Errorf("netlab: route %v: %w", to, err)
		}
	}
	return nil
}
