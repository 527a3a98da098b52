package output

import (
	"strings"

	"github.com/cmtrail/cmtrail/internal/attribute"
	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/plugin/internal/event"
	"github.com/cmtrail/cmtrail/plugin/internal/sink"
)

// Reader finds the line in an event, and where it comes from.
type Reader struct {
	Message string // the body's key that holds the line
	Path    string // the body's key that holds the path of the log
	Stream  string // the body's key that tells streams apart where there is no path; "" = the tag does
	Host    string // the body's key that tells hosts apart
}

// Parsing is how lines become records.
type Parsing struct {
	Options parsers.Options
	Bounds  pipeline.Bounds
}

// line is what an event says of itself. Its fields are views of the event.
type line struct {
	text   []byte
	source pipeline.Source
	origin []byte // the instance that has tagged the event
	found  bool   // there is a line that nobody has tagged
}

func (r *Reader) line(tag string, ev event.Event) (l line) {
	if len(ev.Meta) > 1 {
		l.origin, _ = event.Text(event.Find(ev.Meta, sink.Origin))
	}
	var stream, path, name []byte
	tagged := false
	fields := event.FieldsOf(ev.Body)
	for f, ok := fields.Next(); ok; f, ok = fields.Next() {
		// Names without a case of their own come from the settings, and one may stand for several of them.
		switch name := string(f.Name); name {
		case attribute.Format:
			tagged = true
			continue
		case sink.Origin:
			l.origin, _ = event.Text(f.Value)
			continue
		}
		switch text, isText := event.Text(f.Value); {
		case !isText:
		case string(f.Name) == attribute.EventName && attribute.IsEvent(string(text)):
			tagged = true
		case string(f.Name) == r.Message:
			l.text, l.found = text, true
		case string(f.Name) == r.Path:
			path = text
		case string(f.Name) == attribute.FilePath && path == nil:
			path = text
		case string(f.Name) == attribute.HostArch:
			l.source.Arch = view(text)
		case string(f.Name) == attribute.FileName:
			name = text
		case string(f.Name) == r.Host:
			l.source.Host = view(text)
		case string(f.Name) == r.Stream:
			stream = text
		}
	}
	if tagged {
		l.found = false
	}
	if !l.found {
		return l
	}
	if text, ok := utf16Line(l.text); ok {
		l.text = text
	}
	l.source.Path, l.source.Name = view(path), view(name)
	if len(path) == 0 {
		l.source.Stream = tag
		if len(stream) > 0 {
			l.source.Stream = view(stream)
		}
		if l.source.Name == "" {
			l.source.Name = nameIn(tag)
		}
	}
	return l
}

// nameIn returns the name of the file at the end of a tag, as tail makes tags of paths: the last two parts between full
// stops when the last one is a log's ending; else "".
func nameIn(tag string) string {
	dot := strings.LastIndexByte(tag, '.')
	if dot < 0 {
		return ""
	}
	switch strings.ToLower(tag[dot+1:]) {
	case "log", "lo_":
		return tag[strings.LastIndexByte(tag[:dot], '.')+1:]
	}
	return ""
}
