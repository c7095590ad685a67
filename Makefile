# SPDX-License-Identifier: Apache-2.0
# The front door. CMake and Ninja do the building; every target first sees to it, on Debian,
# that the packages it needs are there. `make help` lists the targets.

JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 300
STAGES ?=
VERSION = $(shell sed -n 's/^\#define E4_VERSION "\(.*\)"/\1/p' include/e4/e4.h)

.DEFAULT_GOAL := build
.PHONY: build help demo test test-long quick bench size fuzz lint format coverage dist install \
	clean

build: ## build everything into build/ (programs in build/bin)
	@scripts/deps build
	@mkdir -p build
	@[ -e build/build.ninja ] || cmake --preset dev -DE4_TESTS=OFF > build/configure.log 2>&1 || \
		{ cat build/configure.log; exit 1; }
	@cmake --build build --parallel $(JOBS)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

demo: build ## the whole story on a private broker, in one minute
	@scripts/deps demo
	@scripts/demo

test: ## everything that is checked automatically (STAGES="dev lint": some of it)
	@scripts/deps build test device
	@scripts/check $(STAGES)

test-long: ## the same by more sanitizers and processors, with coverage, and longer fuzzing
	@scripts/deps build test device
	@E4_LONG=1 FUZZ_SECONDS=600 scripts/check $(STAGES)

quick: build ## only the tests of the ordinary build
	@scripts/deps test
	@scripts/check dev

bench: ## how fast it is, as a table
	@scripts/deps build bench
	@scripts/bench

size: ## code, stack and state on four processors, held against their budgets
	@scripts/deps build device
	@scripts/size

fuzz: ## FUZZ_SECONDS (300) of fuzzing for each target
	@scripts/deps build test
	@scripts/fuzz $(FUZZ_SECONDS)

lint: ## clang-tidy, cppcheck, shellcheck, mandoc
	@scripts/deps build test
	@scripts/lint

format: ## lay out all C as .clang-format says
	@scripts/deps test
	@find include lib port base server proxy tools examples packaging test -name '*.[ch]' \
		-o -name '*.cpp' -o -name '*.ino' 2> /dev/null | xargs clang-format-14 -i

coverage: ## which lines and branches the tests reach; fails below what is required
	@scripts/deps build test
	@scripts/coverage

dist: ## into dist/: the sources, the library as two files, the packages, of what is committed
	@scripts/deps dist
	@scripts/dist $(VERSION)

install: build ## install below PREFIX (/usr/local); DESTDIR is honoured
	@cmake --install build --prefix $(PREFIX)

clean: ## remove all build folders
	rm -rf build build-* dist
