package ruleset

import (
	"encoding/json"
	"strings"
)

// object gives the JSON Schema of a mapping read by a table of fields.
func object[T any](fields []field[T]) shape {
	properties := map[string]any{}
	var required []string
	for _, f := range fields {
		p := shape{"description": f.doc}
		for k, v := range f.shape {
			p[k] = v
		}
		properties[f.key] = p
		if f.must {
			required = append(required, f.key)
		}
	}
	s := shape{"type": "object", "properties": properties, "additionalProperties": false}
	if required != nil {
		s["required"] = required
	}
	return s
}

// Schema returns the JSON Schema of rule files, for editors. It is made from the tables that the decoder reads by.
func Schema() []byte {
	s := object(fileFields)
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "cmtrail rule file"
	s["$defs"] = shape{"match": object(matchFields), "rule": object(ruleFields)}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s); err != nil {
		// The tables hold texts, lists and maps alone: encoding them cannot fail, and an empty schema admits anything.
		return []byte("{}\n")
	}
	return []byte(b.String())
}
