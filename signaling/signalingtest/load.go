package signalingtest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// joinsAtOnce is how many rooms fill at the same time: more measures how a
// server bears a stampede, not how it carries visits.
const joinsAtOnce = 4

// A Load is a number of visits at once, against a server whose Attendance
// admits everybody. The server may be anywhere.
type Load struct {
	URL, Origin string
	// Seal makes a ticket for a seat in a room.
	Seal         func(room, seat string, role ticket.Role) (string, error)
	Rooms        int
	People       int           // in each room; 3 if 0
	FramePackets int           // of the 25 video frames a second; 4 if 0
	PacketBytes  int           // of a video packet; 1100 if 0
	Duration     time.Duration // how long to measure, after everybody is in
	Now          func() time.Time
}

// A LoadReport is what a Load measured.
type LoadReport struct {
	Rooms, People int
	// Sent and Received are packets in the time measured. Each packet sent
	// should be received by everyone else in its room.
	Sent, Received int
	Seconds        float64
	// Lost is the part of packets that did not arrive, or not in order.
	Lost float64
	// P50 and P99 are how long packets took, from one end's code to the other's.
	P50, P99 time.Duration
	// JoinP50 and JoinP99 are from dialling to the first packet of media, for
	// those who found somebody there.
	JoinP50, JoinP99 time.Duration
}

// Run fills the server, measures, and takes everybody out again.
func (l Load) Run(ctx context.Context) (LoadReport, error) {
	if l.People == 0 {
		l.People = 3
	}
	if l.FramePackets == 0 {
		l.FramePackets = 4
	}
	latency, joins := &Histogram{}, &Histogram{}
	people, err := l.fill(ctx, latency, joins)
	defer func() {
		var leaving sync.WaitGroup
		for _, b := range people {
			leaving.Go(b.Close)
		}
		leaving.Wait()
	}()
	if err != nil {
		return LoadReport{}, err
	}
	latency.reset()
	before, began := tally(people), l.Now()
	select {
	case <-time.After(l.Duration):
	case <-ctx.Done():
		return LoadReport{}, ctx.Err()
	}
	after, took := tally(people), l.Now().Sub(began)
	report := LoadReport{
		Rooms: l.Rooms, People: len(people), Seconds: took.Seconds(),
		Sent: after.sent - before.sent, Received: after.received - before.received,
		P50: latency.Quantile(0.5), P99: latency.Quantile(0.99),
		JoinP50: joins.Quantile(0.5), JoinP99: joins.Quantile(0.99),
	}
	if report.Received > 0 {
		report.Lost = float64(after.jumps-before.jumps) / float64(report.Received)
	}
	return report, nil
}

// fill has everybody join, some rooms at a time.
func (l Load) fill(ctx context.Context, latency, joins *Histogram) (people []*Browser, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var mu sync.Mutex // of people and err
	var filling sync.WaitGroup
	free := make(chan struct{}, joinsAtOnce)
	for room := range l.Rooms {
		free <- struct{}{}
		filling.Go(func() {
			defer func() { <-free }()
			for seat := range l.People {
				b, e := l.join(ctx, room, seat, latency, joins)
				mu.Lock()
				if b != nil {
					people = append(people, b)
				}
				if e != nil {
					err = errors.Join(err, e)
					cancel()
				}
				mu.Unlock()
				if e != nil {
					return
				}
			}
		})
	}
	filling.Wait()
	return people, err
}

// join seats one person and waits until their media is up; and, if somebody was
// there before, until they have got something.
func (l Load) join(ctx context.Context, room, seat int, latency, joins *Histogram) (*Browser, error) {
	role := ticket.Visitor
	if seat == 0 {
		role = ticket.Patient
	}
	sealed, err := l.Seal(fmt.Sprint("load-", room), fmt.Sprint("seat-", seat), role)
	if err != nil {
		return nil, fmt.Errorf("seal a ticket: %w", err)
	}
	began := l.Now()
	b, err := Join(ctx, Options{
		URL: l.URL, Origin: l.Origin, Ticket: sealed, ID: uint32(room*l.People + seat), Slots: l.People - 1,
		FramePackets: l.FramePackets, PacketBytes: l.PacketBytes, Latency: latency, Now: l.Now,
	})
	if err != nil {
		return nil, fmt.Errorf("room %d, seat %d: %w", room, seat, err)
	}
	_, err = b.Wait(ctx, func(v View) bool { return v.Media == webrtc.PeerConnectionStateConnected })
	if err != nil {
		return b, fmt.Errorf("room %d, seat %d: no media: %w", room, seat, err)
	}
	if seat == 0 {
		return b, nil
	}
	select {
	case <-b.heard:
		joins.Add(b.first.Sub(began))
		return b, nil
	case <-ctx.Done():
		return b, fmt.Errorf("room %d, seat %d: nothing came: %w", room, seat, ctx.Err())
	}
}

// A count is what has passed up to a moment.
type count struct{ sent, received, jumps int }

func tally(people []*Browser) (c count) {
	for _, b := range people {
		for _, s := range b.out {
			s.mu.Lock()
			c.sent += s.sent
			s.mu.Unlock()
		}
		for slot := range b.got {
			audio, video := b.Arrived(slot)
			c.received += audio.Packets + video.Packets
			c.jumps += audio.Jumps + video.Jumps
		}
	}
	return c
}
