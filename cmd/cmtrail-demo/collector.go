package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// collector is the Collector as a process of its own.
type collector struct {
	cmd    *exec.Cmd
	output bytes.Buffer
	ended  chan struct{}
	err    error // how it ended; set before ended is closed
}

func startCollector(path, config, logs, out string) (*collector, error) {
	c := &collector{cmd: exec.Command(path, "--config", config), ended: make(chan struct{})}
	c.cmd.Env = append(os.Environ(), "CMTRAIL_LOGS="+logs, "CMTRAIL_OUT="+out)
	c.cmd.Stdout, c.cmd.Stderr = &c.output, &c.output
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the collector: %w; make collector builds it", err)
	}
	go func() {
		c.err = c.cmd.Wait()
		close(c.ended)
	}()
	return c, nil
}

// stop asks the Collector to end, so that it hands on what it holds, and kills it when it does not within the time.
func (c *collector) stop(within time.Duration) error {
	if err := askToEnd(c.cmd.Process); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stopping the collector: %w", err)
	}
	select {
	case <-c.ended:
		return c.err
	case <-time.After(within):
		err := c.cmd.Process.Kill()
		<-c.ended
		return errors.Join(fmt.Errorf("the collector did not end within %s", within), err)
	}
}

// said returns what the Collector wrote to its standard streams. It has ended by then.
func (c *collector) said() string { return c.output.String() }

const (
	tick  = 100 * time.Millisecond
	still = 3 * time.Second // longer than the idle timeout and the flush interval of the configuration together
)

// quiet waits until the output has grown and then not changed for a while, and returns its size.
func quiet(ctx context.Context, c *collector, out string) (size int64, err error) {
	since := time.Now()
	err = poll(ctx, c, func() bool {
		if n := sizeOf(out); n != size {
			size, since = n, time.Now()
		}
		return size > 0 && time.Since(since) >= still
	})
	return size, err
}

// grown waits until the output is larger than it was.
func grown(ctx context.Context, c *collector, out string, than int64) error {
	return poll(ctx, c, func() bool { return sizeOf(out) > than })
}

func poll(ctx context.Context, c *collector, done func() bool) error {
	t := time.NewTicker(tick)
	defer t.Stop()
	for !done() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-c.ended:
			return errors.New("the collector ended by itself")
		case <-t.C:
		}
	}
	return nil
}

// sizeOf returns the size of a file, 0 when there is none yet.
func sizeOf(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}
