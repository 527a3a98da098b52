package output

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/tinylib/msgp/msgp"

	"github.com/cmtrail/cmtrail/internal/attribute"
	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/plugin/internal/event"
	"github.com/cmtrail/cmtrail/plugin/internal/sink"
	"github.com/cmtrail/cmtrail/plugin/internal/state"
	"github.com/cmtrail/cmtrail/rules"
)

// relater relates the records of an output and makes events of what it finds. The output's mu guards it.
type relater struct {
	live   *pipeline.Live
	keeper *pipeline.Keeper  // nil without a store
	tags   map[string]string // by host, as long as it is remembered
}

// ownTag is the tag of findings about a host from which nothing has come since the start.
const ownTag = "cmtrail"

// relate makes the output relate records, going on with what the store holds.
func (o *Output) relate(set *rules.Set, opt pipeline.LiveOptions) error {
	r := &relater{tags: map[string]string{}}
	r.live = pipeline.NewLive(set, opt, o.config.Clock, o.counters.Panics, rules.CorrelatorOutput{
		Gone: func(host string) { delete(r.tags, host) },
		Finding: func(f *rules.Finding) {
			host := f.Host
			if host == "" { // it concerns several: that of the last record
				host = f.Last.Host
			}
			if o.config.Redact != nil {
				f = o.config.Redact.Finding(f)
			}
			o.emit(host, f.At, attribute.Severity(f.Rule.Severity.String()), f.Sentence(), attribute.Finding(f))
		},
		Journey: func(j *rules.Journey) {
			host := j.Host
			if o.config.Redact != nil {
				j = o.config.Redact.Journey(j)
			}
			o.emit(host, j.Last, attribute.JourneySeverity(j.State), j.Sentence(), attribute.Journey(j))
		},
	})
	o.relater = r
	if o.state == nil {
		return nil
	}
	keeper, err := pipeline.NewKeeper(context.Background(), pipeline.NewShelves(o.state.Pending()), r.live)
	if keeper == nil {
		return fmt.Errorf("state_path: %w", err)
	}
	if err != nil {
		for line := range strings.Lines(err.Error()) {
			o.log.Warnf("state_path: some of what was pending is given up: %s", strings.TrimRight(line, "\n"))
		}
	}
	r.keeper = keeper
	return nil
}

// count shows what correlation has counted.
func (r *relater) count(c *Counters) {
	n := r.live.Counters()
	c.Pending.Store(&n)
}

// takeRelated relates a record that came with an event of the tag.
func (o *Output) takeRelated(tag string, res *pipeline.Result) {
	r := o.relater
	if r == nil || o.anew {
		return
	}
	if r.tags[res.Source.Host] != tag {
		r.tags[strings.Clone(res.Source.Host)] = strings.Clone(tag)
	}
	r.live.Take(res)
}

// keepPending keeps what is pending, all of it when whole.
func (o *Output) keepPending(whole bool) error {
	r := o.relater
	if r == nil || r.keeper == nil {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	save := r.keeper.Save
	if whole {
		save = r.keeper.SaveRest
	}
	if err := save(context.Background()); err != nil {
		o.faults.first(o.log, "pending", fmt.Sprintf("what is pending cannot be kept: state_path: %v", err))
		return err
	}
	return nil
}

// emit puts an event of our own among those that wait.
func (o *Output) emit(host string, at time.Time, severity, text string, attrs map[string]any) {
	r := o.relater
	tag, known := r.tags[host]
	if !known {
		tag = ownTag
	}
	b, ok := o.carried[tag]
	if !ok {
		b = &sink.Batch{Tag: tag}
		o.carried[tag] = b
	}
	attrs[keyTime] = at.Format(time.RFC3339Nano)
	attrs[keySeverity] = severity
	attrs[o.config.Reader.Message] = text
	if host != "" && o.config.Redact != nil {
		host = o.config.Redact.Host(host)
	}
	if host != "" {
		attrs[o.config.Reader.Host] = host
	}
	if !encodable(at) {
		at = o.config.Clock.Now()
	}
	o.counters.Found.Add(1)
	b.Add(func(dst []byte) []byte {
		dst = event.AppendHead(dst, event.AppendStamp(nil, at), nil)
		return appendValue(dst, attrs)
	})
}

// appendValue writes what attributes hold: texts, numbers, lists and maps, these in the order of their keys.
func appendValue(dst []byte, v any) []byte {
	switch v := v.(type) {
	case map[string]any:
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		sort.Strings(names)
		dst = msgp.AppendMapHeader(dst, uint32(len(v)))
		for _, name := range names {
			dst = appendValue(msgp.AppendString(dst, name), v[name])
		}
		return dst
	case []any:
		dst = msgp.AppendArrayHeader(dst, uint32(len(v)))
		for _, item := range v {
			dst = appendValue(dst, item)
		}
		return dst
	case string:
		return msgp.AppendString(dst, v)
	case int64:
		return msgp.AppendInt64(dst, v)
	case float64:
		return msgp.AppendFloat64(dst, v)
	}
	return msgp.AppendNil(dst)
}

var _ pipeline.Store = state.Pending{}
