package main

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"time"
)

const (
	begin = "<!-- measured: begin -->"
	end   = "<!-- measured: end -->"
)

// write puts the table, the sentences and the plot between the markers of the
// report, and leaves the rest as it is.
func (b *bench) write(file string) error {
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	head, rest, found := strings.Cut(string(old), begin)
	_, tail, closed := strings.Cut(rest, end)
	if !found || !closed {
		return fmt.Errorf("%s has no place for the figures (%s … %s)", file, begin, end)
	}
	var s strings.Builder
	fmt.Fprintf(&s, "\nMeasured on %s.\n\n", time.Now().Format("2 January 2006"))
	for _, database := range []string{sqliteName, postgresName} {
		b.table(&s, database)
	}
	for _, f := range append(b.facts, b.derived()...) {
		s.WriteString("- " + f + "\n")
	}
	s.WriteString("\n![Time per operation against the size of the organization](performance.svg)\n\n")
	if err := os.WriteFile(strings.TrimSuffix(file, ".md")+".svg", []byte(b.plot()), 0o644); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(head+begin+s.String()+end+tail), 0o644)
}

// table writes the rows of one database.
func (b *bench) table(s *strings.Builder, database string) {
	fmt.Fprintf(s, "### %s\n\n", database)
	s.WriteString("| people | what | clients | Leaver, a second | floor, a second | ratio (low … high) | goal | p50 |\n|---:|---|---:|---:|---:|---|---|---:|\n")
	for _, r := range b.rows {
		if r.Database == database {
			fmt.Fprintf(s, "| %d | %s | %d | %.0f | %.0f | **%.2f**%s | %s | %s |\n",
				r.Size, r.What, r.Clients, r.Leaver, r.Floor, r.Ratio, spread(r), verdict(r), micros(r.P50))
		}
	}
	s.WriteString("\n")
}

func spread(r Row) string {
	if r.High == 0 {
		return ""
	}
	return fmt.Sprintf(" (%.2f … %.2f)", r.Low, r.High)
}

func micros(us float64) string {
	if us == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f µs", us)
}

// plot draws time per operation against the number of people, on a logarithmic
// scale: a flat line is an operation that size does not slow down.
func (b *bench) plot() string {
	const w, h, left, bottom = 720, 360, 70, 40
	var s strings.Builder
	fmt.Fprintf(&s, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`, w, h)
	fmt.Fprintf(&s, `<rect width="%d" height="%d" fill="#fff"/><text x="%d" y="18">Time per operation on SQLite, one client (µs), against people</text>`, w, h, left)
	sizes, ops := b.axes()
	x := func(size int) float64 {
		i := slices.Index(sizes, size)
		return left + 20 + float64(i)*float64(w-left-180)/float64(max(1, len(sizes)-1))
	}
	y := func(us float64) float64 { return float64(h-bottom) - 60*math.Log10(max(us, 10)/10) }
	for _, us := range []float64{10, 100, 1000, 10000, 100000} {
		fmt.Fprintf(&s, `<line x1="%d" x2="%d" y1="%.0f" y2="%.0f" stroke="#ddd"/><text x="%d" y="%.0f" text-anchor="end">%.0f</text>`, left, w-150, y(us), y(us), left-8, y(us)+4, us)
	}
	for _, size := range sizes {
		fmt.Fprintf(&s, `<text x="%.0f" y="%d" text-anchor="middle">%d</text>`, x(size), h-bottom+18, size)
	}
	colours := []string{"#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#8c564b", "#e377c2", "#17becf", "#7f7f7f"}
	for i, op := range ops {
		var points []string
		for _, r := range b.rows {
			if r.What == op && r.Clients == 1 && r.Leaver > 0 && r.Database == sqliteName {
				points = append(points, fmt.Sprintf("%.0f,%.0f", x(r.Size), y(1e6/r.Leaver)))
			}
		}
		c := colours[i%len(colours)]
		fmt.Fprintf(&s, `<polyline fill="none" stroke="%s" stroke-width="2" points="%s"/><text x="%d" y="%d" fill="%s">%s</text>`, c, strings.Join(points, " "), w-140, 60+18*i, c, op)
	}
	s.WriteString("</svg>\n")
	return s.String()
}

func (b *bench) axes() (sizes []int, ops []string) {
	for _, r := range b.rows {
		if !slices.Contains(sizes, r.Size) {
			sizes = append(sizes, r.Size)
		}
		if r.Clients == 1 && !slices.Contains(ops, r.What) {
			ops = append(ops, r.What)
		}
	}
	return sizes, ops
}
