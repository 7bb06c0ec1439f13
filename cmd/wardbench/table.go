package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"
)

// A row is one line of the table.
type row struct {
	what, ours, reference, ratio string
}

// printTable writes the table, and under it why something is not in it.
func printTable(w io.Writer, rows []row, missing []string) error {
	fmt.Fprintf(w, "%s/%s, %d cores, %s\n\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(t, "what\tours\treference\tours / reference")
	fmt.Fprintln(t, "----\t----\t---------\t----------------")
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", r.what, r.ours, r.reference, r.ratio)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, why := range missing {
		fmt.Fprintf(w, "\n%s\n", why)
	}
	return nil
}

// compare is a row of two figures in one unit.
func compare(what, unit string, ours, reference float64) row {
	r := row{what: what, ours: figure(ours) + unit, reference: figure(reference) + unit}
	if reference > 0 {
		r.ratio = strconv.FormatFloat(ours/reference, 'f', 2, 64)
	}
	return r
}

// figure writes a number with as many digits as mean something here.
func figure(f float64) string {
	switch {
	case f >= 100:
		return strconv.FormatFloat(f, 'f', 0, 64)
	case f >= 10:
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	return strconv.FormatFloat(f, 'f', 2, 64)
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// quantile returns of sorted durations the one that q of them, from 0 to 1, do
// not exceed.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	if len(sorted) == 0 {
		return 0
	}
	return (sorted[len(sorted)/2] + sorted[(len(sorted)-1)/2]) / 2
}
