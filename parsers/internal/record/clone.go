package record

import "strings"

// Clone returns a copy that shares no memory with the reader's buffers.
func (r *Record) Clone() *Record {
	c := *r
	for _, s := range []*string{&c.Component, &c.Context, &c.SourceFile, &c.Message, &c.Tag, &c.Original} {
		*s = strings.Clone(*s)
	}
	c.Attrs = nil
	for _, a := range r.Attrs {
		a.Key, a.Str = strings.Clone(a.Key), strings.Clone(a.Str)
		var list []string
		for _, s := range a.List {
			list = append(list, strings.Clone(s))
		}
		a.List = list
		c.Attrs = append(c.Attrs, a)
	}
	return &c
}

// Attr returns the attribute with the given key.
func (r *Record) Attr(key string) (Attr, bool) {
	for _, a := range r.Attrs {
		if a.Key == key {
			return a, true
		}
	}
	return Attr{}, false
}
