# The one door to everything that is done with the sources. `make help` lists what there is.

SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=
# `LINK=dynamic` shares libc and libcrypto with the system instead of building one static file.
LINK ?= static
# For `make sim`, `make soak`, `make storm` and `make fuzz`: how long (each fuzzer), and what random choices follow from (the
# commit that is checked out for `sim`, 1 for the others). WORLDS is how many worlds `make sim` runs through, instead of as
# many as there is time; FUZZ which fuzzers run.
SECONDS ?= 60
SEED ?=
WORLDS ?=
FUZZ ?= splitter bytes records reader member doorbell options
# For `make check-deep`: how long each fuzzer and the simulation.
DEEP_FUZZ_SECONDS ?= 600
DEEP_SIM_SECONDS ?= 600
# For `make bench`: which workloads (all), and an older phash to be timed in the same run (none).
BENCH ?=
OLD ?=

# What is built where. The paths are kept between runs, so that only what has changed is built again.
STATIC = .build/release/phash
DYNAMIC = .build/dynamic/phash
BRIDGE = .build/release/phash-amqp
# The debug build is that of the tests, and has what only tests may use.
HOOKS = .build/debug/phash
EXAMPLE = .build/debug/phash-vowels
COVERED = .build-coverage/debug
FUZZERS = .build-fuzz/release/phash-fuzz
MANUAL_GENERATOR = .build/debug/generate-manual

ifeq ($(LINK),dynamic)
PROGRAM = $(DYNAMIC)
else ifeq ($(LINK),static)
PROGRAM = $(STATIC)
else
$(error LINK is "$(LINK)", but only static and dynamic are possible)
endif

# The program's own word.
VERSION = $(shell sed -n 's/^ *static let version = "\(.*\)"$$/\1/p' Sources/PhashCLI/PhashCommand.swift)

bin = $(DESTDIR)$(PREFIX)/bin
share = $(DESTDIR)$(PREFIX)/share
libexec = $(DESTDIR)$(PREFIX)/libexec
# Distributions keep zsh's site-functions to themselves and have their packages use another folder.
ZSH_FUNCTIONS ?= site-functions
# Where each thing goes; `uninstall` removes the same.
installed = $(bin)/phash $(share)/man/man1/phash.1 $(share)/bash-completion/completions/phash \
	$(share)/zsh/$(ZSH_FUNCTIONS)/_phash $(share)/fish/vendor_completions.d/phash.fish \
	$(libexec)/phash/phash-amqp $(bin)/phash-amqp $(share)/man/man1/phash-amqp.1 \
	$(share)/bash-completion/completions/phash-amqp $(share)/zsh/$(ZSH_FUNCTIONS)/_phash-amqp \
	$(share)/fish/vendor_completions.d/phash-amqp.fish
examples = $(share)/doc/phash/examples

.DEFAULT_GOAL := help
.NOTPARALLEL:
# Package.swift reads it too: only the recipe of the dynamic build may set it.
unexport LINK FUZZ
.PHONY: help setup build build-static build-dynamic build-tests run test check check-man format man
.PHONY: build-amqp
.PHONY: bench bench-check install uninstall clean
.PHONY: sim soak storm coverage
.PHONY: deb dist check-packages check-dist
.PHONY: fuzz fuzz-check fuzz-corpus build-fuzz check-deep check-dynamic check-address check-thread

