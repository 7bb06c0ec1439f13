package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/migrations"
)

const (
	// fewConnections is how many a serve opens at its busiest.
	fewConnections = 24
	// skewed is how far the database's clock may be from ours: invitations and
	// tickets are checked by both.
	skewed = 2 * time.Second
	// little and tooLittle are what a disk has left, in bytes, when somebody should
	// look, and when the next booking may fail. A year of a ward is some 20 MB.
	little, tooLittle = 1 << 30, 100 << 20
)

// lookAtDatabase changes nothing in the database, and makes none.
func (d *doctor) lookAtDatabase(ctx context.Context) {
	engine, dsn, err := migrations.ParseURL(d.cfg.database)
	if err != nil {
		d.add("database", problem, sentence(err.Error()), "Correct -database.")
		return
	}
	if engine == migrations.SQLite && !d.lookAtFile(dsn) {
		return
	}
	found, err := store.Examine(ctx, d.cfg.database)
	if err != nil {
		d.add("database", problem, "It does not answer: "+sentence(reason(err)), "See if it runs, and if -database has its right host, name, user and password.")
		return
	}
	d.lookAtSteps(ctx, found)
	if len(found.Careless) > 0 {
		d.add("database", problem, "It may lose bookings when the power goes: "+strings.Join(found.Careless, ", ")+".", "Turn these settings on.")
	}
	if found.Spare >= 0 && found.Spare < fewConnections && d.running == "" {
		d.add("database", warning, fmt.Sprintf("It has %d connections to spare, of the %d that serve may open.", found.Spare, fewConnections), "Raise max_connections.")
	}
	if off := time.Until(found.Clock); !found.Clock.IsZero() && off.Abs() > skewed {
		d.add("clock", problem, fmt.Sprintf("The database’s clock is %v away from this machine’s.", off.Abs().Round(time.Second)), "Have both keep time by NTP.")
	}
}

// lookAtFile looks at SQLite's file and its disk. It reports whether there is a
// database to open.
func (d *doctor) lookAtFile(path string) bool {
	folder := filepath.Dir(path)
	if whole, err := filepath.Abs(folder); err == nil {
		folder = whole
	}
	if free, known := freeSpace(folder); known {
		switch mb := free >> 20; {
		case free < tooLittle:
			d.add("disk", problem, fmt.Sprintf("%d MB are left for the database in %s.", mb, folder), "Make room before the next booking.")
		case free < little:
			d.add("disk", warning, fmt.Sprintf("%d MB are left for the database in %s.", mb, folder), "Make room.")
		default:
			d.ok("disk", "%d GB are left for the database in %s.", free>>30, folder)
		}
	}
	_, err := os.Stat(path)
	switch {
	case err == nil:
		if f, err := os.OpenFile(path, os.O_RDWR, 0); err != nil {
			d.add("database", problem, sentence(reason(err)), "Run as the user whose file it is.")
			return false
		} else if err := f.Close(); err != nil {
			return false
		}
		return true
	case !errors.Is(err, fs.ErrNotExist):
		d.add("database", problem, sentence(reason(err)), "Correct -database.")
	default:
		if why := unwritable(folder); why != "" {
			d.add("database", problem, "There is none at "+path+", and none can be made: "+why, "Make the folder, and let this user write in it.")
		} else {
			d.add("database", warning, "There is none at "+path+" yet: serve will begin an empty one.", "If there should be one, correct -database.")
		}
	}
	return false
}

// unwritable says why a folder will not have files of ours, if it will not.
func unwritable(folder string) string {
	f, err := os.CreateTemp(folder, ".wardvisit-doctor-*")
	if err != nil {
		return sentence(reason(err))
	}
	if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
		return sentence(reason(err))
	}
	return ""
}

// reason is the innermost of an error: what the system said.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Path + ": " + path.Err.Error()
	}
	var network *net.OpError
	if errors.As(err, &network) {
		err = network.Err // and not each address that was tried
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return strings.ReplaceAll(err.Error(), "\n", "; ")
}

// lookAtSteps says whether the database has this program's shape.
func (d *doctor) lookAtSteps(ctx context.Context, found store.Examination) {
	state, err := migrations.Status(ctx, d.cfg.database)
	if err == nil {
		err = state.Err()
	}
	name := string(found.Engine) + " " + found.Version
	switch {
	case errors.Is(err, migrations.ErrNewer), errors.Is(err, migrations.ErrHalfDone):
		d.add("database", problem, name+": "+sentence(err.Error()), "")
	case err != nil:
		d.add("database", problem, name+": "+sentence(reason(err)), "See if this user may read its tables.")
	case state.Version == 0:
		d.add("database", warning, name+", empty: serve will lay it out.", "If there should be a hospital in it, correct -database.")
	case state.Version < state.Newest:
		d.add("database", warning, fmt.Sprintf("%s, at step %d of %d: serve will take the rest as it starts.", name, state.Version, state.Newest), "Make a backup first.")
	default:
		d.ok("database", "%s, at step %d of %d.", name, state.Version, state.Newest)
	}
}
