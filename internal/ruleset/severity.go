package ruleset

// String returns the severity as users write it; "" for NoSeverity.
func (s Severity) String() string {
	if s == NoSeverity || int(s) > len(severities) {
		return ""
	}
	return severities[s-1]
}
