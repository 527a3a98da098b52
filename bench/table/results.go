// Package table turns the results of the benchmarks into the part of docs/performance.md that compares cmtrail with its
// peers.
package table

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchmath"
)

// Results are what was measured, by benchmark and unit, in the order of the rounds.
type Results struct {
	values map[string][]float64
	facts  map[string]string // what the file says of the machine and of versions
}

// Read reads what `go test -bench` printed, round after round.
func Read(from io.Reader, name string) (*Results, error) {
	res := &Results{map[string][]float64{}, map[string]string{}}
	r := benchfmt.NewReader(from, name)
	for r.Scan() {
		switch rec := r.Result().(type) {
		case *benchfmt.SyntaxError:
			return nil, rec
		case *benchfmt.Result:
			for _, c := range rec.Config {
				res.facts[c.Key] = string(c.Value)
			}
			for _, v := range rec.Values {
				key := string(rec.Name) + " " + v.Unit
				res.values[key] = append(res.values[key], v.Value)
			}
		}
	}
	return res, r.Err()
}

// key says of which benchmark which unit is meant.
type key struct{ name, unit string }

// of returns what was measured; nothing when the benchmark did not run.
func (r *Results) of(k key) []float64 { return r.values[k.name+" "+k.unit] }

// ratio returns a through b, round by round: both ran one after the other, so that what slowed one slowed the other.
func (r *Results) ratio(a, b key) []float64 {
	over, under := r.of(a), r.of(b)
	if len(over) != len(under) {
		return nil
	}
	all := make([]float64, len(over))
	for i := range over {
		all[i] = over[i] / under[i]
	}
	return all
}

func center(values []float64) float64 {
	return benchmath.AssumeNothing.Summary(sample(values), 0).Center
}

func sample(values []float64) *benchmath.Sample {
	return benchmath.NewSample(slices.Clone(values), &benchmath.DefaultThresholds)
}

// median writes the median of what was measured, "-" when nothing was.
func median(values []float64, scale float64) string {
	if len(values) == 0 {
		return "-"
	}
	return number(center(values) * scale)
}

// spread writes the median, and the least and the greatest.
func spread(values []float64, scale float64) string {
	if len(values) < 2 {
		return median(values, scale)
	}
	sorted := sample(values).Values
	return fmt.Sprintf("%s (%s to %s)", median(values, scale), number(sorted[0]*scale), number(sorted[len(sorted)-1]*scale))
}

// number writes three digits that count.
func number(v float64) string {
	switch a := math.Abs(v); {
	case a == 0:
		return "0"
	case a < 0.1:
		return fmt.Sprintf("%.2g", v)
	case a < 10:
		return fmt.Sprintf("%.2f", v)
	case a < 100:
		return fmt.Sprintf("%.1f", v)
	}
	text := fmt.Sprintf("%.0f", v)
	var b strings.Builder
	for i, c := range text {
		if i > 0 && (len(text)-i)%3 == 0 && text[i-1] != '-' {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return b.String()
}
