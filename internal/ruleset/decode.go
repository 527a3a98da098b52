package ruleset

import "gopkg.in/yaml.v3"

var (
	shapeText  = shape{"type": "string"}
	shapeValue = shape{"type": []string{"string", "number", "boolean"}}
	shapeInt   = shape{"type": "integer"}
	shapeBool  = shape{"type": "boolean"}
	shapeTexts = shape{"oneOf": []shape{{"type": "string"}, {"type": "array", "items": shapeValue}}}
	shapeMap   = shape{"type": "object"}
)

func one[T any](key, doc string, s shape, get func(*T) *text) field[T] {
	return field[T]{key: key, doc: doc, shape: s, decode: func(d *decoder, n *yaml.Node, into *T) { *get(into) = d.scalar(n, key) }}
}

func many[T any](key, doc string, get func(*T) *[]text) field[T] {
	return field[T]{key: key, doc: doc, shape: shapeTexts, decode: func(d *decoder, n *yaml.Node, into *T) { *get(into) = d.texts(n, key) }}
}

func must[T any](f field[T]) field[T] { f.must = true; return f }

func enum(values ...string) shape { return shape{"type": "string", "enum": values} }

func list[T, E any](key, doc string, fields []field[E], read func(d *decoder, n *yaml.Node, into *T)) field[T] {
	return field[T]{key: key, doc: doc, shape: shape{"type": "array", "items": object(fields)}, decode: read}
}

var (
	severities = []string{"info", "warning", "error", "critical"}
	statuses   = []string{"testing", "stable", "deprecated"}
	evidences  = []string{"documented", "observed", "derived"}
	placements = []string{"client", "management-point", "site-server", "software-update-point", "wsus"}
)

var stepFields = []field[rawStep]{
	must(one("id", "Flow and numbers with two digits, so that ids sort: scan.01.03.", shapeText, func(s *rawStep) *text { return &s.id })),
	must(one("title", "What happens in this step.", shapeText, func(s *rawStep) *text { return &s.title })),
	one("runs_on", "Where it happens.", enum(placements...), func(s *rawStep) *text { return &s.runsOn }),
}

var aboutFields = []field[rawAbout]{
	one("cause", "Why it happens.", shapeText, func(a *rawAbout) *text { return &a.cause }),
	one("impact", "What it means for the machine or the site.", shapeText, func(a *rawAbout) *text { return &a.impact }),
	many("fix", "What to do, in order.", func(a *rawAbout) *[]text { return &a.fix }),
	many("look_next", "Logs to read next.", func(a *rawAbout) *[]text { return &a.lookNext }),
	many("references", "Articles that say more.", func(a *rawAbout) *[]text { return &a.references }),
}

var onceFields = []field[rawOnce]{
	many("by", "Holes, or host, that tell one case from another.", func(o *rawOnce) *[]text { return &o.by }),
	must(one("per", "The period, such as 24h.", shapeText, func(o *rawOnce) *text { return &o.per })),
}

var lintFields = []field[rawLint]{
	must(many("allow", "Names of the checks whose findings are accepted.", func(l *rawLint) *[]text { return &l.allow })),
	must(one("reason", "Why.", shapeText, func(l *rawLint) *text { return &l.reason })),
}

var expectFields = []field[rawExpect]{
	must(one("on", "Log and line on which the rule shows: WindowsUpdate.log:1.", shapeText, func(e *rawExpect) *text { return &e.on })),
	{key: "keys", doc: "Captured fields, normalised.", shape: shapeMap, decode: func(d *decoder, n *yaml.Node, e *rawExpect) {
		d.entries(n, "keys", func(name text, v *yaml.Node) { e.keys = append(e.keys, &entry{name: name, value: d.scalar(v, "keys")}) })
	}},
}

