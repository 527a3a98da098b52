package output

import (
	"strings"

	"github.com/cmtrail/cmtrail/rules"
)

// reload takes rules whose files have changed. Those that have faults are told, and the running ones go on.
func (o *Output) reload() {
	if o.config.Reloader == nil || !o.config.Reloader.Due() {
		return
	}
	engine, change, err := o.config.Reloader.Look()
	if err != nil {
		o.counters.RulesRefused.Add(1)
		o.log.Errorf("changed rules are not taken; the running ones go on")
		for line := range strings.Lines(err.Error()) {
			o.log.Errorf("%s", strings.TrimRight(line, "\n"))
		}
	}
	if engine == nil {
		return
	}
	set := engine.Set()
	o.adopt(engine)
	o.counters.Reloads.Add(1)
	o.log.Infof("rules reloaded: rules=%d added=%d changed=%d removed=%d", len(set.Rules), change.Added, change.Changed, change.Removed)
	o.warn(set)
}

// warn tells what is odd about rules but keeps none of them from running.
func (o *Output) warn(set *rules.Set) {
	for _, w := range set.Warnings {
		o.log.Warnf("%s", w)
	}
}

// adopt goes on with the rules of an engine.
func (o *Output) adopt(engine *rules.Engine) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.table.Reload(engine)
	if o.relater != nil {
		o.relater.live.Reload(engine.Set())
	}
}
