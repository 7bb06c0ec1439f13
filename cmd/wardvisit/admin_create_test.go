package main

import (
	"bytes"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/store"
)

func TestTheFirstAdministrator(t *testing.T) {
	database := "sqlite:" + filepath.Join(t.TempDir(), "new.db")
	create := func(more ...string) (string, error) {
		var out bytes.Buffer
		args := append([]string{"admin", "create", "-database", database}, more...)
		err := run(t.Context(), args, func(string) string { return "" }, &out, io.Discard)
		return out.String(), err
	}
	for says, args := range map[string][]string{
		"say who":        {"-name", "Inês Costa"},
		"cannot be used": {"-name", "Inês Costa", "-email", "nowhere"},
		"say create":     {"-name", "Inês Costa", "-email", "ines@hospital.example", "now"},
		"not defined":    {"-password", "secret"},
	} {
		if _, err := create(args...); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q says %v, not %q", args, err, says)
		}
	}
	who := []string{"-name", "Inês Costa", "-email", "ines@hospital.example"}
	first, err := create(who...)
	if err != nil {
		t.Fatal(err)
	}
	second, err := create(who...) // who has lost the code
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile(`[0-9A-Z]{3}(-[0-9A-Z]{3}){3}`)
	old, fresh := code.FindString(first), code.FindString(second)
	if old == "" || fresh == "" || old == fresh {
		t.Fatalf("the codes are %q and %q", old, fresh)
	}

	s, err := store.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	pepper, err := secret(t.Context(), s, "code_key")
	if err != nil {
		t.Fatal(err)
	}
	d, err := desk.New(desk.Config{Store: s, Now: time.Now, Pepper: pepper})
	if err != nil {
		t.Fatal(err)
	}
	const email, password = "ines@hospital.example", "tram lantern quilt"
	if err := d.ChoosePassword(t.Context(), email, old, password); err == nil {
		t.Error("the first code still works")
	}
	if err := d.ChoosePassword(t.Context(), email, fresh, password); err != nil {
		t.Fatal(err)
	}
	actor, err := d.SignIn(t.Context(), email, password)
	if err != nil || !actor.MayEverywhere(booking.KeepAccounts) || actor.MaySomewhere(booking.RunVisits) {
		t.Errorf("signed in as %+v, %v", actor, err)
	}
}
