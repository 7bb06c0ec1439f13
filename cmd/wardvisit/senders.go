package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/notify"
)

// notifyURL is where GOV.UK Notify is asked to send.
const notifyURL = "https://api.notifications.service.gov.uk"

// notifyTimeout is how long GOV.UK Notify may take to answer one request.
const notifyTimeout = 15 * time.Second

// senders are how notices leave the building. A channel for which nobody has
// said how keeps its notices, and the log says that they wait.
func (s *server) senders() (map[booking.Channel]notify.Sender, error) {
	if s.practice {
		return map[booking.Channel]notify.Sender{booking.SMS: notify.Practice{}, booking.Email: notify.Practice{}}, nil
	}
	waiting := notify.Log{Log: s.log}
	senders := map[booking.Channel]notify.Sender{booking.SMS: waiting, booking.Email: waiting}
	if s.cfg.notifyKey != "" {
		gov, err := notify.NewGovNotify(notify.GovNotifyConfig{
			URL: notifyURL, Key: s.cfg.notifyKey,
			SMSTemplate: s.cfg.notifySMS, EmailTemplate: s.cfg.notifyEmail,
			Client: &http.Client{Timeout: notifyTimeout}, Now: time.Now,
		})
		if err != nil {
			return nil, fmt.Errorf("-notify-key: %w", err)
		}
		senders[booking.SMS] = gov
		if s.cfg.notifyEmail != "" {
			senders[booking.Email] = gov
		}
	}
	if s.cfg.smtp != "" {
		mail, err := s.mailServer()
		if err != nil {
			return nil, err
		}
		senders[booking.Email] = mail
	}
	return senders, nil
}

func (s *server) mailServer() (notify.Sender, error) {
	u, err := url.Parse(s.cfg.smtp)
	if err != nil || u.Scheme != "smtp" || u.Hostname() == "" || u.Port() == "" {
		return nil, errors.New("-smtp must be like smtp://user:password@mail.example.org:587")
	}
	if s.cfg.smtpFrom == "" {
		return nil, errors.New("-smtp needs -smtp-from, the address that emails come from")
	}
	password, _ := u.User.Password()
	relay, err := notify.NewSMTP(notify.SMTPConfig{
		Address: u.Host, From: s.cfg.smtpFrom, Username: u.User.Username(), Password: password,
		Plain: onThisMachine(u.Hostname()), Now: time.Now,
	})
	if err != nil {
		return nil, fmt.Errorf("-smtp: %w", err)
	}
	return relay, nil
}

// onThisMachine reports whether host is ourselves, where mail needs no TLS.
func onThisMachine(host string) bool {
	at, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && at.IsLoopback()
}
