package sfu

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/webrtc/v4"
)

func newPeer(s *SFU, plan plan, options Options) (*Peer, error) {
	pc, err := s.api.NewPeerConnection(webrtc.Configuration{Certificates: s.certs})
	if err != nil {
		return nil, err
	}
	p := &Peer{
		sfu: s, pc: pc, ssrc: rand.Uint32(), mids: plan.mids, options: options, done: make(chan struct{}),
		slots: make([]slot, max(plan.slots[Audio], plan.slots[Video])),
	}
	p.arrivals.Recorder = twcc.NewRecorder(p.ssrc)
	for kind := range kinds {
		p.sources[kind] = newSource(p, kind)
	}
	if err := s.add(p); err != nil {
		_ = pc.Close()
		return nil, err
	}
	return p, nil
}

// open lays the sections out, in the order Pion matches them to the offer's,
// and answers.
func (p *Peer) open(ctx context.Context, plan plan) (string, error) {
	for kind := range kinds {
		if plan.sends[kind] {
			init := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}
			t, err := p.pc.AddTransceiverFromKind(kind.codecType(), init)
			if err != nil {
				return "", fmt.Errorf("sfu: lay out: %w", err)
			}
			p.run(func() { p.readReports(kind, t.Receiver()) })
		}
		for i := range plan.slots[kind] {
			if err := p.addStream(kind, i); err != nil {
				return "", fmt.Errorf("sfu: lay out: %w", err)
			}
		}
	}
	p.pc.OnTrack(p.onTrack)
	p.pc.OnConnectionStateChange(p.onState)
	p.run(p.tick)
	return p.answer(ctx, plan.sdp)
}

func (p *Peer) addStream(kind Kind, i int) error {
	st := &stream{
		kind: kind, want: usualWant, group: "slot" + strconv.Itoa(i), id: kind.String() + strconv.Itoa(i), now: p.sfu.cfg.Now,
	}
	init := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}
	t, err := p.pc.AddTransceiverFromTrack(st, init)
	if err != nil {
		return err
	}
	p.slots[i][kind] = st
	p.run(func() { p.readRequests(st, t.Sender()) })
	return nil
}

func (p *Peer) answer(ctx context.Context, offer string) (string, error) {
	description := webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}
	if err := p.pc.SetRemoteDescription(description); err != nil {
		return "", fmt.Errorf("%w: %w", ErrBadOffer, err)
	}
	answer, err := p.pc.CreateAnswer(nil)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrBadOffer, err)
	}
	gathered := webrtc.GatheringCompletePromise(p.pc)
	if err := p.pc.SetLocalDescription(answer); err != nil {
		return "", fmt.Errorf("%w: %w", ErrBadOffer, err)
	}
	ctx, cancel := context.WithTimeout(ctx, gatherWithin)
	defer cancel()
	select {
	case <-gathered:
		return onlyUsable(p.pc.LocalDescription().SDP), nil
	case <-ctx.Done():
		return "", fmt.Errorf("sfu: gather addresses: %w", ctx.Err())
	}
}

// Restart answers an offer that restarts ICE and changes nothing else.
func (p *Peer) Restart(ctx context.Context, offer string) (string, error) {
	if p.sfu == nil {
		return "", errClosed
	}
	p.restart.Lock()
	defer p.restart.Unlock()
	plan, err := readOffer(offer, p.sfu.cfg.MaxSlots)
	if err != nil {
		return "", err
	}
	if !slices.Equal(plan.mids, p.mids) {
		return "", fmt.Errorf("%w: not the same sections", ErrBadOffer)
	}
	return p.answer(ctx, plan.sdp)
}
