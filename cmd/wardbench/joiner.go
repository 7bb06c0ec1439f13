package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pion/interceptor"
	"github.com/pion/transport/v4/stdnet"
	"github.com/pion/webrtc/v4"

	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/signalingtest"
)

// thinkEvery is how often a joiner thinks about ICE. Left to itself a Pion client
// that meets an ICE-lite server names the pair to use at its next tick, 200 ms
// on, where a browser does so as soon as a check is answered. The shortest of its
// timeouts is also its tick, so this is given as the time without a packet after
// which it would call itself disconnected, of which a joiner takes no notice.
const thinkEvery = 2 * time.Millisecond

// A joiner only comes in and listens for the first packet.
type joiner struct {
	connection *webrtc.PeerConnection
	devices    *stdnet.Net // of this machine, as they were when last looked at
	socket     *websocket.Conn
	first      chan struct{} // closed at the first packet
}

// comeIn takes a seat and returns when the first packet has come.
func comeIn(ctx context.Context, signal, ticket string) (*joiner, error) {
	ctx, cancel := context.WithTimeout(ctx, settleWithin)
	defer cancel()
	j := &joiner{first: make(chan struct{})}
	if err := j.connect(); err != nil {
		return nil, err
	}
	if err := j.knock(ctx, signal, ticket); err != nil {
		return nil, errors.Join(err, j.leave())
	}
	select {
	case <-j.first:
		return j, nil
	case <-ctx.Done():
		return nil, errors.Join(errors.New("nothing was heard"), j.leave())
	}
}

func (j *joiner) connect() error {
	media, set := &webrtc.MediaEngine{}, onLoopback()
	set.SetICETimeouts(thinkEvery, settleWithin, time.Second)
	set.SetDTLSInsecureSkipHelloVerify(true) // no browser asks twice who it is that speaks
	var err error
	if j.devices, err = stdnet.NewNet(); err != nil {
		return fmt.Errorf("look for network devices: %w", err)
	}
	set.SetNet(j.devices)
	for kind, codec := range codecs {
		if err := media.RegisterCodec(codec, kind); err != nil {
			return fmt.Errorf("register %s: %w", kind, err)
		}
	}
	api := webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithSettingEngine(set), webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	if j.connection, err = api.NewPeerConnection(webrtc.Configuration{}); err != nil {
		return fmt.Errorf("new connection: %w", err)
	}
	var once sync.Once
	j.connection.OnTrack(func(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		if _, _, err := t.Read(make([]byte, 1600)); err == nil {
			once.Do(func() { close(j.first) })
		}
	})
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
		track, err := webrtc.NewTrackLocalStaticRTP(codecs[kind].RTPCodecCapability, kind.String(), "me")
		if err != nil {
			return err
		}
		if _, err := j.connection.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}); err != nil {
			return err
		}
		for range perRoom - 1 {
			if _, err := j.connection.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (j *joiner) knock(ctx context.Context, signal, ticket string) error {
	offer, err := j.connection.CreateOffer(nil)
	if err != nil {
		return err
	}
	if err := j.connection.SetLocalDescription(offer); err != nil {
		return err
	}
	if j.socket, err = signalingtest.Dial(ctx, signal, origin); err != nil {
		return err
	}
	join, err := protocol.Encode(protocol.Join{V: protocol.Version, Ticket: ticket, SDP: offer.SDP, Audio: true, Video: true})
	if err != nil {
		return err
	}
	if err := j.socket.WriteMessage(websocket.TextMessage, join); err != nil {
		return err
	}
	_, frame, err := j.socket.ReadMessage()
	if err != nil {
		return err
	}
	notice, err := protocol.DecodeNotice(frame)
	if err != nil {
		return err
	}
	welcome, ok := notice.(protocol.Welcome)
	if !ok {
		return fmt.Errorf("not welcome, but %s", notice.Type())
	}
	return j.connection.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: welcome.SDP})
}

// leave gives the seat up, so that the room has it for the next, and ends
// everything of the joiner's.
func (j *joiner) leave() error {
	if j.socket == nil {
		return j.connection.GracefulClose()
	}
	frame, err := protocol.Encode(protocol.Leave{})
	if err == nil {
		err = j.socket.WriteMessage(websocket.TextMessage, frame)
	}
	for err == nil {
		_, _, err = j.socket.ReadMessage() // until the server closes
	}
	if closed := new(websocket.CloseError); errors.As(err, &closed) {
		err = nil
	}
	return errors.Join(err, j.socket.Close(), j.connection.GracefulClose())
}
