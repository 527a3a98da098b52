package correlate

import (
	"strings"
	"time"
)

// oncePrefix sets the instances that count a period apart from those of the relation itself.
const oncePrefix = "once\x00"

func (i *instance) isOnce() bool { return strings.HasPrefix(i.key, oncePrefix) }

// repeats tells whether a finding was reported a short while ago, and then counts it.
func (c *Correlator) repeats(r *relation, f *Finding, e *event) bool {
	once := r.rule.Once
	if once == nil {
		return false
	}
	key := oncePrefix
	for _, by := range once.By {
		v, _ := e.find(&e.matched[0], by)
		key += strings.ToLower(v) + "\x00"
	}
	h := c.home(r, e)
	if i := c.instances[instanceKey{r, h, key}]; i != nil {
		if e.at < i.until {
			i.more++
			i.last, i.keys = f.Last, f.Keys
			return true
		}
		f.Repeats = i.more
		c.remove(i)
	}
	c.makeRoom(r)
	i := &instance{rel: r, host: h, key: key, opened: e.at, until: e.at + int64(once.Per), first: f.First, last: f.Last, keys: f.Keys}
	c.add(i)
	h.wakeAt(i.until, i)
	return false
}

// endPeriod reports how often the issue showed again.
func (c *Correlator) endPeriod(i *instance) {
	c.remove(i)
	if i.more > 0 {
		c.report(&Finding{Rule: i.rel.rule, Host: i.host.name, At: time.Unix(0, min(i.until, i.last.At)).UTC(), Keys: i.keys, First: i.first, Last: i.last, Repeats: i.more})
	}
}
