// Package otelprocessor is the OpenTelemetry Collector processor "cmtrail": it puts the lines of Configuration Manager
// logs together to records, reads them and tags them. It knows the Collector and nothing of Configuration Manager.
package otelprocessor

//go:generate go tool -modfile=../internal/tools/go.mod mdatagen metadata.yaml
