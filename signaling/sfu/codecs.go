package sfu

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"strconv"
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

// A coding is how the payload of a packet is to be read.
type coding uint8

// The codings. unknown is that of a payload type which was not agreed.
const (
	unknown coding = iota
	opus
	repeatedOpus // each packet with frames of those before it (RFC 2198)
	vp8Coding
	h264Coding
)

// feedback is what a receiver of pictures may say of them.
var feedback = []webrtc.RTCPFeedback{
	{Type: webrtc.TypeRTCPFBTransportCC},
	{Type: webrtc.TypeRTCPFBCCM, Parameter: "fir"},
	{Type: webrtc.TypeRTCPFBNACK},
	{Type: webrtc.TypeRTCPFBNACK, Parameter: "pli"},
}

// soundCodec is that of all sound. In an answer its parameters are what we ask
// of the browser: to send in-band repair, so that a lost packet's sound is in
// the next, and next to nothing in silence (DTX, a packet in 400 ms). For what
// it receives they ask nothing: we send on whatever the others send.
var soundCodec = webrtc.RTPCodecCapability{
	MimeType: webrtc.MimeTypeOpus, ClockRate: audioClock, Channels: 2,
	SDPFmtpLine:  "minptime=10;useinbandfec=1;usedtx=1",
	RTCPFeedback: feedback[:1],
}

// repeatsCodec is sound of which each packet repeats frames of those before it,
// so that most of what is lost is in what comes. Whoever offers it first gets
// it, and is asked for it.
var repeatsCodec = webrtc.RTPCodecCapability{
	MimeType: "audio/red", ClockRate: audioClock, Channels: 2,
	SDPFmtpLine:  "111/111",
	RTCPFeedback: feedback[:1],
}

// capability is the codec as Pion knows it.
func (c Codec) capability() webrtc.RTPCodecCapability {
	if c == H264 {
		return webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeH264, ClockRate: videoClock, RTCPFeedback: feedback,
			// Constrained baseline at 3.1, which is 720p: what every decoder has.
			SDPFmtpLine: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
		}
	}
	return webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: videoClock, RTCPFeedback: feedback}
}

// name is the codec as SDP names it.
func (c Codec) name() string {
	if c == H264 {
		return "h264/90000"
	}
	return "vp8/90000"
}

// must is a format parameter without which an offer of the codec is no use.
func (c Codec) must() string {
	if c == H264 {
		return "packetization-mode=1"
	}
	return ""
}

func (c Codec) coding() coding {
	if c == H264 {
		return h264Coding
	}
	return vp8Coding
}

// Payload types as we name them. A browser's own numbers, in its offer, win.
const (
	soundType   = 111
	repeatsType = 63
	pictureType = 96
	repairType  = 97
)

// newMediaEngine registers Opus, one codec for pictures and its repair (RFC
// 4588), and the header extensions we read.
func newMediaEngine(codec Codec) (*webrtc.MediaEngine, error) {
	media := &webrtc.MediaEngine{}
	repair := webrtc.RTPCodecCapability{
		MimeType: webrtc.MimeTypeRTX, ClockRate: videoClock, SDPFmtpLine: "apt=" + strconv.Itoa(pictureType),
	}
	for _, params := range []webrtc.RTPCodecParameters{
		{RTPCodecCapability: soundCodec, PayloadType: soundType},
		{RTPCodecCapability: repeatsCodec, PayloadType: repeatsType},
		{RTPCodecCapability: codec.capability(), PayloadType: pictureType},
		{RTPCodecCapability: repair, PayloadType: repairType},
	} {
		kind := Video
		if params.PayloadType == soundType || params.PayloadType == repeatsType {
			kind = Audio
		}
		if err := media.RegisterCodec(params, kind.codecType()); err != nil {
			return nil, err
		}
	}
	for kind, uris := range map[Kind][]string{
		Audio: {sdp.TransportCCURI, sdp.SDESMidURI, sdp.AudioLevelURI},
		Video: {sdp.TransportCCURI, sdp.SDESMidURI, sdp.SDESRTPStreamIDURI, sdp.SDESRepairRTPStreamIDURI},
	} {
		for _, uri := range uris {
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