var testFields = []field[rawTest]{
	one("name", "What the test is about.", shapeText, func(t *rawTest) *text { return &t.name }),
	one("arch", "Processor architecture of the host: amd64, arm64 or x86.", shapeText, func(t *rawTest) *text { return &t.arch }),
	{key: "logs", doc: "Raw lines by log name.", shape: shapeMap, must: true, decode: func(d *decoder, n *yaml.Node, t *rawTest) {
		d.entries(n, "logs", func(name text, v *yaml.Node) { t.logs = append(t.logs, &entry{name: name, value: d.scalar(v, "logs")}) })
	}},
	list("expect", "Where the rule shows; nothing: nowhere.", expectFields, func(d *decoder, n *yaml.Node, t *rawTest) {
		t.expect = each(d, n, "expect", func(n *yaml.Node) *rawExpect { e := &rawExpect{}; mapping(d, n, "expect", expectFields, e); return e })
	}),
	one("undecided", "How many questions stay undecided.", shapeInt, func(t *rawTest) *text { return &t.undecided }),
}

// matchFields is filled in init: any holds matches again.
var matchFields []field[rawMatch]

func init() {
	matchFields = []field[rawMatch]{
		many("file", "Log names, without regard to case.", func(m *rawMatch) *[]text { return &m.files }),
		many("line", "Sentences with typed holes; any of them.", func(m *rawMatch) *[]text { return &m.lines }),
		many("pattern", "RE2 expressions with named groups; any of them.", func(m *rawMatch) *[]text { return &m.patterns }),
		many("code", "Error codes in any spelling; the record carries one of them.", func(m *rawMatch) *[]text { return &m.codes }),
		{key: "any", doc: "Alternatives, all with the same holes.", shape: shape{"type": "array", "items": shape{"$ref": "#/$defs/match"}},
			decode: func(d *decoder, n *yaml.Node, m *rawMatch) {
				m.any = each(d, n, "any", func(n *yaml.Node) *rawMatch { return d.match(n, "any") })
			}},
		one("when", "A condition over the record and the holes.", shapeText, func(m *rawMatch) *text { return &m.when }),
	}
}

func (d *decoder) match(n *yaml.Node, what string) *rawMatch {
	m := &rawMatch{src: d.src, node: n}
	if !mapping(d, n, what, matchFields, m) {
		return nil
	}
	return m
}

var ruleFields = []field[rawRule]{
	must(one("id", "A step rule's id is lower case and stands below its step; an issue's is CM-<AREA>-<NAME>.", shapeText, func(r *rawRule) *text { return &r.id })),
	one("revision", "One more when the set of matched records may change.", shapeInt, func(r *rawRule) *text { return &r.revision }),
	one("status", "testing rules are off by default.", enum(statuses...), func(r *rawRule) *text { return &r.status }),
	one("replaced_by", "The rule that follows a deprecated one.", shapeText, func(r *rawRule) *text { return &r.replacedBy }),
	one("evidence", "How the log line is known.", enum(evidences...), func(r *rawRule) *text { return &r.evidence }),
	one("title", "One line for people.", shapeText, func(r *rawRule) *text { return &r.title }),
	one("severity", "The weight of the issue.", enum(severities...), func(r *rawRule) *text { return &r.severity }),
	many("step", "The step or steps that the record belongs to.", func(r *rawRule) *[]text { return &r.steps }),
	many("tags", "Words to filter by.", func(r *rawRule) *[]text { return &r.tags }),
	one("scan", "all: evaluate on every record of its logs, though no literal is required.", enum("all"), func(r *rawRule) *text { return &r.scan }),
	one("generic", "Left off a record on which a specific issue shows.", shapeBool, func(r *rawRule) *text { return &r.generic }),
	one("aside", "Says something beside other issues: no generic one is left off for it.", shapeBool, func(r *rawRule) *text { return &r.aside }),
	many("also", "Rules that show on the same records as this one; said by either of the two.", func(r *rawRule) *[]text { return &r.also }),
	{key: "lint", doc: "Accepts what lint would say of the rule.", shape: object(lintFields), decode: func(d *decoder, n *yaml.Node, r *rawRule) {
		r.lint = &rawLint{}
		mapping(d, n, "lint", lintFields, r.lint)
	}},
	{key: "match", doc: "What one record must hold.", shape: shape{"$ref": "#/$defs/match"}, decode: func(d *decoder, n *yaml.Node, r *rawRule) { r.match = d.match(n, "match") }},
	{key: "events", doc: "Matches of the rule's own, for its relation.", shape: shapeMap, decode: func(d *decoder, n *yaml.Node, r *rawRule) {
		d.entries(n, "events", func(name text, v *yaml.Node) {
			if m := d.match(v, "event"); m != nil {
				m.event = true
				r.events = append(r.events, &rawEvent{name, m})
			}
		})
	}},
	relation("sequence", sequenceFields), relation("threshold", thresholdFields), relation("absence", absenceFields),
	relation("change", changeFields), relation("silence", silenceFields), relation("duration", durationFields),
	{key: "once", doc: "Report once a period and count the rest.", shape: object(onceFields), decode: func(d *decoder, n *yaml.Node, r *rawRule) {
		r.once = &rawOnce{}
		mapping(d, n, "once", onceFields, r.once)
	}},
	{key: "about", doc: "What a reader is told.", shape: object(aboutFields), decode: func(d *decoder, n *yaml.Node, r *rawRule) {
		r.about = &rawAbout{}
		mapping(d, n, "about", aboutFields, r.about)
	}},
	list("tests", "Raw lines and what they give.", testFields, func(d *decoder, n *yaml.Node, r *rawRule) {
		r.tests = each(d, n, "tests", func(n *yaml.Node) *rawTest {
			t := &rawTest{node: n}
			mapping(d, n, "test", testFields, t)
			return t
		})
	}),
}

