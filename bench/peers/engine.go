package peers

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/cmtrail/cmtrail/bench/corpus"
	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// Engine is cmtrail from the bytes of a log to the verdict on each record.
type Engine struct {
	pipeline *pipeline.Pipeline
	streams  map[*corpus.Log]*pipeline.Stream
	found    func(corpus.Tag)
	record   int
}

// NewEngine makes the engine of a set of rules.
func NewEngine(engine *rules.Engine) *Engine {
	return &Engine{pipeline: pipeline.New(engine), streams: map[*corpus.Log]*pipeline.Stream{}}
}

// LoadEngine loads generated rules from a rule file in the folder.
func LoadEngine(dir string, set []corpus.Rule) (*Engine, error) {
	file, err := WriteRules(dir, set)
	if err != nil {
		return nil, err
	}
	engine, err := rules.LoadEngine(rules.Options{Paths: []string{file}, NoDefault: true})
	if err != nil {
		return nil, err
	}
	return NewEngine(engine), nil
}

// WriteRules writes generated rules as a rule file into the folder and returns its path.
func WriteRules(dir string, set []corpus.Rule) (string, error) {
	file := filepath.Join(dir, fmt.Sprintf("bench-%d.yaml", len(set)))
	return file, os.WriteFile(file, corpus.YAML(set), 0o600)
}

// Chunk gives the bytes of the chunk to the stream of its log.
func (e *Engine) Chunk(c *corpus.Chunk, found func(corpus.Tag)) {
	s := e.streams[c.Log]
	if s == nil {
		s = e.pipeline.Open(pipeline.Source{Host: "LAB-01", Name: c.Log.Name}, parsers.Options{}, e.take)
		e.streams[c.Log] = s
	}
	e.found, e.record = found, c.First
	_, _ = s.Write(c.Data) // it returns no error
	if found != nil {
		s.Flush()
	}
}

func (e *Engine) take(r *pipeline.Result) {
	if e.found != nil && r.Verdict != nil {
		for _, rule := range r.Verdict.Rules {
			e.found(corpus.Tag{Record: e.record, Rule: rule.ID})
		}
	}
	e.record++
}
