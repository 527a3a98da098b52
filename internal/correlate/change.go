package correlate

import (
	"strings"

	"github.com/cmtrail/cmtrail/internal/match"
	"github.com/cmtrail/cmtrail/internal/ruleset"
)

// change compares a value with the last one.
type change struct{}

func (change) take(c *Correlator, s *subscription, e *event, m *matched) {
	value, ok := e.find(m, s.rel.cor.Value)
	if !ok || value == "" {
		c.tell(NoPart, s.rel, nil, e, m, "it does not fill "+s.rel.cor.Value)
		return
	}
	i := c.pending(s.rel, e, m)
	if i == nil {
		if i = c.begin(s.rel, e, m); i == nil {
			c.unheard(s, e, m)
			return
		}
		i.value = value
		c.tell(Opened, s.rel, i, e, m, "its value is the first")
		return
	}
	first, previous := i.last, i.value
	i.last, i.value = e.ref, value
	if strings.EqualFold(previous, value) {
		c.tell(Continued, s.rel, i, e, m, sameValue)
		return
	}
	keys := append([]match.Key{{Name: ruleset.Previous, Value: previous}}, m.keys...)
	if !c.holds(s.rel, keys) {
		c.tell(Continued, s.rel, i, e, m, "its value is another, and the condition does not hold")
		return
	}
	c.find(i, &Finding{Host: c.home(s.rel, e).name, At: e.ref.Time(), Keys: keys, First: first, Last: e.ref}, e)
}

// wake is not called: a value is compared with the last one however long ago that was.
func (change) wake(*instance, bool) {}
