package pipeline

import (
	"time"

	"github.com/cmtrail/cmtrail/rules"
)

// DefaultReloadInterval is how often rule files are looked at.
const DefaultReloadInterval = 5 * time.Second

// Reloader looks whether rule files have changed and loads those that have. It is for one goroutine at a time.
type Reloader struct {
	options  rules.Options
	interval time.Duration
	clock    Clock

	set    *rules.Set   // what runs
	tried  *rules.Files // what was loaded last, with faults or without
	seen   *rules.Files // what stood in the files at the last look
	unread string       // why they could not be read then
	looked time.Time
}

// LoadRules loads rules and returns what loads them anew. With fallback, faults go to it and the shipped rules run alone.
// An interval of 0 never looks again.
func LoadRules(opt rules.Options, interval time.Duration, clock Clock, fallback func(error)) (*rules.Engine, *Reloader, error) {
	r := &Reloader{options: opt, interval: interval, clock: clock, looked: clock.Now()}
	files, err := rules.Read(opt)
	var engine *rules.Engine
	if err == nil {
		r.tried, r.seen = files, files
		engine, err = files.LoadEngine(clock.Now())
	}
	if err != nil && fallback != nil {
		fallback(err)
		engine, err = rules.LoadEngine(rules.Options{})
	}
	if err != nil {
		return nil, nil, err
	}
	r.set = engine.Set()
	return engine, r, nil
}

// Due tells whether it is time to look.
func (r *Reloader) Due() bool {
	return r.interval > 0 && r.clock.Now().Sub(r.looked) >= r.interval
}

// Look returns an engine of the rules when their files have changed, and stood still since the look before, so that no
// file is read that an editor is still writing; nil when nothing has changed. An error tells once of each state of the
// files that cannot be used.
func (r *Reloader) Look() (*rules.Engine, rules.Change, error) {
	now := r.clock.Now()
	r.looked = now
	files, err := rules.Read(r.options)
	if err != nil {
		told := r.unread == err.Error()
		r.unread = err.Error()
		if told {
			err = nil
		}
		return nil, rules.Change{}, err
	}
	r.unread = ""
	settled := files.Same(r.seen)
	r.seen = files
	expired := !r.set.Expires.IsZero() && !now.Before(r.set.Expires)
	if !settled || files.Same(r.tried) && !expired {
		return nil, rules.Change{}, nil
	}
	r.tried = files
	engine, err := files.LoadEngine(now)
	if err != nil {
		return nil, rules.Change{}, err
	}
	change := rules.Compare(r.set, engine.Set())
	r.set = engine.Set()
	return engine, change, nil
}
