// Command cmtrail-demo shows cmtrail at work: it starts a real OpenTelemetry Collector on a copy of the sample logs,
// appends lines while it runs, and prints which pipeline steps and known issues the Collector found.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"
)

func main() {
	var d demo
	flag.StringVar(&d.collector, "collector", "build/otelcol-cmtrail", "the Collector to run")
	flag.StringVar(&d.config, "config", "deploy/otelcol/demo.yaml", "its configuration")
	flag.StringVar(&d.samples, "samples", "deploy/samples", "the logs to copy, a folder a host")
	flag.StringVar(&d.folder, "folder", "build/demo", "where the copy and the output go; what stands there is replaced")
	flag.DurationVar(&d.patience, "patience", 30*time.Second, "how long to wait for the output")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := d.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "cmtrail-demo:", err)
		os.Exit(1)
	}
}

// demo is one run.
type demo struct {
	collector, config, samples, folder string
	patience                           time.Duration
}

func (d *demo) run(ctx context.Context) error {
	logs, out, err := d.prepare()
	if err != nil {
		return err
	}
	fmt.Printf("Starting %s on a copy of %s\n", d.collector, d.samples)
	c, err := startCollector(d.collector, d.config, logs, out)
	if err != nil {
		return err
	}
	err = d.watch(ctx, c, logs, out)
	if stopErr := c.stop(d.patience); err == nil {
		err = stopErr
	}
	if err != nil {
		return fmt.Errorf("%w\nthe collector said:\n%s", err, c.said())
	}
	records, err := readRecords(out, logs)
	if err != nil {
		return err
	}
	if !report(os.Stdout, records) {
		return errors.New("no record was tagged")
	}
	fmt.Printf("\nTagged records, one JSON object a batch: %s\n", out)
	return nil
}

// prepare copies the samples and returns the folder of the copy and the file for the output.
func (d *demo) prepare() (logs, out string, err error) {
	folder, err := filepath.Abs(d.folder)
	if err != nil {
		return "", "", err
	}
	logs, out = filepath.Join(folder, "logs"), filepath.Join(folder, "tagged.json")
	if err := errors.Join(os.RemoveAll(logs), os.RemoveAll(out)); err != nil {
		return "", "", err
	}
	if err := os.CopyFS(logs, os.DirFS(d.samples)); err != nil {
		return "", "", fmt.Errorf("copying the samples: %w", err)
	}
	return logs, out, nil
}

// watch waits until the samples have been read, appends to a log that is followed, and waits for that to come out.
func (d *demo) watch(ctx context.Context, c *collector, logs, out string) error {
	ctx, cancel := context.WithTimeout(ctx, d.patience)
	defer cancel()
	before, err := quiet(ctx, c, out)
	if err != nil {
		return fmt.Errorf("waiting for the samples to be read: %w", err)
	}
	fmt.Printf("%d bytes of output for the samples; appending a scan that runs out of memory\n", before)
	if err := appendLines(logs, time.Now()); err != nil {
		return err
	}
	if err := grown(ctx, c, out, before); err != nil {
		return fmt.Errorf("waiting for the appended lines: %w", err)
	}
	_, err = quiet(ctx, c, out)
	return err
}
