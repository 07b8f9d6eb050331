# Each target works as the first command on a clean clone with nothing but Python 3.11 or later.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed

.PHONY: demo test drills browser up assets check verify chaos bench partition lock clean help

help:            ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

demo: $(INSTALLED)   ## 387 referrals and 120 days with the real workers, in a few minutes
	$(BIN)/caseflow demo

up: $(INSTALLED)     ## servers, migrations, worker and beat, until Ctrl-C
	$(BIN)/caseflow up

test: $(INSTALLED)   ## the whole suite but for what has a target of its own: browser, drills, verify
	$(BIN)/python -m pytest -n 3 -m "not browser and not drill and not proof"

# Two minutes.
drills: $(INSTALLED) ## long exercises: a restored backup, what compose starts, a broker that dies, a host cut off, small storms
	$(BIN)/python -m pytest -n 3 -m drill

# A minute and a half. `SHOTS=folder make browser` keeps a picture of every page.
browser: $(INSTALLED) ## the pages in a real Chromium, on a phone and at a desk, in both languages
	$(BIN)/python -m pytest -n 2 tests/browser

# Without npm the pages have a plain style sheet of our own; nothing else changes.
assets: $(INSTALLED) ## the pages' full skin, by npm
	npm ci --ignore-scripts --no-audit --no-fund
	$(BIN)/python -m caseflow.web.skin node_modules

check: $(INSTALLED)  ## format, lint, types, who may import whom, generated docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m caseflow.cli.docs --check
	$(BIN)/python -m caseflow.cli.reference --check
	$(BIN)/python -m caseflow.api.openapi --check

verify: $(INSTALLED) ## prove what the shipped policies promise, over every state, and try the prover on broken ones
	$(BIN)/caseflow policy verify
	$(BIN)/python -m pytest -n 2 -m proof

# 2,000 cases over two and a half months take some ten minutes on two quiet cores; `make chaos STORM="--cases 60 --days 20 --seed 5"` one.
STORM ?= --cases 2000 --days 75 --seed 11 --share 0.06
chaos: $(INSTALLED)  ## a season in a storm of failures, compared with its calm twin
	$(BIN)/python tests/chaos $(STORM)

bench: $(VENV)/peers  ## the benchmarks, one JSON object a line, beside other libraries for timers
	$(BIN)/python -m benchmarks

# The libraries that caseflow is compared with; nothing else needs them.
$(VENV)/peers: $(INSTALLED) benchmarks/peers/requirements.lock
	$(BIN)/pip install --quiet --require-hashes -r benchmarks/peers/requirements.lock
	@touch $@

partition: $(INSTALLED)  ## three hosts and a network that fails, a few minutes
	$(BIN)/python tests/partition

# The virtual environment is made anew from the lock whenever the lock or the project's metadata changes.
$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "caseflow needs Python 3.11 or later; $(PYTHON) is older or missing. Say which one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) \
	  || { echo "Could not make a virtual environment; on Debian and Ubuntu: apt install python3-venv"; rm -rf $(VENV); exit 1; }
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-build-isolation --no-deps -e .
	@touch $@

# For maintainers: needs uv (pip install uv). No address of a registry gets into a lock.
LOCKING = uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command "make lock" --quiet
lock:            ## resolve the two locks again from pyproject.toml
	$(LOCKING) --extra embedded --extra test --extra check --extra build -o requirements.lock
	$(LOCKING) --extra embedded --extra peers -c requirements.lock -o benchmarks/peers/requirements.lock

clean:           ## remove the environment, caches and local data
	rm -rf $(VENV) .caseflow .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .grimp_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