help: ## list what make can do
	@echo 'usage: make TARGET [LINK=dynamic] [PREFIX=/usr/local] [DESTDIR=...]'
	@echo '       make sim [SECONDS=60] [SEED=number-or-commit] [WORLDS=number]'
	@echo '       make soak|storm [SECONDS=60] [SEED=number]'
	@echo '       make bench [OLD=path/of/older/phash]'
	@echo '                  [BENCH="slow one-round pseudonymise latency start-up memory scaling parent"]'
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Each need is looked for in itself, not in a list of packages: what is there in another way is there.
setup: ## install what building and testing need and is missing (apt-get, with sudo when not root)
	@command -v $(SWIFT) > /dev/null || { \
	    echo "setup: the Swift toolchain (6.3 or later) is missing: see https://www.swift.org/install" >&2; exit 1; }; \
	command -v cc > /dev/null || { \
	    echo "setup: a C compiler is missing: install gcc or clang" >&2; exit 1; }; \
	missing=; \
	need() { missing="$$missing $$1"; }; \
	has_library() { [ "$$(cc -print-file-name=$$1)" != "$$1" ]; }; \
	has_header() { echo "#include <$$1>" | cc -E -x c - > /dev/null 2>&1; }; \
	has_header openssl/evp.h && has_library libcrypto.a || need libssl-dev; \
	{ has_header rabbitmq-c/amqp.h || has_header amqp.h; } && has_library librabbitmq.so || need librabbitmq-dev; \
	[ -z "$(TESTS)" ] || [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || need rabbitmq-server; \
	for pair in git:git pkg-config:pkg-config python3:python3 jq:jq mandoc:mandoc ps:procps taskset:util-linux setpriv:util-linux readelf:binutils; do \
	    command -v "$${pair%%:*}" > /dev/null || need "$${pair#*:}"; \
	done; \
	[ -z "$$missing" ] && exit 0; \
	if ! command -v apt-get > /dev/null; then \
	    echo "setup: missing, by their names in Debian:$$missing" >&2; \
	    echo "setup: there is no apt-get here: install them in your system's way (libssl-dev is OpenSSL 3 with its" >&2; \
	    echo "setup: headers and, unless LINK=dynamic, its static library), then run make again" >&2; \
	    exit 1; \
	fi; \
	as_root=; \
	if [ "$$(id -u)" -ne 0 ]; then \
	    command -v sudo > /dev/null || { \
	        echo "setup: as root, run: apt-get install$$missing" >&2; exit 1; }; \
	    as_root=sudo; \
	fi; \
	echo "setup: installing$$missing"; \
	$$as_root apt-get update -q && \
	$$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing && \
	case "$$missing" in \
	    *rabbitmq-server*) [ ! -d /run/systemd/system ] || $$as_root systemctl disable -q --now rabbitmq-server;; \
	esac

# The tests run a broker of their own; the service that comes with the package is left off.
test coverage check-dynamic check-address check-thread: TESTS = yes

build: setup build-$(LINK) build-amqp ## build the programs: .build/release/phash, one static file (LINK=dynamic: .build/dynamic/phash), and phash-amqp

# Without a search path for libraries in the program: it needs none, and whoever could write there could take it over.
BUILD_RELEASE = $(SWIFT) build -c release --disable-local-rpath --product

build-static:
	$(BUILD_RELEASE) phash

# The Swift driver asks for libstdc++ by -l: a folder that holds nothing but the archive, which Package.swift names, makes it
# take that one.
.build/libraries/libstdc++.a:
	@mkdir -p $(@D)
	@ln -sf "$$(cc -print-file-name=libstdc++.a)" $@

# All are linked from the same objects, so the second and the third take seconds.
build-dynamic: .build/libraries/libstdc++.a
	LINK=dynamic $(BUILD_RELEASE) phash-dynamic
	@mkdir -p $(dir $(DYNAMIC))
	@ln -f .build/release/phash-dynamic $(DYNAMIC)

# Never static: librabbitmq brings OpenSSL, whose certificates and settings are the system's.
build-amqp: .build/libraries/libstdc++.a
	$(BUILD_RELEASE) phash-amqp

# Everything with what only tests may use; what is delivered is none of it.
build-tests:
	$(SWIFT) build --build-tests --traits TestHooks

run: build ## build, and hash 16 UUIDs with 1,000,000 rounds each
	$(PROGRAM) < Tests/Data/uuids.txt

