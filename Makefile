# Every target does its own set-up; make test needs root or sudo, for the lab.

# Looked for once it is needed.
GO          = $(eval GO := $$(shell lab/go.sh))$(or $(GO),$(error there is no Go to build with))
VERSION    := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
VERSION_AT := github.com/prometheus/common/version
LDFLAGS    := -s -w -X $(VERSION_AT).Version=$(VERSION) -X $(VERSION_AT).Revision=$(shell git rev-parse HEAD 2>/dev/null)
# What packages are for, where they go, and the time that everything in them bears.
ARCHS      ?= amd64 arm64
DIST       ?= dist
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.0
# Debian 12's and 13's packages of the compiler for passive/bpf.
CLANG      := 1:19.1.7*
# What wants the machine for itself, since each request costs some 20 ms of a
# core there, and what one kernel shows as well as two, dealt out to both so that
# they take alike: 6.1 has most of what waits, at its end and side by side.
QUIET      := TestTuner|TestRecorded|TestSlowServerShown|TestDashboardsAreAnswered
ONLY_6.12  := TestPassive(Counts|Effects|MethodByCapabilities)|TestCapabilitiesAreGivenUp|TestPassiveIsNotPermitted|While(Edited|Meddled|Module|Servers|Table)|TestInit$$|TestNames$$|TestUnprivileged|TestSimulatedSettings|TestExitRestores|TestReadAllocates|TestHeadings|TestPages
ONLY_6.1   := TestPassive(Late|Link|TLS)|TestKubeProxy|TestMany|Keepalived|TestFailover|TestKilled|TestNamespaceOfAnotherTuner|TestSecondTuner|TestDirectorOnStandby|WhileSources|TestGoesOnAfterFaults
# What is measured by hand: it takes minutes and shows little besides.
BY_HAND    := TestTunerFindsCapacities/wlc|TestPassiveCost
# Long sums in one goroutine, in which there is nothing to race: packages, and
# tests of the package tuner.
ONE_THREAD := /tuner/(limits|sharing|sim(/director)?)$$
LONG_SUMS  := ^TestDaysOfFaults$$
COST       := -target bpf -O2 -g -mcpu=v3 -Wall -Werror -c passive/bpf/cost.c
# How long the programs are watched for leaks: 1h, 30m ...
DURATION   ?= 1h
# How long each parser is fuzzed, or how often with an x: 1000x.
FUZZTIME   ?= 10s
# Tests in guests wait for much of their time, so there are three guests for two
# processors, and the tests without one beside them; tests that do little but
# wait do it side by side in one.
AT_ONCE    := -j4 --output-sync=target
UNIT       := $(GO) test -vet=off -timeout 25m
E2E        := CGO_ENABLED=0 $(UNIT) -tags lab -count=1 -parallel 8
SCRIPTS    := $(shell find . -name '*.sh' -not -path './.cache/*') .ci/run lab/guest/init

.PHONY: help
help: ## Show the targets.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build ipvs-exporter and weight-tuner into bin/.
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/ ./cmd/ipvs-exporter ./cmd/weight-tuner

.PHONY: packages
packages: ## Write deb, rpm, tar.gz and container images of both programs into dist/.
	@set -e; for arch in $(ARCHS); do \
		echo "building for $$arch"; \
		CGO_ENABLED=0 GOARCH=$$arch $(GO) build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)' \
			-o '$(DIST)'/.programs/$$arch/ ./cmd/ipvs-exporter ./cmd/weight-tuner; \
	done
	@cd packaging/build && $(GO) run . --version='$(VERSION)' --time=$(SOURCE_DATE_EPOCH) \
		--programs='$(abspath $(DIST))'/.programs '$(abspath $(DIST))' $(ARCHS)
	@rm -r '$(DIST)'/.programs

.PHONY: run
run: build ## Run both programs on this host's IPVS, or else in the lab, until Ctrl-C.
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/ ./lab/cmd/labtool ./lab/cmd/demo
	bin/demo

.PHONY: test
test: ## Run all tests: with the race detector here, and on real kernels in the lab.
	@echo 'Unit tests with the race detector and, beside them, tests on real kernels in virtual'
	@echo 'machines: about 13 minutes on two cores. Then what wants the machine for itself: about 8.'
	@echo 'What they need and this machine lacks (gcc, jq, systemd, lintian, rpm, man, QEMU, a browser'
	@echo 'without windows) is installed with apt-get.'
	@lab/image.sh host gcc gcc libc6-dev
	@lab/image.sh host jq jq
	@lab/image.sh host systemd-analyze systemd
	@lab/image.sh host lintian lintian
	@lab/image.sh host rpm rpm
	@lab/image.sh host man man-db
	$(MAKE) $(AT_ONCE) test-here test-guests
	$(MAKE) test-quiet

.PHONY: test-here
test-here:
	cd dashboards/generate && $(GO) test -vet=off ./...
	cd packaging/build && $(GO) test -vet=off ./...
	$(UNIT) -race -skip '$(LONG_SUMS)' $$($(GO) list ./... | grep -vE '$(ONE_THREAD)')
	CGO_ENABLED=0 $(UNIT) -run '$(LONG_SUMS)' ./tuner
	CGO_ENABLED=0 $(UNIT) $$($(GO) list ./... | grep -E '$(ONE_THREAD)')

