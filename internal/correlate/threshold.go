package correlate

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cmtrail/cmtrail/internal/match"
)

// threshold counts.
type threshold struct{}

// mark is one event that counts.
type mark struct {
	at    int64
	value string // of a distinct count
	ref   Reference
}

func (threshold) take(c *Correlator, s *subscription, e *event, m *matched) {
	cor := s.rel.cor
	value := ""
	if cor.Distinct != "" {
		var ok bool
		if value, ok = e.find(m, cor.Distinct); !ok {
			c.tell(NoPart, s.rel, nil, e, m, "it does not fill "+cor.Distinct)
			return
		}
		value = strings.ToLower(value)
	}
	opened := Continued
	i := c.pending(s.rel, e, m)
	if i == nil {
		if i = c.begin(s.rel, e, m); i == nil {
			c.unheard(s, e, m)
			return
		}
		opened = Opened
		i.keys = slices.DeleteFunc(slices.Clone(m.keys), func(k match.Key) bool { return !slices.Contains(cor.By, k.Name) })
		i.until = e.at + int64(cor.Within)
		i.host.wakeAt(i.until, i)
	}
	i.until = max(i.until, e.at+int64(cor.Within))
	if cor.Distinct != "" {
		i.marks = slices.DeleteFunc(i.marks, func(k mark) bool { return k.value == value })
	}
	// Those of other hosts may come out of order.
	at, _ := slices.BinarySearchFunc(i.marks, e.at, func(k mark, t int64) int {
		return cmp.Or(cmp.Compare(k.at, t), -1)
	})
	i.marks = slices.Insert(i.marks, at, mark{e.at, value, e.ref})
	newest := i.marks[len(i.marks)-1].at
	i.marks = slices.DeleteFunc(i.marks, func(k mark) bool { return !within(k.at, newest, cor.Within) })
	c.tell(opened, s.rel, i, e, m, "")
	if len(i.marks) < cor.AtLeast {
		return
	}
	first, last, n := i.marks[0].ref, i.marks[len(i.marks)-1].ref, len(i.marks)
	keys := i.keys
	c.remove(i)
	c.find(i, &Finding{Host: c.home(s.rel, e).name, At: last.Time(), Keys: keys, First: first, Last: last, Count: n}, e)
}

func (threshold) wake(i *instance, _ bool) { i.host.c.expire(i) }
