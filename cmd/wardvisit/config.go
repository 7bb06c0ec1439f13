package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/signaling"
)

// A config is everything that serve and demo can be told, by flag or, where the
// flag is not given, by the environment variable named like it:
// -public-url is WARDVISIT_PUBLIC_URL.
type config struct {
	secureConfig
	providerConfig
	listen       string
	database     string
	publicURL    string
	mediaUDP     string
	mediaAddress string
	mediaTCP     string
	turn         string
	trustedProxy string
	smtp         string
	smtpFrom     string
	notifyKey    string
	notifySMS    string
	notifyEmail  string
	logLevel     string
	videoCodec   string
	auditKey     string
	maxRooms     int
	drainFor     time.Duration
	admin        string
	adminOpen    bool

	// demo's own
	fresh    bool
	jsonLine bool
	folder   string
}

func (c *config) register(fs *flag.FlagSet, forDemo bool) {
	fs.StringVar(&c.listen, "listen", c.listen, "`address` of the one TCP port: for pages and websockets, and for media and the relay of those whom UDP does not reach")
	fs.StringVar(&c.database, "database", c.database, "`url`: sqlite:FILE or postgres://…")
	fs.StringVar(&c.publicURL, "public-url", c.publicURL, "`url` that people open, as links in messages name it")
	fs.StringVar(&c.mediaUDP, "media-udp", c.mediaUDP, "`address` of the one UDP port for all sound and pictures")
	fs.StringVar(&c.mediaAddress, "media-address", c.mediaAddress, "IP `addresses` at which browsers reach us, with commas between; default: this machine's own")
	fs.StringVar(&c.mediaTCP, "media-tcp", c.mediaTCP, "`port` at which browsers reach -listen for media and the relay, if it is mapped to another, or \"off\" if only a web proxy reaches it")
	fs.StringVar(&c.turn, "turn", c.turn, "`address` of a UDP and TCP port of the relay's own; \"shared\" for a relay on the port of -listen alone; \"off\" for none")
	fs.StringVar(&c.trustedProxy, "trusted-proxy", c.trustedProxy, "`networks` of our own reverse proxies, with commas between: what they say of who asks is believed")
	c.secureConfig.register(fs)
	c.providerConfig.register(fs)
	fs.StringVar(&c.logLevel, "log", c.logLevel, "least important `level` to log: debug, info, warn or error")
	fs.StringVar(&c.videoCodec, "video-codec", "vp8", "`codec` of pictures: vp8, which every browser has, or h264, which spares the batteries of iPads")
	if forDemo {
		fs.BoolVar(&c.fresh, "fresh", false, "forget the practice hospital and begin anew")
		fs.BoolVar(&c.jsonLine, "json", false, "print what to open as one line of JSON")
		fs.StringVar(&c.folder, "folder", c.folder, "`folder` that keeps the practice hospital")
		return
	}
	fs.IntVar(&c.maxRooms, "max-rooms", signaling.DefaultMaxRooms, "most `rooms` at once, with those that were left a few minutes ago; more are asked to try again later")
	fs.DurationVar(&c.drainFor, "drain-for", c.drainFor, "how `long` visits that go on may last once we are asked to stop (SIGTERM); asked again, we stop at once. Give the service manager longer")
	fs.StringVar(&c.auditKey, "audit-key", "", "`file` of a key, kept outside the database, that signs the audit: at least 32 bytes")
	fs.StringVar(&c.admin, "admin", "", "`address` at which /metrics (Prometheus) and /debug/pprof/ are served, such as 127.0.0.1:9090; nobody signs in there, so none unless said, and never at -listen")
	fs.BoolVar(&c.adminOpen, "admin-open", false, "let -admin be reached from other machines: only in a network that is for operators alone")
	fs.StringVar(&c.smtp, "smtp", "", "`url` of the mail server: smtp://user:password@host:587; better in the environment, where no process list shows it")
	fs.StringVar(&c.smtpFrom, "smtp-from", "", "`address` that emails come from")
	fs.StringVar(&c.notifyKey, "notify-key", "", "GOV.UK Notify API `key`; better in the environment")
	fs.StringVar(&c.notifySMS, "notify-sms", "", "GOV.UK Notify template `id` for texts: one field, ((body))")
	fs.StringVar(&c.notifyEmail, "notify-email", "", "GOV.UK Notify template `id` for emails: two fields, ((subject)) and ((body))")
}

// parse reads args, then the environment for what args leave out, and checks
// the whole.
func (c *config) parse(name string, args []string, io console, forDemo bool) error {
	fs := flag.NewFlagSet("wardvisit "+name, flag.ContinueOnError)
	fs.SetOutput(io.stdout)
	c.register(fs, forDemo)
	if err := quietly(fs, args, io); err != nil {
		return err
	}
	given := map[string]bool{}
	fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
	var err error
	fs.VisitAll(func(f *flag.Flag) {
		variable := "WARDVISIT_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value := io.getenv(variable)
		if err != nil || given[f.Name] || value == "" {
			return
		}
		if fs.Set(f.Name, value) != nil {
			err = fmt.Errorf("%s can't be %q", variable, value)
		}
	})
	if err != nil {
		return err
	}
	return c.check()
}