# The programs are tested as files, by their paths. The links to a broker run by themselves: they are about time-outs, and
# both processors are busy with the rest. Then the dynamic program takes the place of the static one, for what may depend on
# its libraries: digests, keys, confinement, its start, its children, its files. All of its tests are in check-deep.
LINKED = Checking|CheckingWithAKey|Children|Configuration|Confinement|Faults|Hash|InputAndOutputFailures|Kernels|Keys
LINKED := $(LINKED)|KeySecrecy|Linking|Processes|RecordOptions|Usage|Verbosity
PROGRAMS = PHASH_HOOKS=$(CURDIR)/$(HOOKS) PHASH_EXAMPLE=$(CURDIR)/$(EXAMPLE) PHASH_AMQP=$(CURDIR)/$(BRIDGE) \
	    PHASH_AMQP_HOOKS=$(CURDIR)/$(HOOKS)-amqp PHASH_DYNAMIC=$(CURDIR)/$(DYNAMIC)
WITH_STATIC = $(PROGRAMS) PHASH=$(CURDIR)/$(STATIC)
WITH_DYNAMIC = $(PROGRAMS) PHASH=$(CURDIR)/$(DYNAMIC) PHASH_LINK=dynamic
test: setup build-static build-dynamic build-amqp build-tests check-man ## build everything and run every test
	$(WITH_STATIC) $(SWIFT) test --skip-build --skip PhashAMQPTests
	$(SWIFT) test --skip-build --filter PhashAMQPTests
	$(WITH_DYNAMIC) $(SWIFT) test --skip-build --filter 'ProgramTests.*/($(LINKED))/'

# What is left out would be the same: tests of the build with hooks, and of what comes after the filter has been started.
UNLINKED = Broker|BrokerFailures|BrokerUsage|InjectedFaults|LyingWorkers|Poison
check-dynamic: setup build-dynamic build-amqp build-tests
	$(WITH_DYNAMIC) $(SWIFT) test --skip-build --filter ProgramTests --skip '/($(UNLINKED))/'

