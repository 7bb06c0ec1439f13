// Package netlab is a laboratory of networks for tests and measurements: places
// that have nothing to do with each other, and links between them that delay,
// lose, throttle and refuse as a family's Wi-Fi, a hospital's firewall and a
// telephone in a lift do.
//
//	 home (a Namespace)                                   server (a Namespace)
//	┌───────────────────┐          a Link                ┌─────────────────────┐
//	│ Chromium          │  TUN ──▶ Up:   rules, NAT,  ──▶ TUN │ bin/wardvisit  │
//	│ 10.0.1.2          │  TUN ◀── Down: loss, rate…  ◀── TUN │ 203.0.113.10   │
//	└───────────────────┘                                └─────────────────────┘
//
// A Lab owns Namespaces, which are Linux network namespaces, and Links between
// them. A Link is a pair of TUN devices whose packets this process carries from
// one to the other, each Way by its own Conditions, which may change at any time
// while packets are on it. Nothing of the kernel's own traffic control is used,
// since many kernels come without it.
//
// # Conditions
//
// In this order a packet is refused by a Rule ("nothing but TCP to port 443"),
// found too big, lost by chance or in a burst, kept out of a full queue, made to
// wait for its turn on a slow line, and delayed. Chance is drawn from the seed
// the Lab was given. What became of every packet is counted.
//
// # Leave and cleanliness
//
// It needs Linux, root and iproute2; where it is not to be had, New says so with
// ErrUnavailable, and a test skips, or fails where nothing may be skipped. The
// devices vanish with this process however it ends. Namespaces have the process
// in their name: New removes those whose process is gone, and ends what still
// runs in them.
package netlab