// quietly parses without the flag package's own complaint, which would be said
// twice; -h still prints every setting.
func quietly(fs *flag.FlagSet, args []string, c console) error {
	fs.SetOutput(io.Discard)
	err := fs.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fs.SetOutput(c.stdout)
		fmt.Fprintf(c.stdout, "Settings of %s. Each can also be given in the environment: -media-udp as WARDVISIT_MEDIA_UDP.\n\n", fs.Name())
		fs.PrintDefaults()
		return err
	case err != nil:
		return fmt.Errorf("%w (`%s -h` lists the settings)", err, fs.Name())
	case fs.NArg() > 0:
		return fmt.Errorf("%q is one word too many (`%s -h` lists the settings)", fs.Arg(0), fs.Name())
	}
	return nil
}

func (c *config) check() error {
	if _, _, err := net.SplitHostPort(c.listen); err != nil {
		return fmt.Errorf("-listen %q is not an address: write host:port, such as 127.0.0.1:8080", c.listen)
	}
	if _, _, err := net.SplitHostPort(c.mediaUDP); err != nil {
		return fmt.Errorf("-media-udp %q is not an address: write host:port, such as :8443", c.mediaUDP)
	}
	if !strings.HasPrefix(c.database, "sqlite:") && !strings.HasPrefix(c.database, "postgres://") && !strings.HasPrefix(c.database, "postgresql://") {
		return errors.New("-database must be sqlite:FILE or postgres://…")
	}
	if c.publicURL != "" {
		u, err := url.Parse(c.publicURL)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" {
			return fmt.Errorf("-public-url %q must be like https://visits.example.org", c.publicURL)
		}
	}
	if err := c.secureConfig.check(c.publicURL); err != nil {
		return err
	}
	if err := c.providerConfig.check(); err != nil {
		return err
	}
	if err := c.checkPaths(); err != nil {
		return err
	}
	if err := c.checkAdmin(); err != nil {
		return err
	}
	if c.videoCodec != "vp8" && c.videoCodec != "h264" {
		return fmt.Errorf("-video-codec %q must be vp8 or h264", c.videoCodec)
	}
	if c.maxRooms < 0 || c.drainFor < 0 {
		return errors.New("-max-rooms and -drain-for can't be less than nothing")
	}
	var level slog.Level
	if level.UnmarshalText([]byte(c.logLevel)) != nil {
		return fmt.Errorf("-log %q must be debug, info, warn or error", c.logLevel)
	}
	return nil
}

// checkAdmin checks that what shows how we run is shown on this machine alone, unless
// somebody has said twice that it is not to be.
func (c *config) checkAdmin() error {
	if c.admin == "" {
		return nil
	}
	host, _, err := net.SplitHostPort(c.admin)
	if err != nil {
		return fmt.Errorf("-admin %q is not an address: write host:port, such as 127.0.0.1:9090", c.admin)
	}
	addr, err := netip.ParseAddr(host)
	if own := host == "localhost" || err == nil && addr.IsLoopback(); !own && !c.adminOpen {
		return fmt.Errorf("-admin %q can be reached from other machines, and nobody signs in there: write 127.0.0.1, or add -admin-open if that network is for operators alone", c.admin)
	}
	return nil
}

// checkPaths checks how browsers are to reach us.
func (c *config) checkPaths() error {
	if _, err := c.addresses(); err != nil {
		return err
	}
	if _, err := readProxies(c.trustedProxy); err != nil {
		return err
	}
	if n, err := strconv.ParseUint(c.mediaTCP, 10, 16); c.mediaTCP != "" && c.mediaTCP != mediaOff && (err != nil || n == 0) {
		return fmt.Errorf("-media-tcp %q is not a port: write a number such as 443, or off", c.mediaTCP)
	}
	if _, _, err := net.SplitHostPort(c.turn); err != nil && c.turn != noRelay && c.turn != sharedRelay {
		return fmt.Errorf("-turn %q is not an address: write host:port, such as :3478, or shared, or off", c.turn)
	}
	return nil
}

// addresses are where browsers find our media port; none means this machine's
// own.
func (c *config) addresses() ([]netip.Addr, error) {
	var found []netip.Addr
	for s := range strings.SplitSeq(c.mediaAddress, ",") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		a, err := netip.ParseAddr(s)
		if err != nil {
			return nil, fmt.Errorf("-media-address %q is not an IP address", s)
		}
		found = append(found, a)
	}
	return found, nil
}

func (c *config) level() slog.Level {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.logLevel)) // checked by check
	return level
}
