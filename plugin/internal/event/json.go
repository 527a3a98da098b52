package event

import (
	"encoding/base64"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/tinylib/msgp/msgp"

	"github.com/cmtrail/cmtrail/internal/jsontext"
)

// AppendJSONTime writes a time as a JSON string, in UTC with all nine digits of its nanoseconds.
func AppendJSONTime(dst []byte, t time.Time) []byte {
	dst = t.UTC().AppendFormat(append(dst, '"'), time.RFC3339) // which is quick, and ends in Z
	dst[len(dst)-1] = '.'
	at := len(dst)
	dst = append(dst, `000000000Z"`...)
	for i, nanos := at+8, t.Nanosecond(); nanos > 0; i, nanos = i-1, nanos/10 {
		dst[i] = byte('0' + nanos%10)
	}
	return dst
}

// AppendJSONFields writes the pairs of an encoded map as the inside of a JSON object, but for those that skip names.
// Binary data is written as text, as Fluent Bit writes it. Where text is no UTF-8, a second pair whose key ends in
// ".base64" holds its bytes. It writes a comma in front of each pair unless dst ends with the brace that opens the object.
func AppendJSONFields(dst []byte, m []byte, skip func(name []byte) bool) []byte {
	fields := FieldsOf(m)
	for field, ok := fields.Next(); ok; field, ok = fields.Next() {
		if field.Name != nil && skip != nil && skip(field.Name) {
			continue
		}
		if len(dst) > 0 && dst[len(dst)-1] != '{' {
			dst = append(dst, ',')
		}
		dst = appendKey(dst, field, "")
		if text, ok := Text(field.Value); ok {
			var valid bool
			if dst, valid = jsontext.Append(append(dst, ':'), text); !valid {
				dst = appendKey(append(dst, ','), field, ".base64")
				dst = appendBase64(append(dst, ':'), text)
			}
			continue
		}
		dst = appendJSON(append(dst, ':'), field.Value)
	}
	return dst
}

func appendKey(dst []byte, field Field, ending string) []byte {
	if field.Name == nil { // a number, say
		key, _ := cut(field.Raw)
		return jsontext.AppendString(dst, string(appendJSON(nil, key))+ending)
	}
	if ending == "" {
		dst, _ = jsontext.Append(dst, field.Name)
		return dst
	}
	return jsontext.AppendString(dst, string(field.Name)+ending)
}

func appendJSON(dst, value []byte) []byte {
	switch msgp.NextType(value) {
	case msgp.NilType:
		return append(dst, "null"...)
	case msgp.BoolType:
		b, _, _ := msgp.ReadBoolBytes(value)
		return strconv.AppendBool(dst, b)
	case msgp.IntType:
		i, _, _ := msgp.ReadInt64Bytes(value)
		return strconv.AppendInt(dst, i, 10)
	case msgp.UintType:
		u, _, _ := msgp.ReadUint64Bytes(value)
		return strconv.AppendUint(dst, u, 10)
	case msgp.Float32Type:
		f, _, _ := msgp.ReadFloat32Bytes(value)
		return appendFloat(dst, float64(f), 32)
	case msgp.Float64Type:
		f, _, _ := msgp.ReadFloat64Bytes(value)
		return appendFloat(dst, f, 64)
	case msgp.StrType, msgp.BinType:
		text, _ := Text(value)
		if !utf8.Valid(text) {
			dst, _ = jsontext.Append(append(dst, `{"text":`...), text)
			return append(appendBase64(append(dst, `,"base64":`...), text), '}')
		}
		dst, _ = jsontext.Append(dst, text)
		return dst
	case msgp.MapType:
		return append(AppendJSONFields(append(dst, '{'), value, nil), '}')
	case msgp.ArrayType:
		n, rest, _ := msgp.ReadArrayHeaderBytes(value)
		dst = append(dst, '[')
		for i := range n {
			if i > 0 {
				dst = append(dst, ',')
			}
			var item []byte
			item, rest = cut(rest)
			dst = appendJSON(dst, item)
		}
		return append(dst, ']')
	default: // an extension: its encoded form is all that can be said of it
		return append(appendBase64(append(dst, `{"msgpack":`...), value), '}')
	}
}

// appendFloat writes a number that reads back as a float; JSON has no word for those that are not finite.
func appendFloat(dst []byte, f float64, bits int) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return jsontext.AppendString(dst, strconv.FormatFloat(f, 'g', -1, bits))
	}
	from := len(dst)
	dst = strconv.AppendFloat(dst, f, 'g', -1, bits)
	for _, b := range dst[from:] {
		if b == '.' || b == 'e' {
			return dst
		}
	}
	return append(dst, '.', '0')
}

func appendBase64(dst, bytes []byte) []byte {
	dst = base64.StdEncoding.AppendEncode(append(dst, '"'), bytes)
	return append(dst, '"')
}
