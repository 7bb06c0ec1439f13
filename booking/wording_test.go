package booking_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/wardvisit/wardvisit/booking"
)

func TestReadWording(t *testing.T) {
	wards := []string{"Willow Ward", "Intensive Care"}
	for _, tt := range []struct {
		typed, want string
		err         error
	}{
		{"  Wear  your\n headphones. ", "Wear your headphones.", nil},
		{"", "", nil},
		{"We’ll ring [phone] about [when], [reference] – [hospital].", "We'll ring [phone] about [when], [reference] - [hospital].", errLong},
		{"Be there at [when].", "Be there at [when].", nil},
		{"[link]", "", booking.ErrWordingPlace},
		{"[code]", "", booking.ErrWordingPlace},
		{"[When]", "", booking.ErrWordingPlace},
		{"[when", "", booking.ErrWordingPlace},
		{"when]", "", booking.ErrWordingPlace},
		{"[when]]", "", booking.ErrWordingPlace},
		{"[[when]]", "", booking.ErrWordingPlace},
		{"{{.link}}", "", booking.ErrWordingMarks},
		{"<b>now</b>", "", booking.ErrWordingMarks},
		{"See https://evil.example", "", booking.ErrWordingLink},
		{"See www.evil.example", "", booking.ErrWordingLink},
		{"See bit.ly/x", "", booking.ErrWordingLink},
		{"Write to ward@evil.example", "", booking.ErrWordingLink},
		{"Ring us.Wear headphones", "", booking.ErrWordingLink},
		{"Come by 2.30 pm, i.e. early.", "Come by 2.30 pm, i.e. early.", nil},
		{"Come to Willow Ward", "", booking.ErrWordingWard},
		{"Come to WILLOW  ward, please", "", booking.ErrWordingWard},
		{"Come to willow.", "", booking.ErrWordingWard},
		{"In intensive-care", "", booking.ErrWordingWard},
		{"The billowy pillow", "The billowy pillow", nil},
		{"evil\u202etxet", "", booking.ErrBadText},
		{"zero\u200bwidth", "", booking.ErrBadText},
		{"x\r\nBcc: somebody", "x Bcc: somebody", nil},
		{"x\x00y", "", booking.ErrBadText},
		{"Zażółć", "", booking.ErrWordingAlphabet},
		{"Hello 👋", "", booking.ErrWordingAlphabet},
		{strings.Repeat("a", 160), strings.Repeat("a", 160), nil},
		{strings.Repeat("a", 161), "", booking.ErrWordingLong},
		{strings.Repeat("€", 81), "", booking.ErrWordingLong},
		{strings.Repeat("a", 100) + "[when]", "", booking.ErrWordingLong},
	} {
		want, wantErr := tt.want, tt.err
		if errors.Is(wantErr, errLong) {
			want, wantErr = "", booking.ErrWordingLong
		}
		if got, err := booking.ReadWording(tt.typed, wards); got != want || !errors.Is(err, wantErr) {
			t.Errorf("%q: %q, %v; want %q, %v", tt.typed, got, err, want, wantErr)
		}
	}
}

var errLong = errors.New("all placeholders at once are too long")

func TestSayWording(t *testing.T) {
	words := map[string]string{"when": "[link] {{.link}}", "link": "https://visits.example/secret", "phone": "0113"}
	for text, want := range map[string]string{
		"At [when], [phone].": "At [link] {{.link}}, 0113.", // what is put in is not looked at again
		"[link]":              "",
		"[reference]":         "",
		"plain":               "plain",
	} {
		if got := booking.SayWording(text, words); got != want {
			t.Errorf("%q says %q, want %q", text, got, want)
		}
	}
}

func TestSMSParts(t *testing.T) {
	for _, tt := range []struct {
		text string
		want int
	}{
		{"", 1},
		{strings.Repeat("a", 160), 1},
		{strings.Repeat("a", 161), 2},
		{strings.Repeat("a", 306), 2},
		{strings.Repeat("a", 307), 3},
		{strings.Repeat("ł", 70), 1},
		{strings.Repeat("ł", 71), 2},
		{strings.Repeat("👋", 36), 2},
		{strings.Repeat("€", 80), 1},
	} {
		if got := booking.SMSParts(tt.text); got != tt.want {
			t.Errorf("%d of %.3q: %d, want %d", len(tt.text), tt.text, got, tt.want)
		}
	}
}
