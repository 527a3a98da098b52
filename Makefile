# `make` prints the targets.
GO       ?= go
TOOL      = $(GO) tool -modfile=internal/tools/go.mod
FUZZTIME ?= 60s
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null)
COMMIT   ?= $(shell git rev-parse HEAD 2>/dev/null)
DATE     ?= $(shell git log -1 --format=%cI 2>/dev/null)
LDFLAGS   = -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT) -X main.date=$(DATE)

# The shared reference data beside a developer's clone, when it is there.
export CMTRAIL_SHARED ?= $(abspath $(wildcard ../shared))

.DEFAULT_GOAL := help
.PHONY: help build test lint fuzz bench rules generate check-generated collector demo e2e reliability plugin plugin-windows e2e-fluentbit clean

help: ## print the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

build: ## the command, into bin/
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/cmtrail ./cmd/cmtrail

test: ## all tests of the product, with the race detector
	$(GO) vet ./...
	$(GO) test -race ./...

lint: ## formatting and the linters of .golangci.yml, import bans among them
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo 'run gofmt -w on these'; exit 1; }
	$(TOOL) golangci-lint run ./...

rules: build ## lint and test the shipped rule packs
	bin/cmtrail rules lint
	bin/cmtrail rules test

fuzz: ## each fuzz target for FUZZTIME
	@for pkg in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "$$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
	  done; \
	done

bench: ## the figures of docs/performance.md
	$(GO) test -run '^$$' -bench . -benchmem ./parsers ./internal/match ./internal/correlate ./rules ./otelprocessor ./plugin/...

generate: ## everything that is made from something else
	cd otelprocessor && $(GO) tool -modfile=../internal/tools/go.mod mdatagen metadata.yaml
	$(GO) test ./internal/ruleset -run TestSchemaIsCurrent -update
	$(GO) test ./plugin/internal/settings -run TestDocumentation -update

check-generated: generate ## fail when something generated is stale
	git diff --exit-code -- otelprocessor docs/rule-schema.json docs/fluent-bit.md

collector: ## a real OpenTelemetry Collector with the processor, into build/
	$(TOOL) builder --config deploy/otelcol/builder-config.yaml

demo: collector ## tag the sample logs in a real collector and show the result
	$(GO) run ./cmd/cmtrail-demo

e2e: collector ## the real collector, its output compared record by record
	cd test/collector && $(GO) test ./...

reliability: collector plugin ## the long forms of the tests that nothing is lost, with the figures of docs/reliability.md
	cd test/collector && CMTRAIL_RELIABILITY=long $(GO) test -count=1 -v -run 'TestKilled|TestBackendAway' .
	FLUENT_BIT=$$(command -v fluent-bit) CMTRAIL_RELIABILITY=long $(GO) test -count=1 -v -timeout 20m \
	  -run 'TestNothingIsLost|LosesNothing|TestWhatWeakerSettingsLose' ./plugin/internal/conformance

plugin: ## the Fluent Bit plugin, into build/out_cmtrail.so
	$(GO) build -buildmode=c-shared -trimpath -ldflags '-s -w' -o build/out_cmtrail.so ./plugin

plugin-windows: ## the same for Windows, with mingw, into build/out_cmtrail.dll
	CGO_ENABLED=1 GOOS=windows GOARCH=amd64 CC=x86_64-w64-mingw32-gcc \
	  $(GO) build -buildmode=c-shared -trimpath -ldflags '-s -w' -o build/out_cmtrail.dll ./plugin

e2e-fluentbit: plugin ## the real fluent-bit with deploy/fluentbit, when there is one on PATH
	@if command -v fluent-bit >/dev/null; then \
	  FLUENT_BIT=$$(command -v fluent-bit) $(GO) test -count=1 -v -run 'TestRealFluentBit|TestNothingIsLost' ./plugin/internal/conformance; \
	else echo 'no fluent-bit on PATH: the library was tested in a host in C alone (make test)'; fi

clean:
	rm -rf bin build
