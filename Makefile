# On a fresh machine: Python 3.11 or later, git and make. Every target sets up what it needs in
# .venv, once; from then on nothing is fetched until pyproject.toml or requirements/ changes.

PYTHON      ?= python3
PYTEST_ARGS ?=
BENCH_ARGS  ?=

VENV  := .venv
BIN   := $(VENV)/bin
PIP   := $(BIN)/python -m pip --disable-pip-version-check --quiet --no-input
PINNED := $(PIP) install --require-hashes

# Stamps: one for the interpreter, one for what Privity runs on, one for what it is developed with.
MADE := $(VENV)/.made
RUN  := $(VENV)/.run
DEV  := $(VENV)/.dev
PEERS := $(VENV)/.bench
# What the tests run generated TypeScript with; without Node they skip those tests, by name.
NODE := tests/targets/node_modules/.installed

CHECKER := build/metlife_customer_privacy.py

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help prove test nightly bench lint format lock clean

help:
	@echo 'make prove     prove the claims of the showcase, then build its checker'
	@echo 'make test      run the tests               (PYTEST_ARGS="-n auto -k name")'
	@echo 'make nightly   run the tests that take minutes'
	@echo 'make bench     measure beside other engines (BENCH_ARGS="--quick --only single")'
	@echo 'make lint      check style, layout and types'
	@echo 'make format    put the sources in that style and layout'
	@echo 'make lock      pin the newest dependencies that pyproject.toml admits'
	@echo 'make clean     remove .venv, build/ and caches'

prove: $(RUN)
	$(BIN)/privity prove policies/metlife/customer_privacy.privity policies/metlife/literal.privity
	@mkdir -p $(dir $(CHECKER))
	$(BIN)/privity build policies/metlife/customer_privacy.privity --out $(CHECKER)
	@echo 'The checker of the proved policy is $(CHECKER): import it, it needs nothing else.'

test: $(DEV) $(NODE)
	$(BIN)/python -m pytest $(PYTEST_ARGS)

nightly: $(DEV) $(NODE)
	$(BIN)/python -m pytest -m nightly $(PYTEST_ARGS)

bench: $(PEERS)
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/privity fmt policies/*/*.privity proofs/*/*.privity

clean:
	rm -rf $(VENV) build dist tests/targets/node_modules .hypothesis .mypy_cache .pytest_cache .ruff_cache .privity_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up ---------------------------------------------------------------------------------------

$(MADE):
	@command -v '$(PYTHON)' >/dev/null || { \
	  echo 'error: no `$(PYTHON)` here. Install Python 3.11 or later, or name it: make PYTHON=python3.12' >&2; \
	  exit 1; }
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "error: Privity needs Python 3.11 or later, and \`$(PYTHON)\` is $$('$(PYTHON)' --version 2>&1)." >&2; \
	  echo '       Name another: make PYTHON=python3.12' >&2; \
	  exit 1; }
	@'$(PYTHON)' -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo 'error: `$(PYTHON)` cannot make a virtual environment: its ensurepip or venv module is missing.' >&2; \
	  echo '       On Debian and Ubuntu: apt install python3-venv' >&2; \
	  exit 1; }
	@echo 'Setting up $(VENV), once ...' >&2
	'$(PYTHON)' -m venv $(VENV)
	@touch $@

$(RUN): requirements/build.txt requirements/run.txt pyproject.toml | $(MADE)
	$(PINNED) -r requirements/build.txt -r requirements/run.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements/dev.txt $(RUN)
	$(PINNED) -r requirements/dev.txt
	@touch $@

$(PEERS): requirements/bench.txt $(DEV)
	$(PINNED) -r requirements/bench.txt
	@touch $@

$(NODE): tests/targets/package-lock.json
	@if command -v node >/dev/null && command -v npm >/dev/null; then \
	  npm ci --prefix tests/targets --ignore-scripts --no-audit --no-fund --silent; \
	else \
	  echo 'There is no `npm` here: the tests of TypeScript are skipped.' >&2; \
	fi
	@mkdir -p $(dir $(NODE)) && touch $@

# --- pins -----------------------------------------------------------------------------------------

# bench.txt is resolved first and holds everything; the others are parts of it, so that all can
# share one environment. Versions and hashes only: where to fetch from is each machine's choice.
COMPILE := build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-header --no-annotate --no-emit-index-url --no-emit-find-links

lock: | $(MADE)
	'$(BIN)/python' -m venv build/lock
	build/lock/bin/python -m pip --disable-pip-version-check --quiet install 'uv>=0.9'
	@mkdir -p requirements
	$(COMPILE) --upgrade pyproject.toml --all-extras --group bench --output-file requirements/bench.txt
	$(COMPILE) --upgrade pyproject.toml --all-extras --group dev --constraints requirements/bench.txt --output-file requirements/dev.txt
	$(COMPILE) --upgrade pyproject.toml --constraints requirements/dev.txt --output-file requirements/run.txt
	$(COMPILE) --upgrade --group build --constraints requirements/dev.txt --output-file requirements/build.txt
