package correlate

// duration measures from one event to another.
type duration struct{}

func (duration) take(c *Correlator, s *subscription, e *event, m *matched) {
	i := c.pending(s.rel, e, m)
	if s.role == opens {
		if i != nil {
			i.opened, i.first, i.keys = e.at, e.ref, m.keys // a run that began anew is measured from there
			c.tell(Again, s.rel, i, e, m, "it is measured from here")
		} else if i = c.begin(s.rel, e, m); i == nil {
			c.unheard(s, e, m)
			return
		} else {
			c.tell(Opened, s.rel, i, e, m, "")
		}
		c.tied(s, e, i.key)
		return
	}
	if i == nil {
		c.unfound(s, e, m)
		return
	}
	c.remove(i)
	if e.at-i.opened <= int64(s.rel.cor.LongerThan) {
		c.tell(Answered, s.rel, i, e, m, "it did not take too long")
	} else {
		c.find(i, &Finding{Host: c.home(s.rel, e).name, At: e.ref.Time(), Keys: withKeys(i.keys, m.keys), First: i.first, Last: e.ref}, e)
	}
}

// wake is not called: a run may take as long as it likes until it ends.
func (duration) wake(*instance, bool) {}
