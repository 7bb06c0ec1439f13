package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/gorilla/websocket"
	"github.com/pion/logging"
	"github.com/pion/webrtc/v4"

	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// codecs are the two of the room's protocol.
var codecs = map[webrtc.RTPCodecType]webrtc.RTPCodecParameters{
	webrtc.RTPCodecTypeAudio: {PayloadType: 109, RTPCodecCapability: webrtc.RTPCodecCapability{
		MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2,
		RTCPFeedback: []webrtc.RTCPFeedback{{Type: webrtc.TypeRTCPFBTransportCC}},
	}},
	webrtc.RTPCodecTypeVideo: {PayloadType: 120, RTPCodecCapability: webrtc.RTPCodecCapability{
		MimeType: webrtc.MimeTypeVP8, ClockRate: 90000,
		RTCPFeedback: []webrtc.RTCPFeedback{
			{Type: webrtc.TypeRTCPFBTransportCC}, {Type: webrtc.TypeRTCPFBNACK}, {Type: webrtc.TypeRTCPFBNACK, Parameter: "pli"},
		},
	}},
}

// onLoopback keeps a connection on this machine.
func onLoopback() webrtc.SettingEngine {
	set := webrtc.SettingEngine{}
	set.SetIncludeLoopbackCandidate(true)
	set.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	set.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	set.LoggerFactory = &logging.DefaultLoggerFactory{Writer: io.Discard} // of ends that close before the other
	return set
}

// naive is the forwarder that Pion's examples make: its defaults, a socket for
// each connection, and a TrackLocalStaticRTP for each receiver. It speaks just
// enough of the room's protocol.
type naive struct {
	api     *webrtc.API
	tickets *ticket.Sealer

	mu sync.Mutex
	// +checklocks:mu
	rooms map[string][]*naivePeer
}

// A naivePeer is one connection, with what is sent to it: by kind, a track for
// each slot, of which the first taken are in use.
type naivePeer struct {
	connection *webrtc.PeerConnection
	slots      map[webrtc.RTPCodecType][]*webrtc.TrackLocalStaticRTP
	taken      map[webrtc.RTPCodecType]int
}

func newNaive(tickets *ticket.Sealer) (*naive, error) {
	media := &webrtc.MediaEngine{}
	for kind, codec := range codecs {
		if err := media.RegisterCodec(codec, kind); err != nil {
			return nil, fmt.Errorf("register %s: %w", kind, err)
		}
	}
	// Without an interceptor registry of its own, an API has Pion's defaults.
	api := webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithSettingEngine(onLoopback()))
	return &naive{api: api, tickets: tickets, rooms: map[string][]*naivePeer{}}, nil
}

// ServeHTTP is one caller's websocket, from its opening to its end.
func (s *naive) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{}
	upgrader.CheckOrigin = func(*http.Request) bool { return true } // on loopback, for a minute
	socket, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	defer socket.Close()
	_, frame, err := socket.ReadMessage()
	if err != nil {
		return
	}
	request, err := protocol.DecodeRequest(frame)
	if err != nil {
		return
	}
	join, ok := request.(protocol.Join)
	if !ok {
		return
	}
	peer, answer, err := s.connect(join)
	if err != nil {
		return
	}
	defer peer.connection.Close()
	frame, err = protocol.Encode(protocol.Welcome{V: protocol.Version, SDP: answer})
	if err != nil || socket.WriteMessage(websocket.TextMessage, frame) != nil {
		return
	}
	for err == nil && frame != nil {
		if _, frame, err = socket.ReadMessage(); err == nil && string(frame) == `{"type":"leave"}` {
			return
		}
	}
}

func (s *naive) connect(join protocol.Join) (*naivePeer, string, error) {
	leave, err := s.tickets.Open(join.Ticket)
	if err != nil {
		return nil, "", err
	}
	connection, err := s.api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, "", err
	}
	p := &naivePeer{connection, map[webrtc.RTPCodecType][]*webrtc.TrackLocalStaticRTP{}, map[webrtc.RTPCodecType]int{}}
	room := leave.Room
	connection.OnTrack(func(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { s.forward(room, p, t) })
	answer, err := p.answer(join.SDP)
	if err != nil {
		return nil, "", errors.Join(err, connection.Close())
	}
	s.mu.Lock()
	s.rooms[room] = append(s.rooms[room], p)
	s.mu.Unlock()
	return p, answer, nil
}

func (p *naivePeer) answer(offer string) (string, error) {
	if err := p.connection.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		return "", err
	}
	for _, section := range p.connection.GetTransceivers() {
		if section.Direction() != webrtc.RTPTransceiverDirectionSendonly && section.Direction() != webrtc.RTPTransceiverDirectionInactive {
			continue
		}
		kind := section.Kind()
		track, err := webrtc.NewTrackLocalStaticRTP(codecs[kind].RTPCodecCapability, fmt.Sprint(kind, len(p.slots[kind])), "slot")
		if err != nil {
			return "", err
		}
		sender, err := p.connection.AddTrack(track)
		if err != nil {
			return "", err
		}
		go drain(sender) // ends with the connection
		p.slots[kind] = append(p.slots[kind], track)
	}
	answer, err := p.connection.CreateAnswer(nil)
	if err != nil {
		return "", err
	}
	gathered := webrtc.GatheringCompletePromise(p.connection)
	if err := p.connection.SetLocalDescription(answer); err != nil {
		return "", err
	}
	<-gathered
	return p.connection.LocalDescription().SDP, nil
}

// drain reads a sender's reports, as its interceptors need somebody to.
func drain(sender *webrtc.RTPSender) {
	report := make([]byte, 1500)
	for {
		if _, _, err := sender.Read(report); err != nil {
			return
		}
	}
}

// forward sends what comes in a track to a slot of everybody else in the room.
func (s *naive) forward(room string, from *naivePeer, t *webrtc.TrackRemote) {
	to := map[*naivePeer]*webrtc.TrackLocalStaticRTP{}
	for {
		packet, _, err := t.ReadRTP()
		if err != nil {
			return
		}
		s.mu.Lock()
		for _, p := range s.rooms[room] {
			if slots, n := p.slots[t.Kind()], p.taken[t.Kind()]; p != from && to[p] == nil && n < len(slots) {
				to[p] = slots[n]
				p.taken[t.Kind()]++
			}
		}
		s.mu.Unlock()
		for p, slot := range to {
			if slot.WriteRTP(packet) != nil {
				delete(to, p)
			}
		}
	}
}
