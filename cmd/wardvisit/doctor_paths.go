package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/pion/webrtc/v4"

	"github.com/wardvisit/wardvisit/signaling/trial"
	"github.com/wardvisit/wardvisit/web"
)

// lookAtPaths goes by each path to the wardvisit that runs, as a family's browser
// would that is where this machine is.
func (d *doctor) lookAtPaths(ctx context.Context) {
	if d.running == "" {
		d.ok("paths", "No wardvisit runs with these settings, so there is none to try. Ask again when it does.")
		return
	}
	type outcome struct {
		offered bool
		err     error
	}
	paths := trial.Paths()
	outcomes := make([]outcome, len(paths))
	var trying sync.WaitGroup
	for i, path := range paths {
		trying.Go(func() { outcomes[i].offered, outcomes[i].err = goBy(ctx, d.running, path) })
	}
	trying.Wait()
	for i, path := range paths {
		switch o := outcomes[i]; {
		case o.err != nil:
			d.add("paths", problem, fmt.Sprintf("Sound and picture cannot reach the running wardvisit by %s: %s", path, sentence(o.err.Error())),
				"See if a firewall of this machine closes the port, and if -media-address and -public-url are right.")
		case o.offered:
			d.ok("paths", "Sound and picture reach the running wardvisit by %s.", path)
		}
	}
}

// errNoWay is a path that did not come up in time.
var errNoWay = errors.New("nothing came up in time")

// goBy tries one path to a running server, and reports whether there is one.
func goBy(ctx context.Context, where string, path trial.Path) (offered bool, err error) {
	settings := webrtc.SettingEngine{}
	settings.SetIncludeLoopbackCandidate(true) // we are on the same machine
	settings.SetNetworkTypes([]webrtc.NetworkType{
		webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6, webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6,
	})
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(settings)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, pc.GracefulClose()) }()
	up := make(chan struct{})
	var once sync.Once
	pc.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		if state == webrtc.PeerConnectionStateConnected {
			once.Do(func() { close(up) })
		}
	})
	init := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}
	if _, err := pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio, init); err != nil {
		return false, err
	}
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		return false, err
	}
	answer, err := askForTrial(ctx, where, path, offer.SDP)
	if err != nil || !answer.Offered {
		return false, err
	}
	if err := take(pc, offer, answer); err != nil {
		return true, err
	}
	select {
	case <-up:
		return true, nil
	case <-ctx.Done():
		return true, errNoWay
	}
}

// take sets a connection to the one path of an answer.
func take(pc *webrtc.PeerConnection, offer webrtc.SessionDescription, answer web.Trial) error {
	if len(answer.ICEServers) > 0 {
		only := webrtc.Configuration{ICETransportPolicy: webrtc.ICETransportPolicyRelay}
		for _, s := range answer.ICEServers {
			only.ICEServers = append(only.ICEServers, webrtc.ICEServer{URLs: s.URLs, Username: s.Username, Credential: s.Credential})
		}
		if err := pc.SetConfiguration(only); err != nil {
			return err
		}
	}
	if err := pc.SetLocalDescription(offer); err != nil {
		return err
	}
	return pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer.SDP})
}

func askForTrial(ctx context.Context, where string, path trial.Path, offer string) (answer web.Trial, err error) {
	form := url.Values{"path": {string(path)}, "sdp": {offer}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, where+"/check/offer", strings.NewReader(form.Encode()))
	if err != nil {
		return answer, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	response, err := beside().Do(request)
	if err != nil {
		return answer, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return answer, errors.New("it answered " + response.Status)
	}
	return answer, json.NewDecoder(io.LimitReader(response.Body, 64<<10)).Decode(&answer)
}
