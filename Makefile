# Every target does its own set-up; make test needs root or sudo, for the lab.

GO         ?= go
VERSION    := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
VERSION_AT := github.com/prometheus/common/version
LDFLAGS    := -s -w -X $(VERSION_AT).Version=$(VERSION) -X $(VERSION_AT).Revision=$(shell git rev-parse HEAD 2>/dev/null)
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.0
# What wants the machine for itself, since each request costs some 20 ms of a
# core there, and what one kernel shows as well as two, dealt out to both.
QUIET      := TestTuner|TestRecorded
ONE_KERNEL := While|TestNames|TestUnprivileged|TestSimulatedSettings|Keepalived|TestFailover|TestKilled|Tuner|TestDirectorOnStandby|TestExitRestores
# What is measured by hand: it takes minutes and shows little besides.
BY_HAND    := TestTunerFindsCapacities/wlc
# Long sums in one goroutine, in which there is nothing to race.
ONE_THREAD := /tuner/(limits|sharing|sim(/director)?)$$
# How long each parser is fuzzed, or how often with an x: 1000x.
FUZZTIME   ?= 10s
PAIR       := -j2 --output-sync=target
E2E        := CGO_ENABLED=0 $(GO) test -tags lab -count=1 -timeout 15m
SCRIPTS    := $(shell find . -name '*.sh' -not -path './.cache/*') .ci/run lab/guest/init

.PHONY: help
help: ## Show the targets.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build ipvs-exporter and weight-tuner into bin/.
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/ ./cmd/ipvs-exporter ./cmd/weight-tuner

.PHONY: run
run: build ## Run both programs on this host's IPVS, or else in the lab, until Ctrl-C.
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/ ./lab/cmd/labtool ./lab/cmd/demo
	bin/demo

.PHONY: test
test: ## Run all tests: with the race detector here, and on real kernels in the lab.
	@echo 'Unit tests with the race detector: about 2 minutes. Then the tests on real kernels,'
	@echo 'in virtual machines: about 10 minutes. What they need and this machine lacks (gcc, jq,'
	@echo 'systemd, QEMU, a browser without windows) is installed with apt-get.'
	@lab/image.sh host gcc gcc libc6-dev
	@lab/image.sh host jq jq
	@lab/image.sh host systemd-analyze systemd
	$(MAKE) -j2 test-here images
	$(MAKE) test-lab

.PHONY: test-here
test-here:
	$(GO) test -race $$($(GO) list ./... | grep -vE '$(ONE_THREAD)')
	$(GO) test $$($(GO) list ./... | grep -E '$(ONE_THREAD)')

.PHONY: images
images:
	@lab/image.sh host chromium-headless-shell chromium-headless-shell fonts-dejavu-core
	LAB_KERNEL=6.12 $(GO) run ./lab/cmd/lab image
	LAB_KERNEL=6.1 $(GO) run ./lab/cmd/lab image

.PHONY: test-lab
test-lab: images ## Run the tests that need a browser or, in the lab, a real kernel.
	$(MAKE) $(PAIR) test-shown test-programs
	$(MAKE) $(PAIR) test-6.12 test-6.1
	$(E2E) -v -run '$(QUIET)' -skip '$(BY_HAND)' ./e2e

.PHONY: test-shown test-programs test-6.12 test-6.1
test-shown:
	$(E2E) -p 1 ./lab/cmd/demo ./tuner/sim/report
test-programs:
	$(E2E) -p 1 $$($(GO) list ./lab/... | grep -v '/demo$$') ./e2e/prometheus ./e2e/etcd
test-6.12:
	LAB_KERNEL=6.12 $(E2E) -v -skip '$(QUIET)|TestMany' ./e2e
test-6.1:
	LAB_KERNEL=6.1 $(E2E) -v -skip '$(QUIET)|$(ONE_KERNEL)' ./e2e

.PHONY: fuzz
fuzz: ## Fuzz every parser, each for FUZZTIME (10s).
	@set -e; for file in $$(grep -rl --include='*_test.go' '^func Fuzz' --exclude-dir=.cache .); do \
		for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9]*\).*/\1/p' $$file); do \
			echo "$$(dirname $$file) $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s ./$$(dirname $$file); \
		done; done

.PHONY: policies
policies: ## Write docs/policies.md: what each policy comes to in the example scenarios.
	@echo 'Thirteen scenarios under each policy with ten seeds, and the bars: about three minutes on two cores.'
	$(GO) run ./tuner/sim/cmd/policies docs/policies.md.tmpl examples/scenarios >docs/policies.md.new
	mv docs/policies.md.new docs/policies.md

.PHONY: figures
figures: ## Hold the tuner's policies against their bars, with five fixed and five fresh seeds.
	$(GO) run ./tuner/sim/cmd/figures $(if $(POLICY),--policy=$(POLICY))

.PHONY: bench
bench: ## Measure scrapes beside node_exporter's, in the lab; print the figures and write docs/performance.md.
	@echo 'Six virtual machines that count instructions, two at a time: about ten minutes on two'
	@echo 'idle cores. The figures do not depend on what else the machine does. ONLY=REGEXP measures'
	@echo 'some of them again; the others stay as they were.'
	@mkdir -p .cache
	CGO_ENABLED=0 $(GO) run ./lab/cmd/bench $(if $(ONLY),--only='$(ONLY)') --figures=.cache/bench-figures \
		docs/performance.md.tmpl docs/performance.md

.PHONY: lint
lint: ## Check the code's form: gofmt, go vet, staticcheck, shellcheck.
	@test -z "$$(gofmt -l .)" || { echo 'not formatted by gofmt:'; gofmt -l .; exit 1; }
	$(GO) vet ./...
	$(GO) vet -tags lab ./...
	@! GOARCH=arm64 $(GO) build -gcflags=-S ./internal/exact ./tuner/... 2>&1 | \
		grep -E 'FN?M(ADD|SUB)[DS]' | grep -oE '\($(CURDIR)/[^)]*\)' || \
		{ echo 'these round a product and a sum at once, on arm64: write float64(a*b) + c'; exit 1; }
	$(GO) run $(STATICCHECK) -tags lab ./...
	@lab/image.sh host shellcheck shellcheck
	shellcheck $(SCRIPTS)