var overrideFields = []field[rawOverride]{
	one("rule", "Id of a shipped rule; * stands for any text.", shapeText, func(o *rawOverride) *text { return &o.rule }),
	one("parameter", "Name of a shipped parameter.", shapeText, func(o *rawOverride) *text { return &o.parameter }),
	one("revision", "The rule's revision that this was written for.", shapeInt, func(o *rawOverride) *text { return &o.revision }),
	one("reason", "Why.", shapeText, func(o *rawOverride) *text { return &o.reason }),
	one("disable", "true silences the rule.", shapeBool, func(o *rawOverride) *text { return &o.disable }),
	one("until", "Last day on which the override holds: 2027-12-31.", shapeText, func(o *rawOverride) *text { return &o.until }),
	many("except", "Conditions under which the rule does not show.", func(o *rawOverride) *[]text { return &o.except }),
	{key: "set", doc: "New values of the rule's fields, or of the parameter.", shape: shape{}, decode: func(d *decoder, n *yaml.Node, o *rawOverride) {
		if n.Kind == yaml.ScalarNode {
			o.value = d.scalar(n, "set")
			return
		}
		d.entries(n, "set", func(name text, v *yaml.Node) { o.set = append(o.set, &entry{name: name, value: d.scalar(v, "set")}) })
	}},
}

var journeyFields = []field[rawJourney]{
	must(one("id", "Name of the journey.", shapeText, func(j *rawJourney) *text { return &j.id })),
	one("title", "One line on what a run is.", shapeText, func(j *rawJourney) *text { return &j.title }),
	must(many("starts", "Rules that begin a run.", func(j *rawJourney) *[]text { return &j.starts })),
	{key: "ends", doc: "Rules that end it, by state.", shape: shapeMap, must: true, decode: func(d *decoder, n *yaml.Node, j *rawJourney) {
		d.entries(n, "ends", func(state text, v *yaml.Node) { j.ends = append(j.ends, &rawEnds{state, d.texts(v, "ends")}) })
	}},
	{key: "reaches", doc: "Rules of other flows that show a step of the run, by step.", shape: shapeMap, decode: func(d *decoder, n *yaml.Node, j *rawJourney) {
		d.entries(n, "reaches", func(step text, v *yaml.Node) { j.reaches = append(j.reaches, &rawReaches{step, d.texts(v, "reaches")}) })
	}},
	must(many("keys", "Holes that name a run.", func(j *rawJourney) *[]text { return &j.keys })),
	{key: "near", doc: "Logs without a key, and how near in time they must stand.", shape: shapeMap, decode: func(d *decoder, n *yaml.Node, j *rawJourney) {
		d.entries(n, "near", func(log text, v *yaml.Node) { j.near = append(j.near, &entry{name: log, value: d.scalar(v, "near")}) })
	}},
	must(one("stalled_after", "Silence after which a run counts as stalled.", shapeText, func(j *rawJourney) *text { return &j.stalledAfter })),
}

