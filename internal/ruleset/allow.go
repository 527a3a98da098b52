package ruleset

import "slices"

// allowances checks the names of the checks that a rule allows.
func (c *compiler) allowances(raw *rawLint) {
	var names []string
	for _, check := range Checks() {
		if check.Name != FaultCheck && check.Name != idleCheck {
			names = append(names, check.Name)
		}
	}
	for _, t := range raw.allow {
		if !contains(names, t.String()) {
			c.failAt(t, "unknown check "+quote(t.String())+near(t.String(), names))
		}
	}
}

// allow leaves out what rules allow, and returns the allowances that did.
func (l *linter) allow() map[*rawLint][]string {
	allowed := map[string]*rawLint{}
	for r, raw := range l.rules {
		if raw.lint != nil {
			allowed[r.ID] = raw.lint
		}
	}
	used := map[*rawLint][]string{}
	l.all = slices.DeleteFunc(l.all, func(a Advice) bool {
		raw := allowed[a.Rule]
		if raw == nil || !slices.ContainsFunc(raw.allow, func(t text) bool { return t.String() == a.Check }) {
			return false
		}
		used[raw] = append(used[raw], a.Check)
		return true
	})
	return used
}

// idle reports allowances for which nothing was found by a check that ran.
func (l *linter) idle(ran map[string]bool, used map[*rawLint][]string) {
	for r, raw := range l.rules {
		if raw.lint == nil {
			continue
		}
		for _, t := range raw.lint.allow {
			if ran[t.String()] && !contains(used[raw.lint], t.String()) {
				l.say(r, t.place(), "allows "+quote(t.String())+", which finds nothing here")
			}
		}
	}
}
