package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/intake"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/migrations"
	"github.com/wardvisit/wardvisit/web/locale"
)

// An importing is what `wardvisit import` was told.
type importing struct {
	database, kind, publicURL string
	dryRun, tell, template    bool
	file                      string
}

// importFile handles `wardvisit import`: a CSV file, all of it or nothing.
func importFile(ctx context.Context, args []string, c console) error {
	var in importing
	fs := flag.NewFlagSet("wardvisit import", flag.ContinueOnError)
	fs.StringVar(&in.kind, "kind", "", "what the file's rows are: `wards`, devices, patients, relatives or visits")
	fs.StringVar(&in.database, "database", c.getenv("WARDVISIT_DATABASE"), "`url`: sqlite:FILE or postgres://…")
	fs.BoolVar(&in.dryRun, "dry-run", false, "list every problem, or what would be made, and change nothing")
	fs.BoolVar(&in.tell, "tell", false, "send families what they are sent of any invitation or visit; without it nothing goes out to them, not even a link to join")
	fs.BoolVar(&in.template, "template", false, "print the header line of a file of that kind, and stop")
	fs.StringVar(&in.publicURL, "public-url", c.getenv("WARDVISIT_PUBLIC_URL"), "`url` that people open, as links in messages name it; needed with -tell")
	fs.Usage = func() { explainImport(fs) }
	fs.SetOutput(io.Discard)
	if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
		fs.SetOutput(c.stdout)
		fs.Usage()
		return err
	} else if err != nil {
		return fmt.Errorf("%w (`wardvisit import -h` lists the settings)", err)
	}
	in.file = fs.Arg(0)
	kind, known := intake.ParseKind(in.kind)
	switch {
	case !known:
		return errors.New("say what the file's rows are: -kind wards, devices, patients, relatives or visits (`wardvisit import -h` lists their columns)")
	case in.template:
		_, err := io.WriteString(c.stdout, intake.Template(kind))
		return err
	case fs.NArg() != 1:
		return errors.New("name one file, after the settings")
	case in.database == "":
		return errors.New("say which database: -database sqlite:FILE or postgres://…")
	case in.tell && in.publicURL == "":
		return errors.New("-tell sends links, so say what people open: -public-url https://visits.example.org")
	}
	raw, err := readBounded(in.file, intake.MostBytes)
	if err != nil {
		return err
	}
	return in.run(ctx, intake.Read(kind, raw), c.stdout)
}

// run imports what was read, and says what came of it.
func (in importing) run(ctx context.Context, file *intake.File, w io.Writer) error {
	s, err := openStore(ctx, in.database)
	if err != nil {
		return err
	}
	defer s.Close()
	pepper, err := secret(ctx, s, "code_key")
	if err != nil {
		return err
	}
	d, err := desk.New(desk.Config{Store: s, Now: time.Now, PublicURL: in.publicURL, Pepper: pepper})
	if err != nil {
		return err
	}
	done, err := d.Import(ctx, booking.System, desk.Order{File: file, DryRun: in.dryRun, Tell: in.tell})
	if err != nil {
		return err
	}
	return in.report(done, w)
}

// openStore opens a database whose shape is this program's.
func openStore(ctx context.Context, url string) (*store.Store, error) {
	status, err := migrations.Status(ctx, url)
	if err == nil {
		err = status.Err()
	}
	if err != nil {
		return nil, err
	}
	if status.Version < status.Newest {
		return nil, fmt.Errorf("the database is at step %d of %d: run `wardvisit migrate up` first", status.Version, status.Newest)
	}
	return store.Open(ctx, url)
}

// readBounded reads a file of at most so many bytes, and one more of a larger
// one, which is for whoever reads it to refuse.
func readBounded(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("can't open the file: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, fmt.Errorf("can't read the file: %w", err)
	}
	return raw, nil
}

// report says what came of a file, or would. With a problem it is an error, so
// that scripts see it.
func (in importing) report(done desk.Imported, w io.Writer) error {
	var b strings.Builder
	for _, p := range done.Problems {
		where := fmt.Sprintf("line %d", p.Line)
		if p.Line == 0 {
			where = "the file"
		}
		if p.Column != "" {
			where += ", " + p.Column
		}
		text := p.Text
		if text == "" {
			text = locale.English.SayOf(p.Code, "import")
		}
		fmt.Fprintf(&b, "%s: %s\n", where, text)
	}
	if done.Unlisted > 0 {
		fmt.Fprintf(&b, "and %d more\n", done.Unlisted)
	}
	for _, t := range done.Tallies {
		if len(done.Problems) == 0 {
			fmt.Fprintf(&b, "%s: %d %s, %d changed, %d there already\n", t.What, t.Made, map[bool]string{true: "made", false: "to make"}[done.Done], t.Changed, t.Alike)
		}
	}
	switch {
	case done.Done && !in.tell:
		b.WriteString("Imported. No family was told.\n")
	case done.Done:
		b.WriteString("Imported. Families are being told.\n")
	case len(done.Problems) == 0:
		b.WriteString("Nothing is wrong, and nothing was changed: this was a dry run.\n")
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return err
	}
	if n := len(done.Problems) + done.Unlisted; n > 0 {
		return fmt.Errorf("nothing was imported: mend what is listed above (%d) and try again", n)
	}
	return nil
}

// explainImport is the command's help: its settings, and every column of every
// kind of file.
func explainImport(fs *flag.FlagSet) {
	var b strings.Builder
	b.WriteString("wardvisit import -kind KIND [settings] FILE\n\n" +
		"Imports a CSV file, all of it or, if anything is wrong, nothing; each problem is listed by its\n" +
		"line. What is there already as the file says is left alone, so importing twice does no harm.\n" +
		"A file moves no patient and no iPad to another place, lifts no bar and takes nothing away.\n" +
		"While a large file is imported nobody else can book: do it when it is quiet.\n\n" +
		"Files are CSV in UTF-8 with a header line; commas, semicolons or tabs; columns in any order.\n" +
		"Import them in the order below. A * marks what every row needs.\n\n")
	for _, k := range intake.Kinds {
		fmt.Fprintf(&b, "%s (at most %d rows)\n", k, k.Most())
		for _, column := range intake.Columns(k) {
			star := " "
			if column.Needed {
				star = "*"
			}
			fmt.Fprintf(&b, "  %s %-20s %s For example: %s\n", star, column.Name, column.Says, column.Example)
		}
		b.WriteString("\n")
	}
	b.WriteString("Settings:\n")
	io.WriteString(fs.Output(), b.String())
	fs.PrintDefaults()
}
