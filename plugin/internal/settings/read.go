package settings

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/cmtrail/cmtrail/internal/sentence"
)

// Read returns the settings of an instance. property returns what Fluent Bit's configuration says of a name, "" when it
// says nothing; what it says goes before what the file of config_file says. Everything that is wrong is returned, each
// with the name of its setting.
func Read(property func(name string) string) (*Settings, error) {
	s := &Settings{}
	fromFile := map[string]value{}
	var errs []error
	file := property("config_file")
	if file != "" {
		var err error
		if fromFile, err = readFile(file); err != nil {
			errs = append(errs, err)
		}
	}
	for _, row := range table {
		v, from, at := row.def, "default", row.name
		if f, ok := fromFile[row.name]; ok {
			v, from, at = f.text, "config_file", fmt.Sprintf("%s:%d:%d: %s", file, f.line, f.col, row.name)
		}
		if p := property(row.name); p != "" {
			v, from, at = p, "property", row.name
		}
		if row.name == "state_path" && from == "default" && s.Sink == Stdout {
			v = "off"
		}
		if err := row.set(s, v); err != nil && (v != "" || from != "default") {
			errs = append(errs, fmt.Errorf("%s: %w", at, err))
		}
		if row.secret && v != "" {
			v = "(set)"
		}
		s.effective = append(s.effective, Effective{Name: row.name, Value: v, From: from})
	}
	if len(errs) == 0 {
		errs = append(errs, s.check())
	}
	return s, errors.Join(errs...)
}

// value is what a file says of a setting.
type value struct {
	text      string
	line, col int
}

// readFile reads a mapping of settings. Names that are none are errors.
func readFile(path string) (map[string]value, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("config_file: %w", err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("config_file: %s: %w", path, err)
	}
	values := map[string]value{}
	if len(doc.Content) == 0 {
		return values, nil
	}
	var errs []error
	fail := func(n *yaml.Node, format string, args ...any) {
		errs = append(errs, fmt.Errorf("config_file: %s:%d:%d: %s", path, n.Line, n.Column, fmt.Sprintf(format, args...)))
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		fail(root, "expected settings, each as name: value")
		return nil, errors.Join(errs...)
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		name, v := root.Content[i], root.Content[i+1]
		if !known(name.Value) {
			fail(name, "unknown setting %q%s", name.Value, near(name.Value))
			continue
		}
		if first, twice := values[name.Value]; twice {
			fail(name, "setting %q stands twice; first at line %d", name.Value, first.line)
			continue
		}
		text, err := plain(v)
		if err != nil {
			fail(v, "%s: %v", name.Value, err)
			continue
		}
		values[name.Value] = value{text, v.Line, v.Column}
	}
	return values, errors.Join(errs...)
}

// plain writes a value as it would stand in a property: a list with commas, a mapping as name=value.
func plain(n *yaml.Node) (string, error) {
	switch n.Kind {
	case yaml.ScalarNode:
		if n.Tag == "!!null" {
			return "", nil
		}
		return n.Value, nil
	case yaml.SequenceNode, yaml.MappingNode:
		var items []string
		for i, item := range n.Content {
			if item.Kind != yaml.ScalarNode {
				return "", fmt.Errorf("line %d: expected a text", item.Line)
			}
			if strings.Contains(item.Value, ",") {
				return "", fmt.Errorf("line %d: a comma cannot stand inside an item", item.Line)
			}
			if n.Kind == yaml.MappingNode && i%2 == 1 {
				items[len(items)-1] += "=" + item.Value
			} else {
				items = append(items, item.Value)
			}
		}
		return strings.Join(items, ","), nil
	}
	return "", errors.New("expected a value, found an alias")
}

func known(name string) bool {
	for _, row := range table {
		if row.name == name {
			return true
		}
	}
	return false
}

func near(name string) string {
	var names []string
	for _, row := range table {
		names = append(names, row.name)
	}
	if n := sentence.Nearest(name, names); n != "" {
		return fmt.Sprintf("; did you mean %q?", n)
	}
	return ""
}
