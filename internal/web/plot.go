package web

import (
	"fmt"
	"strings"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// The plot of seats is drawn on this grid.
const (
	plotWidth  = 640
	plotHeight = 212
	plotLeft   = 56
	plotBottom = 28
	plotTop    = 34
)

// plot is the history of a subscription as lines that go up and down in steps.
type plot struct {
	Bought, Used, Area string // paths
	Marks              []plotMark
	From, Middle, To   time.Time
}

// plotMark is a line of the grid with its number.
type plotMark struct {
	Y    string
	Text int
}

// drawSeats makes a plot of points in time; the last one lasts until now.
func drawSeats(points []offboard.SeatPoint, s *org.Subscription, now time.Time) plot {
	points = append(append([]offboard.SeatPoint{}, points...), offboard.SeatPoint{At: now, Total: s.Total, Assigned: s.Assigned})
	p := plot{From: points[0].At, To: now}
	span := p.To.Sub(p.From)
	if span < org.Day {
		span = org.Day
		p.From = now.Add(-span)
		points = append([]offboard.SeatPoint{{At: p.From, Total: points[0].Total, Assigned: points[0].Assigned}}, points...)
	}
	p.Middle = p.From.Add(span / 2)
	top := 1
	for _, x := range points {
		top = max(top, x.Total, x.Assigned)
	}
	step := niceStep(top)
	top = (top + step - 1) / step * step
	x := func(at time.Time) float64 {
		return plotLeft + float64(at.Sub(p.From))/float64(span)*(plotWidth-plotLeft-8)
	}
	y := func(n int) float64 {
		return plotHeight - plotBottom - float64(n)/float64(top)*(plotHeight-plotBottom-plotTop)
	}
	p.Bought = stairs(points, x, func(s offboard.SeatPoint) float64 { return y(s.Total) })
	p.Used = stairs(points, x, func(s offboard.SeatPoint) float64 { return y(s.Assigned) })
	p.Area = fmt.Sprintf("%sV%.1fH%.1fZ", p.Bought, y(0), x(points[0].At))
	for n := 0; n <= top; n += step {
		p.Marks = append(p.Marks, plotMark{fmt.Sprintf("%.1f", y(n)), n})
	}
	return p
}

// stairs is a path that keeps its height until the next point.
func stairs(points []offboard.SeatPoint, x func(time.Time) float64, y func(offboard.SeatPoint) float64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "M%.1f %.1f", x(points[0].At), y(points[0]))
	for _, p := range points[1:] {
		fmt.Fprintf(&b, "H%.1fV%.1f", x(p.At), y(p))
	}
	return b.String()
}

// niceStep is the distance between lines of the grid: 1, 2 or 5 times a power of ten.
func niceStep(top int) int {
	for unit := 1; ; unit *= 10 {
		for _, n := range []int{1, 2, 5} {
			if n*unit*4 >= top {
				return n * unit
			}
		}
	}
}
