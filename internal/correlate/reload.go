package correlate

import "github.com/cmtrail/cmtrail/internal/ruleset"

// Reload returns a correlator for another set of rules that goes on with what is pending, as long as its rules, with their
// revisions, are there still; other questions are undecided. The old one is not used any more.
func (c *Correlator) Reload(set *ruleset.Set) *Correlator { return c.reload(set, nil) }

// Without returns a correlator that goes on with what is pending but for a host, whose state a fault of ours has broken. The
// old one is not used any more.
func (c *Correlator) Without(host string) *Correlator { return c.reload(c.set, c.hosts[host]) }

// Anew returns a correlator with the settings and counters of this one, where nothing is pending.
func (c *Correlator) Anew() *Correlator {
	now := c.successor(c.set)
	for _, h := range c.hosts {
		now.touch(h)
	}
	now.touch(now.global)
	return now
}

// successor returns a correlator without hosts. Those that this one has let go of since the last Save are still to be forgotten where
// they are kept.
func (c *Correlator) successor(set *ruleset.Set) *Correlator {
	now := New(set, c.options, c.out)
	now.counters = c.counters
	if c.changed == nil {
		return now
	}
	now.Track()
	for h := range c.changed {
		if c.gone(h) {
			now.touch(h)
		}
	}
	return now
}

func (c *Correlator) reload(set *ruleset.Set, without *host) *Correlator {
	now := c.successor(set)
	now.names = newNames(set)
	for at := c.known.Back(); at != nil; at = at.Prev() {
		h := at.Value.(*host)
		if h == without {
			now.touch(h)
			continue
		}
		now.goOn(now.host(h.name), h)
	}
	now.goOn(now.global, c.global)
	return now
}

func (c *Correlator) goOn(next, h *host) {
	c.restore(next, h.save())
	next.before, next.fresh, next.pages, next.epoch = h.before, h.fresh, h.pages, h.epoch
	c.touch(next)
}
