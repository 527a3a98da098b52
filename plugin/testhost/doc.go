// Package testhost tests the plugin as a shared library: a small host in C loads it and calls its entry points, as Fluent
// Bit does. A host in Go would be a second Go runtime in the process.
package testhost
