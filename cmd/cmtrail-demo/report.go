package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
)

// record is what the report needs of a log record.
type record struct {
	event  string // of a finding or journey; "" for a record of a log
	file   string // below the folder of logs
	step   string
	title  string
	issues []string
	body   string
}

// batch is the part of an OTLP/JSON line that is read here.
type batch struct {
	ResourceLogs []struct {
		ScopeLogs []struct {
			LogRecords []struct {
				Body       value
				Attributes []struct {
					Key   string
					Value value
				}
			}
		}
	}
}

type value struct {
	StringValue string
	ArrayValue  struct{ Values []value }
}

// readRecords reads what the Collector's file exporter wrote.
func readRecords(out, logs string) ([]record, error) {
	f, err := os.Open(out)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var records []record
	dec := json.NewDecoder(bufio.NewReader(f))
	for {
		var b batch
		if err := dec.Decode(&b); err == io.EOF {
			return records, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", out, err)
		}
		for _, rl := range b.ResourceLogs {
			for _, sl := range rl.ScopeLogs {
				for _, lr := range sl.LogRecords {
					r := record{body: strings.ReplaceAll(lr.Body.StringValue, logs+string(filepath.Separator), "")}
					for _, a := range lr.Attributes {
						r.set(a.Key, a.Value, logs)
					}
					records = append(records, r)
				}
			}
		}
	}
}

func (r *record) set(key string, v value, logs string) {
	switch key {
	case "event.name":
		r.event = v.StringValue
	case "log.file.path":
		r.file = filepath.ToSlash(strings.TrimPrefix(v.StringValue, logs+string(filepath.Separator)))
	case "configmgr.step.id":
		r.step = v.StringValue
	case "configmgr.step.title":
		r.title = v.StringValue
	case "configmgr.issue.ids":
		for _, id := range v.ArrayValue.Values {
			r.issues = append(r.issues, id.StringValue)
		}
	}
}

// row counts the records of a file that share step and issues.
type row struct {
	file, step, title, issues string
}

// report prints what was found, and says whether anything was tagged.
func report(w io.Writer, all []record) bool {
	counts := map[row]int{}
	records := slices.DeleteFunc(slices.Clone(all), func(r record) bool { return r.event != "" })
	tagged := 0
	for _, r := range records {
		if r.step == "" && len(r.issues) == 0 {
			continue
		}
		tagged++
		counts[row{r.file, r.step, r.title, strings.Join(r.issues, " ")}]++
	}
	rows := make([]row, 0, len(counts))
	for r := range counts {
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.step, b.step), cmp.Compare(a.issues, b.issues))
	})
	fmt.Fprintln(w)
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "FILE\tSTEP\tRECORDS\tISSUE\tTITLE")
	for _, r := range rows {
		fmt.Fprintf(tw, "%s\t%s\t%d\t%s\t%s\n", r.file, r.step, counts[r], r.issues, r.title)
	}
	tw.Flush()

	printed := false
	for _, r := range records {
		if len(r.issues) == 0 {
			continue
		}
		if !printed {
			fmt.Fprint(w, "\nWhat is wrong:\n")
			printed = true
		}
		fmt.Fprintf(w, "  %s  %s\n      %s\n", strings.Join(r.issues, " "), r.file, firstLine(r.body))
	}
	events(w, all, "configmgr.finding", "What several lines show:")
	events(w, all, "configmgr.journey", "How far each run came:")
	fmt.Fprintf(w, "\n%d records, %d of them tagged\n", len(records), tagged)
	return tagged > 0
}

// events prints what findings or journeys say.
func events(w io.Writer, all []record, name, title string) {
	for _, r := range all {
		if r.event != name {
			continue
		}
		if title != "" {
			fmt.Fprintf(w, "\n%s\n", title)
			title = ""
		}
		fmt.Fprintf(w, "  %s\n", r.body)
	}
}

// firstLine returns the first line of a message, cut to what fits a screen.
func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	if r := []rune(s); len(r) > 120 {
		return string(r[:119]) + "…"
	}
	return s
}
