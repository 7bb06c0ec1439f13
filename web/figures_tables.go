package web

import (
	"strconv"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// notTold stands where there are too few visits to tell of.
const notTold = "not told"

// A figureTable is one table of figures, with a bar beside each number that is drawn.
type figureTable struct {
	ID      string
	Title   string
	Note    string // what the numbers mean
	Of      string // what a row is
	Columns []string
	Rows    []figureRow
}

// A figureRow is one row.
type figureRow struct {
	Name  string
	Cells []figureCell
	Total bool
}

// A figureCell is one number in words, with how long its bar is, of a hundred.
type figureCell struct {
	Text  string
	Drawn bool
	Sure  int // as much as there is at least
	May   int // and as much more as there may be
}

// figureTables set out what is told.
func figureTables(p desk.FiguresPage, everywhere bool) []figureTable {
	tables := []figureTable{visitsTable(p, everywhere), missedTable(p.All), timesTable(p.All)}
	if !everywhere {
		tables = append(tables, devicesTable(p.Wards[0].Figures))
	}
	tables = append(tables, unmetTable(p.All), tonguesTable(p.All))
	for i := range tables {
		tables[i].draw()
	}
	return tables
}

// What each thing that is counted is called.
var (
	whyWords = map[booking.Why]string{
		booking.WhyFamily: "Family or friends called it off", booking.WhyNobody: "Nobody came", booking.WhyWard: "The ward called it off or needed the time",
		booking.WhyPatient: "The patient slept or was not able to", booking.WhyLeft: "The patient had left the ward, for whatever reason",
		booking.WhyTechnical: "Something technical", booking.WhyOther: "Something else",
	}
	askedWords = []struct {
		state booking.RequestState
		words string
	}{
		{booking.RequestGranted, "Asked for another time, and got it"}, {booking.RequestRefused, "Asked for another time, and were refused"},
		{booking.RequestOpen, "Asked for another time, and have no answer"}, {booking.RequestWithdrawn, "Asked for another time, and took it back"},
	}
	waitedWords = []struct {
		state booking.EntryState
		words string
	}{
		{booking.EntryBooked, "Waited for a time, and got one"}, {booking.EntryLapsed, "Waited for a time in vain"},
		{booking.EntryLeft, "Left the waiting list"}, {booking.EntryWaiting, "Still wait for a time"},
	}
)

func toldCell(c booking.Count) figureCell {
	return figureCell{Text: countText(c), Drawn: true, Sure: c.From, May: c.To - c.From}
}

func said(text string) figureCell { return figureCell{Text: text} }

func shareCell(s booking.Share) figureCell {
	if !s.Known {
		return said(notTold)
	}
	return said(strconv.Itoa(s.Percent) + "%")
}

func meanText(f booking.Figures) string {
	if f.Mean == 0 {
		return notTold
	}
	return lengthText(f.Mean)
}

// togetherText is the time of all visits together, as far as their number is told.
func togetherText(f booking.Figures) string {
	if f.Mean == 0 {
		return notTold
	}
	minutes := (f.Held.From + f.Held.To) / 2 * int(f.Mean/time.Minute)
	return "about " + strconv.Itoa(minutes)
}

func visitsTable(p desk.FiguresPage, everywhere bool) figureTable {
	t := figureTable{
		ID: "visits", Title: "Visits", Of: "Ward",
		Note:    "A visit was held if somebody was let in. Minutes are from the first person let in to the end. Patients are those who lay in the ward on any of these days; one who lay in two wards counts in each.",
		Columns: []string{"Held", "Did not happen", "Minutes together", "Usual length", "Open hours that iPads were in visits", "Patients", "Had no visit"},
	}
	row := func(name string, f booking.Figures, total bool) figureRow {
		lay, never := f.Patients()
		return figureRow{Name: name, Total: total, Cells: []figureCell{
			toldCell(f.Held), said(countText(booking.Sum(f.Missed))), said(togetherText(f)), said(meanText(f)), shareCell(f.Use), said(countText(lay)), said(countText(never)),
		}}
	}
	for _, w := range p.Wards {
		t.Rows = append(t.Rows, row(w.Ward.Name, w.Figures, false))
	}
	if everywhere {
		t.Rows = append(t.Rows, row("All of them", p.All, true))
	} else {
		t.Rows[0].Cells[0].Drawn = false // one bar compares nothing
	}
	return t
}

func missedTable(f booking.Figures) figureTable {
	t := figureTable{ID: "missed", Title: "Why booked visits did not happen", Of: "Why", Columns: []string{"Visits"}}
	for _, why := range booking.Whys {
		t.Rows = append(t.Rows, figureRow{Name: whyWords[why], Cells: []figureCell{toldCell(f.Missed[why])}})
	}
	t.Rows = append(t.Rows, figureRow{Name: "All of them", Total: true, Cells: []figureCell{said(countText(booking.Sum(f.Missed)))}})
	return t
}

func timesTable(f booking.Figures) figureTable {
	row := func(name string, q booking.Quarters) figureRow {
		return figureRow{Name: name, Cells: []figureCell{said(quartersText(q, true)), said(quartersText(q, false))}}
	}
	return figureTable{
		ID: "times", Title: "How long it took", Of: "From when to when", Columns: []string{"Half of the visits, at most", "The middle half"},
		Note: "From Start to let in is how long a ward is busy opening a visit, as far as we can tell: it is from a member of staff pressing Start until somebody is first let in. Carrying the iPad to the bed and waiting for the family are in it; cleaning and what is done before Start are not.",
		Rows: []figureRow{row("From booking to being let in", f.Lead), row("From Start to being let in", f.Opening)},
	}
}

func devicesTable(f booking.Figures) figureTable {
	t := figureTable{
		ID: "ipads", Title: "How much each iPad was used", Of: "iPad", Columns: []string{"Visits held", "Of the open hours, in visits"},
		Note: "Open hours are when the ward’s visiting times ran, less what was closed or kept free. An iPad that came to the ward in these days counts as if it had always been there.",
	}
	for _, d := range f.Devices {
		t.Rows = append(t.Rows, figureRow{Name: d.Tag, Cells: []figureCell{toldCell(d.Visits), shareCell(d.Use)}})
	}
	return t
}

func unmetTable(f booking.Figures) figureTable {
	t := figureTable{ID: "unmet", Title: "Who asked for a time that was not free", Of: "What became of it", Columns: []string{"Families"}, Note: "Of those who asked, or began to wait, on these days."}
	for _, a := range askedWords {
		t.Rows = append(t.Rows, figureRow{Name: a.words, Cells: []figureCell{toldCell(f.Asked[a.state])}})
	}
	for _, w := range waitedWords {
		t.Rows = append(t.Rows, figureRow{Name: w.words, Cells: []figureCell{toldCell(f.Waited[w.state])}})
	}
	return t
}

func tonguesTable(f booking.Figures) figureTable {
	t := figureTable{
		ID: "never", Title: "Who had no visit, by language", Of: "Language of the patient", Columns: []string{"Had no visit", "Patients"},
		Note: "A patient had no visit if none was held that began on these days, on whichever ward.",
	}
	for _, p := range f.Tongues {
		name := "None recorded"
		if p.Tongue != (booking.Tongue{}) {
			name = tongueName(p.Tongue)
		}
		t.Rows = append(t.Rows, figureRow{Name: name, Cells: []figureCell{toldCell(p.Never), said(countText(p.Lay))}})
	}
	lay, never := f.Patients()
	t.Rows = append(t.Rows, figureRow{Name: "All of them", Total: true, Cells: []figureCell{said(countText(never)), said(countText(lay))}})
	return t
}

// draw makes the longest bar of a table as long as there is room.
func (t *figureTable) draw() {
	most := 1
	for _, row := range t.Rows {
		for _, c := range row.Cells {
			if c.Drawn && !row.Total {
				most = max(most, c.Sure+c.May)
			}
		}
	}
	for _, row := range t.Rows {
		for i := range row.Cells {
			c := &row.Cells[i]
			c.Drawn = c.Drawn && !row.Total && c.Sure+c.May > 0
			c.Sure, c.May = 100*c.Sure/most, 100*c.May/most
		}
	}
}
