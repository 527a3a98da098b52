package instance

import (
	"os"
	"time"

	"github.com/cmtrail/cmtrail/plugin/internal/settings"
	"github.com/cmtrail/cmtrail/plugin/internal/sink"
	"github.com/cmtrail/cmtrail/plugin/internal/sink/forward"
	"github.com/cmtrail/cmtrail/plugin/internal/sink/otlp"
	"github.com/cmtrail/cmtrail/plugin/internal/sink/spool"
	"github.com/cmtrail/cmtrail/plugin/internal/sink/stdout"
)

func (i *Instance) newSink(name string) (sink.Sink, error) {
	s := i.settings
	switch s.Sink {
	case settings.Forward:
		return forward.New(s.Forward, name, i.log)
	case settings.OTLP:
		return otlp.New(s.OTLP, name, i.log)
	case settings.Stdout:
		return stdout.New(os.Stdout, name), nil
	default:
		return spool.New(s.Spool, i.id, name, i.log, time.Now)
	}
}

// tagPrefix is what tells this instance's own output by its tag.
func (i *Instance) tagPrefix() string {
	if i.settings.Sink == settings.Forward {
		return i.settings.Forward.TagPrefix
	}
	return ""
}
