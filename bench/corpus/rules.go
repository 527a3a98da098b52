package corpus

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
)

// Rule is one rule of a generated set: a sentence of one log, with holes. The first n rules of the largest set are the
// set of n rules.
type Rule struct {
	ID       string
	Log      *Log
	Step     string // "" for an issue
	Sentence string // as a rule file writes it
	Pattern  string // the same as a regular expression
	Literal  string // the longest text without a hole
	Issue    bool
	pieces   []string // texts and holes in turn, beginning with a text
}

// MaxRules is how many rules there are.
const MaxRules = 10_000

// patterns are the types of holes as regular expressions.
var patterns = map[string]string{
	"guid":    `\{?[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}\}?`,
	"int":     `-?[0-9]+`,
	"word":    `\S+`,
	"hresult": `0x[0-9A-Fa-f]{8}`,
}

// sentences are the shapes of rules. C stands for the log's class, M for a method that only one rule names.
var sentences = []string{
	"C::M - request <request_id:guid> completed",
	"C::M ended for update <update_id:guid>, state <state:int>",
	"Raised event M with id <event_id:int> for <user:word>",
	"Slow call: M took <spent:int> ms in C, <waiting:int> requests wait",
	"Call of C::M returned to <caller:word>, entries kept: <kept:int>",
}

// issue is the shape of every tenth rule.
const issue = "C::M failed with <error_code:hresult>"

var hole = regexp.MustCompile(`<(\w+):(\w+)>`)

// Rules returns the first n rules.
func Rules(n int) []Rule {
	rules := make([]Rule, n)
	for i := range rules {
		log := Logs[i%len(Logs)]
		r := Rule{ID: fmt.Sprintf("bench.%02d.r%05d", i%len(Logs)+1, i), Step: fmt.Sprintf("bench.%02d", i%len(Logs)+1), Log: log}
		shape := sentences[i/len(Logs)%len(sentences)]
		if (i%len(Logs)+i/len(Logs))%10 == 9 {
			r.ID, r.Step, r.Issue, shape = fmt.Sprintf("CM-BENCH-R%05d", i), "", true, issue
		}
		r.Sentence = fill(shape, log.Class, methods[i])
		r.cut()
		rules[i] = r
	}
	return rules
}

func fill(shape, class, method string) string {
	return strings.NewReplacer("C::M", class+"::"+method, " M ", " "+method+" ", " C,", " "+class+",").Replace(shape)
}

// cut fills what follows from the sentence.
func (r *Rule) cut() {
	at := 0
	for _, m := range hole.FindAllStringSubmatchIndex(r.Sentence, -1) {
		r.pieces = append(r.pieces, r.Sentence[at:m[0]], r.Sentence[m[4]:m[5]])
		at = m[1]
	}
	r.pieces = append(r.pieces, r.Sentence[at:])
	for i, p := range r.pieces {
		if i%2 == 1 {
			r.Pattern += patterns[p]
			continue
		}
		r.Pattern += regexp.QuoteMeta(p)
		if len(p) > len(r.Literal) {
			r.Literal = p
		}
	}
}

// YAML returns the rules as a rule file of cmtrail.
func YAML(rules []Rule) []byte {
	var b strings.Builder
	b.WriteString("schema: 1\npack: bench\nversion: 1.0.0\nsteps:\n")
	for i, l := range Logs {
		fmt.Fprintf(&b, "  - {id: bench.%02d, title: 'What %s tells', runs_on: client}\n", i+1, l.Name)
	}
	b.WriteString("rules:\n")
	for _, r := range rules {
		what := "step: " + r.Step
		if r.Issue {
			what = "title: 'An issue of the benchmark', severity: error"
		}
		fmt.Fprintf(&b, "  - {id: %s, %s, match: {file: %s, line: '%s'}}\n", r.ID, what, r.Log.Name, r.Sentence)
	}
	return []byte(b.String())
}

// methods are names of methods: the first MaxRules are those of rules, the others belong to noise.
var methods = func() []string {
	verbs := strings.Fields(`Evaluate Request Process Handle Update Start Finish Cancel Store Load Send Receive Queue Raise
		Check Verify Resolve Register Remove Refresh Notify Collect Apply Schedule Publish Query Merge Save Open Close Sync Prune`)
	nouns := strings.Fields(`Deployment Assignment Policy Scan Location Source Update Content Package Distribution Message State
		Report Baseline Window Reboot Cache Catalog Category Download Job Transfer Boundary Endpoint Identity Inventory
		Metadata Notification Payload Point Proxy Reply Result Schedule Server Session Setting Signature Status Store
		Subscription Summary Supersedence Task Token Trigger User Version`)
	var all []string
	for _, end := range []string{"", "Async", "Ex", "Internal", "ById", "List", "ForUser", "OnIdle", "Batch", "Now"} {
		for _, v := range verbs {
			for _, n := range nouns {
				all = append(all, v+n+end)
			}
		}
	}
	rand.New(rand.NewPCG(17, 4)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}()
