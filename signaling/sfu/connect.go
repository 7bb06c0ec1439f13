package sfu

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/webrtc/v4"
)

func newPeer(s *SFU, plan plan, options Options) (*Peer, error) {
	p := &Peer{
		sfu: s, ssrc: rand.Uint32(), mids: plan.mids, options: options, done: make(chan struct{}),
		slots: make([]slot, max(plan.slots[Audio], plan.slots[Video])), estimator: newEstimator(),
	}
	p.arrivals.Recorder = twcc.NewRecorder(p.ssrc)
	p.sources[Audio] = newSource(p, Audio, opus)
	p.sources[Video] = newSource(p, Video, options.Codec.coding(), plan.rids...)
	if err := p.connection(); err != nil {
		return nil, err
	}
	if err := s.add(p); err != nil {
		_ = p.pc.Close()
		return nil, err
	}
	return p, nil
}

// connection makes Pion's side of p: with the codecs of p's room and no
// interceptors, and what arrives goes to p's intakes.
func (p *Peer) connection() error {
	media, err := newMediaEngine(p.options.Codec)
	if err != nil {
		return err
	}
	set := p.sfu.set
	set.BufferFactory = p.newIntake
	set.SetIgnoreRidPauseForRecv(true) // a layer that begins paused may begin at any time
	p.pc, err = webrtc.NewAPI(
		webrtc.WithMediaEngine(media),
		webrtc.WithSettingEngine(set),
		webrtc.WithInterceptorRegistry(&interceptor.Registry{}),
	).NewPeerConnection(webrtc.Configuration{Certificates: p.sfu.certs})
	return err
}

// open lays the sections out, in the order Pion matches them to the offer's,
// and answers.
func (p *Peer) open(ctx context.Context, plan plan) (string, error) {
	for kind := range kinds {
		if plan.sends[kind] {
			init := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}
			if _, err := p.pc.AddTransceiverFromKind(kind.codecType(), init); err != nil {
				return "", fmt.Errorf("sfu: lay out: %w", err)
			}
		}
		for i := range plan.slots[kind] {
			if err := p.addStream(kind, i); err != nil {
				return "", fmt.Errorf("sfu: lay out: %w", err)
			}
		}
	}
	p.pc.OnConnectionStateChange(p.onState)
	answer, err := p.answer(ctx, plan.sdp)
	if err == nil {
		p.run(p.tick)
	}
	return answer, err
}

func (p *Peer) addStream(kind Kind, i int) error {
	st := &stream{
		kind: kind, mime: soundCodec.MimeType, want: usualWant, outlet: &p.outlet, peer: p,
		group: "slot" + strconv.Itoa(i), id: kind.String() + strconv.Itoa(i),
	}
	if kind == Video {
		st.mime = p.options.Codec.capability().MimeType
	}
	init := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}
	_, err := p.pc.AddTransceiverFromTrack(st, init)
	if err != nil {
		return err
	}
	p.slots[i][kind] = st
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
	if !p.agreed { // before the first packet can come; ICE restarts change nothing of it
		if p.terms, err = readAnswer(answer.SDP, p.options.Codec); err != nil {
			return "", err
		}
		p.agreed = true
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
	plan, err := readOffer(offer, p.options.Codec, p.sfu.cfg.MaxSlots)
	if err != nil {
		return "", err
	}
	if !slices.Equal(plan.mids, p.mids) {
		return "", fmt.Errorf("%w: not the same sections", ErrBadOffer)
	}
	return p.answer(ctx, plan.sdp)
}
