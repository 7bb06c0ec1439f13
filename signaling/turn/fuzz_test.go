package turn

import (
	"encoding/binary"
	"net"
	"testing"
	"time"

	"github.com/pion/stun/v4"
)

// FuzzRequest has somebody with a credential, or without, ask for whatever it
// likes: the relay neither breaks nor relays anywhere, and is there for the next.
func FuzzRequest(f *testing.F) {
	peer := []byte{0, 0x12, 0, 8, 0, 1, 0x21 ^ 1, 0x12 ^ 0xBB, 127 ^ 0x21, 0 ^ 0x12, 0 ^ 0xA4, 1 ^ 0x42} // XOR-PEER-ADDRESS
	transport := []byte{0, 0x19, 0, 4, 17, 0, 0, 0}
	for _, seed := range []struct {
		method     uint16
		attributes []byte
	}{
		{0x001, nil}, {0x003, transport}, {0x003, append(transport, 0, 0x18, 0, 1, 0x80)}, {0x004, []byte{0, 0x0D, 0, 4, 0, 0, 0, 0}},
		{0x008, peer}, {0x009, append(peer, 0, 0x0C, 0, 4, 0x40, 0, 0, 0)}, {0x006, append(peer, 0, 0x13, 0, 3, 'a', 'b', 'c')},
		{0x00A, peer}, {0x00B, []byte{0, 0x2A, 0, 4, 0, 0, 0, 1}}, {0xFFF, []byte{0, 0x12, 0xFF, 0xFF}},
	} {
		for _, signed := range []bool{true, false} {
			f.Add(seed.method, seed.attributes, signed)
		}
	}
	f.Add(uint16(0), []byte{0x40, 0, 0xFF, 0xFF, 1}, false) // channel data that lies
	f.Fuzz(func(t *testing.T, method uint16, attributes []byte, signed bool) {
		s := serve(t)
		conn, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(s.Addr()))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if method == 0 {
			_, _ = conn.Write(attributes[:min(len(attributes), 1400)])
		} else {
			request := s.request(conn, method, attributes[:min(len(attributes), 1000)], signed)
			_, _ = conn.Write(request)
			_, _ = conn.Write(request) // as a network does that doubles
		}
		relay, _ := s.allocate(s.Credential(of("somebody else")))
		s.echoes(relay)
		if n := s.Open(); n > 2 {
			t.Errorf("%d relays are open", n)
		}
	})
}

// request makes a message of those attributes, and signs it with a credential that
// is worth something, if it is to.
func (s *relayed) request(conn *net.UDPConn, method uint16, attributes []byte, signed bool) []byte {
	s.t.Helper()
	m := stun.New()
	m.SetType(stun.NewType(stun.Method(method&0xFFF), stun.ClassRequest))
	if err := m.NewTransactionID(); err != nil {
		s.t.Fatal(err)
	}
	m.WriteHeader()
	credential := s.Credential(of("anna"))
	if signed {
		nonce := s.nonce(conn)
		for _, setter := range []stun.Setter{stun.NewUsername(credential.Username), stun.NewRealm(realm), nonce} {
			if err := setter.AddTo(m); err != nil {
				s.t.Fatal(err)
			}
		}
	}
	for len(attributes) >= 4 {
		kind, length := binary.BigEndian.Uint16(attributes), int(binary.BigEndian.Uint16(attributes[2:]))
		value := attributes[4:min(len(attributes), 4+length)]
		m.Add(stun.AttrType(kind), value)
		attributes = attributes[min(len(attributes), 4+(length+3)&^3):]
	}
	if signed {
		integrity := stun.NewLongTermIntegrity(credential.Username, realm, credential.Password)
		if err := integrity.AddTo(m); err != nil {
			return m.Raw // it has something that must come after it
		}
	}
	return m.Raw
}

// nonce asks for one, as every client does first.
func (s *relayed) nonce(conn *net.UDPConn) (n stun.Nonce) {
	s.t.Helper()
	ask, err := stun.Build(stun.TransactionID, stun.NewType(stun.MethodAllocate, stun.ClassRequest), turnOverUDP{})
	if err != nil {
		s.t.Fatal(err)
	}
	buf := make([]byte, 1500)
	for range 5 { // a datagram may be lost
		_, _ = conn.Write(ask.Raw)
		_ = conn.SetReadDeadline(time.Now().Add(within / 5))
		size, err := conn.Read(buf)
		if err != nil {
			continue
		}
		answer := &stun.Message{Raw: buf[:size]}
		if err := answer.Decode(); err != nil {
			s.t.Fatal(err)
		}
		if err := n.GetFrom(answer); err != nil {
			s.t.Fatal(err)
		}
		return n
	}
	s.t.Fatal("the relay asks nobody who they are")
	return nil
}

// turnOverUDP asks for a relay of datagrams.
type turnOverUDP struct{}

// AddTo implements stun.Setter.
func (turnOverUDP) AddTo(m *stun.Message) error {
	m.Add(stun.AttrRequestedTransport, []byte{17, 0, 0, 0})
	return nil
}

// FuzzName has no username be more than it says.
func FuzzName(f *testing.F) {
	f.Add("abc:holder:ticket")
	f.Add("::")
	f.Add("zzzzzzzzzzzzzzzz:a:b:c")
	f.Fuzz(func(t *testing.T, username string) {
		n, ok := readName(username)
		if !ok {
			return
		}
		again, ok := readName(n.String())
		if !ok || again.holder != n.holder || again.ticket != n.ticket || !again.made.Equal(n.made) {
			t.Errorf("%q is read as %+v, and that as %+v", username, n, again)
		}
	})
}
