package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/migrations"
)

// adminCreate handles `wardvisit admin create`: somebody who says who works here, where
// nobody does yet, or where all who could have left. There is no password to begin
// with: what is printed is a code, with which they choose one in their browser.
func adminCreate(ctx context.Context, args []string, c console) error {
	fs := flag.NewFlagSet("wardvisit admin", flag.ContinueOnError)
	database := fs.String("database", c.getenv("WARDVISIT_DATABASE"), "`url`: sqlite:FILE or postgres://…")
	name := fs.String("name", "", "their full `name`")
	email := fs.String("email", "", "their email `address` at work")
	fs.Usage = func() {
		io.WriteString(fs.Output(), "wardvisit admin create -database URL -name NAME -email ADDRESS\n\n"+
			"Adds an administrator, or makes somebody one who has an account, and prints a code\nwith which they choose a password at /ward/first-sign-in.\n\nSettings:\n")
		fs.PrintDefaults()
	}
	fs.SetOutput(io.Discard)
	var word string
	if len(args) > 0 && args[0] == "create" {
		word, args = args[0], args[1:]
	}
	if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
		fs.SetOutput(c.stdout)
		fs.Usage()
		return err
	} else if err != nil {
		return fmt.Errorf("%w (`wardvisit admin -h` lists the settings)", err)
	}
	switch {
	case word != "create" || fs.NArg() > 0:
		return errors.New("say create: wardvisit admin create -name \"Full Name\" -email name@hospital.example")
	case *database == "":
		return errors.New("say which database: -database sqlite:FILE or postgres://…")
	case *name == "" || *email == "":
		return errors.New("say who: -name \"Full Name\" -email name@hospital.example")
	}
	return createAdmin(ctx, *database, desk.NewAccount{Name: *name, Email: *email, Holds: []booking.Grant{{Role: booking.Administrator}}}, c.stdout)
}

func createAdmin(ctx context.Context, database string, n desk.NewAccount, out io.Writer) (err error) {
	if err := migrations.Up(ctx, database); err != nil {
		return err
	}
	s, err := store.Open(ctx, database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	key, err := secret(ctx, s, "code_key")
	if err != nil {
		return err
	}
	d, err := desk.New(desk.Config{Store: s, Now: time.Now, Pepper: key})
	if err != nil {
		return err
	}
	made, err := d.AddAccount(ctx, booking.System, n)
	if errors.Is(err, booking.ErrEmailTaken) {
		made, err = promote(ctx, d, n)
	}
	var refusal *booking.Refusal
	if errors.As(err, &refusal) {
		return fmt.Errorf("the name or the address cannot be used (%s)", refusal.Code)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s <%s> keeps the accounts now.\nCode to choose a password at /ward/first-sign-in, once, until %s:\n\n  %s\n",
		made.Account.Name, made.Account.Email, made.Account.Code.Format("2 January 15:04 MST"), made.Code)
	return err
}

// promote makes somebody an administrator who has an account, which is opened. What they
// had besides their password may be what they have lost, so it goes too.
func promote(ctx context.Context, d *desk.Desk, n desk.NewAccount) (desk.AccountCode, error) {
	id, err := d.AccountByEmail(ctx, booking.System, n.Email)
	if err != nil {
		return desk.AccountCode{}, err
	}
	if _, err := d.CloseAccount(ctx, booking.System, id, false); err != nil {
		return desk.AccountCode{}, err
	}
	if err := d.GiveRole(ctx, booking.System, id, n.Holds[0]); err != nil {
		return desk.AccountCode{}, err
	}
	if err := d.RemoveFactors(ctx, booking.System, id, "wardvisit admin create"); err != nil {
		return desk.AccountCode{}, err
	}
	return d.ResetPassword(ctx, booking.System, id)
}
