package sfu

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"time"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// Clock rates of the two codecs, in Hz.
const (
	audioClock = 48000
	videoClock = 90000
)

// certificateLife is how long the certificate of one process is good for. It is
// checked by its fingerprint alone, and outlives no process we know of.
const certificateLife = 10 * 365 * 24 * time.Hour

func (k Kind) clock() uint32 {
	if k == Audio {
		return audioClock
	}
	return videoClock
}

func (k Kind) codecType() webrtc.RTPCodecType {
	if k == Audio {
		return webrtc.RTPCodecTypeAudio
	}
	return webrtc.RTPCodecTypeVideo
}

func (k Kind) codec() webrtc.RTPCodecCapability {
	if k == Audio {
		return webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeOpus, ClockRate: audioClock, Channels: 2,
			// In-band repair: a lost packet's sound is in the next, at low cost.
			SDPFmtpLine:  "minptime=10;useinbandfec=1",
			RTCPFeedback: []webrtc.RTCPFeedback{{Type: webrtc.TypeRTCPFBTransportCC}},
		}
	}
	return webrtc.RTPCodecCapability{
		MimeType: webrtc.MimeTypeVP8, ClockRate: videoClock,
		RTCPFeedback: []webrtc.RTCPFeedback{
			{Type: webrtc.TypeRTCPFBTransportCC},
			{Type: webrtc.TypeRTCPFBCCM, Parameter: "fir"},
			{Type: webrtc.TypeRTCPFBNACK},
			{Type: webrtc.TypeRTCPFBNACK, Parameter: "pli"},
		},
	}
}

// newMediaEngine registers Opus and VP8, which every browser has, and the two
// header extensions we read: the transport-wide number, and the section's mid
// (how Pion places a packet whose SSRC was not in the offer).
func newMediaEngine() (*webrtc.MediaEngine, error) {
	media := &webrtc.MediaEngine{}
	for kind, payloadType := range map[Kind]webrtc.PayloadType{Audio: 111, Video: 96} {
		params := webrtc.RTPCodecParameters{RTPCodecCapability: kind.codec(), PayloadType: payloadType}
		if err := media.RegisterCodec(params, kind.codecType()); err != nil {
			return nil, err
		}
		for _, uri := range []string{sdp.TransportCCURI, sdp.SDESMidURI} {
			extension := webrtc.RTPHeaderExtensionCapability{URI: uri}
			if err := media.RegisterHeaderExtension(extension, kind.codecType()); err != nil {
				return nil, err
			}
		}
	}
	return media, nil
}

// newCertificate makes the one certificate of this process. Making one for each
// connection would cost a key for each and prove nothing more: what a browser
// trusts is the fingerprint in the answer.
func newCertificate(now time.Time) (webrtc.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return webrtc.Certificate{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return webrtc.Certificate{}, err
	}
	cert, err := webrtc.NewCertificate(key, x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: "WebRTC"},
		NotBefore:    now.Add(-24 * time.Hour), // a browser's clock may be behind
		NotAfter:     now.Add(certificateLife),
	})
	if err != nil {
		return webrtc.Certificate{}, err
	}
	return *cert, nil
}
