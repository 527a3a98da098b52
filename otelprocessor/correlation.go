package otelprocessor

import (
	"context"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	"github.com/cmtrail/cmtrail/internal/attribute"
	"github.com/cmtrail/cmtrail/internal/fault"
	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/internal/redact"
	"github.com/cmtrail/cmtrail/rules"
)

// scopeName names who made the log records of findings and journeys.
const scopeName = "github.com/cmtrail/cmtrail"

// relater relates the records of a tagger and makes log records of what it finds. The tagger's lock guards it.
type relater struct {
	live   *pipeline.Live
	keeper *pipeline.Keeper  // nil without a storage
	host   string            // the attribute that tells hosts apart
	groups map[string]*group // by host, where records of it have come since the start, as long as the host is remembered
	last   *group            // of the record before, which groups has for the host that it was of; nil when that was forgotten
	of     string
	emit   func(*group) plog.LogRecord
	now    func() time.Time
	redact *redact.Redactor // nil when names go on as they are

	// What the Collector reads when it gathers its metrics, which must not wait for the lock.
	counters atomic.Pointer[counters]
}

type counters struct {
	rules.CorrelatorCounters
	pending int
	hosts   int
}

func newRelater(set *rules.Set, cfg *Config, clock pipeline.Clock, faults *fault.Log, hide *redact.Redactor, emit func(*group) plog.LogRecord) *relater {
	r := &relater{host: cfg.HostAttribute, groups: map[string]*group{}, emit: emit, now: clock.Now, redact: hide}
	r.live = pipeline.NewLive(set, cfg.Correlation.live(cfg.IdleTimeout), clock, faults, rules.CorrelatorOutput{Finding: r.finding, Journey: r.journey,
		Gone: r.forget})
	r.publish()
	return r
}

func (r *relater) publish() {
	c := r.live.Correlator()
	r.counters.Store(&counters{r.live.Counters(), c.Open(), c.Hosts()})
}

func (r *relater) read() *counters { return r.counters.Load() }

// tick moves time on.
func (r *relater) tick() {
	r.live.Tick()
	r.publish()
}

// restore takes back what was pending when the Collector stopped.
func (r *relater) restore(ctx context.Context, shelves *pipeline.Shelves, log *zap.Logger) error {
	keeper, err := pipeline.NewKeeper(ctx, shelves, r.live)
	if keeper == nil {
		return err
	}
	if err != nil {
		log.Error("Some of what was pending could not be read and is given up", zap.Error(err))
	}
	r.keeper = keeper
	log.Info("Correlation goes on from where it was", zap.Int("hosts", r.live.Correlator().Hosts()), zap.Int("pending", r.live.Correlator().Open()))
	return nil
}

// take relates a record of the group.
func (r *relater) take(g *group, res *pipeline.Result) {
	if r.last != g || r.of != res.Source.Host {
		r.last, r.of = g, res.Source.Host
		r.groups[r.of] = g
	}
	r.live.Take(res)
}

func (r *relater) forget(host string) {
	delete(r.groups, host)
	r.last = nil
}

func (r *relater) finding(f *rules.Finding) {
	host := f.Host
	if host == "" { // it concerns several: that of the last record
		host = f.Last.Host
	}
	lr := r.emit(r.groupOf(host))
	if r.redact != nil {
		f = r.redact.Finding(f)
	}
	lr.SetTimestamp(pcommon.NewTimestampFromTime(f.At))
	r.write(lr, attribute.EventFinding, attribute.Severity(f.Rule.Severity.String()), f.Sentence(), attribute.Finding(f))
}

// eventSeverities are OTLP's numbers for the severities of findings and journeys.
var eventSeverities = map[string]plog.SeverityNumber{
	"info": plog.SeverityNumberInfo, "warn": plog.SeverityNumberWarn, "error": plog.SeverityNumberError, "fatal": plog.SeverityNumberFatal,
}

func (r *relater) journey(j *rules.Journey) {
	lr := r.emit(r.groupOf(j.Host))
	if r.redact != nil {
		j = r.redact.Journey(j)
	}
	lr.SetTimestamp(pcommon.NewTimestampFromTime(j.Last))
	r.write(lr, attribute.EventJourney, attribute.JourneySeverity(j.State), j.Sentence(), attribute.Journey(j))
}

func (r *relater) write(lr plog.LogRecord, event, severity, body string, attrs map[string]any) {
	lr.SetSeverityNumber(eventSeverities[severity])
	lr.SetSeverityText(severity)
	lr.SetObservedTimestamp(pcommon.NewTimestampFromTime(r.now()))
	lr.SetEventName(event)
	lr.Body().SetStr(body)
	// It holds nothing but what a map of attributes can hold; a test goes over all of it.
	_ = lr.Attributes().FromRaw(attrs)
}

// groupOf returns the resource of a host, with a scope of our own.
func (r *relater) groupOf(host string) *group {
	g := &group{resource: pcommon.NewResource(), scope: pcommon.NewInstrumentationScope()}
	g.scope.SetName(scopeName)
	if known := r.groups[host]; known != nil {
		g.resource, g.resourceSchema = known.resource, known.resourceSchema
	} else if host != "" {
		if r.redact != nil {
			host = r.redact.Host(host)
		}
		g.resource.Attributes().PutStr(r.host, host)
	}
	return g
}