var fileFields = []field[rawFile]{
	must(one("schema", "Version of the file format: 1.", shape{"const": 1}, func(f *rawFile) *text { return &f.schema })),
	one("pack", "Name of the pack.", shapeText, func(f *rawFile) *text { return &f.pack }),
	one("version", "Version of the pack.", shapeText, func(f *rawFile) *text { return &f.version }),
	{key: "lists", doc: "Named lists, for `host in pilot_hosts`.", shape: shapeMap, decode: func(d *decoder, n *yaml.Node, f *rawFile) {
		d.entries(n, "lists", func(name text, v *yaml.Node) {
			e := &entry{name: name}
			for _, t := range d.list(v, "list") {
				e.list = append(e.list, value(t))
			}
			f.lists = append(f.lists, e)
		})
	}},
	named("macros", "Named expressions.", func(f *rawFile) *[]*entry { return &f.macros }),
	named("parameters", "Numbers and durations that people tune.", func(f *rawFile) *[]*entry { return &f.parameters }),
	list("steps", "The pipeline, in order.", stepFields, func(d *decoder, n *yaml.Node, f *rawFile) {
		f.steps = each(d, n, "steps", func(n *yaml.Node) *rawStep { s := &rawStep{}; mapping(d, n, "step", stepFields, s); return s })
	}),
	{key: "rules", doc: "The rules.", shape: shape{"type": "array", "items": shape{"$ref": "#/$defs/rule"}}, decode: func(d *decoder, n *yaml.Node, f *rawFile) {
		f.rules = each(d, n, "rules", func(n *yaml.Node) *rawRule { return d.readRule(n, f) })
	}},
	list("journeys", "Runs followed from end to end.", journeyFields, func(d *decoder, n *yaml.Node, f *rawFile) {
		f.journeys = each(d, n, "journeys", func(n *yaml.Node) *rawJourney {
			j := &rawJourney{}
			mapping(d, n, "journey", journeyFields, j)
			return j
		})
	}),
	list("overrides", "Changes to what is shipped.", overrideFields, func(d *decoder, n *yaml.Node, f *rawFile) {
		f.overrides = each(d, n, "overrides", func(n *yaml.Node) *rawOverride {
			o := &rawOverride{node: n, src: d.src, shipped: f.shipped}
			mapping(d, n, "override", overrideFields, o)
			return o
		})
	}),
}

func named(key, doc string, get func(*rawFile) *[]*entry) field[rawFile] {
	return field[rawFile]{key: key, doc: doc, shape: shapeMap, decode: func(d *decoder, n *yaml.Node, f *rawFile) {
		d.entries(n, key, func(name text, v *yaml.Node) {
			*get(f) = append(*get(f), &entry{name: name, value: d.scalar(v, key)})
		})
	}}
}

func (d *decoder) readRule(n *yaml.Node, f *rawFile) *rawRule {
	r := &rawRule{file: f, node: n}
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == "id" {
				d.rule = n.Content[i+1].Value
			}
		}
	}
	mapping(d, n, "rule", ruleFields, r)
	d.rule = ""
	return r
}

// value reads a list item as the whole number or text that it is.
func value(t text) any {
	if t.given() && t.node.Tag == "!!int" {
		var i int
		if t.node.Decode(&i) == nil {
			return i
		}
	}
	return t.String()
}
