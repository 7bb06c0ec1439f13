package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/smtp"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	// fewFiles is what a machine lets a program have open when nobody has thought
	// of it; each person in a visit or reading a live page takes one or two.
	fewFiles, enoughFiles = 1024, 4096
	// socketBuffer is what the media server asks of the system for its port, in
	// bytes: see the package sfu.
	socketBuffer = 4 << 20
)

// lookAtClock says whether this machine knows what time it is.
func (d *doctor) lookAtClock(context.Context) {
	switch synchronised, known := clockSynchronised(); {
	case !known:
		d.ok("clock", "It is %s here; this system does not say whether its clock is kept right.", time.Now().UTC().Format("15:04:05 on 2 January 2006 UTC"))
	case !synchronised:
		d.add("clock", warning, "This machine’s clock is not kept right by anybody, as far as its kernel knows.",
			"Run an NTP client, such as chrony or systemd-timesyncd: tickets and certificates go by the clock.")
	default:
		d.ok("clock", "This machine’s clock is kept right.")
	}
	if _, err := time.LoadLocation("Europe/London"); err != nil {
		d.add("zones", problem, "The time zones of the world are missing: "+sentence(err.Error()), "Use a program as it was built for release.")
	} else {
		d.ok("zones", "The time zones of the world are in the program.")
	}
}

// lookAtMachine looks at the limits that the system sets.
func (d *doctor) lookAtMachine(context.Context) {
	if files, known := fileLimit(); known {
		switch {
		case files <= fewFiles:
			d.add("files", problem, fmt.Sprintf("This user may have %d files and sockets open: that is a few hundred people.", files), "Set LimitNOFILE=65536 in the systemd unit, or ulimit -n.")
		case files < enoughFiles:
			d.add("files", warning, fmt.Sprintf("This user may have %d files and sockets open.", files), "Set LimitNOFILE=65536 in the systemd unit, or ulimit -n.")
		default:
			d.ok("files", "This user may have %d files and sockets open.", files)
		}
	}
	for _, setting := range []string{"rmem_max", "wmem_max"} {
		most, err := readNumber("/proc/sys/net/core/" + setting)
		switch {
		case err != nil: // another system, which has no such limit to read
		case most < socketBuffer:
			d.add("buffers", warning, fmt.Sprintf("The system lets the media port buffer %d kB, of the %d that it asks for: bursts will be lost.", most>>10, socketBuffer>>10),
				fmt.Sprintf("sysctl -w net.core.%s=%d, and keep it in /etc/sysctl.d.", setting, socketBuffer))
		default:
			d.ok("buffers", "net.core.%s is %d kB.", setting, most>>10)
		}
	}
}

func readNumber(file string) (int, error) {
	text, err := os.ReadFile(file) //nolint:gosec // one of two names above
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(text)))
}

// lookAtMessages says by what way texts and emails leave, and with -send whether
// it is open. It sends none.
func (d *doctor) lookAtMessages(ctx context.Context) {
	s := &server{cfg: d.cfg}
	if _, err := s.senders(); err != nil {
		d.add("messages", problem, sentence(err.Error()), "Correct the setting.")
		return
	}
	if d.cfg.notifyKey == "" {
		d.add("messages", warning, "There is no way to send texts: they wait until there is one.", "Say -notify-key and -notify-sms, better in the environment.")
	}
	if d.cfg.smtp == "" && (d.cfg.notifyKey == "" || d.cfg.notifyEmail == "") {
		d.add("messages", warning, "There is no way to send emails: they wait until there is one.", "Say -smtp and -smtp-from.")
	}
	if d.cfg.notifyKey != "" {
		d.reach("GOV.UK Notify", func() error { return reachNotify(ctx) })
	}
	if d.cfg.smtp != "" {
		d.reach("The mail server", func() error { return reachMail(ctx, d.cfg.smtp) })
	}
}

func (d *doctor) reach(who string, try func() error) {
	if !d.send {
		d.ok("messages", "%s is set up. Say -send to see whether it can be reached.", who)
		return
	}
	if err := try(); err != nil {
		d.add("messages", problem, who+" cannot be reached: "+sentence(reason(err)), "See if the firewall lets this machine out to it, and if the user and password are right.")
		return
	}
	d.ok("messages", "%s answers.", who)
}

// reachNotify asks GOV.UK Notify how it is, which needs no key.
func reachNotify(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, notifyURL+"/_status?simple=1", nil)
	if err != nil {
		return err
	}
	response, err := (&http.Client{}).Do(request)
	if err != nil {
		return err
	}
	if err := response.Body.Close(); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return errors.New("it answered " + response.Status)
	}
	return nil
}

// reachMail goes as far with a mail server as one can without a letter.
func reachMail(ctx context.Context, where string) error {
	u, err := url.Parse(where)
	if err != nil {
		return errors.New("-smtp is no URL")
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", u.Host)
	if err != nil {
		return err
	}
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return errors.Join(err, conn.Close())
		}
	}
	client, err := smtp.NewClient(conn, u.Hostname())
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	defer client.Close()
	if ok, _ := client.Extension("STARTTLS"); ok {
		if err := client.StartTLS(&tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}); err != nil {
			return err
		}
	} else if !onThisMachine(u.Hostname()) {
		return errors.New("it offers no TLS")
	}
	if password, has := u.User.Password(); has {
		if err := client.Auth(smtp.PlainAuth("", u.User.Username(), password, u.Hostname())); err != nil {
			return err
		}
	}
	return client.Quit()
}
