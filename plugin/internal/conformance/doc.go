// Package conformance holds the plugin to what a real Collector made of the same logs: the golden file of test/collector.
package conformance
