package correlate_test

import (
	"testing"
	"time"

	"github.com/cmtrail/cmtrail/internal/correlate"
	"github.com/cmtrail/cmtrail/rules"
)

// FuzzRestore reads back a state and a journal that something else has written over, and goes on from there.
func FuzzRestore(f *testing.F) {
	set, faults, err := rules.Load(rules.Options{})
	if err != nil || len(faults) > 0 {
		f.Fatal(err, faults)
	}
	f.Add("PC1", []byte(`{}`))
	f.Add("host/PC1", []byte(`{"name":"PC1","pending":[{"rule":"CM-LOC-LS-NO-LOCATION","parts":[{}],"marks":[{}],"run":1}],"runs":[{"journey":"scan","keys":[{}],"steps":[{}]}],"events":[{"matched":[{}]}],"logs":[{}],"waiting":[{}]}`))
	f.Add("all", []byte(`{"logs":[{"name":"a"}],"events":[{"ref":{"Host":"b"}}]}`))
	f.Add("journal/0/PC1", []byte(`{"host":"PC1","number":0,"events":[{}]}`))
	f.Add("journal/0/PC1", []byte(`{"host":"PC1","number":-9223372036854775808,"events":null}`))
	f.Add("PC1", []byte(`{"cases":[{}],"runs":[{}],"events":[{}],"logs":[{}]}`))
	f.Fuzz(func(_ *testing.T, name string, state []byte) {
		c := correlate.New(set, correlate.Options{}, correlate.Output{})
		c.Track()
		_ = c.Restore(name, state) // an error is an answer as well
		c.AdvanceAll(time.Unix(1.9e9, 0))
		_ = c.SaveAll(func(string, []byte) error { return nil })
		c.End()
	})
}
