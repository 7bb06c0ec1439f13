package proof

import (
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// fleet is what becomes of iPads, and of visits with them.
var fleet = []act{
	{"take an iPad out of service", 2, (*client).withdraw},
	{"put it back", 6, (*client).restore},
	{"lend an iPad", 2, (*client).lend},
	{"take it home", 3, (*client).takeHome},
	{"give it a bay", 1, (*client).setZone},
	{"have another iPad", 4, (*client).reassign},
	{"join the visit of another", 2, (*client).joinVisit},
}

func (c *client) anyDevice() booking.DeviceID {
	return deviceID(1 + c.r.IntN(c.size.wards*c.size.devices))
}

func (c *client) changeDevice(change desk.DeviceChange) error {
	_, err := c.ChangeDevice(c.ctx, c.matron(), c.anyDevice(), change)
	return err
}

func (c *client) withdraw() error {
	return c.changeDevice(desk.Withdraw{State: booking.DeviceOutOfService, Reason: "the screen is cracked"})
}

// restore puts back one that was withdrawn, and has it cleaned.
func (c *client) restore() error {
	id := c.anyDevice()
	if _, err := c.ChangeDevice(c.ctx, c.matron(), id, desk.Restore{}); err != nil {
		return err
	}
	return c.Cleaned(c.ctx, c.matron(), id, booking.Chlorine)
}

func (c *client) lend() error {
	return c.changeDevice(desk.Lend{To: c.ward(), From: c.when(), Till: c.when().Add(3 * time.Hour)})
}

// takeHome takes back one that is lent.
func (c *client) takeHome() error {
	loans, err := c.Loans(c.ctx, c.matron(), c.ward())
	if err != nil {
		return err
	}
	one, err := pickAny(c, loans)
	if err != nil {
		return err
	}
	_, err = c.ChangeDevice(c.ctx, c.matron(), one.Device, desk.TakeBack{Loan: one.ID})
	return err
}

func (c *client) setZone() error {
	return c.changeDevice(desk.SetZone{Zone: []string{"", "Bay 1", "Bay 2"}[c.r.IntN(3)], Dedicated: false})
}

func (c *client) reassign() error {
	_, v, err := c.onWard(c.r.IntN(3), func(v desk.Visit) bool { return booked(v) || open(v) })
	if err != nil {
		return err
	}
	_, err = c.Reassign(c.ctx, c.matron(), v.Reference, v.Version, c.anyDevice())
	return err
}

func (c *client) joinVisit() error {
	n, which := c.patient(), c.r.IntN(2)
	there, err := c.Joinable(c.ctx, relative(n, which), patientID(n), dateOf(c.when()))
	if err != nil {
		return err
	}
	one, err := pickAny(c, there)
	if err != nil {
		return err
	}
	_, err = c.JoinVisit(c.ctx, relative(n, which), patientID(n), one.When.Start())
	return err
}
