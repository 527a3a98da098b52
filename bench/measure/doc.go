// Package measure holds the benchmarks behind the table of peers in docs/performance.md. The command in the folder
// above runs them.
package measure
