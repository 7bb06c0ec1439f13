package trial

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/wardvisit/wardvisit/signaling/sfu"
)

// ownOffer is what Ways asks with: the least that a browser offers. Nobody has
// the key of its fingerprint, so nothing ever comes of it.
const ownOffer = `v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=fingerprint:sha-256 00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
a=rtcp-mux
a=ice-ufrag:ways
a=ice-pwd:ofno-use-to-anybody-at-all
a=setup:actpass
a=mid:0
a=recvonly
a=rtpmap:111 opus/48000/2
`

// Ways returns the addresses that browsers are given in answers, for the two
// paths that lead straight to the media server; none, where there is no such
// path. It asks the media server, so that nothing else need know its mind.
func (s *Server) Ways(ctx context.Context) (map[Path][]netip.AddrPort, error) {
	peer, answer, err := s.cfg.Media.Connect(ctx, strings.ReplaceAll(ownOffer, "\n", "\r\n"),
		sfu.Options{Changed: func(sfu.State) {}, Paused: func(int, bool) {}})
	if err != nil {
		return nil, fmt.Errorf("trial: ask where media is to be found: %w", err)
	}
	peer.Close()
	ways := map[Path][]netip.AddrPort{}
	for line := range strings.Lines(answer) {
		candidate, is := strings.CutPrefix(line, "a=candidate:")
		if !is {
			continue
		}
		path := UDP
		if protocol(candidate) == "tcp" {
			path = TCP
		}
		if at, ok := addressOf(candidate); ok && !slices.Contains(ways[path], at) {
			ways[path] = append(ways[path], at)
		}
	}
	for _, all := range ways {
		slices.SortFunc(all, netip.AddrPort.Compare)
	}
	return ways, nil
}

// addressOf is the fifth and sixth word of a candidate.
func addressOf(candidate string) (netip.AddrPort, bool) {
	words := strings.Fields(candidate)
	if len(words) < 6 {
		return netip.AddrPort{}, false
	}
	addr, err := netip.ParseAddr(words[4])
	port, err2 := strconv.ParseUint(words[5], 10, 16)
	return netip.AddrPortFrom(addr, uint16(port)), err == nil && err2 == nil
}
