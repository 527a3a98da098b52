// Package collector holds the tests of the processor inside a Collector: one made in the process from the real
// factories, and the one that the builder makes. It is a module of its own, so that the Collector's receivers and
// exporters stay out of the product's go.mod.
package collector
