# `make` prints the targets.
GO       ?= go
TOOL      = $(GO) tool -modfile=internal/tools/go.mod
FUZZTIME ?= 60s
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null)
COMMIT   ?= $(shell git rev-parse HEAD 2>/dev/null)
DATE     ?= $(shell git log -1 --format=%cI 2>/dev/null)
SUPPLY    = $(GO) tool -modfile=internal/tools/supplychain/go.mod
LDFLAGS   = -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT) -X main.date=$(DATE)

# The shared reference data beside a developer's clone, when it is there.
export CMTRAIL_SHARED ?= $(abspath $(wildcard ../shared))

.DEFAULT_GOAL := help
.PHONY: help clean-dist supply-chain vulncheck licenses sbom release release-host check-reproducible build test lint fuzz bench bench-test bench-peers bench-compare rules generate check-generated collector demo e2e reliability soak plugin plugin-windows e2e-fluentbit clean

help: ## print the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

build: ## the command, into bin/
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/cmtrail ./cmd/cmtrail

test: ## all tests of the product, with the race detector but for what takes its time or memory to measure
	$(GO) vet ./...
	$(GO) test -race -short ./...
	$(GO) test -run 'TestGuide|TestSoak|TestNoTextTakesLong' ./cmd/cmtrail ./otelprocessor ./parsers

lint: ## formatting and the linters of .golangci.yml, import bans among them
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo 'run gofmt -w on these'; exit 1; }
	$(TOOL) golangci-lint run ./...

rules: build ## lint and test the shipped rule packs, and see that they are laid out
	bin/cmtrail rules lint
	bin/cmtrail rules test
	bin/cmtrail rules fmt --check rules/packs

SOAK ?= 10m

soak: ## mixed load with rotation for SOAK, and ten million distinct keys: fails when memory or goroutines grow
	SOAK=$(SOAK) $(GO) test -count=1 -v -timeout 0 -run TestSoak ./otelprocessor
	SOAK=$(SOAK) $(GO) test -count=1 -v -timeout 0 -run 'TestMany' ./internal/correlate

fuzz: ## each fuzz target for FUZZTIME
	@for pkg in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "$$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
	  done; \
	done

bench: ## the figures of docs/performance.md
	$(GO) test -run '^$$' -bench . -benchmem ./parsers ./internal/match ./internal/correlate ./internal/redact ./rules ./otelprocessor ./plugin/...

# What Debian packages add to the peers: libhyperscan-dev or libvectorscan-dev (with pkg-config), ripgrep, fluent-bit.
BENCH_TAGS = $(if $(shell pkg-config --exists libhs 2>/dev/null && echo yes),hyperscan)

bench-peers: bench-test ## cmtrail against its peers, into docs/performance.md; BENCH_SHORT=1 tries it out
	mkdir -p build/bench
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o build/bench/cmtrail ./cmd/cmtrail
	$(GO) build -buildmode=c-shared -trimpath -ldflags '-s -w' -o build/bench/out_cmtrail.so ./plugin
	$(TOOL) builder --config bench/builder-config.yaml
	cd bench && $(GO) run . -tags '$(BENCH_TAGS)'

bench-test: ## the tests of the benchmarks: every peer finds what the engine finds
	cd bench && $(GO) vet -tags '$(BENCH_TAGS)' ./... && $(GO) test -tags '$(BENCH_TAGS)' ./...

BASE ?= HEAD~1

bench-compare: ## benchmarks of this tree against those of commit BASE, within two minutes; reports and never fails on time
	GO='$(GO)' bench/compare.sh '$(BASE)'

generate: ## everything that is made from something else
	cd otelprocessor && $(GO) tool -modfile=../internal/tools/go.mod mdatagen metadata.yaml
	$(GO) test ./internal/ruleset -run 'TestSchemaIsCurrent|TestLintPageIsCurrent' -update
	$(GO) test ./internal/rulebook -run TestCoverageIsCurrent -update
	$(GO) test ./plugin/internal/settings -run TestDocumentation -update
	$(GO) test ./cmd/cmtrail -run TestGuide -update

