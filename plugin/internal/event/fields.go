package event

import "github.com/tinylib/msgp/msgp"

// Fields goes through the pairs of an encoded map, in their order.
type Fields struct {
	left uint32
	rest []byte
}

// Field is one pair. Its fields are views of the map.
type Field struct {
	Raw   []byte // key and value
	Name  []byte // text of the key; nil when it is neither a string nor binary
	Value []byte // the value, encoded
}

// FieldsOf returns the pairs of a map, such as the body of an event that Next returned.
func FieldsOf(m []byte) Fields {
	n, rest, err := msgp.ReadMapHeaderBytes(m)
	if err != nil {
		return Fields{}
	}
	return Fields{left: n, rest: rest}
}

// Len returns the number of pairs still to come.
func (f *Fields) Len() int { return int(f.left) }

// Next returns the next pair.
func (f *Fields) Next() (field Field, ok bool) {
	if f.left == 0 {
		return Field{}, false
	}
	f.left--
	whole := f.rest
	var key []byte
	key, f.rest = cut(f.rest)
	field.Value, f.rest = cut(f.rest)
	field.Raw = whole[:len(whole)-len(f.rest)]
	field.Name, _ = Text(key)
	return field, true
}

// Find returns the value of a key; nil when the map has no such key.
func Find(m []byte, name string) []byte {
	fields := FieldsOf(m)
	for field, ok := fields.Next(); ok; field, ok = fields.Next() {
		if string(field.Name) == name {
			return field.Value
		}
	}
	return nil
}

// Text returns the bytes of a string or of binary data; ok is false for every other type.
func Text(value []byte) (text []byte, ok bool) {
	var err error
	switch msgp.NextType(value) {
	case msgp.StrType:
		text, _, err = msgp.ReadStringZC(value)
	case msgp.BinType:
		text, _, err = msgp.ReadBytesZC(value)
	default:
		return nil, false
	}
	return text, err == nil
}
