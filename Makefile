# Two commands are enough: `make run` and `make test`. Both begin with the set-up they need.

PYTHON ?= python3
SHELL := /bin/sh
UV := tools/uv
BIN := .venv/bin

RACES ?= 200
KILLS ?= 200
DAYS ?=
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup dev run test check races kills attacks dates bench fmt lock pictures plan shots browsers words clean

help: ## Say what can be made
	@grep -hE '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/' | awk -F '\t' '{printf "make %-8s %s\n", $$1, $$2}'

setup: .venv/.base ## Make .venv with what the product needs (.venv/bin/bookonce)
	@:

dev: .venv/.dev ## The same, with what tests and checks need
	@:

run: .venv/.base ## Start Bookonce on http://localhost:8000
	@exec $(BIN)/bookonce serve $(ARGS)

# --- tests and checks ---------------------------------------------------------------------------

# A run of pytest uses one database; these make one run on each.  SQLite comes last: it runs everything, and its
# closing lines say what was skipped.
both = failed=0; for db in postgres sqlite; do $(BIN)/pytest --db=$$db $(1) $(ARGS) || failed=$$?; done; exit $$failed

test: .venv/.dev ## Run every test, on SQLite and on PostgreSQL (ARGS=tests/domain/links for some)
	@$(call both,-n logical --dist worksteal)

races: .venv/.dev ## Race for the same link and the same time, RACES=200 times
	@export RACES=$(RACES); $(call both,tests/races --timeout=0)

kills: .venv/.dev ## Kill web and worker at named points and at any moment, KILLS=200 times
	@export KILLS=$(KILLS); $(call both,tests/kills -rP --timeout=0)

attacks: .venv/.dev ## Attack the running program from outside, at full size and with nothing beside it
	@export ATTACKS=1; $(call both,tests/attacks --timeout=0)

dates: .venv/.dev ## Run the tests that look at a clock on the last and first days of months, when clocks change, … (DAYS=2028-02-29)
	@DAYS="$(DAYS)" $(BIN)/python -m tools.dates $(ARGS)

bench: .venv/.dev ## Measure every figure that docs/performance.md quotes (ARGS="--against REV" compares two builds)
	@$(BIN)/python -m bench $(ARGS)

plan: .venv/.dev ## Draw the picture of the floors from the table in docs/architecture.md
	@$(BIN)/python -m tools.floor_plan

words: .venv/.dev ## Gather every sentence for the catalogues, and list what is not translated
	@$(BIN)/python tools/words.py

shots: .venv/.dev ## Take a picture of every page into tests/browser/shots
	@BOOKONCE_TEST_SHOTS=tests/browser/shots $(BIN)/pytest tests/browser $(ARGS)

check: export BOOKONCE_DATA = .mypy_cache
check: export BOOKONCE_SECRET_KEY = a key for checks, long enough and known to everybody
check: .venv/.dev ## Lint, types, templates, migrations, and the tests of the house itself
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/djlint --lint --quiet --allow-empty-input bookonce
	@$(BIN)/python -m django makemigrations --check --dry-run --settings=bookonce.settings
	@$(BIN)/pytest -q tests/house

fmt: .venv/.dev ## Put the code into its usual form
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

# --- set-up -------------------------------------------------------------------------------------
# Everything is pinned and hashed; the tools' own environment holds nothing but the installer.

.tools/bin/uv: requirements/tools.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Bookonce needs Python 3.11 or newer: install it, or name it with 'make PYTHON=python3.12'." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Python cannot make a virtual environment here: install the package python3-venv (apt-get install python3-venv)." >&2; exit 1; }
	@echo 'Setting up: fetching the pinned packages, once.' >&2
	@$(PYTHON) -m venv --clear .tools
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.txt
	@touch $@

.venv/pyvenv.cfg: .tools/bin/uv
	@$(UV) venv --quiet --clear --python .tools/bin/python .venv

.venv/.base: requirements/base.txt pyproject.toml .venv/pyvenv.cfg
	@$(UV) pip sync --quiet --require-hashes requirements/base.txt
	@$(UV) pip install --quiet --offline --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.base
	@$(UV) pip sync --quiet --require-hashes requirements/dev.txt
	@$(UV) pip install --quiet --offline --no-deps --no-build-isolation --editable .
	@touch $@

LOCK := $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 --custom-compile-command 'make lock'

lock: .tools/bin/uv ## Pin again what pyproject.toml asks for (ARGS=--upgrade takes newer releases)
	$(LOCK) $(ARGS) requirements/tools.in -o requirements/tools.txt
	$(LOCK) $(ARGS) pyproject.toml --group build -o requirements/base.txt
	$(LOCK) $(ARGS) pyproject.toml --group build --group dev -c requirements/base.txt -o requirements/dev.txt

browsers: .venv/.dev ## Walk the document's way in WebKit and Firefox (by hand only: not part of make test)
	@$(BIN)/python -m tools.browsers

pictures: .venv/.dev ## Walk the document's journey, and set its pictures into the README
	@$(BIN)/pytest -q tests/browser/test_the_document.py $(ARGS)
	@$(BIN)/python -m tools.pictures

clean: ## Remove what was made here, but for your data
	rm -rf .venv .tools artefacts staticfiles .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find bookonce tests -name __pycache__ -type d -prune -exec rm -rf {} +
