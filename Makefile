# The two commands to know: `make demo` and `make test`.  Both set everything up first.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
READY := .venv/.ready
# Half of what a test takes is waiting for processes, so two for each core; more than eight find little to do.
PYTEST_WORKERS ?= $(shell $(BIN)/python -c 'import os; print(min(8, 2 * (os.cpu_count() or 1)))')
# The tests start some hundred processes: each would compile the house anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint bench chaos fuzz screens lock clean

help:  ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

setup: $(READY)  ## Make .venv with everything in it, and leave the tool at .venv/bin/bsr

$(READY): requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed; install it, or say: make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

demo: setup  ## The main job on this machine: two practice shops, a coordinator, a runner
	$(BIN)/bsr demo $(if $(CI),--once)

test: setup lint  ## Linters, then every test
	$(BIN)/pytest -n $(PYTEST_WORKERS) --dist loadgroup $(if $(CI),--reruns 2 --reruns-delay 1)

lint: setup  ## ruff, mypy, and the house's rules about who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

chaos: setup  ## Kill, cut, fill and delay everything for an hour; nothing may be lost, doubled or hurried
	$(BIN)/python -m tests.chaos
	$(BIN)/python -m tests.chaos.kills
	$(BIN)/python -m tests.chaos.faults
	$(BIN)/python -m tests.chaos.herd
	$(BIN)/python -m tests.chaos.month
	$(BIN)/python -m tests.chaos.powercut

bench: setup  ## Measure our claims beside their peers; see docs/benchmarks.md
	$(BIN)/python -m bench

SECONDS ?= 60

fuzz: setup  ## A minute of broken pages through everything that reads one (SECONDS=600 for more), then the API
	$(BIN)/python -m tests.fuzz $(SECONDS)
	$(BIN)/python -m tests.fuzz_api

screens: setup  ## Pictures of every page of the panel, light, dark and narrow, into docs/panel
	$(BIN)/python -m tests.screens

lock:  ## Pin every dependency again, with hashes and without index addresses (needs uv)
	for set in base coordinator browser all dev; do \
	  extra=$$( [ $$set = base ] || { [ $$set = dev ] && echo "--extra all --group dev" || echo "--extra $$set"; } ); \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-emit-find-links --no-header --no-annotate pyproject.toml $$extra -o requirements/$$set.txt; \
	done

clean:  ## Remove what was built
	rm -rf .venv .mypy_cache .ruff_cache .hypothesis dist