check: ## check the layout of the sources and the syntax of the scripts
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift
	@for script in man/generate .ci/run Tests/Broker/broker Tests/Benchmarks/install Tests/Fuzz/run Tests/Fuzz/minimise \
	    $(wildcard Tests/Benchmarks/peers/*.sh) \
	    $(addprefix packaging/,check check-dist date deb dist setup); do \
	    sh -n "$$script" || exit 1; \
	done
	@for script in $(wildcard Tests/Benchmarks/*.py Tests/Benchmarks/peers/*.py Tests/Soak/*.py Tests/Coverage/*.py) \
	    $(addprefix packaging/,check-completions check-service check-broker-service services.py); do \
	    python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read(), sys.argv[1])' "$$script" || exit 1; \
	done

format: ## lay the sources out as `make check` wants them
	$(SWIFT) format --in-place --recursive Sources Tests Package.swift

man: setup build-static $(MANUAL_GENERATOR) ## make man/phash.1 anew from the options and man/phash.1.sections
	man/generate $(MANUAL_GENERATOR) $(STATIC) > .build/phash.1
	mandoc -T lint -W warning .build/phash.1 man/phash-amqp.1
	cp .build/phash.1 man/phash.1

# Says that man/phash.1 is what `make man` would write, and that both are correct manual pages.
check-man: build-static $(MANUAL_GENERATOR)
	man/generate $(MANUAL_GENERATOR) $(STATIC) > .build/phash.1
	@diff man/phash.1 .build/phash.1 || { echo 'man/phash.1 is out of date: run make man' >&2; exit 1; }
	mandoc -T lint -W warning man/phash.1 man/phash-amqp.1

# Swift-argument-parser's own tool. Building it by name takes a fraction of what its plugin takes.
$(MANUAL_GENERATOR): Package.swift
	$(SWIFT) build --product generate-manual --traits TestHooks
	@touch $@

# Python writes no compiled modules between the sources: -B.
bench: setup build-static ## time the program beside its peers, which it installs: .build-bench/RESULTS.md
	@Tests/Benchmarks/install .build-bench
	@python3 -B Tests/Benchmarks/bench.py --phash $(STATIC) --build-folder .build-bench \
	    $(if $(OLD),--old $(OLD)) $(BENCH)

bench-check: setup build-static ## run every workload of the benchmark in a few seconds, to see that it works
	@python3 -B Tests/Benchmarks/bench.py --tiny --phash $(STATIC) --old $(STATIC) --build-folder .build-bench > /dev/null

soak: setup build-static ## disturb two programs in every way for SECONDS, and compare every record with an oracle
	@python3 -B Tests/Soak/soak.py --phash $(STATIC) --seconds $(SECONDS) --seed $(or $(SEED),1) --report .build/soak.md

storm: setup build-static ## kill a random child every 30 ms for SECONDS, three times, and compare every record
	@python3 -B Tests/Soak/storm.py --phash $(STATIC) --seconds $(SECONDS) --seed $(or $(SEED),1) --report .build/storm.md

sim: setup ## run the scheduler in simulated worlds for SECONDS=60, from SEED=commit on (WORLDS=1: only that one)
	$(BUILD_RELEASE) phash-sim
	.build/release/phash-sim --seed $(or $(SEED),$(shell git rev-parse HEAD 2> /dev/null || echo 1)) \
	    $(if $(WORLDS),--worlds $(WORLDS),--seconds $(SECONDS))

# The counters are the profile itself, mapped (%c): processes count that are killed, and none has anything to do at its
# end; all that run the same program share one file (%m). Left out are tests of what this build is not: without hooks
# or faults (theShippedBuildHasNo...), static (BinaryTests, Linking), optimised (Allocations), small and quiet (Resources).
coverage: setup ## run the tests with every line counted: which rooms are covered how far, and which lines are not
	$(SWIFT) build --build-tests --traits TestHooks --scratch-path .build-coverage --enable-code-coverage \
	    -Xswiftc -Xllvm -Xswiftc -runtime-counter-relocation -Xcc -mllvm -Xcc -runtime-counter-relocation \
	    -Xcc -fprofile-instr-generate -Xcc -fcoverage-mapping
	rm -rf .build-coverage/profiles
	LLVM_PROFILE_FILE=$(CURDIR)/.build-coverage/profiles/%c%m.profraw PHASH_WORLDS=200 \
	    PHASH=$(CURDIR)/$(COVERED)/phash PHASH_HOOKS=$(CURDIR)/$(COVERED)/phash \
	    PHASH_AMQP=$(CURDIR)/$(COVERED)/phash-amqp PHASH_AMQP_HOOKS=$(CURDIR)/$(COVERED)/phash-amqp \
	    PHASH_EXAMPLE=$(CURDIR)/$(COVERED)/phash-vowels $(SWIFT) test --skip-build --scratch-path .build-coverage \
	    --skip theShippedBuildHasNo --skip BinaryTests --skip Linking --skip Allocations --skip Resources
	@python3 -B Tests/Coverage/coverage.py --swift $(SWIFT) --sources Sources \
	    --profiles .build-coverage/profiles $(addprefix $(COVERED)/,phash phash-amqp phash-vowels phashPackageTests.xctest)

build-fuzz:
	FUZZ=1 $(SWIFT) build -c release --product phash-fuzz --scratch-path .build-fuzz

fuzz: setup build-fuzz ## run each fuzzer for SECONDS=60; FUZZ="splitter bytes records reader member doorbell options" chooses
	@Tests/Fuzz/run $(FUZZERS) .build-fuzz $(SECONDS) $(FUZZ)

fuzz-corpus: setup build-fuzz ## put the fewest inputs that reach all that was reached so far into Tests/Fuzz/Corpus
	@Tests/Fuzz/minimise $(FUZZERS) .build-fuzz $(FUZZ)

# The canaries are mistakes on purpose, which have to be found.
fuzz-check: setup build-fuzz ## run each fuzzer for a few seconds, to see that all is well and that it would be noticed
	@Tests/Fuzz/run $(FUZZERS) .build-fuzz 60 canary-answer canary-memory
	@Tests/Fuzz/run $(FUZZERS) .build-fuzz 5 $(FUZZ)

check-deep: setup check-dynamic check-address check-thread coverage ## run the tests under sanitizers, measure coverage, fuzz and simulate
	$(MAKE) fuzz SECONDS=$(DEEP_FUZZ_SECONDS)
	$(MAKE) sim SECONDS=$(DEEP_SIM_SECONDS)

# Programs as files and the rules of the house have nothing to do with how the tests are compiled. XCTest, which there are no
# tests for, would be looked at for leaks, and has some.
UNIT_TESTS = --disable-xctest --skip ProgramTests --skip RepositoryTests

# Undefined behaviour of the C code as well: it costs no build of its own.
check-address:
	LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/Data/leak-suppressions:print_suppressions=0 SWIFT_BACKTRACE=enable=no \
	    $(SWIFT) test --sanitize=address --scratch-path .build-asan $(UNIT_TESTS) \
	    -Xcc -fsanitize=undefined -Xcc -fno-sanitize-recover=undefined \
	    -Xcc -fsanitize-ignorelist=$(CURDIR)/Tests/Data/undefined-ignores

check-thread:
	TSAN_OPTIONS=suppressions=$(CURDIR)/Tests/Data/thread-suppressions SWIFT_BACKTRACE=enable=no \
	    $(SWIFT) test --sanitize=thread --scratch-path .build-tsan $(UNIT_TESTS)

# A built program is installed as it is, so that `sudo make install` builds nothing as root.
$(STATIC) $(DYNAMIC) $(BRIDGE):
	$(MAKE) build

install: $(PROGRAM) $(BRIDGE) ## install the programs, their manual pages and completions for bash, zsh and fish under PREFIX
	mkdir -p $(dir $(installed))
	install -m 755 $(PROGRAM) $(word 1,$(installed))
	install -m 644 man/phash.1 $(word 2,$(installed))
	$(PROGRAM) --generate-completion-script bash > $(word 3,$(installed))
	$(PROGRAM) --generate-completion-script zsh > $(word 4,$(installed))
	$(PROGRAM) --generate-completion-script fish > $(word 5,$(installed))
	install -m 755 $(BRIDGE) $(word 6,$(installed))
	ln -sf ../libexec/phash/phash-amqp $(word 7,$(installed))
	install -m 644 man/phash-amqp.1 $(word 8,$(installed))
	$(BRIDGE) --generate-completion-script bash > $(word 9,$(installed))
	$(BRIDGE) --generate-completion-script zsh > $(word 10,$(installed))
	$(BRIDGE) --generate-completion-script fish > $(word 11,$(installed))
	mkdir -p $(examples)
	install -m 644 packaging/examples/* $(examples)/

uninstall: ## remove what install has put there
	rm -f $(installed)
	rm -rf $(dir $(examples)) $(libexec)/phash

# Both kinds have one name for apt, and two as files.
DEB = .build/phash$(if $(filter dynamic,$(LINK)),-dynamic)_$(VERSION)_$(shell dpkg --print-architecture).deb
BRIDGE_DEB = .build/phash-amqp_$(VERSION)_$(shell dpkg --print-architecture).deb
TARBALL = .build/phash-$(VERSION).tar.gz

deb: setup build-$(LINK) build-amqp ## make Debian packages of what install installs, in .build: phash and phash-amqp
	@packaging/setup dpkg-deb:dpkg dpkg-shlibdeps:dpkg-dev strip:binutils
	packaging/deb $(LINK) $(CURDIR)/$(PROGRAM) $(CURDIR)/$(BRIDGE) $(VERSION) $(DEB) $(BRIDGE_DEB)

dist: ## make .build/phash-VERSION.tar.gz, the sources as they are committed
	@packaging/dist $(VERSION) $(TARBALL)

# Needs root, for a system of its own that packages are installed in; Debian's archive fills it the first time.
check-packages: deb ## install the packages in a system made for it: lintian, man pages, completions, services, container
	@packaging/setup lintian:lintian debootstrap:debootstrap systemd-nspawn:systemd-container
	packaging/check $(DEB) $(BRIDGE_DEB) $(CURDIR)/.build-packages

check-dist: dist ## run the tests of the tarball, outside of any checkout
	packaging/check-dist $(TARBALL)

clean: ## remove everything that was built
	rm -rf .build .build-packages .build-bench .build-coverage .build-fuzz .build-asan .build-tsan