check-generated: generate ## fail when something generated is stale
	git diff --exit-code -- otelprocessor docs/rule-schema.json docs/coverage.md docs/lint.md docs/rules.md docs/fluent-bit.md

collector: ## a real OpenTelemetry Collector with the processor, into build/
	$(TOOL) builder --config deploy/otelcol/builder-config.yaml

demo: collector ## tag the sample logs in a real collector and show the result
	$(GO) run ./cmd/cmtrail-demo

e2e: build collector ## the real collector, its output compared record by record
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

# What a release is built with: no path of this machine, no state of its repository and no time of day gets into a file.
RELEASE = build -trimpath -buildvcs=false
TARGETS = linux-amd64 linux-arm64 windows-amd64 windows-arm64

release: clean-dist sbom ## the command for every system, the plugin, their SBOMs and checksums, into dist/
	$(foreach t,$(TARGETS),$(call command,$(t)) &&) true
	@if command -v x86_64-w64-mingw32-gcc >/dev/null; then \
	  CGO_ENABLED=1 GOOS=windows GOARCH=amd64 CC=x86_64-w64-mingw32-gcc $(GO) $(RELEASE) -buildmode=c-shared \
	    -ldflags '-s -w -extldflags=-Wl,--no-insert-timestamp' -o dist/out_cmtrail-windows-amd64.dll ./plugin && rm -f dist/*.h; \
	else echo 'no x86_64-w64-mingw32-gcc on PATH: no plugin for Windows'; fi
	cd dist && sha256sum $$(ls | grep -v SHA256SUMS) > SHA256SUMS

# command builds the command for a system: linux-amd64.
define command
CGO_ENABLED=0 GOOS=$(firstword $(subst -, ,$(1))) GOARCH=$(lastword $(subst -, ,$(1))) $(GO) $(RELEASE) -ldflags '$(LDFLAGS)' \
  -o dist/cmtrail-$(1)$(if $(findstring windows,$(1)),.exe) ./cmd/cmtrail
endef

clean-dist:
	rm -rf dist

release-host: ## the command and the plugin for this machine, as a release has them, into dist/
	CGO_ENABLED=0 $(GO) $(RELEASE) -ldflags '$(LDFLAGS)' -o dist/cmtrail-$$($(GO) env GOOS)-$$($(GO) env GOARCH) ./cmd/cmtrail
	$(GO) $(RELEASE) -buildmode=c-shared -ldflags '-s -w' -o dist/out_cmtrail-$$($(GO) env GOOS)-$$($(GO) env GOARCH).so ./plugin
	@rm -f dist/*.h

check-reproducible: ## build the command and the plugin in two folders and compare them
	@internal/tools/supplychain/reproducible.sh '$(VERSION)'

sbom: release-host ## a CycloneDX SBOM of each file of this machine's release, into dist/
	@mkdir -p build; for f in dist/cmtrail-linux-* dist/out_cmtrail-linux-*.so; do \
	  case $$f in *.cdx.json|*arm64*) continue;; esac; echo "$$f.cdx.json"; \
	  GOPROXY=off $(SUPPLY) cyclonedx-gomod bin -json -std -licenses -noserial -notimestamp -version '$(VERSION)' -output $$f.cdx.json $$f \
	    2>build/sbom.log || { cat build/sbom.log; exit 1; }; \
	done

licenses: ## every module of the product has a licence of the list
	@internal/tools/supplychain/licenses.sh $$($(SUPPLY) -n go-licenses)

vulncheck: ## known vulnerabilities in what the product calls; says so when it has no database (VULNDB)
	@internal/tools/supplychain/vulncheck.sh $(SUPPLY) govulncheck

supply-chain: licenses vulncheck sbom check-reproducible ## all of the above that CI does

clean: clean-dist
	rm -rf bin build