.PHONY: images
images:
	@lab/image.sh host chromium-headless-shell chromium-headless-shell fonts-dejavu-core
	LAB_KERNEL=6.12 CGO_ENABLED=0 $(GO) run ./lab/cmd/lab image
	LAB_KERNEL=6.1 CGO_ENABLED=0 $(GO) run ./lab/cmd/lab image

# Three that began at once with an empty cache would compile everything thrice.
.PHONY: compiled
compiled:
	CGO_ENABLED=0 $(GO) list -tags lab -test -deps -export ./... >/dev/null

.PHONY: test-lab
test-lab: ## Run the tests that need a browser or, in the lab, a real kernel.
	$(MAKE) $(AT_ONCE) test-guests
	$(MAKE) test-quiet

# In this order, as the longest are to begin first.
.PHONY: test-guests test-6.12 test-6.1 test-programs test-shown test-soak
test-guests: test-6.12 test-6.1 test-programs test-shown test-soak
test-6.12 test-6.1 test-programs test-shown test-soak: images compiled
test-shown:
	$(E2E) -p 1 -skip '$(QUIET)' ./lab/cmd/demo ./tuner/sim/report ./tuner/status
test-programs:
	$(E2E) -p 1 -skip '$(QUIET)' $$($(GO) list ./lab/... | grep -v '/demo$$') ./e2e/prometheus ./e2e/etcd ./e2e/packages
test-6.12:
	LAB_KERNEL=6.12 $(E2E) -v -skip '$(QUIET)|$(BY_HAND)|TestSoak|$(ONLY_6.1)' ./e2e
test-6.1:
	LAB_KERNEL=6.1 $(E2E) -v -skip '$(QUIET)|$(BY_HAND)|TestSoak|$(ONLY_6.12)' ./e2e
test-soak:
	$(E2E) -v -run TestSoak ./e2e

.PHONY: test-quiet
test-quiet:
	$(E2E) -p 1 -v -run '$(QUIET)' -skip '$(BY_HAND)' ./e2e ./e2e/prometheus ./lab/cmd/demo

.PHONY: fuzz
fuzz: ## Fuzz every parser, each for FUZZTIME (10s).
	@set -e; for file in $$(grep -rl --include='*_test.go' '^func Fuzz' --exclude-dir=.cache .); do \
		for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9]*\).*/\1/p' $$file); do \
			echo "$$(dirname $$file) $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s ./$$(dirname $$file); \
		done; done

.PHONY: soak
soak: ## Run both programs in the lab at full speed for DURATION (1h), and look for leaks.
	$(E2E) -timeout 0 -v -run TestSoak ./e2e -soak=$(DURATION)

.PHONY: policies
policies: ## Write docs/policies.md: what each policy comes to in the example scenarios.
	@echo 'Thirteen scenarios under each policy with ten seeds, and the bars: about three minutes on two cores.'
	$(GO) run ./tuner/sim/cmd/policies docs/policies.md.tmpl examples/scenarios >docs/policies.md.new
	mv docs/policies.md.new docs/policies.md

.PHONY: dashboards
dashboards: ## Write the dashboards for Grafana, as dashboards/generate describes them.
	cd dashboards/generate && $(GO) run . ..

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

.PHONY: cost
cost: ## Measure what timing real servers takes for a packet, in this host's kernel; needs root and Linux 6.17.
	@mkdir -p .cache
	@lab/image.sh host clang-19 clang-19=$(CLANG) llvm-19=$(CLANG)
	clang-19 $(COST) -o .cache/cost-fentry.o
	clang-19 $(COST) -DKPROBE -D__TARGET_ARCH_x86 -o .cache/cost-kprobe.o
	$(GO) test -run '^$$' -bench Packet ./passive

.PHONY: objects
objects: ## Compile what runs in the kernel, passive/bpf; the objects are committed.
	@lab/image.sh host clang-19 clang-19=$(CLANG) llvm-19=$(CLANG)
	$(GO) generate ./passive

# Users build without clang, so the objects that they have must be those of the source.
.PHONY: lint-objects
lint-objects:
	@before=$$(sha256sum passive/*_bpfe*) && $(MAKE) objects && test "$$before" = "$$(sha256sum passive/*_bpfe*)" || \
		{ echo 'passive/ had not the objects of its source; now it has: commit them'; exit 1; }

.PHONY: lint
lint: lint-objects
lint: ## Check form: gofmt, go vet, staticcheck, shellcheck, and pint for the rules in alerts/.
	@test -z "$$(gofmt -l .)" || { echo 'not formatted by gofmt:'; gofmt -l .; exit 1; }
	$(GO) vet ./...
	$(GO) vet -tags lab ./...
	@! GOARCH=arm64 $(GO) build -gcflags=-S ./internal/exact ./tuner/... 2>&1 | \
		grep -E 'FN?M(ADD|SUB)[DS]' | grep -oE '\($(CURDIR)/[^)]*\)' || \
		{ echo 'these round a product and a sum at once, on arm64: write float64(a*b) + c'; exit 1; }
	$(GO) run $(STATICCHECK) -tags lab ./...
	cd dashboards/generate && $(GO) vet ./... && $(GO) run $(STATICCHECK) ./...
	cd packaging/build && $(GO) vet ./... && $(GO) run $(STATICCHECK) ./...
	$(GO) -C alerts/pint tool pint --offline --log-level=warn lint --min-severity=info --fail-on=info '../*.yaml'
	@lab/image.sh host shellcheck shellcheck
	shellcheck $(SCRIPTS) $(addprefix packaging/deb/,postinst prerm postrm)
	shellcheck --shell=sh packaging/rpm/*
